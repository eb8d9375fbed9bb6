<?php

declare(strict_types=1);

namespace Sla\Native;

/**
 * The functions of include/sla.h as FFI reads them. Made by tools/declarations; not for editing.
 *
 * @internal
 */
final class Declarations
{
    public const ABI_VERSION = 1;

    public const TEXT = <<<'C'
typedef struct sla_aggregate sla_aggregate;
typedef struct sla_alerts sla_alerts;
typedef struct sla_at_risk sla_at_risk;
typedef struct sla_calendar sla_calendar;
typedef struct sla_engine sla_engine;
typedef struct sla_error sla_error;
typedef struct sla_plan sla_plan;
typedef struct sla_what_if sla_what_if;
typedef struct sla_zones sla_zones;
typedef struct sla_string{char*data;size_t len;size_t capacity;}sla_string;
typedef struct sla_table_figures{size_t limit_bytes;size_t held_bytes;}sla_table_figures;
typedef struct sla_cache_figures{int64_t hits;int64_t misses;int64_t engines;}sla_cache_figures;
typedef struct sla_window{int64_t opens_at_us;int64_t closes_at_us;}sla_window;
typedef struct sla_column{const int64_t*values;const uint8_t*valid;}sla_column;
typedef struct sla_answers{int64_t*values;uint8_t*valid;uint8_t*codes;}sla_answers;
typedef struct sla_rows{size_t rows;const uint32_t*kinds;sla_column opened_us;sla_column assigned_us;sla_column first_reply_us;sla_column resolved_us;}sla_rows;
typedef struct sla_timer_columns{int64_t*due_us;uint8_t*due_valid;int64_t*warn_us;uint8_t*warn_valid;uint8_t*state;int64_t*elapsed_us;int64_t*overdue_us;uint8_t*started;}sla_timer_columns;
const char*sla_version(void);
int32_t sla_abi_version(void);
const char*sla_tzdb_version(void);
const char*sla_error_code(const sla_error*);
const char*sla_error_path(const sla_error*);
const char*sla_error_message(const sla_error*);
const char*sla_error_help(const sla_error*);
size_t sla_error_related_count(const sla_error*);
const sla_error*sla_error_related(const sla_error*,size_t);
void sla_error_free(sla_error*);
void sla_string_free(sla_string*);
int32_t sla_zones_new(sla_zones**,sla_error**);
int32_t sla_zones_add(sla_zones*,const char*,size_t,const char*,size_t,const char*,size_t,sla_error**);
void sla_zones_free(sla_zones*);
int32_t sla_engine_compile(const char*,size_t,const sla_zones*,sla_engine**,sla_error**);
int32_t sla_engine_with_table_limit(const sla_engine*,size_t,sla_engine**,sla_error**);
int32_t sla_engine_tables(const sla_engine*,sla_table_figures*,sla_error**);
int32_t sla_engine_known(const char*,size_t,sla_engine**,sla_error**);
int32_t sla_engine_with_revision(const sla_engine*,const char*,size_t,const sla_zones*,sla_engine**,sla_error**);
int32_t sla_engine_info(const sla_engine*,sla_string*,sla_error**);
int32_t sla_engine_policy(const sla_engine*,sla_string*,sla_error**);
void sla_engine_free(sla_engine*);
int32_t sla_engine_cache(sla_cache_figures*,sla_error**);
void sla_engine_cache_clear(void);
int32_t sla_policy_check(const char*,size_t,const sla_zones*,sla_string*,sla_error**);
int32_t sla_policy_lint(const char*,size_t,const sla_zones*,int64_t,sla_string*,sla_error**);
int32_t sla_policy_digests(const char*,size_t,const sla_zones*,sla_string*,sla_error**);
int32_t sla_policy_publish(const char*,size_t,const char*,size_t,const char*,size_t,const char*,size_t,const char*,size_t,int64_t,const sla_zones*,sla_string*,sla_error**);
int32_t sla_policy_changes(const char*,size_t,const char*,size_t,const sla_zones*,sla_string*,sla_error**);
int32_t sla_policy_same_rules(const char*,size_t,const char*,size_t,const sla_zones*,int32_t*,sla_error**);
int32_t sla_policy_place(const char*,size_t,const char*,size_t,sla_string*,sla_error**);
int32_t sla_calendar_compile(const char*,size_t,const sla_zones*,sla_calendar**,sla_error**);
int32_t sla_calendar_any_of(const char*,size_t,const sla_calendar*const*,size_t,const sla_zones*,sla_calendar**,sla_error**);
int32_t sla_calendar_with_table_limit(const sla_calendar*,size_t,sla_calendar**,sla_error**);
int32_t sla_calendar_tables(const sla_calendar*,sla_table_figures*,sla_error**);
int32_t sla_engine_calendar(const sla_engine*,const char*,size_t,sla_calendar**,sla_error**);
void sla_calendar_free(sla_calendar*);
int32_t sla_calendar_add(const sla_calendar*,int64_t,int64_t,int64_t*,sla_error**);
int32_t sla_calendar_subtract(const sla_calendar*,int64_t,int64_t,int64_t*,sla_error**);
int32_t sla_calendar_elapsed(const sla_calendar*,int64_t,int64_t,int64_t*,sla_error**);
int32_t sla_calendar_is_open(const sla_calendar*,int64_t,int32_t*,sla_error**);
int32_t sla_calendar_business_days(const sla_calendar*,int64_t,uint32_t,const char*,size_t,const char*,size_t,int64_t*,sla_error**);
int32_t sla_calendar_next_open(const sla_calendar*,int64_t,int64_t*,sla_error**);
int32_t sla_calendar_next_close(const sla_calendar*,int64_t,int64_t*,sla_error**);
int64_t sla_calendar_add_or_none(const sla_calendar*,int64_t,int64_t);
int64_t sla_calendar_subtract_or_none(const sla_calendar*,int64_t,int64_t);
int64_t sla_calendar_elapsed_or_none(const sla_calendar*,int64_t,int64_t);
int64_t sla_calendar_next_open_or_none(const sla_calendar*,int64_t);
int64_t sla_calendar_next_close_or_none(const sla_calendar*,int64_t);
int32_t sla_calendar_is_provisional(const sla_calendar*,int64_t,int32_t*,sla_error**);
int32_t sla_calendar_windows(const sla_calendar*,int64_t,int64_t,sla_window*,size_t,size_t*,sla_error**);
int32_t sla_calendar_add_batch(const sla_calendar*,size_t,sla_column,sla_column,sla_answers,size_t*,sla_error**);
int32_t sla_calendar_subtract_batch(const sla_calendar*,size_t,sla_column,sla_column,sla_answers,size_t*,sla_error**);
int32_t sla_calendar_elapsed_batch(const sla_calendar*,size_t,sla_column,sla_column,sla_answers,size_t*,sla_error**);
int32_t sla_calendar_is_open_batch(const sla_calendar*,size_t,sla_column,sla_answers,size_t*,sla_error**);
int32_t sla_calendar_next_open_batch(const sla_calendar*,size_t,sla_column,sla_answers,size_t*,sla_error**);
int32_t sla_calendar_next_close_batch(const sla_calendar*,size_t,sla_column,sla_answers,size_t*,sla_error**);
int32_t sla_engine_package(const sla_engine*,const char*,size_t,int32_t*,sla_error**);
int32_t sla_engine_channel(const sla_engine*,const char*,size_t,int32_t*,sla_error**);
int32_t sla_engine_entitles(const sla_engine*,int32_t,int32_t,int32_t*,sla_error**);
int32_t sla_engine_authorize(const sla_engine*,const char*,size_t,const char*,size_t,const char*,size_t,sla_string*,sla_error**);
int32_t sla_engine_visible_tickets(const sla_engine*,const char*,size_t,sla_string*,sla_string*,sla_error**);
int32_t sla_engine_open(const sla_engine*,const char*,size_t,const char*,size_t,int64_t,sla_string*,sla_string*,int64_t*,sla_error**);
int32_t sla_engine_decide(const sla_engine*,const char*,size_t,const char*,size_t,const char*,size_t,int64_t,sla_string*,sla_string*,int64_t*,sla_error**);
int32_t sla_engine_due_events(const sla_engine*,const char*,size_t,int64_t,sla_string*,sla_string*,int64_t*,sla_error**);
int32_t sla_engine_evaluate(const sla_engine*,const char*,size_t,int64_t,sla_string*,sla_error**);
int32_t sla_engine_next_check_at(const sla_engine*,const char*,size_t,int64_t*,sla_error**);
int32_t sla_ticket_fold(const char*,size_t,const char*,size_t,sla_string*,sla_error**);
int32_t sla_engine_import(const sla_engine*,const char*,size_t,sla_string*,sla_string*,int64_t*,sla_error**);
int32_t sla_engine_verify(const sla_engine*,const char*,size_t,const char*,size_t,sla_string*,sla_error**);
int32_t sla_engine_dry_run(const sla_engine*,const char*,size_t,const char*,size_t,int64_t,sla_string*,sla_error**);
int32_t sla_engine_open_linked(const sla_engine*,const char*,size_t,const char*,size_t,int64_t,int64_t,sla_string*,sla_string*,int64_t*,sla_error**);
int32_t sla_engine_decide_linked(const sla_engine*,const char*,size_t,const char*,size_t,const char*,size_t,const char*,size_t,int64_t,int64_t,sla_string*,sla_string*,int64_t*,sla_error**);
int32_t sla_engine_due_events_linked(const sla_engine*,const char*,size_t,const char*,size_t,int64_t,int64_t,sla_string*,sla_string*,int64_t*,sla_error**);
int32_t sla_engine_batch(const sla_engine*,const char*,size_t,const size_t*,size_t,int64_t,int64_t,sla_string*,sla_error**);
int32_t sla_engine_ticket_values(const sla_engine*,const char*,size_t,sla_string*,sla_error**);
int32_t sla_log_commands(const char*,size_t,sla_string*,sla_error**);
int32_t sla_engine_import_log(const sla_engine*,const char*,size_t,int64_t,sla_string*,sla_error**);
int32_t sla_aggregate_add_log(sla_aggregate*,const sla_engine*,const char*,size_t,int64_t,sla_string*,sla_error**);
int32_t sla_engine_explain(const sla_engine*,const char*,size_t,const char*,size_t,uint32_t,int64_t,sla_string*,sla_error**);
int32_t sla_engine_ledger(const sla_engine*,const char*,size_t,int64_t,sla_string*,sla_error**);
int32_t sla_audit_link(const char*,size_t,const char*,size_t,int64_t,sla_string*,sla_string*,sla_error**);
int32_t sla_audit_deny(const char*,size_t,const char*,size_t,const char*,size_t,const char*,size_t,const char*,size_t,int64_t,sla_string*,sla_string*,sla_error**);
int32_t sla_audit_chain(const char*,size_t,const char*,size_t,const char*,size_t,sla_string*,sla_error**);
int32_t sla_audit_verify(const char*,size_t,const char*,size_t,sla_string*,sla_string*,sla_error**);
int32_t sla_audit_pin(const char*,size_t,sla_string*,sla_error**);
int32_t sla_plan_new(const sla_engine*,const char*,size_t,sla_plan**,sla_error**);
void sla_plan_free(sla_plan*);
int32_t sla_plan_evaluate(const sla_plan*,const sla_rows*,int64_t,const sla_timer_columns*,size_t,uint8_t*,size_t*,sla_error**);
int32_t sla_plan_aggregate(const sla_plan*,const sla_rows*,int64_t,sla_aggregate*,uint8_t*,size_t*,sla_error**);
int32_t sla_aggregate_new(const char*,size_t,sla_aggregate**,sla_error**);
int32_t sla_aggregate_read(const char*,size_t,sla_aggregate**,sla_error**);
int32_t sla_aggregate_add(sla_aggregate*,const sla_engine*,const char*,size_t,int64_t,sla_error**);
int32_t sla_aggregate_merge(sla_aggregate*,const sla_aggregate*,sla_error**);
int32_t sla_aggregate_write(const sla_aggregate*,sla_string*,sla_error**);
int32_t sla_aggregate_report(const sla_aggregate*,sla_string*,sla_error**);
int32_t sla_aggregate_packages(const sla_aggregate*,const sla_engine*,sla_string*,sla_error**);
int32_t sla_aggregate_agents(const sla_aggregate*,const sla_engine*,sla_string*,sla_error**);
void sla_aggregate_free(sla_aggregate*);
int32_t sla_what_if_new(const sla_engine*,const sla_engine*,sla_what_if**,sla_error**);
int32_t sla_what_if_add(sla_what_if*,const char*,size_t,int64_t,sla_string*,sla_error**);
int32_t sla_what_if_comparison(const sla_what_if*,sla_string*,sla_error**);
void sla_what_if_free(sla_what_if*);
int32_t sla_alerts_new(const sla_engine*,sla_alerts**,sla_error**);
int32_t sla_alerts_read(const sla_engine*,const char*,size_t,sla_alerts**,sla_error**);
int32_t sla_alerts_write(const sla_alerts*,sla_string*,sla_error**);
int32_t sla_engine_burns(const sla_engine*,const char*,size_t,int64_t,sla_string*,sla_error**);
int32_t sla_alerts_observe(sla_alerts*,const char*,size_t,int64_t,sla_string*,sla_error**);
int32_t sla_alerts_advance(sla_alerts*,int64_t,sla_string*,sla_error**);
void sla_alerts_free(sla_alerts*);
int32_t sla_at_risk_new(size_t,sla_at_risk**,sla_error**);
int32_t sla_worklist_new(size_t,sla_at_risk**,sla_error**);
int32_t sla_at_risk_add(sla_at_risk*,const sla_engine*,const char*,size_t,int64_t,sla_error**);
int32_t sla_at_risk_write(const sla_at_risk*,sla_string*,sla_error**);
void sla_at_risk_free(sla_at_risk*);

C;
}
