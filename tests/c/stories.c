/* The stories of tests/vectors/tickets-rules.json, tickets-terms.json and recipes.json, told through the C interface. */
#include "vectors.h"

/* Fewer compared values than this mean that rows were lost. */
#define LEAST_COMPARED 420

static const sla_string NOTHING = {NULL, 0, 0};
static int compared = 0, faults = 0;

static void compare(const json_t *story, const char *at, const char *what, const json_t *found, const json_t *expected) {
    static const char *nothing = "null";
    compared++;
    char *is = found ? dump(found) : NULL, *should = expected ? dump(expected) : NULL;
    if (strcmp(is ? is : nothing, should ? should : nothing) != 0) {
        faults++;
        fprintf(stderr, "%s at %s: %s: found %s, expected %s\n", json_string_value(json_object_get(story, "name")), at,
                what, is ? is : nothing, should ? should : nothing);
    }
    free(is);
    free(should);
}

/* A name of 64 hexadecimal digits for a text: equal texts have equal ones, which is all that the stories ask of it. */
static json_t *digest(const char *text) {
    uint64_t hash = UINT64_C(14695981039346656037);
    for (; *text; text++) {
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    }
    char digits[65];
    for (int part = 0; part < 4; part++) {
        snprintf(digits + 16 * part, 17, "%016llx", (unsigned long long)hash);
    }
    return json_string(digits);
}

/* Writes out what the rows say in short: messages, and policies by their name in the file. */
static json_t *whole(const json_t *command, const json_t *policies) {
    json_t *full = json_deep_copy(command);
    const char *message = json_string_value(json_object_get(command, "message"));
    if (message) {
        json_object_set_new(full, "message",
                            json_pack("{s:s, s:o}", "message_ref", message, "content_sha256", digest(message)));
    }
    const char *name = json_string_value(json_object_get(command, "policy_digest"));
    if (name) {
        char *policy = dump(json_object_get(policies, name));
        sla_string digests = NOTHING;
        WORKS(sla_policy_digests(TEXT(policy), NULL, &digests, &error));
        json_t *parsed = parse(&digests);
        json_object_set(full, "policy_digest", json_object_get(parsed, "policy_digest"));
        json_decref(parsed);
        sla_string_free(&digests);
        free(policy);
    }
    return full;
}

static json_t *named(const json_t *events) {
    json_t *names = json_array();
    size_t each;
    json_t *event;
    json_array_foreach(events, each, event) {
        json_array_append_new(names, json_sprintf("%s %s", json_string_value(json_object_get(event, "kind")),
                                                  json_string_value(json_object_get(event, "at"))));
    }
    return names;
}

static json_t *notified(const json_t *events) {
    json_t *instants = json_array();
    size_t each;
    json_t *event;
    json_array_foreach(events, each, event) {
        json_t *data = json_object_get(event, "data");
        json_t *at = json_object_get(data, "notify_at");
        at = at ? at : json_object_get(json_object_get(data, "firing"), "notify_at");
        if (at) {
            json_array_append(instants, at);
        }
    }
    return instants;
}

/* A ticket as a host keeps it: its events and the latest snapshot. */
typedef struct {
    json_t *events;
    sla_string ticket;
} kept;

static void append(kept *host, json_t *events, sla_string ticket) {
    json_array_extend(host->events, events);
    if (ticket.data) {
        sla_string_free(&host->ticket);
        host->ticket = ticket;
    }
}

static sla_engine *engine_of(const json_t *story, const json_t *policies, size_t known) {
    json_t *revisions = json_array();
    size_t each;
    json_t *name;
    json_array_foreach(json_object_get(story, "policy"), each, name) {
        if (each < known) {
            json_array_append(revisions, json_object_get(policies, json_string_value(name)));
        }
    }
    char *document = dump(revisions);
    sla_engine *engine = NULL;
    WORKS(sla_engine_compile(TEXT(document), NULL, &engine, &error));
    free(document);
    json_decref(revisions);
    return engine;
}

static void command(const sla_engine *engine, const json_t *story, const json_t *policies, const json_t *step,
                    kept *host) {
    const char *at = json_string_value(json_object_get(step, "at"));
    json_t *wanted = json_object_get(step, "do");
    json_t *full = whole(wanted, policies);
    char *document = dump(full);
    json_t *named_actor = json_object_get(step, "as"), *who;
    const char *as = json_string_value(named_actor);
    if (as) {
        const char *blank = strchr(as, ' ');
        char role[32];
        snprintf(role, sizeof role, "%.*s", blank ? (int)(blank - as) : (int)strlen(as), as);
        who = json_pack("{s:s, s:s}", "role", role, "id", blank ? blank + 1 : "");
    } else {
        who = json_incref(named_actor);
    }
    char *actor = dump(who);
    sla_string decision = NOTHING, ticket = NOTHING;
    if (host->ticket.data && json_is_true(json_object_get(step, "snapshot"))) {
        WORKS(sla_engine_decide(engine, STRING(host->ticket), TEXT(document), TEXT(actor), micros(at), &decision,
                                &ticket, NULL, &error));
    } else if (host->ticket.data) {
        char *events = dump(host->events), *history = history_of(events, NULL);
        WORKS(sla_engine_decide(engine, TEXT(history), TEXT(document), TEXT(actor), micros(at), &decision, &ticket,
                                NULL, &error));
        free(history);
        free(events);
    } else {
        WORKS(sla_engine_open(engine, TEXT(document), TEXT(actor), micros(at), &decision, &ticket, NULL, &error));
    }
    json_t *said = parse(&decision);
    json_t *accepted = json_object_get(said, "accepted");
    compare(story, at, json_string_value(json_object_get(wanted, "command")),
            accepted ? NULL : json_object_get(json_object_get(said, "refused"), "code"),
            json_object_get(step, "refused"));
    json_t *made = json_object_get(accepted, "events"), *value;
    json_t *last = json_object_get(json_array_get(made, json_array_size(made) - 1), "data");
    const char *field;
    json_object_foreach(json_object_get(step, "data"), field, value) {
        compare(story, at, field, json_object_get(last, field), value);
    }
    append(host, json_object_get(accepted, "events"), ticket);
    json_decref(said);
    sla_string_free(&decision);
    json_decref(who);
    json_decref(full);
    free(actor);
    free(document);
}

static void expect(const json_t *story, const char *at, json_t *evaluation, json_t *expected) {
    const char *field, *timer;
    json_t *value, *timers = json_object_get(evaluation, "timers"), *fields;
    json_object_foreach(expected, field, value) {
        if (strcmp(field, "timers") != 0) {
            compare(story, at, field, json_object_get(evaluation, field), value);
            continue;
        }
        if (json_object_size(value) == 0) {
            compare(story, at, field, timers, value);
        }
        json_object_foreach(value, timer, fields) {
            json_t *known = json_object_get(timers, timer), *cycles = json_object_get(known, "cycles"), *wanted;
            size_t count = json_array_size(cycles);
            const char *name;
            json_object_foreach(fields, name, wanted) {
                json_t *number = json_integer((json_int_t)count), *found;
                if (strcmp(name, "state") == 0) {
                    found = json_object_get(known, name);
                } else if (strcmp(name, "cycles") == 0) {
                    found = number;
                } else {
                    found = count ? json_object_get(json_array_get(cycles, count - 1), name) : NULL;
                }
                compare(story, at, name, found, wanted);
                json_decref(number);
            }
        }
    }
}

static void tell(const json_t *story, const json_t *policies) {
    kept host = {json_array(), NOTHING};
    size_t each;
    json_t *step;
    json_array_foreach(json_object_get(story, "steps"), each, step) {
        json_t *known = json_object_get(step, "revisions");
        sla_engine *engine = engine_of(story, policies, known ? (size_t)json_integer_value(known) : SIZE_MAX);
        const char *at = json_string_value(json_object_get(step, "at"));
        if (json_object_get(step, "do")) {
            command(engine, story, policies, step, &host);
        }
        if (json_object_get(step, "due") || json_object_get(step, "notify_at") || json_object_get(step, "monitor")) {
            sla_string events = NOTHING, ticket = NOTHING;
            WORKS(sla_engine_due_events(engine, STRING(host.ticket), micros(at), &events, &ticket, NULL, &error));
            json_t *due = parse(&events), *names = named(due), *instants = notified(due);
            if (json_object_get(step, "due")) {
                compare(story, at, "due", names, json_object_get(step, "due"));
            }
            if (json_object_get(step, "notify_at")) {
                compare(story, at, "notify_at", instants, json_object_get(step, "notify_at"));
            }
            if (json_is_true(json_object_get(step, "monitor"))) {
                append(&host, due, ticket);
            } else {
                sla_string_free(&ticket);
            }
            json_decref(instants);
            json_decref(names);
            json_decref(due);
            sla_string_free(&events);
        }
        if (json_object_get(step, "expect")) {
            sla_string text = NOTHING;
            WORKS(sla_engine_evaluate(engine, STRING(host.ticket), micros(at), &text, &error));
            json_t *evaluation = parse(&text);
            expect(story, at, evaluation, json_object_get(step, "expect"));
            json_decref(evaluation);
            sla_string_free(&text);
        }
        sla_engine_free(engine);
    }
    if (json_object_get(story, "history")) {
        json_t *names = named(host.events);
        compare(story, "the end", "history", names, json_object_get(story, "history"));
        json_decref(names);
        /* The events alone make the same snapshot. */
        char *events = dump(host.events), *history = history_of(events, NULL);
        sla_string folded = NOTHING;
        WORKS(sla_ticket_fold(TEXT(history), NULL, 0, &folded, &error));
        CHECK(folded.len == host.ticket.len && memcmp(folded.data, host.ticket.data, folded.len) == 0);
        sla_string_free(&folded);
        free(history);
        free(events);
    }
    sla_string_free(&host.ticket);
    json_decref(host.events);
}

static size_t tell_all(const char *path) {
    json_error_t why;
    json_t *file = json_load_file(path, 0, &why), *story;
    CHECK(file != NULL);
    size_t each;
    json_array_foreach(json_object_get(file, "cases"), each, story) {
        tell(story, json_object_get(file, "policies"));
    }
    json_decref(file);
    return each;
}

int main(void) {
    size_t told = tell_all("tests/vectors/tickets-rules.json") + tell_all("tests/vectors/tickets-terms.json");
    told += tell_all("tests/vectors/recipes.json");
    printf("stories: %zu told, %d values compared, %d differ\n", told, compared, faults);
    sla_engine_cache_clear();
    return faults == 0 && compared >= LEAST_COMPARED ? 0 : 1;
}
