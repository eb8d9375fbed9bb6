/* Many tickets: columns, reports, what-if, alerts, at-risk lists. */
#include "check.h"

static const sla_string NOTHING = {NULL, 0, 0};
static const char PLAN[] = "{\"timers\":[\"first_response\"],\"kinds\":[{\"package\":\"starter\",\"channel\":\"email\"}]}";
static const char BY_PACKAGE[] = "{\"dimensions\":[\"package\"]}";

static char *late_history(const sla_engine *engine) {
    sla_string decision = NOTHING, ticket = NOTHING, events = NOTHING;
    WORKS(sla_engine_open(engine, TEXT(OPEN), TEXT(CUSTOMER), MONDAY_9, &decision, &ticket, NULL, &error));
    WORKS(sla_engine_due_events(engine, STRING(ticket), MONDAY_9 + 8 * HOURS, &events, NULL, NULL, &error));
    char *opened = events_of(&decision);
    char *history = history_of(opened, events.data);
    free(opened);
    sla_string_free(&decision);
    sla_string_free(&ticket);
    sla_string_free(&events);
    return history;
}

static void rows_are_judged(const sla_engine *engine) {
    sla_plan *plan = NULL;
    WORKS(sla_plan_new(engine, TEXT(PLAN), &plan, &error));
    uint32_t kinds[] = {0, 0, 0, 9};
    int64_t opened[] = {MONDAY_9, MONDAY_9, SLA_NONE, MONDAY_9};
    int64_t replied[] = {MONDAY_9 + HOURS, SLA_NONE, SLA_NONE, SLA_NONE};
    int64_t never[] = {SLA_NONE, SLA_NONE, SLA_NONE, SLA_NONE};
    sla_rows rows = {4, kinds, {opened, NULL}, {never, NULL}, {replied, NULL}, {never, NULL}};
    int64_t due[4], warn[4], elapsed[4], overdue[4];
    uint8_t state[4], due_valid[1], warn_valid[1], started[1], codes[4];
    sla_timer_columns answers = {due, due_valid, warn, warn_valid, state, elapsed, overdue, started};
    size_t refused = 0;
    WORKS(sla_plan_evaluate(plan, &rows, MONDAY_9 + 8 * HOURS, &answers, 1, codes, &refused, &error));
    CHECK(refused == 2 && codes[2] == SLA_ROW_CODE_MISSING_FIELD && codes[3] == SLA_ROW_CODE_OUT_OF_RANGE);
    CHECK(state[0] == SLA_STATE_MET && state[1] == SLA_STATE_BREACHED && state[2] == SLA_STATE_NONE);
    CHECK(due[0] == MONDAY_9 + 5 * HOURS && elapsed[0] == HOURS && overdue[0] == 0 && overdue[1] == 3 * HOURS);
    CHECK(due_valid[0] == 3 && warn_valid[0] == 3 && started[0] == 3);
    WORKS(sla_plan_evaluate(plan, &rows, MONDAY_9 + 8 * HOURS, &answers, 1, NULL, &refused, &error));
    FAILS(sla_plan_evaluate(plan, &rows, MONDAY_9, &answers, 0, NULL, &refused, &error), SLA_STATUS_INVALID_INPUT,
          "out_of_range");
    IS_NULL(sla_plan_evaluate(NULL, &rows, MONDAY_9, &answers, 1, NULL, &refused, &error));
    IS_NULL(sla_plan_evaluate(plan, NULL, MONDAY_9, &answers, 1, NULL, &refused, &error));
    IS_NULL(sla_plan_evaluate(plan, &rows, MONDAY_9, NULL, 1, NULL, &refused, &error));
    IS_NULL(sla_plan_evaluate(plan, &rows, MONDAY_9, &answers, 1, NULL, NULL, &error));

    sla_aggregate *wide = NULL;
    sla_string report = NOTHING;
    WORKS(sla_aggregate_new(TEXT(BY_PACKAGE), &wide, &error));
    WORKS(sla_plan_aggregate(plan, &rows, MONDAY_9 + 8 * HOURS, wide, codes, &refused, &error));
    CHECK(refused == 2);
    WORKS(sla_aggregate_report(wide, &report, &error));
    CHECK(has(&report, "\"opened\":2") && has(&report, "\"compliance_millionths\":500000"));
    IS_NULL(sla_plan_aggregate(plan, &rows, MONDAY_9, NULL, codes, &refused, &error));
    sla_string_free(&report);
    sla_aggregate_free(wide);
    sla_plan_free(plan);
    sla_plan_free(NULL);
    FAILS(sla_plan_new(engine, TEXT("{\"timers\":[\"update\"],\"kinds\":[]}"), &plan, &error), SLA_STATUS_INVALID_INPUT,
          "unknown_timer");
    CHECK(plan == NULL);
    IS_NULL(sla_plan_new(NULL, TEXT(PLAN), &plan, &error));
}

static void rows_are_columns_of_numbers(const sla_aggregate *sum, const char *grouping) {
    sla_string names = NOTHING, written = NOTHING, again = NOTHING, kept = NOTHING;
    sla_aggregate *read = NULL, *coarser = NULL;
    size_t rows = 0, same = 0;
    int64_t as_of = 0;
    WORKS(sla_aggregate_rows(sum, NULL, 0, &names, &rows, &error));
    CHECK(rows > 0 && has(&names, "starter") && has(&names, "opened"));
    sla_string_free(&names);
    const size_t count = rows * (SLA_FIGURE_COLUMN_DIMENSIONS + 2);
    int64_t *values = malloc(count * sizeof *values);
    CHECK(values != NULL);
    values[0] = 7;
    WORKS(sla_aggregate_rows(sum, values, count - 1, &names, &same, &error));
    CHECK(same == rows && values[0] == 7);
    sla_string_free(&names);
    WORKS(sla_aggregate_rows(sum, values, count, &names, &same, &error));
    const int64_t *period = values + SLA_FIGURE_COLUMN_PERIOD_US * rows, *n = values + SLA_FIGURE_COLUMN_N * rows;
    CHECK(period[0] == MONDAY_9 - 9 * HOURS && n[0] == 2);
    WORKS(sla_aggregate_grouping(sum, &kept, &as_of, &error));
    CHECK(as_of == MONDAY_9 + 8 * HOURS && has(&kept, "\"time_zone\":\"Asia/Jakarta\""));
    sla_string_free(&kept);
    WORKS(sla_aggregate_from_rows(TEXT(grouping), as_of, STRING(names), values, count, rows, &read, &error));
    WORKS(sla_aggregate_write(sum, &written, &error));
    WORKS(sla_aggregate_write(read, &again, &error));
    CHECK(written.len == again.len && memcmp(written.data, again.data, written.len) == 0);
    sla_string_free(&again);
    sla_string_free(&written);
    WORKS(sla_aggregate_regroup(read, TEXT("{\"dimensions\":[\"package\"]}"), &coarser, &error));
    WORKS(sla_aggregate_write(coarser, &again, &error));
    CHECK(has(&again, "\"dimensions\":[\"package\"],\"as_of\":"));
    sla_aggregate_free(coarser);
    sla_aggregate_free(read);
    FAILS(sla_aggregate_regroup(sum, TEXT("{\"dimensions\":[\"team\"]}"), &coarser, &error), SLA_STATUS_INVALID_INPUT,
          "conflicting_fields");
    FAILS(sla_aggregate_from_rows(TEXT(grouping), as_of, STRING(names), values, count - 1, rows, &read, &error),
          SLA_STATUS_INVALID_INPUT, "out_of_range");
    FAILS(sla_aggregate_from_rows(TEXT(grouping), as_of, TEXT("starter"), values, count, rows, &read, &error),
          SLA_STATUS_INVALID_INPUT, "out_of_range");
    IS_NULL(sla_aggregate_from_rows(TEXT(grouping), as_of, STRING(names), NULL, count, rows, &read, &error));
    IS_NULL(sla_aggregate_rows(NULL, values, count, &kept, &same, &error));
    IS_NULL(sla_aggregate_rows(sum, NULL, count, &kept, &same, &error));
    CHECK(read == NULL && coarser == NULL && kept.data == NULL && same == 0);
    sla_string_free(&again);
    sla_string_free(&names);
    free(values);
    uint32_t bucket = 0;
    WORKS(sla_bucket_number(HOURS, &bucket, &error));
    CHECK(bucket == 3286);
    WORKS(sla_bucket_number(127, &bucket, &error));
    CHECK(bucket == 127);
    FAILS(sla_bucket_number(-1, &bucket, &error), SLA_STATUS_INVALID_INPUT, "invalid_duration");
}

static void figures_are_merged(const sla_engine *engine, const char *history) {
    const char grouping[] = "{\"dimensions\":[\"package\",\"agent\"],\"period\":{\"unit\":\"week\",\"time_zone\":\"Asia/Jakarta\"}}";
    const int64_t now = MONDAY_9 + 8 * HOURS;
    sla_aggregate *one = NULL, *other = NULL, *both = NULL, *read = NULL, *apart = NULL;
    sla_string first = NOTHING, second = NOTHING, packages = NOTHING, agents = NOTHING;
    WORKS(sla_aggregate_new(TEXT(grouping), &one, &error));
    WORKS(sla_aggregate_new(TEXT(grouping), &other, &error));
    WORKS(sla_aggregate_new(TEXT(grouping), &both, &error));
    WORKS(sla_aggregate_add(one, engine, TEXT(history), now, &error));
    WORKS(sla_aggregate_add(other, engine, TEXT(history), now, &error));
    WORKS(sla_aggregate_add(both, engine, TEXT(history), now, &error));
    WORKS(sla_aggregate_add(both, engine, TEXT(history), now, &error));
    WORKS(sla_aggregate_merge(one, other, &error));
    WORKS(sla_aggregate_write(one, &first, &error));
    WORKS(sla_aggregate_write(both, &second, &error));
    CHECK(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
    WORKS(sla_aggregate_read(STRING(first), &read, &error));
    WORKS(sla_aggregate_packages(read, engine, &packages, &error));
    CHECK(has(&packages, "\"enterprise\""));
    WORKS(sla_aggregate_agents(read, engine, &agents, &error));
    CHECK(has(&agents, "\"agents\":["));
    rows_are_columns_of_numbers(one, grouping);
    FAILS(sla_aggregate_merge(one, one, &error), SLA_STATUS_INVALID_ARGUMENT, "same_handle");
    WORKS(sla_aggregate_new(TEXT(BY_PACKAGE), &apart, &error));
    FAILS(sla_aggregate_merge(one, apart, &error), SLA_STATUS_INVALID_INPUT, "conflicting_fields");
    FAILS(sla_aggregate_add(one, engine, TEXT(history), MONDAY_9, &error), SLA_STATUS_INVALID_INPUT, "time_went_back");
    sla_aggregate_free(read);
    FAILS(sla_aggregate_read(TEXT("{}"), &read, &error), SLA_STATUS_INVALID_INPUT, "unsupported_schema");
    IS_NULL(sla_aggregate_add(NULL, engine, TEXT(history), now, &error));
    IS_NULL(sla_aggregate_add(one, NULL, TEXT(history), now, &error));
    IS_NULL(sla_aggregate_merge(one, NULL, &error));
    IS_NULL(sla_aggregate_new(TEXT(BY_PACKAGE), NULL, &error));
    sla_string_free(&first);
    IS_NULL(sla_aggregate_write(NULL, &first, &error));
    IS_NULL(sla_aggregate_report(one, NULL, &error));
    sla_string_free(&agents);
    IS_NULL(sla_aggregate_packages(one, NULL, &agents, &error));
    sla_string_free(&agents);
    IS_NULL(sla_aggregate_agents(NULL, engine, &agents, &error));
    sla_string_free(&second);
    sla_string_free(&packages);
    sla_aggregate_free(one);
    sla_aggregate_free(other);
    sla_aggregate_free(both);
    sla_aggregate_free(apart);
    sla_aggregate_free(NULL);
}

static void candidates_are_compared(sla_engine *engine, const char *history) {
    char *policy = read_file("examples/talkabiz.json");
    char *target = strstr(policy, "\"first_response\": \"4h\"");
    CHECK(target != NULL);
    memcpy(target, "\"first_response\": \"9h\"", strlen("\"first_response\": \"9h\""));
    sla_engine *candidate = NULL;
    sla_what_if *what_if = NULL;
    sla_string compared = NOTHING, comparison = NOTHING;
    WORKS(sla_engine_compile(TEXT(policy), NULL, &candidate, &error));
    WORKS(sla_what_if_new(engine, candidate, &what_if, &error));
    IS_NULL(sla_what_if_new(engine, NULL, what_if ? &(sla_what_if *){NULL} : NULL, &error));
    sla_engine_free(candidate);
    sla_engine_free(engine);
    WORKS(sla_what_if_add(what_if, TEXT(history), MONDAY_9 + 8 * HOURS, &compared, &error));
    CHECK(has(&compared, "\"causes\":[\"target\"]"));
    WORKS(sla_what_if_add(what_if, TEXT(history), MONDAY_9 + 8 * HOURS, NULL, &error));
    WORKS(sla_what_if_comparison(what_if, &comparison, &error));
    CHECK(has(&comparison, "\"tickets\":2") && has(&comparison, "\"flipped_tickets\":2"));
    IS_NULL(sla_what_if_add(NULL, TEXT(history), MONDAY_9, NULL, &error));
    sla_string_free(&comparison);
    IS_NULL(sla_what_if_comparison(NULL, &comparison, &error));
    sla_string_free(&compared);
    sla_what_if_free(what_if);
    sla_what_if_free(NULL);
    free(policy);
}

static void somebody_hears_of_it(const sla_engine *engine, const char *history) {
    sla_alerts *alerts = NULL;
    sla_at_risk *at_risk = NULL;
    sla_string found = NOTHING, promises = NOTHING;
    const char *events = strchr(history, '[');
    WORKS(sla_alerts_new(engine, &alerts, &error));
    WORKS(sla_alerts_observe(alerts, events, strlen(events) - 1, MONDAY_9 + 8 * HOURS, &found, &error));
    CHECK(has(&found, "\"breach_warning\""));
    sla_string_free(&found);
    WORKS(sla_alerts_observe(alerts, TEXT("[]"), SLA_NONE, &found, &error));
    CHECK(strcmp(found.data, "[]") == 0);
    sla_string_free(&found);
    WORKS(sla_alerts_advance(alerts, MONDAY_9 + 9 * HOURS, &found, &error));
    CHECK(strcmp(found.data, "[]") == 0);
    sla_string_free(&found);
    sla_alerts *again = NULL;
    sla_string memory = {NULL, 0, 0}, same = {NULL, 0, 0}, burns = {NULL, 0, 0};
    WORKS(sla_alerts_write(alerts, &memory, &error));
    WORKS(sla_alerts_read(engine, STRING(memory), &again, &error));
    WORKS(sla_alerts_write(again, &same, &error));
    CHECK(has(&memory, "\"schema\":\"sla-alerts/1\"") && same.len == memory.len && memcmp(same.data, memory.data, same.len) == 0);
    WORKS(sla_engine_burns(engine, TEXT("{\"first_response\":[]}"), MONDAY_9, &burns, &error));
    CHECK(burns.len >= 2 && burns.data[0] == '[');
    sla_string_free(&memory);
    sla_string_free(&same);
    sla_string_free(&burns);
    sla_alerts_free(again);
    FAILS(sla_alerts_read(engine, TEXT("{}"), &again, &error), SLA_STATUS_INVALID_INPUT, "unsupported_schema");
    IS_NULL(sla_alerts_read(NULL, TEXT("{}"), &again, &error));
    IS_NULL(sla_alerts_write(NULL, &memory, &error));
    IS_NULL(sla_engine_burns(NULL, TEXT("{}"), 0, &burns, &error));
    sla_alerts_free(alerts);
    IS_NULL(sla_alerts_new(NULL, &alerts, &error));
    IS_NULL(sla_alerts_observe(NULL, TEXT("[]"), 0, &found, &error));
    IS_NULL(sla_alerts_advance(NULL, 0, &found, &error));
    CHECK(alerts == NULL);
    WORKS(sla_alerts_new(engine, &alerts, &error));
    sla_alerts_free(alerts);
    sla_alerts_free(NULL);

    sla_string decision = NOTHING, ticket = NOTHING;
    WORKS(sla_engine_open(engine, TEXT(OPEN), TEXT(CUSTOMER), MONDAY_9, &decision, &ticket, NULL, &error));
    WORKS(sla_at_risk_new(1, &at_risk, &error));
    WORKS(sla_at_risk_add(at_risk, engine, STRING(ticket), MONDAY_9 + HOURS, &error));
    WORKS(sla_at_risk_write(at_risk, &promises, &error));
    CHECK(has(&promises, "\"remaining_us\":10800000000") && has(&promises, "\"ticket\":\"T-1\""));
    IS_NULL(sla_at_risk_add(NULL, engine, STRING(ticket), MONDAY_9, &error));
    IS_NULL(sla_at_risk_add(at_risk, engine, NULL, 0, MONDAY_9, &error));
    IS_NULL(sla_at_risk_new(1, NULL, &error));
    sla_string_free(&promises);
    IS_NULL(sla_at_risk_write(NULL, &promises, &error));
    sla_at_risk_free(at_risk);
    WORKS(sla_worklist_new(1, &at_risk, &error));
    WORKS(sla_at_risk_add(at_risk, engine, STRING(ticket), MONDAY_9 + 6 * HOURS, &error));
    WORKS(sla_at_risk_write(at_risk, &promises, &error));
    /* Due at 14:00, four open hours after 09:00, as noon is a break. */
    CHECK(has(&promises, "\"breached\":true") && has(&promises, "\"overdue_us\":3600000000"));
    sla_string_free(&promises);
    IS_NULL(sla_worklist_new(1, NULL, &error));
    sla_string_free(&decision);
    sla_string_free(&ticket);
    sla_at_risk_free(at_risk);
    sla_at_risk_free(NULL);
}

int main(void) {
    sla_engine *engine = desk();
    char *history = late_history(engine);
    rows_are_judged(engine);
    figures_are_merged(engine, history);
    somebody_hears_of_it(engine, history);
    candidates_are_compared(engine, history);
    free(history);
    printf("figures: %d checks\n", checked);
    return 0;
}
