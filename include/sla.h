/*
 The SLA engine for C, C++ and every host that speaks C: PHP's FFI reads this file as it stands.

 docs/documents.md describes the documents that go in and out; docs/c.md shows how to build, link and begin.

 CALLS. A function that can fail returns an sla_status and takes `error_out` last. Its answers go where the `..._out`
 parameters point; those are checked before any work is done, and hold an empty answer when the call fails: null for a
 handle, a string without data, 0 or SLA_NONE for a number. `error_out` may be null; otherwise it receives null, or an
 error that the caller frees with sla_error_free. Every other pointer must be valid unless the function says that it may
 be null. A null pointer, a misaligned pointer, an impossible length or a handle of another type gives
 SLA_STATUS_INVALID_ARGUMENT. A freed handle is noticed by chance, any other pointer not at all. No panic leaves the
 library: SLA_STATUS_PANIC says that one was caught.

 OWNERSHIP. Inputs are borrowed for the call. What an `..._out` place held before is overwritten, not freed. Handles
 belong to the caller, and each is freed once with the one function that its type has; strings with sla_string_free.
 Freeing null does nothing. Handles do not depend on each other: they may be freed in any order.

 TEXT is UTF-8 with a length in bytes; inputs need no NUL at the end. Documents are JSON.

 TIME. An instant is a number of microseconds since 1970-01-01T00:00:00Z and ends in `_us`, as does a length. Calendars
 answer for instants from 1970-01-01 to 2200-01-01. The library reads no clock: `now_us` is passed in.

 THREADS. Immutable handles (sla_engine, sla_calendar, sla_plan, sla_values, sla_error) may be used by many threads at
 once, the others by one at a time. The library starts no thread, keeps no state for each thread and takes no callbacks.
 Its only global state is a cache of engines, which sla_engine_compile uses.

 FORK. A child may use every handle of its parent. The library never waits for a lock that the fork may have left locked.

 COMPATIBILITY. Enumerators are never renumbered, structs and functions never changed under one sla_abi_version.
 */


#ifndef SLA_H
#define SLA_H

#include <stddef.h>
#include <stdint.h>

/*
 Stands for no instant and no length, in arguments and answers.
 */
#define SLA_NONE INT64_MIN

/*
 The version of the binary interface that this header describes. Functions may be added under one number; nothing is
 changed or removed.
 */
#define SLA_ABI_VERSION 1

/*
 The outcome of a call.
 */
typedef enum sla_status {
    /*
     It did what it was asked for. A refused command is such an answer too.
     */
    SLA_STATUS_OK = 0,
    /*
     The caller broke the contract: a null or misaligned pointer, a length that cannot be, a text that is not UTF-8,
     a number that the engine did not give.
     */
    SLA_STATUS_INVALID_ARGUMENT = 1,
    /*
     The engine cannot work with an input: a document, an instant, a length of time, an id or a word.
     */
    SLA_STATUS_INVALID_INPUT = 2,
    /*
     A defect of the library. The process is in order; handles that were only read stay usable, those that the call
     was to change should be freed.
     */
    SLA_STATUS_PANIC = 3,
} sla_status;

/*
 The columns of the rows of an aggregate, in this order; then a column for each dimension that the grouping has of package,
 channel, agent, priority, severity, category and team, in that order.
 */
typedef enum sla_figure_column {
    /*
     The first instant of the period, in microseconds since 1970-01-01T00:00:00Z; SLA_NONE without periods.
     */
    SLA_FIGURE_COLUMN_PERIOD_US = 0,
    /*
     The timer, as its place among the names; SLA_NONE for figures of whole tickets.
     */
    SLA_FIGURE_COLUMN_TIMER = 1,
    /*
     The figure, as the place of its word among the names (docs/analytics.md).
     */
    SLA_FIGURE_COLUMN_OUTCOME = 2,
    /*
     The bucket of a duration, the level of an escalation, the score of a rating; 0 for everything else.
     */
    SLA_FIGURE_COLUMN_BUCKET = 3,
    /*
     How many.
     */
    SLA_FIGURE_COLUMN_N = 4,
    /*
     The sum of their durations, in whole seconds.
     */
    SLA_FIGURE_COLUMN_SUM_S = 5,
    /*
     The microseconds beyond the whole seconds of each.
     */
    SLA_FIGURE_COLUMN_SUM_US_REST = 6,
    /*
     The first of the dimensions, as a place among the names; SLA_NONE for tickets that have no such value.
     */
    SLA_FIGURE_COLUMN_DIMENSIONS = 7,
} sla_figure_column;

/*
 Why a row has no answer.
 */
typedef enum sla_row_code {
    /*
     It has one, or it lacks a value that was asked about.
     */
    SLA_ROW_CODE_OK = 0,
    /*
     An instant lies outside 1970-01-01 to 2200-01-01.
     */
    SLA_ROW_CODE_OUT_OF_HORIZON = 1,
    /*
     The end lies before the start; a milestone lies before the opening.
     */
    SLA_ROW_CODE_END_BEFORE_START = 2,
    /*
     A length is negative.
     */
    SLA_ROW_CODE_INVALID_DURATION = 3,
    /*
     A ticket has no opening.
     */
    SLA_ROW_CODE_MISSING_FIELD = 4,
    /*
     A milestone lies after `now_us`.
     */
    SLA_ROW_CODE_TIME_WENT_BACK = 5,
    /*
     The plan has no such kind of ticket.
     */
    SLA_ROW_CODE_OUT_OF_RANGE = 6,
} sla_row_code;

/*
 The state of a timer of a row; what `sla_timer_columns.state` holds.
 */
typedef enum sla_state {
    /*
     The timer has not started.
     */
    SLA_STATE_NOT_STARTED = 0,
    /*
     Business time counts.
     */
    SLA_STATE_RUNNING = 1,
    /*
     Paused.
     */
    SLA_STATE_PAUSED = 2,
    /*
     Stopped in time.
     */
    SLA_STATE_MET = 3,
    /*
     Not stopped in time.
     */
    SLA_STATE_BREACHED = 4,
    /*
     Ended without an outcome.
     */
    SLA_STATE_CANCELLED = 5,
    /*
     The row was refused, or its package has no target.
     */
    SLA_STATE_NONE = 255,
} sla_state;

/*
 Figures of many tickets that can be merged. Must not be used by two threads at once.
 */
typedef struct sla_aggregate sla_aggregate;

/*
 A watch over the events of all tickets. Must not be used by two threads at once.
 */
typedef struct sla_alerts sla_alerts;

/*
 The open cycles of many tickets with the least remaining time. Must not be used by two threads at once.
 */
typedef struct sla_at_risk sla_at_risk;

/*
 A compiled calendar. Immutable; use it from as many threads as you like.
 */
typedef struct sla_calendar sla_calendar;

/*
 A compiled policy with all its revisions. Immutable; use it from as many threads as you like.
 */
typedef struct sla_engine sla_engine;

/*
 What went wrong, where, and what to change. Immutable; may be read by several threads.
 */
typedef struct sla_error sla_error;

/*
 The timers and kinds of tickets of rows. Immutable; use it from as many threads as you like.
 */
typedef struct sla_plan sla_plan;

/*
 The values of one ticket. Immutable; use it from as many threads as you like.
 */
typedef struct sla_values sla_values;

/*
 A comparison of tickets under their own rules with the same tickets under a candidate. Its memory does not grow with
 the tickets. Must not be used by two threads at once.
 */
typedef struct sla_what_if sla_what_if;

/*
 Time-zone rules: the embedded ones, and those that the host put in their place. Not to be changed by one thread while
 another uses it.
 */
typedef struct sla_zones sla_zones;

/*
 A text that the library made and the caller frees, with `sla_string_free`. UTF-8; a NUL follows the last byte.
 */
typedef struct sla_string {
    /*
     The first byte; null when there is no text.
     */
    char *data;
    /*
     How many bytes, without the NUL.
     */
    size_t len;
    /*
     For the library.
     */
    size_t capacity;
} sla_string;

/*
 Bytes of the tables of calendars.
 */
typedef struct sla_table_figures {
    /*
     How many they may hold together.
     */
    size_t limit_bytes;
    /*
     How many they hold now.
     */
    size_t held_bytes;
} sla_table_figures;

/*
 Figures of the process-wide cache of engines.
 */
typedef struct sla_cache_figures {
    /*
     How often an engine was asked for that was there.
     */
    int64_t hits;
    /*
     How often one had to be compiled, or could not be.
     */
    int64_t misses;
    /*
     How many are kept; at most 64.
     */
    int64_t engines;
} sla_cache_figures;

/*
 An interval of time in which a calendar is open: `[opens_at_us, closes_at_us)`, in microseconds since
 1970-01-01T00:00:00Z.
 */
typedef struct sla_window {
    /*
     The first open instant.
     */
    int64_t opens_at_us;
    /*
     The first closed instant after it.
     */
    int64_t closes_at_us;
} sla_window;

/*
 Numbers that stand for something missing.
 */
typedef struct sla_column {
    /*
     One number a row; the least `int64_t` (SLA_NONE) stands for a missing one.
     */
    const int64_t *values;
    /*
     One bit a row, the least significant bit of each byte first, as in Arrow: 0 for a missing value. Null when
     nothing is missing but what SLA_NONE says.
     */
    const uint8_t *valid;
} sla_column;

/*
 Where the answers of a batch go.
 */
typedef struct sla_answers {
    /*
     One number a row; SLA_NONE where there is no answer.
     */
    int64_t *values;
    /*
     One bit a row, as in `sla_column`: 1 for an answer. May be null.
     */
    uint8_t *valid;
    /*
     One `sla_row_code` a row. May be null.
     */
    uint8_t *codes;
} sla_answers;

/*
 A text that a handle of the library keeps, until the handle is freed. UTF-8; no NUL follows the last byte.
 */
typedef struct sla_text {
    /*
     The first byte; null when there is no text.
     */
    const char *data;
    /*
     How many bytes.
     */
    size_t len;
} sla_text;

/*
 An escalation of a ticket.
 */
typedef struct sla_escalation_values {
    /*
     Its number, from 1: commands name it by that.
     */
    uint32_t number;
    /*
     Its level.
     */
    uint32_t level;
    /*
     `open`, `acknowledged` or `resolved`.
     */
    struct sla_text stage;
    /*
     What caused it: `step`, `breach` or `request`.
     */
    struct sla_text trigger;
    /*
     The timer of an automatic escalation; none for a request.
     */
    struct sla_text timer;
    /*
     When the ticket was escalated, in microseconds since 1970-01-01T00:00:00Z.
     */
    int64_t at_us;
} sla_escalation_values;

/*
 The latest cycle of a timer of a ticket, as the ticket's last event left it.
 */
typedef struct sla_timer_values {
    /*
     The timer.
     */
    struct sla_text timer;
    /*
     The number of the cycle, from 1.
     */
    uint32_t cycle;
    /*
     The one word for people (docs/documents.md).
     */
    struct sla_text state;
    /*
     `met`, `breached`, `cancelled` or `none`.
     */
    struct sla_text outcome;
    /*
     `running`, `paused` or `stopped`.
     */
    struct sla_text activity;
    /*
     When it falls or fell due; SLA_NONE while it is paused before its due, nothing is promised, or the due lies beyond
     2200-01-01.
     */
    int64_t due_at_us;
    /*
     The promised duration in business time; SLA_NONE while nothing is promised.
     */
    int64_t target_us;
    /*
     What remained of the target at `since_us`, never negative; SLA_NONE while nothing is promised.
     */
    int64_t remaining_us;
    /*
     When the cycle last changed.
     */
    int64_t since_us;
} sla_timer_values;

/*
 A ticket after its last event; instants are microseconds since 1970-01-01T00:00:00Z.
 */
typedef struct sla_ticket_values {
    /*
     The host's id.
     */
    struct sla_text id;
    /*
     `new`, `open`, `pending`, `on_hold`, `resolved`, `closed`, `withdrawn` or `voided`.
     */
    struct sla_text status;
    /*
     The customer who owns it.
     */
    struct sla_text customer;
    /*
     The customer's organization; may be none.
     */
    struct sla_text organization;
    /*
     `inbound` or `outbound`: who wrote first.
     */
    struct sla_text direction;
    /*
     The agent or admin it is assigned to; may be none.
     */
    struct sla_text agent;
    /*
     The team it is assigned to; may be none.
     */
    struct sla_text team;
    /*
     The customer's package.
     */
    struct sla_text package;
    /*
     The priority label of the package; may be none.
     */
    struct sla_text priority;
    /*
     The channel it was opened by.
     */
    struct sla_text channel;
    /*
     Its severity; may be none.
     */
    struct sla_text severity;
    /*
     Its category; may be none.
     */
    struct sla_text category;
    /*
     The digest of the revision that it is under, as 64 hexadecimal digits.
     */
    struct sla_text policy_digest;
    /*
     The number of events so far.
     */
    uint32_t events;
    /*
     When it was opened.
     */
    int64_t opened_at_us;
    /*
     The instant of the last event.
     */
    int64_t last_at_us;
    /*
     When it was closed, withdrawn or voided; SLA_NONE before.
     */
    int64_t closed_at_us;
    /*
     Its escalations, oldest first; null when there are none.
     */
    const struct sla_escalation_values *escalations;
    /*
     How many.
     */
    size_t escalations_count;
    /*
     The latest cycle of every timer that has started, by the timer's id; null when there are none.
     */
    const struct sla_timer_values *timers;
    /*
     How many.
     */
    size_t timers_count;
} sla_ticket_values;

/*
 Tickets as columns: instants in microseconds since 1970-01-01T00:00:00Z.
 */
typedef struct sla_rows {
    /*
     How many rows every array has.
     */
    size_t rows;
    /*
     The kind of each ticket, as its place in the plan's list, from 0.
     */
    const uint32_t *kinds;
    /*
     When it was opened; every row has one.
     */
    struct sla_column opened_us;
    /*
     When it was first assigned; missing for never.
     */
    struct sla_column assigned_us;
    /*
     When it was first answered publicly, other than by the resolve; missing for never.
     */
    struct sla_column first_reply_us;
    /*
     When it was resolved; missing for not yet.
     */
    struct sla_column resolved_us;
} sla_rows;

/*
 Where the answers for one timer go, each array as long as the rows.
 */
typedef struct sla_timer_columns {
    /*
     When it falls or fell due; SLA_NONE when it did not start, or is due beyond 2200-01-01.
     */
    int64_t *due_us;
    /*
     One bit a row for `due_us`, as in `sla_column`. May be null.
     */
    uint8_t *due_valid;
    /*
     When its first warning fires or would have fired; SLA_NONE when it has none.
     */
    int64_t *warn_us;
    /*
     One bit a row for `warn_us`. May be null.
     */
    uint8_t *warn_valid;
    /*
     One `sla_state` a row.
     */
    uint8_t *state;
    /*
     Business time used until it stopped, or until `now_us`; SLA_NONE when it did not start.
     */
    int64_t *elapsed_us;
    /*
     Business time after its due until it stopped, or until `now_us`; SLA_NONE when it did not start.
     */
    int64_t *overdue_us;
    /*
     One bit a row for `elapsed_us` and `overdue_us`. May be null.
     */
    uint8_t *started;
} sla_timer_columns;

/* ======== Versions ======== */

/*
 Returns the version of the library, for example `0.1.0`. The text is static.
 */
const char *sla_version(void);

/*
 Returns the version of the binary interface. A host that was built for another SLA_ABI_VERSION must not use the library.
 */
int32_t sla_abi_version(void);

/*
 Returns the release of the embedded time-zone rules, for example `2026f`. The text is static.
 */
const char *sla_tzdb_version(void);

/* ======== Errors ======== */

/*
 Returns the stable code of an error, for example `out_of_horizon`; docs/c.md lists those of the interface itself, each
 function those of the engine that it may give.

 The text ends with a NUL and lives as long as the error. It is empty for null.
 */
const char *sla_error_code(const struct sla_error *error);

/*
 Returns where in the document the fault lies, as a JSON pointer; empty when there is no document.

 Lives as long as the error, as `sla_error_code`.
 */
const char *sla_error_path(const struct sla_error *error);

/*
 Returns what is wrong, in one line of UTF-8.

 Lives as long as the error, as `sla_error_code`.
 */
const char *sla_error_message(const struct sla_error *error);

/*
 Returns what to change; empty when the message already says it.

 Lives as long as the error, as `sla_error_code`.
 */
const char *sla_error_help(const struct sla_error *error);

/*
 Returns how many single faults an error sums up: every problem of a policy, for example. 0 for null.
 */
size_t sla_error_related_count(const struct sla_error *error);

/*
 Returns one of the faults that an error sums up, or null beyond their number. It belongs to `error`: do not free it.
 */
const struct sla_error *sla_error_related(const struct sla_error *error,
                                          size_t index);

/*
 Frees an error that an `error_out` received; null is accepted.
 */
void sla_error_free(struct sla_error *error);

/* ======== Strings ======== */

/*
 Frees a text and makes it empty, so that freeing it again does nothing. Null is accepted.

 Only the struct that a call filled may be freed, once; a copy of it may not.
 */
void sla_string_free(struct sla_string *string);

/* ======== Time zones ======== */

/*
 Makes a set of zones that equals the embedded one. Only hosts with rules of their own need it: every function that
 takes zones accepts null for the embedded rules.

 zones_out  receives the zones; free them with `sla_zones_free`.
 */
enum sla_status sla_zones_new(struct sla_zones **zones_out,
                              struct sla_error **error_out);

/*
 Puts a zone in place of the embedded one of the same name, or adds it.

 name     the IANA name, for example `America/Vancouver`
 tzif     a compiled zone file (RFC 9636), as `zic` writes it, of at most 65,536 bytes and without leap seconds
 version  the release that it is of; it becomes part of every rules digest

 Errors: `invalid_time_zone_data`, `limit_exceeded`.
 */
enum sla_status sla_zones_add(struct sla_zones *zones,
                              const char *name,
                              size_t name_len,
                              const char *tzif,
                              size_t tzif_len,
                              const char *version,
                              size_t version_len,
                              struct sla_error **error_out);

/*
 Frees zones; null is accepted. What was compiled with them stays usable.
 */
void sla_zones_free(struct sla_zones *zones);

/* ======== Engines ======== */

/*
 Compiles a policy, or finds the engine that this process compiled from the same bytes before.

 policies_json  a policy document (docs/policy.md), or a list of the revisions of one policy, oldest first: new
                tickets open under the last one, a ticket stays under its own; borrowed for the call
 zones          time-zone rules of the host, or null for the embedded ones; an engine with zones is not cached
 engine_out     receives the engine; free it with `sla_engine_free`

 The cache keeps the 64 engines that were asked for last, and counts references: a freed engine stays in the cache,
 one that the cache forgets stays usable. A failure is not cached.

 Errors: `invalid_policy` with every problem as a related error; `invalid_json`, `limit_exceeded`.
 */
enum sla_status sla_engine_compile(const char *policies_json,
                                   size_t policies_json_len,
                                   const struct sla_zones *zones,
                                   struct sla_engine **engine_out,
                                   struct sla_error **error_out);

/*
 Makes the same engine with tables of its own, still empty. Without it, the tables of an engine's calendars hold at most
 64 MiB together. Beyond a limit the answers are the same, but take time in proportion to the days that they span.

 limit_bytes  how many bytes the tables of all its calendars may hold together; 0 for no tables
 engine_out   receives the engine, which is not cached; free it with `sla_engine_free`
 */
enum sla_status sla_engine_with_table_limit(const struct sla_engine *engine,
                                            size_t limit_bytes,
                                            struct sla_engine **engine_out,
                                            struct sla_error **error_out);

/*
 Writes how many bytes the tables of an engine's calendars hold, and how many they may.
 */
enum sla_status sla_engine_tables(const struct sla_engine *engine,
                                  struct sla_table_figures *figures_out,
                                  struct sla_error **error_out);

/*
 Finds the engine that this process compiled from revisions with these digests, so that a request need not bring their
 documents. Compile it with `sla_engine_compile` where there is none.

 digests     the digests of the revisions, the oldest first: 64 hexadecimal digits in lower case each, nothing between
 engine_out  receives the engine, null where none is cached; free it with `sla_engine_free`
 */
enum sla_status sla_engine_known(const char *digests,
                                 size_t digests_len,
                                 struct sla_engine **engine_out,
                                 struct sla_error **error_out);

/*
 Makes an engine that knows one more revision of the policy: one that was published since, or an older one that a ticket
 is under. What is compiled already is shared. The revision is placed by its `version`, before the first one with a
 higher version; one that the engine knows changes nothing.

 policy_json  the policy document of the revision
 zones        the time-zone rules that the engine was compiled with, or null
 engine_out   receives the engine, which is not cached; free it with `sla_engine_free`. The other one stays usable

 Errors: `invalid_policy`, also for a policy with another id; `invalid_json`, `limit_exceeded`.
 */
enum sla_status sla_engine_with_revision(const struct sla_engine *engine,
                                         const char *policy_json,
                                         size_t policy_json_len,
                                         const struct sla_zones *zones,
                                         struct sla_engine **engine_out,
                                         struct sla_error **error_out);

/*
 Writes what identifies the newest revision of an engine, and the digests of every revision that it knows, as JSON:
 `{"id": "...", "version": 1, "policy_digest": "...", "rules_digest": "...", "policy_digests": ["..."]}`.

 info_json_out  receives the text; free it with `sla_string_free`
 */
enum sla_status sla_engine_info(const struct sla_engine *engine,
                                struct sla_string *info_json_out,
                                struct sla_error **error_out);

/*
 Writes the newest revision of an engine's policy as a document, in the order of the format.

 policy_json_out  receives the text; free it with `sla_string_free`
 */
enum sla_status sla_engine_policy(const struct sla_engine *engine,
                                  struct sla_string *policy_json_out,
                                  struct sla_error **error_out);

/*
 Frees an engine; null is accepted. Calendars, plans and comparisons made from it stay usable.
 */
void sla_engine_free(struct sla_engine *engine);

/*
 Writes the figures of the cache of engines in this process.
 */
enum sla_status sla_engine_cache(struct sla_cache_figures *figures_out,
                                 struct sla_error **error_out);

/*
 Forgets the engines of the cache; those in use stay usable.
 */
void sla_engine_cache_clear(void);

/* ======== Policies ======== */

/*
 Checks a policy as a whole, and writes it in the order of the format.

 policy_json      a policy document; borrowed for the call
 zones            time-zone rules of the host, or null for the embedded ones
 policy_json_out  receives the document as the library writes it, the one that the pointers of warnings and changes
                  are about; free it with `sla_string_free`

 Errors: `invalid_policy` with every problem as a related error; `invalid_json`, `limit_exceeded`.
 */
enum sla_status sla_policy_check(const char *policy_json,
                                 size_t policy_json_len,
                                 const struct sla_zones *zones,
                                 struct sla_string *policy_json_out,
                                 struct sla_error **error_out);

/*
 Writes what is legal in a policy but probably not meant, as of an instant:
 `{"warnings": [{"code": "...", "path": "...", "message": "...", "help": "..."}]}`.

 as_of_us           microseconds since 1970-01-01T00:00:00Z
 warnings_json_out  receives the text; free it with `sla_string_free`

 Errors: as `sla_policy_check`.
 */
enum sla_status sla_policy_lint(const char *policy_json,
                                size_t policy_json_len,
                                const struct sla_zones *zones,
                                int64_t as_of_us,
                                struct sla_string *warnings_json_out,
                                struct sla_error **error_out);

/*
 Writes the digests of a policy, as JSON: `{"policy_digest": "...", "rules_digest": "..."}`. Equal policies have
 equal policy digests, however they are written.

 digests_json_out  receives the text; free it with `sla_string_free`

 Errors: as `sla_policy_check`.
 */
enum sla_status sla_policy_digests(const char *policy_json,
                                   size_t policy_json_len,
                                   const struct sla_zones *zones,
                                   struct sla_string *digests_json_out,
                                   struct sla_error **error_out);

/*
 Writes a policy as values, for lists and forms: `{"id": "...", "packages": [...], ...}`. What a package or a timer leaves
 out is looked up: a package lists every target that applies to it, with the package that states it.

 values_json_out  receives the text; free it with `sla_string_free`

 Errors: as `sla_policy_check`; `limit_exceeded` where packages have too many channels, variants and targets together.
 */
enum sla_status sla_policy_values(const char *policy_json,
                                  size_t policy_json_len,
                                  const struct sla_zones *zones,
                                  struct sla_string *values_json_out,
                                  struct sla_error **error_out);

/*
 Publishes a revision: makes the entry that the host appends to the policy's chain, with the list of changes.

 previous_policy_json, previous_entry_json
                       the revision before with its entry in the chain, or both null for the first one
 actor_json            `{"role": "admin", "id": "..."}`
 reason                why, not blank
 at_us                 microseconds since 1970-01-01T00:00:00Z
 publication_json_out  receives `{"accepted": {entry}}` or `{"refused": {refusal}}`; free it with `sla_string_free`

 Errors: as `sla_policy_check` for each policy; `invalid_policy` for two different policies, `unknown_revision` when
 the entry published another policy.
 */
enum sla_status sla_policy_publish(const char *policy_json,
                                   size_t policy_json_len,
                                   const char *previous_policy_json,
                                   size_t previous_policy_json_len,
                                   const char *previous_entry_json,
                                   size_t previous_entry_json_len,
                                   const char *actor_json,
                                   size_t actor_json_len,
                                   const char *reason,
                                   size_t reason_len,
                                   int64_t at_us,
                                   const struct sla_zones *zones,
                                   struct sla_string *publication_json_out,
                                   struct sla_error **error_out);

/*
 Writes what differs between two policies, by JSON pointer:
 `{"changes": [{"path": "...", "before": "...", "after": "..."}]}`.

 changes_json_out  receives the text; free it with `sla_string_free`

 Errors: as `sla_policy_check`.
 */
enum sla_status sla_policy_changes(const char *before_json,
                                   size_t before_json_len,
                                   const char *after_json,
                                   size_t after_json_len,
                                   const struct sla_zones *zones,
                                   struct sla_string *changes_json_out,
                                   struct sla_error **error_out);

/*
 Answers whether two policies have the same rules: they are equal but for `version`, so that a draft need not be published.

 policy_json, other_json  policy documents
 zones                    time-zone rules of the host, or null for the embedded ones
 same_out                 receives 1 or 0

 Errors: as `sla_policy_check`.
 */
enum sla_status sla_policy_same_rules(const char *policy_json,
                                      size_t policy_json_len,
                                      const char *other_json,
                                      size_t other_json_len,
                                      const struct sla_zones *zones,
                                      int32_t *same_out,
                                      struct sla_error **error_out);

/*
 Says what the pointer of a problem, a warning or a change is about: `{"kind": "package", "id": "starter", "index": 0,
 "field": "targets/resolution"}`.

 policy_json     the document that the pointer leads into; it need not be a valid policy
 pointer         the JSON pointer
 place_json_out  receives the text; free it with `sla_string_free`

 Errors: `invalid_json`, `limit_exceeded`.
 */
enum sla_status sla_policy_place(const char *policy_json,
                                 size_t policy_json_len,
                                 const char *pointer,
                                 size_t pointer_len,
                                 struct sla_string *place_json_out,
                                 struct sla_error **error_out);

/* ======== Calendars ======== */

/*
 Compiles a calendar without a policy.

 calendar_json  the object that stands under `calendars` in a policy (docs/policy.md); borrowed for the call
 zones          time-zone rules of the host, or null for the embedded ones
 calendar_out   receives the calendar; free it with `sla_calendar_free`

 Errors: `invalid_policy` with every problem as a related error; `invalid_json`, `limit_exceeded`.
 */
enum sla_status sla_calendar_compile(const char *calendar_json,
                                     size_t calendar_json_len,
                                     const struct sla_zones *zones,
                                     struct sla_calendar **calendar_out,
                                     struct sla_error **error_out);

/*
 Makes a calendar that is open whenever one of others is.

 time_zone     the IANA name of the zone for display, UTF-8
 members       2 to 64 calendars that are not made of others themselves; borrowed for the call, and may be freed after it
 zones         time-zone rules of the host, or null for the embedded ones
 calendar_out  receives the calendar; free it with `sla_calendar_free`

 Errors: `out_of_range` for fewer or more members, `conflicting_fields` for a member that is made of others itself,
 `unknown_time_zone`.
 */
enum sla_status sla_calendar_any_of(const char *time_zone,
                                    size_t time_zone_len,
                                    const struct sla_calendar *const *members,
                                    size_t members_len,
                                    const struct sla_zones *zones,
                                    struct sla_calendar **calendar_out,
                                    struct sla_error **error_out);

/*
 Makes the same calendar with tables of its own, still empty. Without it, the tables of a calendar hold at most 64 MiB,
 those of an engine's calendars together. Beyond a limit the answers are the same, but take time in proportion to the
 days that they span.

 limit_bytes   how many bytes its tables may hold; 0 for no tables
 calendar_out  receives the calendar; free it with `sla_calendar_free`
 */
enum sla_status sla_calendar_with_table_limit(const struct sla_calendar *calendar,
                                              size_t limit_bytes,
                                              struct sla_calendar **calendar_out,
                                              struct sla_error **error_out);

/*
 Writes how many bytes the tables of a calendar hold, and how many they may.
 */
enum sla_status sla_calendar_tables(const struct sla_calendar *calendar,
                                    struct sla_table_figures *figures_out,
                                    struct sla_error **error_out);

/*
 Finds a calendar of the newest revision of an engine. It stays usable when the engine is freed.

 id            the calendar's id in the policy, UTF-8
 calendar_out  receives the calendar; free it with `sla_calendar_free`

 Errors: `unknown_calendar`.
 */
enum sla_status sla_engine_calendar(const struct sla_engine *engine,
                                    const char *id,
                                    size_t id_len,
                                    struct sla_calendar **calendar_out,
                                    struct sla_error **error_out);

/*
 Frees a calendar; null is accepted.
 */
void sla_calendar_free(struct sla_calendar *calendar);

/*
 Answers at which instant so much business time has passed since `start_us`: the earliest one, so a length used up at
 a closing ends there. A length of 0 ends at the start, also when the calendar is closed.

 start_us    microseconds since 1970-01-01T00:00:00Z
 length_us   microseconds of business time, not negative
 end_us_out  receives the instant, in microseconds since 1970-01-01T00:00:00Z

 Errors: `out_of_horizon` when an instant lies outside 1970-01-01 to 2200-01-01, `invalid_duration` for a negative
 length.
 */
enum sla_status sla_calendar_add(const struct sla_calendar *calendar,
                                 int64_t start_us,
                                 int64_t length_us,
                                 int64_t *end_us_out,
                                 struct sla_error **error_out);

/*
 Answers the latest instant from which so much business time passes until `end_us`.

 end_us        microseconds since 1970-01-01T00:00:00Z
 length_us     microseconds of business time, not negative
 start_us_out  receives the instant, in microseconds since 1970-01-01T00:00:00Z

 Errors: as `sla_calendar_add`.
 */
enum sla_status sla_calendar_subtract(const struct sla_calendar *calendar,
                                      int64_t end_us,
                                      int64_t length_us,
                                      int64_t *start_us_out,
                                      struct sla_error **error_out);

/*
 Answers how much business time lies in `[from_us, to_us)`.

 from_us, to_us  microseconds since 1970-01-01T00:00:00Z
 length_us_out   receives microseconds of business time

 Errors: `end_before_start`, `out_of_horizon`.
 */
enum sla_status sla_calendar_elapsed(const struct sla_calendar *calendar,
                                     int64_t from_us,
                                     int64_t to_us,
                                     int64_t *length_us_out,
                                     struct sla_error **error_out);

/*
 Answers whether the calendar is open at an instant.

 at_us         microseconds since 1970-01-01T00:00:00Z
 is_open_out   receives 1 or 0

 Errors: `out_of_horizon`.
 */
enum sla_status sla_calendar_is_open(const struct sla_calendar *calendar,
                                     int64_t at_us,
                                     int32_t *is_open_out,
                                     struct sla_error **error_out);

/*
 Answers the open time from `from_us` to the instant that business days promise (docs/calendars.md).

 days           at most 366
 by             `close`, `same_time` or a local time such as `16:00`, UTF-8
 cut_off        a local time from which on a day counts as the next one, UTF-8, or null for none
 length_us_out  receives microseconds of business time

 Errors: `invalid_time`; `out_of_range` for more days; `conflicting_fields` for a calendar without business days, and for
 0 days by `same_time`; `out_of_horizon`.
 */
enum sla_status sla_calendar_business_days(const struct sla_calendar *calendar,
                                           int64_t from_us,
                                           uint32_t days,
                                           const char *by,
                                           size_t by_len,
                                           const char *cut_off,
                                           size_t cut_off_len,
                                           int64_t *length_us_out,
                                           struct sla_error **error_out);

/*
 Answers the first open instant from `at_us` on: `at_us` itself while the calendar is open.

 opens_at_us_out  receives microseconds since 1970-01-01T00:00:00Z

 Errors: `out_of_horizon`, also when there is no opening any more.
 */
enum sla_status sla_calendar_next_open(const struct sla_calendar *calendar,
                                       int64_t at_us,
                                       int64_t *opens_at_us_out,
                                       struct sla_error **error_out);

/*
 Answers the first closing after `at_us`.

 closes_at_us_out  receives microseconds since 1970-01-01T00:00:00Z

 Errors: `out_of_horizon`, also when there is no closing any more.
 */
enum sla_status sla_calendar_next_close(const struct sla_calendar *calendar,
                                        int64_t at_us,
                                        int64_t *closes_at_us_out,
                                        struct sla_error **error_out);

/*
 Answers as `sla_calendar_add`, but SLA_NONE where that fails, and without saying why.
 */
int64_t sla_calendar_add_or_none(const struct sla_calendar *calendar,
                                 int64_t start_us,
                                 int64_t length_us);

/*
 Answers as `sla_calendar_subtract`, but SLA_NONE where that fails, and without saying why.
 */
int64_t sla_calendar_subtract_or_none(const struct sla_calendar *calendar,
                                      int64_t end_us,
                                      int64_t length_us);

/*
 Answers as `sla_calendar_elapsed`, but SLA_NONE where that fails, and without saying why.
 */
int64_t sla_calendar_elapsed_or_none(const struct sla_calendar *calendar,
                                     int64_t from_us,
                                     int64_t to_us);

/*
 Answers as `sla_calendar_next_open`, but SLA_NONE where that fails, and without saying why.
 */
int64_t sla_calendar_next_open_or_none(const struct sla_calendar *calendar,
                                       int64_t at_us);

/*
 Answers as `sla_calendar_next_close`, but SLA_NONE where that fails, and without saying why.
 */
int64_t sla_calendar_next_close_or_none(const struct sla_calendar *calendar,
                                        int64_t at_us);

/*
 Answers whether the holidays up to an instant are not all entered yet (`holidays_known_until`).

 until_us            microseconds since 1970-01-01T00:00:00Z
 is_provisional_out  receives 1 or 0
 */
enum sla_status sla_calendar_is_provisional(const struct sla_calendar *calendar,
                                            int64_t until_us,
                                            int32_t *is_provisional_out,
                                            struct sla_error **error_out);

/*
 Writes the open windows between two instants, cut at both, touching ones merged.

 from_us, to_us  microseconds since 1970-01-01T00:00:00Z
 windows         receives the first windows, oldest first; may be null when `capacity` is 0
 capacity        how many windows the array can hold
 count_out       receives how many windows there are, also when the array is too small

 Errors: `end_before_start`, `out_of_horizon`.
 */
enum sla_status sla_calendar_windows(const struct sla_calendar *calendar,
                                     int64_t from_us,
                                     int64_t to_us,
                                     struct sla_window *windows,
                                     size_t capacity,
                                     size_t *count_out,
                                     struct sla_error **error_out);

/*
 Answers `sla_calendar_add` for each row.

 A row that lacks a value, or that the calendar refuses, gets no answer: SLA_NONE in `values`, 0 in `valid`. The
 answers must not overlap the questions.

 rows         how many rows every array has
 refused_out  receives how many rows were refused; `codes` says which and why

 starts_us    microseconds since 1970-01-01T00:00:00Z
 lengths_us   microseconds of business time
 ends_us      receives microseconds since 1970-01-01T00:00:00Z
 */
enum sla_status sla_calendar_add_batch(const struct sla_calendar *calendar,
                                       size_t rows,
                                       struct sla_column starts_us,
                                       struct sla_column lengths_us,
                                       struct sla_answers ends_us,
                                       size_t *refused_out,
                                       struct sla_error **error_out);

/*
 Answers `sla_calendar_subtract` for each row; otherwise as `sla_calendar_add_batch`.
 */
enum sla_status sla_calendar_subtract_batch(const struct sla_calendar *calendar,
                                            size_t rows,
                                            struct sla_column ends_us,
                                            struct sla_column lengths_us,
                                            struct sla_answers starts_us,
                                            size_t *refused_out,
                                            struct sla_error **error_out);

/*
 Answers `sla_calendar_elapsed` for each row; otherwise as `sla_calendar_add_batch`.
 */
enum sla_status sla_calendar_elapsed_batch(const struct sla_calendar *calendar,
                                           size_t rows,
                                           struct sla_column from_us,
                                           struct sla_column to_us,
                                           struct sla_answers lengths_us,
                                           size_t *refused_out,
                                           struct sla_error **error_out);

/*
 Answers `sla_calendar_is_open` for each row, with 1 or 0; otherwise as `sla_calendar_add_batch`.
 */
enum sla_status sla_calendar_is_open_batch(const struct sla_calendar *calendar,
                                           size_t rows,
                                           struct sla_column at_us,
                                           struct sla_answers is_open,
                                           size_t *refused_out,
                                           struct sla_error **error_out);

/*
 Answers `sla_calendar_next_open` for each row; otherwise as `sla_calendar_add_batch`.
 */
enum sla_status sla_calendar_next_open_batch(const struct sla_calendar *calendar,
                                             size_t rows,
                                             struct sla_column at_us,
                                             struct sla_answers opens_at_us,
                                             size_t *refused_out,
                                             struct sla_error **error_out);

/*
 Answers `sla_calendar_next_close` for each row; otherwise as `sla_calendar_add_batch`.
 */
enum sla_status sla_calendar_next_close_batch(const struct sla_calendar *calendar,
                                              size_t rows,
                                              struct sla_column at_us,
                                              struct sla_answers closes_at_us,
                                              size_t *refused_out,
                                              struct sla_error **error_out);

/* ======== Entitlements and permissions ======== */

/*
 Finds the number of a package in the newest revision of an engine, to ask `sla_engine_entitles` with. Numbers hold for
 this engine only.

 id           the package's id, UTF-8
 package_out  receives the number, from 0

 Errors: `unknown_package`.
 */
enum sla_status sla_engine_package(const struct sla_engine *engine,
                                   const char *id,
                                   size_t id_len,
                                   int32_t *package_out,
                                   struct sla_error **error_out);

/*
 Finds the number of a channel in the newest revision of an engine, to ask `sla_engine_entitles` with.

 id           the channel's id, UTF-8
 channel_out  receives the number, from 0

 Errors: `unknown_channel`.
 */
enum sla_status sla_engine_channel(const struct sla_engine *engine,
                                   const char *id,
                                   size_t id_len,
                                   int32_t *channel_out,
                                   struct sla_error **error_out);

/*
 Answers whether a package includes a channel, in the newest revision. Neither allocates nor compares texts.

 package, channel  numbers of `sla_engine_package` and `sla_engine_channel`
 entitled_out      receives 1 or 0

 Errors: `unknown_number` for a number that the engine did not give.
 */
enum sla_status sla_engine_entitles(const struct sla_engine *engine,
                                    int32_t package,
                                    int32_t channel,
                                    int32_t *entitled_out,
                                    struct sla_error **error_out);

/*
 Answers whether an actor may do something, without doing it.

 actor_json        `{"role": "agent", "id": "..."}`
 action            a command, or `view_ticket`, `view_metrics`, `manage_policy`, `manage_users` (docs/commands.md)
 ticket_json       a history or a snapshot; null for actions that concern no ticket
 refusal_json_out  receives the refusal, or no text (`data` null) when it is permitted; free it with `sla_string_free`

 Errors: `unknown_action`; those of documents.
 */
enum sla_status sla_engine_authorize(const struct sla_engine *engine,
                                     const char *actor_json,
                                     size_t actor_json_len,
                                     const char *action,
                                     size_t action_len,
                                     const char *ticket_json,
                                     size_t ticket_json_len,
                                     struct sla_string *refusal_json_out,
                                     struct sla_error **error_out);

/*
 Answers which tickets a list may show to an actor: those for which `sla_engine_authorize` permits `view_ticket`.

 actor_json        `{"role": "agent", "id": "..."}`, with `teams` and `organization` where the policy's roles read them
 visible_json_out  receives a condition to make a query of (docs/commands.md); no text (`data` null) when the actor may
                   see no ticket; free it with `sla_string_free`
 refusal_json_out  receives the refusal then, otherwise no text; free it with `sla_string_free`

 Errors: those of documents.
 */
enum sla_status sla_engine_visible_tickets(const struct sla_engine *engine,
                                           const char *actor_json,
                                           size_t actor_json_len,
                                           struct sla_string *visible_json_out,
                                           struct sla_string *refusal_json_out,
                                           struct sla_error **error_out);

/* ======== Tickets ======== */

/*
 Decides whether a ticket is opened.

 opening_json          the command `open` (docs/commands.md)
 actor_json            `{"role": "customer", "id": "..."}`, with `organization` where the opening names one
 now_us                microseconds since 1970-01-01T00:00:00Z
 decision_json_out     receives `{"accepted": {"events": [...]}}`, the events to persist, or `{"refused": {...}}`;
                       free it with `sla_string_free`
 ticket_json_out       receives a snapshot of the ticket, to pass to the next call; empty when refused. May be null;
                       free it with `sla_string_free`
 next_check_at_us_out  receives when `sla_engine_due_events` will have something, SLA_NONE for never; may be null

 Errors: `out_of_horizon`; those of documents.
 */
enum sla_status sla_engine_open(const struct sla_engine *engine,
                                const char *opening_json,
                                size_t opening_json_len,
                                const char *actor_json,
                                size_t actor_json_len,
                                int64_t now_us,
                                struct sla_string *decision_json_out,
                                struct sla_string *ticket_json_out,
                                int64_t *next_check_at_us_out,
                                struct sla_error **error_out);

/*
 Decides on a command. Only this function and `sla_engine_due_events` make events; the host appends what it gets.

 ticket_json           a snapshot, or a history (docs/events.md): the events so far. Of a history every event is used,
                       which the adoption of a revision that measures another timer needs (`history_needed`)
 command_json          docs/commands.md
 actor_json            `{"role": "agent", "id": "..."}`, with `teams` (a list) and `organization` where the policy's
                       roles read them
 now_us                microseconds since 1970-01-01T00:00:00Z, not before the ticket's last event
 decision_json_out, ticket_json_out, next_check_at_us_out
                       as for `sla_engine_open`; automatic events that were due come first

 Errors: `unknown_revision` when the ticket is under a revision that the engine does not have; `invalid_history`,
 `out_of_horizon`; those of documents. A refused command is no error.
 */
enum sla_status sla_engine_decide(const struct sla_engine *engine,
                                  const char *ticket_json,
                                  size_t ticket_json_len,
                                  const char *command_json,
                                  size_t command_json_len,
                                  const char *actor_json,
                                  size_t actor_json_len,
                                  int64_t now_us,
                                  struct sla_string *decision_json_out,
                                  struct sla_string *ticket_json_out,
                                  int64_t *next_check_at_us_out,
                                  struct sla_error **error_out);

/*
 Makes the automatic events that are due by an instant: breaches, escalations, warnings, the ends of pauses, the closing
 of resolved tickets. The events do not depend on how often this is called.

 ticket_json           a snapshot or a history
 now_us                microseconds since 1970-01-01T00:00:00Z, not before the ticket's last event
 events_json_out       receives the events to persist, a JSON list, perhaps empty; free it with `sla_string_free`
 ticket_json_out, next_check_at_us_out
                       as for `sla_engine_open`

 Errors: `time_went_back`; otherwise as `sla_engine_decide`.
 */
enum sla_status sla_engine_due_events(const struct sla_engine *engine,
                                      const char *ticket_json,
                                      size_t ticket_json_len,
                                      int64_t now_us,
                                      struct sla_string *events_json_out,
                                      struct sla_string *ticket_json_out,
                                      int64_t *next_check_at_us_out,
                                      struct sla_error **error_out);

/*
 Evaluates every timer of a ticket as of an instant, and says when to ask again. Nothing is changed.

 ticket_json          a snapshot or a history
 now_us               microseconds since 1970-01-01T00:00:00Z, not before the ticket's last event
 evaluation_json_out  receives the evaluation (docs/documents.md); free it with `sla_string_free`

 Errors: as `sla_engine_due_events`.
 */
enum sla_status sla_engine_evaluate(const struct sla_engine *engine,
                                    const char *ticket_json,
                                    size_t ticket_json_len,
                                    int64_t now_us,
                                    struct sla_string *evaluation_json_out,
                                    struct sla_error **error_out);

/*
 Answers when `sla_engine_due_events` will have something: the instant to store in an indexed column.

 ticket_json           a snapshot or a history
 next_check_at_us_out  receives microseconds since 1970-01-01T00:00:00Z; SLA_NONE for never

 Errors: as `sla_engine_decide`.
 */
enum sla_status sla_engine_next_check_at(const struct sla_engine *engine,
                                         const char *ticket_json,
                                         size_t ticket_json_len,
                                         int64_t *next_check_at_us_out,
                                         struct sla_error **error_out);

/*
 Folds events into a snapshot of the ticket, which every function takes in place of the history, and faster.

 ticket_json      what was there before: a snapshot, or a history
 events_json      a JSON list of the events that follow; null or an empty list for none
 ticket_json_out  receives the snapshot; free it with `sla_string_free`

 Errors: `invalid_history` when an event does not follow; those of documents.
 */
enum sla_status sla_ticket_fold(const char *ticket_json,
                                size_t ticket_json_len,
                                const char *events_json,
                                size_t events_json_len,
                                struct sla_string *ticket_json_out,
                                struct sla_error **error_out);

/*
 Makes the history of a ticket from what another system recorded. Every command is judged at its own instant; automatic
 events come in place.

 recorded_json         `[{"at": "...", "actor": {...}, "command": {...}}]`, the first one an `open`, oldest first
 import_json_out       receives `{"accepted": {"events": [...], "refused": [{"index": 3, "refusal": {...}}]}}`, or
                       `{"refused": {...}}` when the ticket could not be opened; `index` is the place in the list, the
                       opening's is 0; free it with `sla_string_free`
 ticket_json_out, next_check_at_us_out
                       as for `sla_engine_open`

 Errors: `out_of_horizon`; those of documents.
 */
enum sla_status sla_engine_import(const struct sla_engine *engine,
                                  const char *recorded_json,
                                  size_t recorded_json_len,
                                  struct sla_string *import_json_out,
                                  struct sla_string *ticket_json_out,
                                  int64_t *next_check_at_us_out,
                                  struct sla_error **error_out);

/*
 Verifies a history by playing its commands again: the rules must make every event as it is recorded. A chain
 (`sla_audit_verify`) proves that nothing was changed since it was linked, this proves that the rules made it.

 history_json           a history
 snapshot_json          a snapshot that must be the fold of the first events of the history, as many as it says; may be
                        null
 verification_json_out  receives how many events were verified, and in `difference` the first one that the rules would
                        not have made (docs/audit.md); without `difference` the rules make every event. Free it with
                        `sla_string_free`

 Errors: `unknown_revision` when an event is under a revision that is not compiled into the engine; `out_of_horizon`;
 `invalid_history`; those of documents.
 */
enum sla_status sla_engine_verify(const struct sla_engine *engine,
                                  const char *history_json,
                                  size_t history_json_len,
                                  const char *snapshot_json,
                                  size_t snapshot_json_len,
                                  struct sla_string *verification_json_out,
                                  struct sla_error **error_out);

/*
 Says what would happen if tickets adopted the newest revision of the policy. Nothing is changed.

 tickets_json      a JSON list of snapshots and histories; a revision that measures a timer which the ticket's own did not
                   needs the history (`history_needed`)
 apply             `keep`, `from_now` or `retroactive`, as in `adopt_revision`
 now_us            microseconds since 1970-01-01T00:00:00Z
 dry_run_json_out  receives moved due instants, breaches and tickets that cannot adopt it (docs/documents.md); free
                   it with `sla_string_free`

 Errors: as `sla_engine_due_events`, for the first ticket that cannot be judged; `unknown_word` for another
 `apply`.
 */
enum sla_status sla_engine_dry_run(const struct sla_engine *engine,
                                   const char *tickets_json,
                                   size_t tickets_json_len,
                                   const char *apply,
                                   size_t apply_len,
                                   int64_t now_us,
                                   struct sla_string *dry_run_json_out,
                                   struct sla_error **error_out);

/* ======== What a host with a database stores ======== */

/*
 Decides whether a ticket is opened, as `sla_engine_open`, and begins the ticket's chain.

 opening_json, actor_json, now_us, ticket_json_out, next_check_at_us_out
                  as for `sla_engine_open`
 detected_at_us   when the host writes the events down; SLA_NONE for `now_us`
 time_zone        the zone whose periods rows are in, for example `Asia/Jakarta`; may be null: then there are no rows
 linked_json_out  receives `{"accepted": {"values": {...}, "next_check_at_us": ..., "head": {...}, "entries": [...]}}`
                  or `{"refused": {...}}` (docs/documents.md). After the first line every line but the last is one entry,
                  to be stored as it is, with a comma at the end where another follows. With a time zone, `"rows": {...}`
                  comes before the entries, with the row state on a line of its own after `"state":`. Free it with
                  `sla_string_free`

 Errors: as `sla_engine_open`; `unknown_time_zone`.
 */
enum sla_status sla_engine_open_linked(const struct sla_engine *engine,
                                       const char *opening_json,
                                       size_t opening_json_len,
                                       const char *actor_json,
                                       size_t actor_json_len,
                                       int64_t now_us,
                                       int64_t detected_at_us,
                                       const char *time_zone,
                                       size_t time_zone_len,
                                       struct sla_string *linked_json_out,
                                       struct sla_string *ticket_json_out,
                                       int64_t *next_check_at_us_out,
                                       struct sla_error **error_out);

/*
 Decides on a command, as `sla_engine_decide`, and links its events to the ticket's chain: no event crosses twice.

 ticket_json, command_json, actor_json, now_us, ticket_json_out, next_check_at_us_out
                  as for `sla_engine_decide`
 head_json        where the ticket's chain stands, as the call before wrote it
 detected_at_us, time_zone, linked_json_out
                  as for `sla_engine_open_linked`
 row_state_json   with a time zone: the row state that was stored with the ticket; otherwise not read, and may be null

 Errors: as `sla_engine_decide`; `invalid_history` when the head or the row state is not that of the ticket;
 `unknown_time_zone`.
 */
enum sla_status sla_engine_decide_linked(const struct sla_engine *engine,
                                         const char *ticket_json,
                                         size_t ticket_json_len,
                                         const char *head_json,
                                         size_t head_json_len,
                                         const char *command_json,
                                         size_t command_json_len,
                                         const char *actor_json,
                                         size_t actor_json_len,
                                         int64_t now_us,
                                         int64_t detected_at_us,
                                         const char *time_zone,
                                         size_t time_zone_len,
                                         const char *row_state_json,
                                         size_t row_state_json_len,
                                         struct sla_string *linked_json_out,
                                         struct sla_string *ticket_json_out,
                                         int64_t *next_check_at_us_out,
                                         struct sla_error **error_out);

/*
 Makes the automatic events that are due by an instant, as `sla_engine_due_events`, and links them to the ticket's chain.

 ticket_json, now_us, ticket_json_out, next_check_at_us_out
                  as for `sla_engine_due_events`
 head_json, detected_at_us, time_zone, row_state_json, linked_json_out
                  as for `sla_engine_decide_linked`; the answer is never `refused`

 Errors: as `sla_engine_due_events`; `invalid_history` when the head or the row state is not that of the ticket;
 `unknown_time_zone`.
 */
enum sla_status sla_engine_due_events_linked(const struct sla_engine *engine,
                                             const char *ticket_json,
                                             size_t ticket_json_len,
                                             const char *head_json,
                                             size_t head_json_len,
                                             int64_t now_us,
                                             int64_t detected_at_us,
                                             const char *time_zone,
                                             size_t time_zone_len,
                                             const char *row_state_json,
                                             size_t row_state_json_len,
                                             struct sla_string *linked_json_out,
                                             struct sla_string *ticket_json_out,
                                             int64_t *next_check_at_us_out,
                                             struct sla_error **error_out);

/*
 Decides on many tickets in one call. The fault of one does not stop the others.

 texts             the documents of all requests, one after another without anything between: for each request its
                   ticket, the head of its chain, a command, the actor and the row state; a request without a command
                   and an actor asks for the automatic events that are due
 lengths           the lengths of these texts, five a request; 0 for none
 requests          how many requests there are
 now_us, detected_at_us, time_zone
                   as for `sla_engine_decide_linked`, the same for all
 answers_json_out  receives a JSON list with an answer for each request, in their order: as `linked_json_out` of
                   `sla_engine_decide_linked`, with the ticket's snapshot on a line of its own after `"snapshot":`; or
                   `{"failed": {"code": ..., "path": ..., "message": ..., "help": ...}}`. Every answer begins on a new
                   line. Free it with `sla_string_free`

 Errors: `invalid_length` when the lengths are not those of the texts.
 */
enum sla_status sla_engine_batch(const struct sla_engine *engine,
                                 const char *texts,
                                 size_t texts_len,
                                 const size_t *lengths,
                                 size_t requests,
                                 int64_t now_us,
                                 int64_t detected_at_us,
                                 const char *time_zone,
                                 size_t time_zone_len,
                                 struct sla_string *answers_json_out,
                                 struct sla_error **error_out);

/*
 Writes a ticket as values for the columns of a database: status, holder, package, instants in microseconds, every
 escalation with its stage, and of every timer the due, remaining time, outcome and activity.

 ticket_json      a snapshot or a history
 values_json_out  receives the values (docs/documents.md); free it with `sla_string_free`

 Errors: those of documents.
 */
enum sla_status sla_engine_ticket_values(const struct sla_engine *engine,
                                         const char *ticket_json,
                                         size_t ticket_json_len,
                                         struct sla_string *values_json_out,
                                         struct sla_error **error_out);

/*
 Writes the rows of a ticket for the tables of a database: one a cycle, one a fact. A row replaces the earlier row of its key.

 ticket_json     a history, for the rows of its events after the row state; or a snapshot, for the rows that change with
                 `now_us` alone
 row_state_json  the row state that was stored with the ticket; may be null for all rows of a history
 time_zone       the zone whose periods the rows are in, for example `Asia/Jakarta`
 rows_json_out   receives `{"cycles": [...], "facts": [...], "state": {...}}` (docs/documents.md), the row state on a line
                 of its own after `"state":`; free it with `sla_string_free`

 Errors: those of documents; `invalid_history` when the row state is not that of the ticket; `unknown_time_zone`,
 `unknown_revision`, `time_went_back`.
 */
enum sla_status sla_engine_ticket_rows(const struct sla_engine *engine,
                                       const char *ticket_json,
                                       size_t ticket_json_len,
                                       const char *row_state_json,
                                       size_t row_state_json_len,
                                       int64_t now_us,
                                       const char *time_zone,
                                       size_t time_zone_len,
                                       struct sla_string *rows_json_out,
                                       struct sla_error **error_out);

/* ======== Values of a ticket ======== */

/*
 Reads the values of a ticket, as `sla_engine_ticket_values` writes them.

 ticket_json  the ticket's history or snapshot
 values_out   receives the values; free them with `sla_values_free`

 Errors: those of documents.
 */
enum sla_status sla_values_new(const struct sla_engine *engine,
                               const char *ticket_json,
                               size_t ticket_json_len,
                               struct sla_values **values_out,
                               struct sla_error **error_out);

/*
 Answers with the ticket as one struct. Its texts and lists belong to `values` and are valid until that is freed.
 */
enum sla_status sla_values_ticket(const struct sla_values *values,
                                  struct sla_ticket_values *ticket_out,
                                  struct sla_error **error_out);

/*
 Frees values; null is accepted.
 */
void sla_values_free(struct sla_values *values);

/* ======== Logs ======== */

/*
 Makes commands of a log, ticket by ticket. No policy is asked: import each ticket with `sla_engine_import`.

 log_json           `{"schema": "sla-log/1", "rows": [...]}`, for rows of states with `"states": {...}`
                    (docs/logs.md); rows may come in any order
 commands_json_out  receives `{"tickets": [{"ticket": "T-1", "rows": [0, 1], "recorded": [...]}], "refused": [...]}`;
                    `recorded` is what `sla_engine_import` takes, `refused` names the rows that are left out; free it
                    with `sla_string_free`

 Errors: `invalid_json`, `duplicate_key`, `unsupported_schema`, `missing_field`, `wrong_type`, `unknown_field`, and
 `unknown_word` for a meaning. A row that cannot be read is not an error.
 */
enum sla_status sla_log_commands(const char *log_json,
                                 size_t log_json_len,
                                 struct sla_string *commands_json_out,
                                 struct sla_error **error_out);

/*
 Makes the histories of a log. Every row is judged at its own instant; automatic events come in place.

 log_json         as for `sla_log_commands`
 now_us           rows later than this are left out, in microseconds since 1970-01-01T00:00:00Z; SLA_NONE for none
 import_json_out  receives `{"refused": [...], "remarks": [...], "histories": [...]}`: the rows and columns that are left
                  out, and a history for each ticket that could be opened, by id, each on a line of its own; free it with
                  `sla_string_free`

 Errors: as `sla_log_commands`; `out_of_horizon`.
 */
enum sla_status sla_engine_import_log(const struct sla_engine *engine,
                                      const char *log_json,
                                      size_t log_json_len,
                                      int64_t now_us,
                                      struct sla_string *import_json_out,
                                      struct sla_error **error_out);

/*
 Adds the tickets of a log to an aggregate, judged as by `sla_engine_import_log`, without keeping their histories.

 log_json         as for `sla_log_commands`
 now_us           as of when, in microseconds since 1970-01-01T00:00:00Z; later rows are left out
 import_json_out  receives `{"refused": [...], "remarks": [...], "histories": []}`; free it with `sla_string_free`

 Errors: as `sla_engine_import_log`; then the tickets before the fault are added, so free `aggregate`.
 */
enum sla_status sla_aggregate_add_log(struct sla_aggregate *aggregate,
                                      const struct sla_engine *engine,
                                      const char *log_json,
                                      size_t log_json_len,
                                      int64_t now_us,
                                      struct sla_string *import_json_out,
                                      struct sla_error **error_out);

/* ======== Explanations ======== */

/*
 Explains the due of a timer as of an instant: every interval of time since it started, as data and as text.

 history_json          the ticket's history; a snapshot does not say what happened
 timer                 the timer's id, UTF-8
 cycle                 its cycle, from 1; 0 for the latest
 now_us                microseconds since 1970-01-01T00:00:00Z, not before the ticket's last event
 explanation_json_out  receives the derivation (docs/explain.md); free it with `sla_string_free`

 Errors: `unknown_timer` when the timer has no such cycle on this ticket; otherwise as `sla_engine_due_events`.
 */
enum sla_status sla_engine_explain(const struct sla_engine *engine,
                                   const char *history_json,
                                   size_t history_json_len,
                                   const char *timer,
                                   size_t timer_len,
                                   uint32_t cycle,
                                   int64_t now_us,
                                   struct sla_string *explanation_json_out,
                                   struct sla_error **error_out);

/*
 Books every microsecond of a ticket since its opening: by status, holder, reason of a pause, open and closed hours.

 history_json     the ticket's history
 now_us           microseconds since 1970-01-01T00:00:00Z, not before the ticket's last event
 ledger_json_out  receives the ledger (docs/explain.md); free it with `sla_string_free`

 Errors: as `sla_engine_due_events`.
 */
enum sla_status sla_engine_ledger(const struct sla_engine *engine,
                                  const char *history_json,
                                  size_t history_json_len,
                                  int64_t now_us,
                                  struct sla_string *ledger_json_out,
                                  struct sla_error **error_out);

/* ======== Audit ======== */

/*
 Links events to the chain of their ticket: every entry carries the hash of the one before.

 head_json         where the chain stands, as the call before wrote it; null to begin a chain
 events_json       a JSON list of the events that follow, at least one
 detected_at_us    when the host writes them down, in microseconds since 1970-01-01T00:00:00Z
 entries_json_out  receives the entries, a JSON list in the order of the events; free it with `sla_string_free`
 head_json_out     receives where the chain stands now; free it with `sla_string_free`

 Errors: `invalid_history` when an event does not follow; those of documents.
 */
enum sla_status sla_audit_link(const char *head_json,
                               size_t head_json_len,
                               const char *events_json,
                               size_t events_json_len,
                               int64_t detected_at_us,
                               struct sla_string *entries_json_out,
                               struct sla_string *head_json_out,
                               struct sla_error **error_out);

/*
 Turns a refusal into an entry of a log of denied access, which is chained like a ticket.

 head_json       where the log stands, as the call before wrote it; null to begin one
 log             the id of the log to begin; ignored when there is a head
 actor_json      who was refused
 ticket          the id of the ticket that it was about; null for none
 refusal_json    the refusal, as a decision or `sla_engine_authorize` gave it
 now_us          microseconds since 1970-01-01T00:00:00Z
 entry_json_out  receives the entry; free it with `sla_string_free`
 head_json_out   receives where the log stands now; free it with `sla_string_free`

 Errors: `invalid_id`, `invalid_history` for the head of another kind of chain; those of documents.
 */
enum sla_status sla_audit_deny(const char *head_json,
                               size_t head_json_len,
                               const char *log,
                               size_t log_len,
                               const char *actor_json,
                               size_t actor_json_len,
                               const char *ticket,
                               size_t ticket_len,
                               const char *refusal_json,
                               size_t refusal_json_len,
                               int64_t now_us,
                               struct sla_string *entry_json_out,
                               struct sla_string *head_json_out,
                               struct sla_error **error_out);

/*
 Writes entries as a chain that `sla_audit_verify` and other verifiers read.

 kind            `ticket`, `access` or `policy`
 id              the ticket, the log or the policy
 entries_json    a JSON list of entries, in their order
 chain_json_out  receives the chain; free it with `sla_string_free`

 Errors: `unknown_word` for another kind; those of documents.
 */
enum sla_status sla_audit_chain(const char *kind,
                                size_t kind_len,
                                const char *id,
                                size_t id_len,
                                const char *entries_json,
                                size_t entries_json_len,
                                struct sla_string *chain_json_out,
                                struct sla_error **error_out);

/*
 Checks a whole chain, and that every pinned head of it is in it.

 chain_json    the chain (docs/audit.md)
 heads_json    heads that were kept elsewhere, to notice a cut-off or wholly rewritten chain; null for none
 head_json_out receives where the chain stands when it is sound; otherwise no text (`data` null). Free it with
               `sla_string_free`
 tampering_json_out
               receives what was done to it, `{"kind": "altered", "index": 3}` with the place of the first such entry
               from 0; no text (`data` null) when it is sound. Free it with `sla_string_free`

 Errors: those of documents. A chain that was tampered with is no error.
 */
enum sla_status sla_audit_verify(const char *chain_json,
                                 size_t chain_json_len,
                                 const char *heads_json,
                                 size_t heads_json_len,
                                 struct sla_string *head_json_out,
                                 struct sla_string *tampering_json_out,
                                 struct sla_error **error_out);

/*
 Writes heads as a file to keep elsewhere, which pins everything that the chains said until then.

 heads_json      a JSON list of heads
 pins_json_out   receives the file's text; free it with `sla_string_free`

 Errors: those of documents.
 */
enum sla_status sla_audit_pin(const char *heads_json,
                              size_t heads_json_len,
                              struct sla_string *pins_json_out,
                              struct sla_error **error_out);

/* ======== Tickets as columns ======== */

/*
 Makes a plan for rows: which timers are evaluated, and every kind of ticket that rows may name.

 plan_json  `{"timers": ["resolution"], "kinds": [{"package": "starter", "channel": "email"}]}`; a kind may also name
            `agent`, `severity` and `category`; borrowed for the call
 plan_out   receives the plan; free it with `sla_plan_free`

 Errors: `unknown_timer` also for a timer that milestones do not decide (one with cycles);
 `unknown_package`, `unknown_channel`, `unknown_severity`, `unknown_category`; those of documents.
 */
enum sla_status sla_plan_new(const struct sla_engine *engine,
                             const char *plan_json,
                             size_t plan_json_len,
                             struct sla_plan **plan_out,
                             struct sla_error **error_out);

/*
 Frees a plan; null is accepted.
 */
void sla_plan_free(struct sla_plan *plan);

/*
 Evaluates each timer of each row as of an instant. Exact for tickets that never paused and were not reopened.

 rows           the tickets; borrowed for the call
 now_us         microseconds since 1970-01-01T00:00:00Z
 answers        one set of arrays a timer, in the order of the plan; they must not overlap the rows
 answers_count  how many sets: as many as the plan has timers
 codes          receives one `sla_row_code` a row; may be null
 refused_out    receives how many rows were refused

 Errors: `out_of_range` for another number of timers, `out_of_horizon` for `now_us`.
 */
enum sla_status sla_plan_evaluate(const struct sla_plan *plan,
                                  const struct sla_rows *rows,
                                  int64_t now_us,
                                  const struct sla_timer_columns *answers,
                                  size_t answers_count,
                                  uint8_t *codes,
                                  size_t *refused_out,
                                  struct sla_error **error_out);

/*
 Adds rows to an aggregate, as of an instant, in its groups and periods.

 rows         the tickets; borrowed for the call
 now_us       microseconds since 1970-01-01T00:00:00Z
 aggregate    receives the figures; they are those of the tickets' histories, without what rows do not say:
              escalations, warnings, replies, earlier agents
 codes        receives one `sla_row_code` a row; may be null
 refused_out  receives how many rows were refused; they are not counted

 Errors: `out_of_horizon` for `now_us`, nothing is added then; `out_of_range` when a sum does not fit 64 bits: some
 figures are added then, so free `aggregate`.
 */
enum sla_status sla_plan_aggregate(const struct sla_plan *plan,
                                   const struct sla_rows *rows,
                                   int64_t now_us,
                                   struct sla_aggregate *aggregate,
                                   uint8_t *codes,
                                   size_t *refused_out,
                                   struct sla_error **error_out);

/* ======== Reports ======== */

/*
 Makes an aggregate without tickets.

 grouping_json  what figures are grouped by, for example
                `{"dimensions": ["package"], "period": {"unit": "week", "time_zone": "Asia/Jakarta"}}`
 aggregate_out  receives the aggregate; free it with `sla_aggregate_free`

 Errors: `unknown_time_zone`; those of documents.
 */
enum sla_status sla_aggregate_new(const char *grouping_json,
                                  size_t grouping_json_len,
                                  struct sla_aggregate **aggregate_out,
                                  struct sla_error **error_out);

/*
 Reads an aggregate that `sla_aggregate_write` wrote, here or elsewhere, also after other programs merged its rows.

 aggregate_out  receives the aggregate; free it with `sla_aggregate_free`

 Errors: `unsupported_schema`, `out_of_range` for rows that no tickets make; those of documents.
 */
enum sla_status sla_aggregate_read(const char *aggregate_json,
                                   size_t aggregate_json_len,
                                   struct sla_aggregate **aggregate_out,
                                   struct sla_error **error_out);

/*
 Adds a ticket as of an instant.

 history_json  the ticket's history
 now_us        microseconds since 1970-01-01T00:00:00Z, not before the ticket's last event

 Errors: as `sla_engine_due_events`; then nothing of the ticket is added.
 */
enum sla_status sla_aggregate_add(struct sla_aggregate *aggregate,
                                  const struct sla_engine *engine,
                                  const char *history_json,
                                  size_t history_json_len,
                                  int64_t now_us,
                                  struct sla_error **error_out);

/*
 Adds the figures of another aggregate of the same grouping. Any order gives the same result.

 other  the other aggregate; it is not changed, and must not be `aggregate` itself

 Errors: `conflicting_fields` for another grouping, nothing is added then; `out_of_range` when a sum does not fit 64
 bits: some figures are added then, so free `aggregate`.
 */
enum sla_status sla_aggregate_merge(struct sla_aggregate *aggregate,
                                    const struct sla_aggregate *other,
                                    struct sla_error **error_out);

/*
 Writes an aggregate as flat rows that can be merged anywhere (docs/analytics.md); equal figures give equal bytes.

 aggregate_json_out  receives the text; free it with `sla_string_free`
 */
enum sla_status sla_aggregate_write(const struct sla_aggregate *aggregate,
                                    struct sla_string *aggregate_json_out,
                                    struct sla_error **error_out);

/*
 Reads the rows of an aggregate as columns of numbers, which a database adds up by all but the last three.

 values     receives the columns of `sla_figure_column`, each as long as the rows, one after another; may be null when
            `capacity` is 0
 capacity   how many numbers the array can hold; with fewer than there are it stays as it is
 names_out  receives the names that the columns refer to, from 0, a line each; free it with `sla_string_free`
 rows_out   receives how many rows there are, also when the array is too small
 */
enum sla_status sla_aggregate_rows(const struct sla_aggregate *aggregate,
                                   int64_t *values,
                                   size_t capacity,
                                   struct sla_string *names_out,
                                   size_t *rows_out,
                                   struct sla_error **error_out);

/*
 Makes an aggregate of rows in any order, for example of rows that a database merged.

 grouping_json  what they are grouped by, as for `sla_aggregate_new`
 as_of_us       the instant as of which the tickets were counted; SLA_NONE without tickets
 names          the names that the columns refer to, a line each; `unassigned` stands for a missing agent or team
 values         the columns of `sla_figure_column`, each as long as the rows, one after another
 values_count   how many numbers they are together
 rows           how many rows each column has
 aggregate_out  receives the aggregate; free it with `sla_aggregate_free`

 Errors: `out_of_range` for numbers that no tickets make; `unknown_word` for a figure, `invalid_id`; `conflicting_fields` for
 a figure of timers without a timer, or of tickets with one; those of `sla_aggregate_new`.
 */
enum sla_status sla_aggregate_from_rows(const char *grouping_json,
                                        size_t grouping_json_len,
                                        int64_t as_of_us,
                                        const char *names,
                                        size_t names_len,
                                        const int64_t *values,
                                        size_t values_count,
                                        size_t rows,
                                        struct sla_aggregate **aggregate_out,
                                        struct sla_error **error_out);

/*
 Makes an aggregate of the same figures in fewer groups.

 grouping_json  some of the dimensions that the figures are grouped by, and the same period or none
 aggregate_out  receives the aggregate; free it with `sla_aggregate_free`

 Errors: `conflicting_fields` for a dimension that they are not grouped by, or other periods; `out_of_range` when a sum
 does not fit 64 bits; those of `sla_aggregate_new`.
 */
enum sla_status sla_aggregate_regroup(const struct sla_aggregate *aggregate,
                                      const char *grouping_json,
                                      size_t grouping_json_len,
                                      struct sla_aggregate **aggregate_out,
                                      struct sla_error **error_out);

/*
 Writes what an aggregate keeps apart, as `sla_aggregate_new` reads it, and as of when its tickets were counted.

 grouping_json_out  receives the grouping; free it with `sla_string_free`
 as_of_us_out       receives the latest instant as of which a ticket was counted, in microseconds since
                    1970-01-01T00:00:00Z; SLA_NONE without tickets
 */
enum sla_status sla_aggregate_grouping(const struct sla_aggregate *aggregate,
                                       struct sla_string *grouping_json_out,
                                       int64_t *as_of_us_out,
                                       struct sla_error **error_out);

/*
 Answers with the number of the bucket that a duration is in: the `bucket` of a row that counts it.

 duration_us  microseconds, 0 or more

 Errors: `invalid_duration`.
 */
enum sla_status sla_bucket_number(int64_t duration_us,
                                  uint32_t *bucket_out,
                                  struct sla_error **error_out);

/*
 Writes the compliance report of an aggregate (docs/analytics.md), a group for each key.

 report_json_out  receives the report; free it with `sla_string_free`

 Errors: `out_of_range` when a total does not fit 64 bits.
 */
enum sla_status sla_aggregate_report(const struct sla_aggregate *aggregate,
                                     struct sla_string *report_json_out,
                                     struct sla_error **error_out);

/*
 Writes the comparison of all packages of the newest revision of an engine, those without tickets included.

 aggregate        grouped by package, and by other dimensions if you like
 report_json_out  receives the report; free it with `sla_string_free`

 Errors: `conflicting_fields` when figures are not grouped by package; `out_of_range` when a total does not fit 64 bits.
 */
enum sla_status sla_aggregate_packages(const struct sla_aggregate *aggregate,
                                       const struct sla_engine *engine,
                                       struct sla_string *report_json_out,
                                       struct sla_error **error_out);

/*
 Writes the figures of each agent, with the score that the policy's `objectives` weigh, and its components.

 aggregate        grouped by agent, and by other dimensions if you like
 agents_json_out  receives the table (docs/analytics.md); free it with `sla_string_free`

 Errors: `conflicting_fields` when figures are not grouped by agent; `out_of_range` when a total does not fit 64 bits.
 */
enum sla_status sla_aggregate_agents(const struct sla_aggregate *aggregate,
                                     const struct sla_engine *engine,
                                     struct sla_string *agents_json_out,
                                     struct sla_error **error_out);

/*
 Frees an aggregate; null is accepted.
 */
void sla_aggregate_free(struct sla_aggregate *aggregate);

/* ======== What-if ======== */

/*
 Makes a comparison without tickets.

 engine       the tickets' own rules
 candidate    the other policy; its newest revision counts
 what_if_out  receives the comparison; free it with `sla_what_if_free`. Both engines may be freed before.
 */
enum sla_status sla_what_if_new(const struct sla_engine *engine,
                                const struct sla_engine *candidate,
                                struct sla_what_if **what_if_out,
                                struct sla_error **error_out);

/*
 Adds a ticket as of an instant, and says what changes.

 history_json       the ticket's history
 now_us             microseconds since 1970-01-01T00:00:00Z, not before the ticket's last event
 compared_json_out  receives the cycles whose outcome changes, with the cause:
                    `{"flips": [...], "left_out": null}`; may be null; free it with `sla_string_free`

 Errors: as `sla_engine_due_events`; then the ticket is not counted.
 */
enum sla_status sla_what_if_add(struct sla_what_if *what_if,
                                const char *history_json,
                                size_t history_json_len,
                                int64_t now_us,
                                struct sla_string *compared_json_out,
                                struct sla_error **error_out);

/*
 Writes the outcomes of all tickets so far, before and after, per package and timer (docs/analytics.md).

 comparison_json_out  receives the comparison; free it with `sla_string_free`
 */
enum sla_status sla_what_if_comparison(const struct sla_what_if *what_if,
                                       struct sla_string *comparison_json_out,
                                       struct sla_error **error_out);

/*
 Frees a comparison; null is accepted.
 */
void sla_what_if_free(struct sla_what_if *what_if);

/* ======== Alerts ======== */

/*
 Makes a watch by the `objectives` of the newest revision of an engine.

 alerts_out  receives the watch; free it with `sla_alerts_free`
 */
enum sla_status sla_alerts_new(const struct sla_engine *engine,
                               struct sla_alerts **alerts_out,
                               struct sla_error **error_out);

/*
 Makes a watch that resumes with what another one remembered, by the `objectives` of the newest revision of an engine.

 memory_json  what `sla_alerts_write` wrote. The memory of an objective that the policy no longer has, by timer and
              windows, is dropped
 alerts_out   receives the watch; free it with `sla_alerts_free`

 Errors: `unsupported_schema`, `invalid_history`; those of documents.
 */
enum sla_status sla_alerts_read(const struct sla_engine *engine,
                                const char *memory_json,
                                size_t memory_json_len,
                                struct sla_alerts **alerts_out,
                                struct sla_error **error_out);

/*
 Writes what a watch remembers, to store it between two runs of a process.

 memory_json_out  receives the memory (docs/documents.md); free it with `sla_string_free`
 */
enum sla_status sla_alerts_write(const struct sla_alerts *alerts,
                                 struct sla_string *memory_json_out,
                                 struct sla_error **error_out);

/*
 Answers how fast the error budget of each objective burns, from counts that a host keeps in its database. Nothing is
 remembered.

 counts_json     `{"first_response": [{"at_us": ..., "decided": 4, "breached": 1}]}`: cycles that were met or breached, by
                 timer and instant; those outside the windows, and of a timer without an objective, are ignored
 now_us          the end of the windows, in microseconds since 1970-01-01T00:00:00Z
 burns_json_out  receives a JSON list, an entry for each objective (docs/documents.md); free it with `sla_string_free`

 Errors: `unknown_timer` for a timer that no revision has; `limit_exceeded` when more cycles are breached than decided;
 those of documents.
 */
enum sla_status sla_engine_burns(const struct sla_engine *engine,
                                 const char *counts_json,
                                 size_t counts_json_len,
                                 int64_t now_us,
                                 struct sla_string *burns_json_out,
                                 struct sla_error **error_out);

/*
 Takes events in the order of their instants and says which alerts they cause.

 events_json      a JSON list of events, of any tickets
 detected_at_us   when the automatic ones among them were made, in microseconds since 1970-01-01T00:00:00Z; SLA_NONE
                  when the host did not keep it
 alerts_json_out  receives a JSON list of alerts (docs/analytics.md), perhaps empty; free it with `sla_string_free`

 Errors: those of documents.
 */
enum sla_status sla_alerts_observe(struct sla_alerts *alerts,
                                   const char *events_json,
                                   size_t events_json_len,
                                   int64_t detected_at_us,
                                   struct sla_string *alerts_json_out,
                                   struct sla_error **error_out);

/*
 Says which alerts time makes without further events, up to an instant.

 now_us           microseconds since 1970-01-01T00:00:00Z
 alerts_json_out  receives a JSON list of alerts, perhaps empty; free it with `sla_string_free`
 */
enum sla_status sla_alerts_advance(struct sla_alerts *alerts,
                                   int64_t now_us,
                                   struct sla_string *alerts_json_out,
                                   struct sla_error **error_out);

/*
 Frees a watch; null is accepted.
 */
void sla_alerts_free(struct sla_alerts *alerts);

/* ======== At risk ======== */

/*
 Makes an empty list.

 most         how many cycles it keeps
 at_risk_out  receives the list; free it with `sla_at_risk_free`
 */
enum sla_status sla_at_risk_new(size_t most,
                                struct sla_at_risk **at_risk_out,
                                struct sla_error **error_out);

/*
 Makes an empty worklist: breached promises come first, the longest overdue on top, then those with the least remaining
 time.

 most         how many promises it keeps
 at_risk_out  receives the list; free it with `sla_at_risk_free`
 */
enum sla_status sla_worklist_new(size_t most,
                                 struct sla_at_risk **at_risk_out,
                                 struct sla_error **error_out);

/*
 Adds the open cycles of a ticket. All tickets of a list are evaluated as of one instant.

 ticket_json  a snapshot or a history
 now_us       microseconds since 1970-01-01T00:00:00Z, not before the ticket's last event

 Errors: as `sla_engine_due_events`.
 */
enum sla_status sla_at_risk_add(struct sla_at_risk *at_risk,
                                const struct sla_engine *engine,
                                const char *ticket_json,
                                size_t ticket_json_len,
                                int64_t now_us,
                                struct sla_error **error_out);

/*
 Writes the promises, of a worklist breached ones first, then the one with the least remaining time: `{"promises":
 [{"ticket": "...", "timer": "...", "cycle": 1, "remaining_us": 0, "breached": false, "overdue_us": 0, "paused": false,
 "due_at": "..."}]}`.

 promises_json_out  receives the text; free it with `sla_string_free`
 */
enum sla_status sla_at_risk_write(const struct sla_at_risk *at_risk,
                                  struct sla_string *promises_json_out,
                                  struct sla_error **error_out);

/*
 Frees a list; null is accepted.
 */
void sla_at_risk_free(struct sla_at_risk *at_risk);

#endif  /* SLA_H */
