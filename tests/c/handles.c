/* Handles of another type, null and freed ones: an error, not a crash. */
#include "check.h"

static const sla_string NOTHING = {NULL, 0, 0};

/* One handle of every type. */
enum { ENGINE, CALENDAR, ZONES, PLAN, AGGREGATE, WHAT_IF, ALERTS, AT_RISK, VALUES, ERROR, TYPES };

static void make(void *handles[TYPES]) {
    sla_engine *engine = desk();
    sla_calendar *calendar = NULL;
    sla_zones *zones = NULL;
    sla_plan *plan = NULL;
    sla_aggregate *aggregate = NULL;
    sla_what_if *what_if = NULL;
    sla_alerts *alerts = NULL;
    sla_at_risk *at_risk = NULL;
    sla_values *values = NULL;
    sla_string decision = NOTHING, ticket = NOTHING;
    sla_error *fault = NULL;
    WORKS(sla_engine_calendar(engine, TEXT("office"), &calendar, &error));
    WORKS(sla_zones_new(&zones, &error));
    WORKS(sla_plan_new(engine, TEXT("{\"timers\":[\"resolution\"],\"kinds\":[]}"), &plan, &error));
    WORKS(sla_aggregate_new(TEXT("{\"dimensions\":[\"package\",\"agent\"]}"), &aggregate, &error));
    WORKS(sla_what_if_new(engine, engine, &what_if, &error));
    WORKS(sla_alerts_new(engine, &alerts, &error));
    WORKS(sla_at_risk_new(3, &at_risk, &error));
    WORKS(sla_engine_open(engine, TEXT(OPEN), TEXT(CUSTOMER), MONDAY_9, &decision, &ticket, NULL, &error));
    WORKS(sla_values_new(engine, STRING(ticket), &values, &error));
    sla_string_free(&decision);
    sla_string_free(&ticket);
    CHECK(sla_policy_check(TEXT("{}"), NULL, &(sla_string){0}, &fault) == SLA_STATUS_INVALID_INPUT);
    void *made[TYPES] = {engine, calendar, zones, plan, aggregate, what_if, alerts, at_risk, values, fault};
    memcpy(handles, made, sizeof made);
}

static void release(int type, void *handle) {
    switch (type) {
    case ENGINE: sla_engine_free(handle); break;
    case CALENDAR: sla_calendar_free(handle); break;
    case ZONES: sla_zones_free(handle); break;
    case PLAN: sla_plan_free(handle); break;
    case AGGREGATE: sla_aggregate_free(handle); break;
    case WHAT_IF: sla_what_if_free(handle); break;
    case ALERTS: sla_alerts_free(handle); break;
    case AT_RISK: sla_at_risk_free(handle); break;
    case VALUES: sla_values_free(handle); break;
    default: sla_error_free(handle); break;
    }
}

/* Asks every function that takes a handle of this type; each must give the code. */
static void ask(int type, void *handle, void *const good[TYPES], const char *code) {
    sla_string text = NOTHING, more = NOTHING;
    sla_engine *engine = NULL;
    sla_calendar *calendar = NULL;
    sla_table_figures tables;
    sla_plan *plan = NULL;
    sla_what_if *what_if = NULL;
    sla_alerts *alerts = NULL;
    sla_aggregate *aggregate = NULL;
    sla_values *values = NULL;
    sla_ticket_values ticket;
    int32_t number = 0;
    int64_t at_us = 0;
    size_t count = 0;
    sla_rows rows = {0};
    sla_column column = {0};
    sla_answers answers = {0};
    sla_timer_columns columns = {0};
    void *const other_engine = good[ENGINE];
#define BAD(call) FAILS(call, SLA_STATUS_INVALID_ARGUMENT, code)
    switch (type) {
    case ENGINE:
        BAD(sla_engine_info(handle, &text, &error));
        BAD(sla_engine_policy(handle, &text, &error));
        BAD(sla_engine_with_table_limit(handle, 0, &engine, &error));
        BAD(sla_engine_tables(handle, &tables, &error));
        BAD(sla_engine_calendar(handle, TEXT("office"), &calendar, &error));
        BAD(sla_engine_package(handle, TEXT("starter"), &number, &error));
        BAD(sla_engine_channel(handle, TEXT("email"), &number, &error));
        BAD(sla_engine_entitles(handle, 0, 0, &number, &error));
        BAD(sla_engine_visible_tickets(handle, TEXT(ADMIN), &text, &more, &error));
        BAD(sla_engine_authorize(handle, TEXT(ADMIN), TEXT("open"), NULL, 0, &text, &error));
        BAD(sla_engine_open(handle, TEXT(OPEN), TEXT(CUSTOMER), MONDAY_9, &text, &more, &at_us, &error));
        BAD(sla_engine_decide(handle, TEXT("{}"), TEXT(REPLY), TEXT(ADMIN), MONDAY_9, &text, &more, &at_us, &error));
        BAD(sla_engine_open_linked(handle, TEXT(OPEN), TEXT(CUSTOMER), MONDAY_9, SLA_NONE, NULL, 0, &text, &more, &at_us,
                                   &error));
        BAD(sla_engine_decide_linked(handle, TEXT("{}"), TEXT("{}"), TEXT(REPLY), TEXT(ADMIN), MONDAY_9, SLA_NONE, NULL, 0, NULL,
                                     0, &text, &more, &at_us, &error));
        BAD(sla_engine_due_events_linked(handle, TEXT("{}"), TEXT("{}"), MONDAY_9, SLA_NONE, NULL, 0, NULL, 0, &text, &more,
                                         &at_us, &error));
        BAD(sla_engine_batch(handle, TEXT(""), NULL, 0, MONDAY_9, SLA_NONE, NULL, 0, &text, &error));
        BAD(sla_engine_with_revision(handle, TEXT("{}"), NULL, &engine, &error));
        BAD(sla_engine_ticket_values(handle, TEXT("{}"), &text, &error));
        BAD(sla_engine_ticket_rows(handle, TEXT("{}"), NULL, 0, MONDAY_9, TEXT("UTC"), &text, &error));
        BAD(sla_values_new(handle, TEXT("{}"), &values, &error));
        BAD(sla_engine_due_events(handle, TEXT("{}"), MONDAY_9, &text, &more, &at_us, &error));
        BAD(sla_engine_evaluate(handle, TEXT("{}"), MONDAY_9, &text, &error));
        BAD(sla_engine_next_check_at(handle, TEXT("{}"), &at_us, &error));
        BAD(sla_engine_import(handle, TEXT("[]"), &text, &more, &at_us, &error));
        BAD(sla_engine_verify(handle, TEXT("{}"), NULL, 0, &text, &error));
        BAD(sla_engine_dry_run(handle, TEXT("[]"), TEXT("keep"), MONDAY_9, &text, &error));
        BAD(sla_engine_explain(handle, TEXT("{}"), TEXT("resolution"), 0, MONDAY_9, &text, &error));
        BAD(sla_engine_ledger(handle, TEXT("{}"), MONDAY_9, &text, &error));
        BAD(sla_plan_new(handle, TEXT("{}"), &plan, &error));
        BAD(sla_what_if_new(handle, other_engine, &what_if, &error));
        BAD(sla_what_if_new(other_engine, handle, &what_if, &error));
        BAD(sla_alerts_new(handle, &alerts, &error));
        BAD(sla_aggregate_add(good[AGGREGATE], handle, TEXT("{}"), MONDAY_9, &error));
        BAD(sla_aggregate_packages(good[AGGREGATE], handle, &text, &error));
        BAD(sla_aggregate_agents(good[AGGREGATE], handle, &text, &error));
        BAD(sla_at_risk_add(good[AT_RISK], handle, TEXT("{}"), MONDAY_9, &error));
        break;
    case CALENDAR:
        BAD(sla_calendar_add(handle, MONDAY_9, HOURS, &at_us, &error));
        BAD(sla_calendar_subtract(handle, MONDAY_9, HOURS, &at_us, &error));
        BAD(sla_calendar_elapsed(handle, MONDAY_9, MONDAY_9, &at_us, &error));
        BAD(sla_calendar_is_open(handle, MONDAY_9, &number, &error));
        BAD(sla_calendar_next_open(handle, MONDAY_9, &at_us, &error));
        BAD(sla_calendar_next_close(handle, MONDAY_9, &at_us, &error));
        BAD(sla_calendar_is_provisional(handle, MONDAY_9, &number, &error));
        BAD(sla_calendar_windows(handle, MONDAY_9, MONDAY_9, NULL, 0, &count, &error));
        BAD(sla_calendar_with_table_limit(handle, 0, &calendar, &error));
        BAD(sla_calendar_tables(handle, &tables, &error));
        BAD(sla_calendar_add_batch(handle, 0, column, column, answers, &count, &error));
        BAD(sla_calendar_subtract_batch(handle, 0, column, column, answers, &count, &error));
        BAD(sla_calendar_elapsed_batch(handle, 0, column, column, answers, &count, &error));
        BAD(sla_calendar_is_open_batch(handle, 0, column, answers, &count, &error));
        BAD(sla_calendar_next_open_batch(handle, 0, column, answers, &count, &error));
        BAD(sla_calendar_next_close_batch(handle, 0, column, answers, &count, &error));
        CHECK(sla_calendar_add_or_none(handle, MONDAY_9, HOURS) == SLA_NONE);
        CHECK(sla_calendar_subtract_or_none(handle, MONDAY_9, HOURS) == SLA_NONE);
        CHECK(sla_calendar_elapsed_or_none(handle, MONDAY_9, MONDAY_9) == SLA_NONE);
        CHECK(sla_calendar_next_open_or_none(handle, MONDAY_9) == SLA_NONE);
        CHECK(sla_calendar_next_close_or_none(handle, MONDAY_9) == SLA_NONE);
        break;
    case ZONES:
        BAD(sla_zones_add(handle, TEXT("Europe/Berlin"), TEXT("TZif"), TEXT("2031a"), &error));
        if (handle) {
            /* Null stands for the embedded zones. */
            BAD(sla_engine_compile(TEXT("{}"), handle, &engine, &error));
            BAD(sla_calendar_compile(TEXT("{}"), handle, &calendar, &error));
            BAD(sla_policy_check(TEXT("{}"), handle, &text, &error));
            BAD(sla_policy_lint(TEXT("{}"), handle, MONDAY_9, &text, &error));
            BAD(sla_policy_digests(TEXT("{}"), handle, &text, &error));
            BAD(sla_policy_changes(TEXT("{}"), TEXT("{}"), handle, &text, &error));
            BAD(sla_policy_publish(TEXT("{}"), NULL, 0, NULL, 0, TEXT(ADMIN), TEXT("why"), MONDAY_9, handle, &text,
                                   &error));
        }
        break;
    case PLAN:
        BAD(sla_plan_evaluate(handle, &rows, MONDAY_9, &columns, 1, NULL, &count, &error));
        BAD(sla_plan_aggregate(handle, &rows, MONDAY_9, good[AGGREGATE], NULL, &count, &error));
        break;
    case AGGREGATE:
        BAD(sla_aggregate_add(handle, other_engine, TEXT("{}"), MONDAY_9, &error));
        BAD(sla_aggregate_merge(handle, good[AGGREGATE], &error));
        BAD(sla_aggregate_merge(good[AGGREGATE], handle, &error));
        BAD(sla_aggregate_write(handle, &text, &error));
        BAD(sla_aggregate_rows(handle, NULL, 0, &text, &count, &error));
        BAD(sla_aggregate_regroup(handle, TEXT("{\"dimensions\":[]}"), &aggregate, &error));
        BAD(sla_aggregate_grouping(handle, &text, &at_us, &error));
        BAD(sla_aggregate_report(handle, &text, &error));
        BAD(sla_aggregate_packages(handle, other_engine, &text, &error));
        BAD(sla_aggregate_agents(handle, other_engine, &text, &error));
        BAD(sla_plan_aggregate(good[PLAN], &rows, MONDAY_9, handle, NULL, &count, &error));
        break;
    case WHAT_IF:
        BAD(sla_what_if_add(handle, TEXT("{}"), MONDAY_9, &text, &error));
        BAD(sla_what_if_comparison(handle, &text, &error));
        break;
    case ALERTS:
        BAD(sla_alerts_observe(handle, TEXT("[]"), MONDAY_9, &text, &error));
        BAD(sla_alerts_advance(handle, MONDAY_9, &text, &error));
        break;
    case AT_RISK:
        BAD(sla_at_risk_add(handle, other_engine, TEXT("{}"), MONDAY_9, &error));
        BAD(sla_at_risk_write(handle, &text, &error));
        break;
    case VALUES:
        BAD(sla_values_ticket(handle, &ticket, &error));
        CHECK(!ticket.id.data && !ticket.timers && ticket.events == 0 && ticket.closed_at_us == SLA_NONE);
        break;
    default:
        CHECK(sla_error_code(handle)[0] == '\0' && sla_error_path(handle)[0] == '\0');
        CHECK(sla_error_message(handle)[0] == '\0' && sla_error_help(handle)[0] == '\0');
        CHECK(sla_error_related_count(handle) == 0 && sla_error_related(handle, 0) == NULL);
        break;
    }
    CHECK(!text.data && !more.data && !engine && !calendar && !plan && !what_if && !alerts && !aggregate && !values);
}

int main(void) {
    void *handles[TYPES];
    make(handles);
    for (int type = 0; type < TYPES; type++) {
        ask(type, NULL, handles, "null_pointer");
        release(type, NULL);
        for (int other = 0; other < TYPES; other++) {
            if (other != type) {
                ask(type, handles[other], handles, "invalid_handle");
                /* Nothing is freed by the function of another type. */
                release(type, handles[other]);
            }
        }
    }
    /* Reading a freed handle is undefined, so valgrind and sanitizers would report it. */
    if (getenv("SLA_TEST_FREED")) {
        void *freed[TYPES];
        make(freed);
        for (int type = 0; type < TYPES; type++) {
            release(type, freed[type]);
            ask(type, freed[type], handles, "invalid_handle");
        }
    }
    for (int type = 0; type < TYPES; type++) {
        release(type, handles[type]);
    }
    sla_engine_cache_clear();
    printf("handles: %d checks\n", checked);
    return 0;
}
