/* Asks again what tests/rust/transcript.rs describes, and expects the same answers: transcripts FILE... */
#include "check.h"

#define MOST_PARTS 6

static const sla_string NOTHING = {NULL, 0, 0};
static int asked = 0, faults = 0;

static sla_calendar *calendar = NULL;
static sla_calendar *members[64];
static size_t members_count = 0;
static sla_engine *engine = NULL;
static sla_aggregate *aggregate = NULL;
static sla_string ticket = {NULL, 0, 0};
/* The events of the ticket, a history that lacks its end. */
static char *history = NULL;
static size_t history_len = 0;

static void compare(const char *file, int line, const char *found, const char *expected) {
    asked++;
    if (strcmp(found, expected) != 0) {
        faults++;
        fprintf(stderr, "%s:%d: found %.300s, expected %.300s\n", file, line, found, expected);
    }
}

/* Documents stand on one line here. */
static void compare_document(const char *file, int line, sla_string *found, const char *expected) {
    char *text = malloc(found->len + 1), *end = text;
    CHECK(text != NULL);
    for (size_t each = 0; each < found->len; each++) {
        if (found->data[each] != '\n') {
            *end++ = found->data[each];
        }
    }
    *end = '\0';
    compare(file, line, text, expected);
    free(text);
    sla_string_free(found);
}

static void answer_number(const char *file, int line, sla_status status, int64_t number, sla_error *error,
                          const char *expected) {
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)number);
    compare(file, line, status == SLA_STATUS_OK ? text : sla_error_code(error), expected);
    sla_error_free(error);
}

static void question(const char *file, int line, const char *what, char **parts, int count) {
    const int64_t one = strtoll(parts[0], NULL, 10), other = count > 1 ? strtoll(parts[1], NULL, 10) : 0;
    sla_error *error = NULL;
    int64_t number = 0;
    int32_t yes = 0;
    sla_status status = SLA_STATUS_OK;
    if (strcmp(what, "add") == 0) {
        status = sla_calendar_add(calendar, one, other, &number, &error);
        CHECK(sla_calendar_add_or_none(calendar, one, other) == (status == SLA_STATUS_OK ? number : SLA_NONE));
    } else if (strcmp(what, "subtract") == 0) {
        status = sla_calendar_subtract(calendar, one, other, &number, &error);
        CHECK(sla_calendar_subtract_or_none(calendar, one, other) == (status == SLA_STATUS_OK ? number : SLA_NONE));
    } else if (strcmp(what, "elapsed") == 0) {
        status = sla_calendar_elapsed(calendar, one, other, &number, &error);
        CHECK(sla_calendar_elapsed_or_none(calendar, one, other) == (status == SLA_STATUS_OK ? number : SLA_NONE));
    } else if (strcmp(what, "next_open") == 0) {
        status = sla_calendar_next_open(calendar, one, &number, &error);
        CHECK(sla_calendar_next_open_or_none(calendar, one) == (status == SLA_STATUS_OK ? number : SLA_NONE));
    } else if (strcmp(what, "next_close") == 0) {
        status = sla_calendar_next_close(calendar, one, &number, &error);
        CHECK(sla_calendar_next_close_or_none(calendar, one) == (status == SLA_STATUS_OK ? number : SLA_NONE));
    } else {
        status = sla_calendar_is_open(calendar, one, &yes, &error);
        number = yes;
    }
    answer_number(file, line, status, number, error, parts[count - 1]);
}

static void windows(const char *file, int line, char **parts) {
    static sla_window found[4096];
    size_t count = 0, length = 0;
    sla_error *error = NULL;
    if (sla_calendar_windows(calendar, strtoll(parts[0], NULL, 10), strtoll(parts[1], NULL, 10), found, 4096, &count,
                             &error) != SLA_STATUS_OK) {
        compare(file, line, sla_error_code(error), parts[2]);
        sla_error_free(error);
        return;
    }
    CHECK(count <= 4096);
    char *text = malloc(count * 64 + 3);
    CHECK(text != NULL);
    text[length++] = '[';
    for (size_t each = 0; each < count; each++) {
        length += (size_t)sprintf(text + length, "%s[%lld,%lld]", each ? "," : "", (long long)found[each].opens_at_us,
                                  (long long)found[each].closes_at_us);
    }
    memcpy(text + length, "]", 2);
    compare(file, line, text, parts[2]);
    free(text);
}

static void compile(const char *file, int line, const char *document, const char *expected) {
    sla_error *error = NULL;
    sla_calendar_free(calendar);
    sla_status status = sla_calendar_compile(TEXT(document), NULL, &calendar, &error);
    /* A calendar by itself is refused as a whole; the problem is beneath. */
    const sla_error *problem = sla_error_related_count(error) ? sla_error_related(error, 0) : error;
    compare(file, line, status == SLA_STATUS_OK ? "ok" : sla_error_code(problem), expected);
    sla_error_free(error);
}

static void make_of_members(const char *file, int line, const char *time_zone, const char *expected) {
    const sla_calendar *borrowed[64] = {NULL};
    sla_error *error = NULL;
    sla_calendar_free(calendar);
    memcpy(borrowed, members, sizeof members);
    sla_status status =
        sla_calendar_any_of(TEXT(time_zone), borrowed, members_count, NULL, &calendar, &error);
    compare(file, line, status == SLA_STATUS_OK ? "ok" : sla_error_code(error), expected);
    sla_error_free(error);
    while (members_count) {
        sla_calendar_free(members[--members_count]);
    }
}

static void business_days(const char *file, int line, char **parts) {
    sla_error *error = NULL;
    int64_t length = 0;
    const char *cut_off = strcmp(parts[3], "-") == 0 ? NULL : parts[3];
    sla_status status = sla_calendar_business_days(
        calendar, strtoll(parts[0], NULL, 10), (uint32_t)strtoul(parts[1], NULL, 10), TEXT(parts[2]), cut_off,
        cut_off ? strlen(cut_off) : 0, &length, &error);
    answer_number(file, line, status, length, error, parts[4]);
}

static void put(const char *text, size_t length) {
    history = realloc(history, history_len + length + 1);
    CHECK(history != NULL);
    memcpy(history + history_len, text, length);
    history_len += length;
    history[history_len] = '\0';
}

static void begin_history(void) {
    history_len = 0;
    put(TEXT("{\"schema\":\"sla-history/1\",\"events\":["));
}

/* Adds the events of a list, without its brackets. */
static void keep(const char *list, size_t length) {
    CHECK(length >= 2 && list[0] == '[' && list[length - 1] == ']');
    if (length > 2) {
        if (history[history_len - 1] != '[') {
            put(",", 1);
        }
        put(list + 1, length - 2);
    }
}

/* Adds the events of an accepted decision. */
static void keep_accepted(const char *decision) {
    static const char head[] = "{\"accepted\":{\"events\":", tail[] = "}}";
    const size_t length = strlen(decision), around = sizeof head + sizeof tail - 2;
    if (strncmp(decision, head, sizeof head - 1) == 0) {
        CHECK(length > around && strcmp(decision + length - 2, tail) == 0);
        keep(decision + sizeof head - 1, length - around);
    }
}

static void decide(const char *on, size_t length, char **parts, sla_string *found, sla_string *after) {
    WORKS(sla_engine_decide(engine, on, length, TEXT(parts[0]), TEXT(parts[1]), strtoll(parts[2], NULL, 10), found, after,
                            NULL, &error));
}

static void take(sla_string after) {
    if (after.data) {
        sla_string_free(&ticket);
        ticket = after;
    }
}

static void on_ticket(const char *file, int line, const char *what, char **parts) {
    sla_string found = NOTHING, after = NOTHING;
    if (strcmp(what, "open") == 0) {
        sla_string_free(&ticket);
        WORKS(sla_engine_open(engine, TEXT(parts[0]), TEXT(parts[1]), strtoll(parts[2], NULL, 10), &found, &after, NULL,
                              &error));
        compare_document(file, line, &found, parts[3]);
        begin_history();
        keep_accepted(parts[3]);
    } else if (strcmp(what, "decide") == 0) {
        const size_t length = history_len;
        put("]}", 2);
        decide(history, history_len, parts, &found, &after);
        history_len = length;
        compare_document(file, line, &found, parts[3]);
        keep_accepted(parts[3]);
    } else if (strcmp(what, "decide_snapshot") == 0) {
        decide(STRING(ticket), parts, &found, &after);
        compare_document(file, line, &found, parts[3]);
        keep_accepted(parts[3]);
    } else if (strcmp(what, "evaluate") == 0) {
        WORKS(sla_engine_evaluate(engine, STRING(ticket), strtoll(parts[0], NULL, 10), &found, &error));
        compare_document(file, line, &found, parts[1]);
    } else {
        sla_string *place = strcmp(what, "monitor") == 0 ? &after : NULL;
        WORKS(sla_engine_due_events(engine, STRING(ticket), strtoll(parts[0], NULL, 10), &found, place, NULL, &error));
        compare_document(file, line, &found, parts[1]);
        if (place) {
            keep(TEXT(parts[1]));
        }
    }
    take(after);
}

/* The figures again, from their rows as columns of numbers. */
static sla_aggregate *of_rows(void) {
    sla_string grouping = NOTHING, names = NOTHING;
    sla_aggregate *again = NULL;
    int64_t as_of = 0;
    size_t rows = 0;
    WORKS(sla_aggregate_grouping(aggregate, &grouping, &as_of, &error));
    WORKS(sla_aggregate_rows(aggregate, NULL, 0, &names, &rows, &error));
    sla_string_free(&names);
    size_t columns = SLA_FIGURE_COLUMN_DIMENSIONS;
    const char *dimensions[] = {"\"package\"", "\"channel\"", "\"agent\"", "\"priority\"", "\"severity\"", "\"category\"", "\"team\""};
    for (size_t at = 0; at < 7; at++) {
        columns += strstr(grouping.data, dimensions[at]) != NULL;
    }
    int64_t *values = malloc((rows * columns + 1) * sizeof *values);
    CHECK(values != NULL);
    WORKS(sla_aggregate_rows(aggregate, values, rows * columns, &names, &rows, &error));
    WORKS(sla_aggregate_from_rows(STRING(grouping), as_of, STRING(names), values, rows * columns, rows, &again, &error));
    sla_string_free(&names);
    sla_string_free(&grouping);
    free(values);
    return again;
}

static void on_aggregate(const char *file, int line, const char *what, char **parts) {
    sla_string found = NOTHING;
    if (strcmp(what, "aggregate") == 0) {
        sla_aggregate_free(aggregate);
        WORKS(sla_aggregate_new(TEXT(parts[0]), &aggregate, &error));
        return;
    }
    if (strcmp(what, "count") == 0) {
        WORKS(sla_aggregate_add(aggregate, engine, TEXT(parts[0]), strtoll(parts[1], NULL, 10), &error));
        return;
    }
    if (strcmp(what, "report") == 0) {
        WORKS(sla_aggregate_report(aggregate, &found, &error));
    } else if (strcmp(what, "packages") == 0) {
        WORKS(sla_aggregate_packages(aggregate, engine, &found, &error));
    } else if (strcmp(what, "agents") == 0) {
        WORKS(sla_aggregate_agents(aggregate, engine, &found, &error));
    } else {
        CHECK(strcmp(what, "rows") == 0);
        sla_aggregate *again = of_rows();
        WORKS(sla_aggregate_write(again, &found, &error));
        compare_document(file, line, &found, parts[0]);
        sla_aggregate_free(again);
        WORKS(sla_aggregate_write(aggregate, &found, &error));
    }
    compare_document(file, line, &found, parts[0]);
}

static void verify(const char *file, int line, char **parts) {
    const int stored = strcmp(parts[1], "-") != 0;
    sla_string found = NOTHING;
    sla_error *fault = NULL;
    if (sla_engine_verify(engine, TEXT(parts[0]), stored ? parts[1] : NULL, stored ? strlen(parts[1]) : 0, &found,
                          &fault) != SLA_STATUS_OK) {
        compare(file, line, sla_error_code(fault), parts[2]);
        sla_error_free(fault);
        return;
    }
    compare_document(file, line, &found, parts[2]);
}

static void ticket_rows(const char *file, int line, char **parts) {
    const int stored = strcmp(parts[3], "-") != 0;
    sla_string found = NOTHING;
    WORKS(sla_engine_ticket_rows(engine, TEXT(parts[0]), stored ? parts[3] : NULL, stored ? strlen(parts[3]) : 0,
                                 strtoll(parts[1], NULL, 10), TEXT(parts[2]), &found, &error));
    compare_document(file, line, &found, parts[4]);
}

static int is_one_of(const char *what, const char *words) {
    const char *found = strstr(words, what);
    size_t length = strlen(what);
    return found && (found == words || found[-1] == ' ') && (found[length] == ' ' || found[length] == '\0');
}

static void ask(const char *file, int number, char *line) {
    char *parts[MOST_PARTS] = {NULL};
    int count = 0;
    for (char *part = strtok(line, "\t"); part && count < MOST_PARTS; part = strtok(NULL, "\t")) {
        parts[count++] = part;
    }
    const char *what = parts[0];
    if (strcmp(what, "calendar") == 0) {
        compile(file, number, parts[1], parts[2]);
    } else if (strcmp(what, "member") == 0) {
        CHECK(members_count < 64);
        members[members_count++] = calendar;
        calendar = NULL;
    } else if (strcmp(what, "any_of") == 0) {
        make_of_members(file, number, parts[1], parts[2]);
    } else if (strcmp(what, "business_days") == 0) {
        business_days(file, number, parts + 1);
    } else if (strcmp(what, "windows") == 0) {
        windows(file, number, parts + 1);
    } else if (is_one_of(what, "add subtract elapsed is_open next_open next_close")) {
        question(file, number, what, parts + 1, count - 1);
    } else if (strcmp(what, "engine") == 0) {
        sla_engine_free(engine);
        WORKS(sla_engine_compile(TEXT(parts[1]), NULL, &engine, &error));
    } else if (strcmp(what, "verify") == 0) {
        verify(file, number, parts + 1);
    } else if (strcmp(what, "ticket_rows") == 0) {
        ticket_rows(file, number, parts + 1);
    } else if (is_one_of(what, "open decide decide_snapshot evaluate due monitor")) {
        on_ticket(file, number, what, parts + 1);
    } else {
        on_aggregate(file, number, what, parts + 1);
    }
}

int main(int count, char **files) {
    for (int each = 1; each < count; each++) {
        char *text = read_file(files[each]), *rest = text;
        for (int number = 1; *rest; number++) {
            char *end = strchr(rest, '\n');
            CHECK(end != NULL);
            *end = '\0';
            ask(files[each], number, rest);
            rest = end + 1;
        }
        free(text);
    }
    sla_calendar_free(calendar);
    sla_engine_free(engine);
    sla_aggregate_free(aggregate);
    sla_string_free(&ticket);
    free(history);
    printf("transcripts: %d answers compared, %d differ\n", asked, faults);
    return faults > 0 || asked < 1000;
}
