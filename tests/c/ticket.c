/* Tickets: from the opening to the proof. */
#include "check.h"

static const sla_string NOTHING = {NULL, 0, 0};

static sla_string open_ticket(const sla_engine *engine, sla_string *decision, int64_t *next) {
    sla_string ticket = NOTHING;
    WORKS(sla_engine_open(engine, TEXT(OPEN), TEXT(CUSTOMER), MONDAY_9, decision, &ticket, next, &error));
    return ticket;
}

static void a_ticket_is_opened_and_answered(const sla_engine *engine) {
    sla_string decision = NOTHING, answered = NOTHING, evaluation = NOTHING;
    int64_t next = 0, same = 0;
    sla_string ticket = open_ticket(engine, &decision, &next);
    CHECK(has(&decision, "\"opened\"") && has(&ticket, "\"schema\":\"sla-ticket/1\""));
    CHECK(next > MONDAY_9 && next < MONDAY_9 + 5 * HOURS);
    WORKS(sla_engine_next_check_at(engine, STRING(ticket), &same, &error));
    CHECK(same == next);
    sla_string_free(&decision);
    WORKS(sla_engine_decide(engine, STRING(ticket), TEXT(REPLY), TEXT(ADMIN), MONDAY_9 + HOURS, &decision, &answered,
                            &next, &error));
    CHECK(has(&decision, "\"replied\"") && has(&answered, "\"met\"") == 0);
    WORKS(sla_engine_evaluate(engine, STRING(answered), MONDAY_9 + HOURS, &evaluation, &error));
    CHECK(has(&evaluation, "\"first_response\":{\"state\":\"met\""));
    sla_string_free(&evaluation);
    /* Without the places that may be left out, the decision is the same. */
    sla_string again = NOTHING;
    WORKS(sla_engine_decide(engine, STRING(ticket), TEXT(REPLY), TEXT(ADMIN), MONDAY_9 + HOURS, &again, NULL, NULL,
                            &error));
    CHECK(again.len == decision.len && memcmp(again.data, decision.data, again.len) == 0);
    sla_string_free(&again);
    sla_string_free(&decision);
    sla_string_free(&answered);
    sla_string_free(&answered);
    sla_string_free(&ticket);
}

static int is(sla_text text, const char *expected) {
    return text.len == strlen(expected) && memcmp(text.data, expected, text.len) == 0;
}

static void values_are_read_without_a_document(const sla_engine *engine, const sla_string *ticket) {
    sla_values *values = NULL;
    sla_ticket_values of;
    WORKS(sla_values_new(engine, ticket->data, ticket->len, &values, &error));
    WORKS(sla_values_ticket(values, &of, &error));
    CHECK(is(of.id, "T-1") && is(of.status, "new") && is(of.customer, "c-7") && is(of.package, "starter"));
    CHECK(is(of.channel, "email") && is(of.direction, "inbound") && of.policy_digest.len == 64);
    CHECK(of.agent.data == NULL && of.agent.len == 0 && of.organization.data == NULL && of.escalations == NULL);
    CHECK(of.events == 1 && of.opened_at_us == MONDAY_9 && of.last_at_us == MONDAY_9 && of.closed_at_us == SLA_NONE);
    CHECK(of.escalations_count == 0 && of.timers_count >= 1);
    const sla_timer_values *first = &of.timers[0];
    CHECK(is(first->timer, "first_response") && is(first->state, "running") && is(first->outcome, "none"));
    CHECK(is(first->activity, "running") && first->cycle == 1 && first->since_us == MONDAY_9);
    CHECK(first->due_at_us > MONDAY_9 && first->target_us == 4 * HOURS && first->remaining_us == 4 * HOURS);
    sla_values_free(values);
    FAILS(sla_values_new(engine, TEXT("{}"), &values, &error), SLA_STATUS_INVALID_INPUT, "unsupported_schema");
    CHECK(values == NULL);
    IS_NULL(sla_values_new(engine, ticket->data, ticket->len, NULL, &error));
    IS_NULL(sla_values_ticket(NULL, &of, &error));
    sla_values_free(NULL);
}

/* Stores what a host stores: entries are cut out of the text, not read. */
static void linked_answers_are_stored_as_they_are(const sla_engine *engine) {
    sla_string linked = NOTHING, ticket = NOTHING, after = NOTHING, answers = NOTHING, values = NOTHING;
    int64_t next = 0;
    WORKS(sla_engine_open_linked(engine, TEXT(OPEN), TEXT(CUSTOMER), MONDAY_9, SLA_NONE, TEXT("Asia/Jakarta"), &linked,
                                 &ticket, &next, &error));
    CHECK(has(&linked, "\"head\":{\"kind\":\"ticket\"") && has(&linked, "\"status\":\"new\"") && next > MONDAY_9);
    const char *from = strstr(linked.data, "\"head\":") + 7;
    const char *entries = strstr(from, ",\"entries\":[\n");
    CHECK(entries != NULL && entries[13] == '{' && strchr(entries + 13, '\n') != NULL);
    CHECK(strcmp(strchr(entries + 13, '\n'), "\n]}}") == 0);
    const char *to = strstr(from, ",\"rows\":{\"cycles\":[{");
    CHECK(to != NULL && to < entries);
    const size_t head_len = (size_t)(to - from);
    /* The row state is on a line of its own. */
    const char *state = strstr(to, "\"state\":\n{\"schema\":\"sla-row-state/1\",") + 9;
    const size_t state_len = (size_t)(strchr(state, '\n') - state);
    char *texts = malloc(2 * (ticket.len + head_len) + sizeof(REPLY) + sizeof(ADMIN) + state_len);
    CHECK(texts != NULL);
    sprintf(texts, "%s%.*s%s%.*s%s%s%.*s", ticket.data, (int)head_len, from, ticket.data, (int)head_len, from, REPLY, ADMIN,
            (int)state_len, state);
    const size_t all = strlen(texts) - state_len;
    const size_t lengths[] = {ticket.len, head_len, 0, 0, 0, ticket.len, head_len, sizeof(REPLY) - 1, sizeof(ADMIN) - 1, 0};
    const size_t with_state[] = {ticket.len, head_len, 0, 0, 0, ticket.len, head_len, sizeof(REPLY) - 1,
                                 sizeof(ADMIN) - 1, state_len};
    WORKS(sla_engine_batch(engine, texts, all + state_len, with_state, 2, MONDAY_9 + HOURS, SLA_NONE, TEXT("UTC"), &answers,
                           &error));
    CHECK(has(&answers, "{\"failed\":{\"code\":\"invalid_history\"") && has(&answers, "\"key\":\"1/replies\""));
    sla_string_free(&answers);
    WORKS(sla_engine_ticket_rows(engine, STRING(ticket), state, state_len, MONDAY_9 + HOURS, TEXT("UTC"), &answers, &error));
    CHECK(has(&answers, "\"class\":\"running\"") && has(&answers, "\"key\":\"status\""));
    sla_string_free(&answers);
    FAILS(sla_engine_ticket_rows(engine, STRING(ticket), NULL, 0, MONDAY_9 + HOURS, TEXT("UTC"), &answers, &error),
          SLA_STATUS_INVALID_INPUT, "invalid_history");
    FAILS(sla_engine_ticket_rows(engine, STRING(ticket), state, state_len, MONDAY_9, TEXT("Moon/Base"), &answers, &error),
          SLA_STATUS_INVALID_INPUT, "unknown_time_zone");
    WORKS(sla_engine_batch(engine, texts, all, lengths, 2, MONDAY_9 + HOURS, SLA_NONE, NULL, 0, &answers, &error));
    CHECK(has(&answers, "\"snapshot\":\n{\"schema\":\"sla-ticket/1\"") && has(&answers, "\"replied\""));
    sla_string_free(&answers);
    FAILS(sla_engine_batch(engine, texts, all, lengths, 1, MONDAY_9, SLA_NONE, NULL, 0, &answers, &error),
          SLA_STATUS_INVALID_ARGUMENT, "invalid_length");
    FAILS(sla_engine_batch(engine, texts, 3, lengths, 2, MONDAY_9, SLA_NONE, NULL, 0, &answers, &error),
          SLA_STATUS_INVALID_ARGUMENT, "invalid_length");
    /* A request that cannot be judged is answered in its place. */
    const size_t crooked[] = {ticket.len - 1, head_len + 1, 0, 0, 0, ticket.len, head_len, sizeof(REPLY) - 1,
                              sizeof(ADMIN) - 1, 0};
    WORKS(sla_engine_batch(engine, texts, all, crooked, 2, MONDAY_9 + HOURS, SLA_NONE, NULL, 0, &answers, &error));
    CHECK(has(&answers, "{\"failed\":{\"code\":\"invalid_json\"") && has(&answers, "\"replied\""));
    sla_string_free(&answers);
    WORKS(sla_engine_ticket_values(engine, STRING(ticket), &values, &error));
    CHECK(has(&values, "\"events\":1,\"opened_at_us\":"));
    sla_string_free(&values);
    values_are_read_without_a_document(engine, &ticket);
    sla_string_free(&linked);
    WORKS(sla_engine_decide_linked(engine, STRING(ticket), texts + ticket.len, head_len, TEXT(REPLY), TEXT(ADMIN),
                                   MONDAY_9 + HOURS, SLA_NONE, NULL, 0, NULL, 0, &linked, &after, NULL, &error));
    CHECK(has(&linked, "\"entries\":2,") && has(&after, "\"events\":2"));
    sla_string_free(&after);
    sla_string_free(&linked);
    WORKS(sla_engine_due_events_linked(engine, STRING(ticket), texts + ticket.len, head_len, MONDAY_9 + 8 * HOURS,
                                       SLA_NONE, NULL, 0, NULL, 0, &linked, &after, NULL, &error));
    CHECK(has(&linked, "\"breached\"") && has(&after, "\"breached\""));
    sla_string_free(&after);
    sla_string_free(&linked);
    WORKS(sla_engine_due_events_linked(engine, STRING(ticket), texts + ticket.len, head_len, MONDAY_9 + 8 * HOURS,
                                       SLA_NONE, NULL, 0, NULL, 0, &linked, NULL, NULL, &error));
    sla_string_free(&linked);
    sla_string_free(&ticket);
    free(texts);
}

static void a_refusal_is_an_answer(const sla_engine *engine) {
    sla_string decision = NOTHING, ticket = NOTHING, refusal = NOTHING;
    int64_t next = 0;
    const char whatsapp[] =
        "{\"command\":\"open\",\"ticket\":\"T-1\",\"customer\":\"c-7\",\"package\":\"starter\",\"channel\":\"whatsapp\"," MESSAGE "}";
    WORKS(sla_engine_open(engine, TEXT(whatsapp), TEXT(CUSTOMER), MONDAY_9, &decision, &ticket, &next, &error));
    CHECK(has(&decision, "\"refused\"") && has(&decision, "channel_not_entitled"));
    CHECK(ticket.data == NULL && ticket.len == 0 && next == SLA_NONE);
    sla_string_free(&decision);
    WORKS(sla_engine_authorize(engine, TEXT(CUSTOMER), TEXT("manage_policy"), NULL, 0, &refusal, &error));
    CHECK(has(&refusal, "role_not_permitted"));

    sla_string entry = NOTHING, head = NOTHING, chain = NOTHING, sound = NOTHING, tampering = NOTHING;
    WORKS(sla_audit_deny(NULL, 0, TEXT("desk"), TEXT(CUSTOMER), NULL, 0, STRING(refusal), MONDAY_9, &entry, &head,
                         &error));
    char *list = malloc(entry.len + 3);
    CHECK(list != NULL);
    snprintf(list, entry.len + 3, "[%s]", entry.data);
    WORKS(sla_audit_chain(TEXT("access"), TEXT("desk"), TEXT(list), &chain, &error));
    WORKS(sla_audit_verify(STRING(chain), NULL, 0, &sound, &tampering, &error));
    CHECK(sound.len == head.len && memcmp(sound.data, head.data, head.len) == 0 && tampering.data == NULL);
    free(list);
    sla_string_free(&entry);
    sla_string_free(&head);
    sla_string_free(&chain);
    sla_string_free(&sound);
    sla_string_free(&refusal);
    WORKS(sla_engine_authorize(engine, TEXT(ADMIN), TEXT("manage_policy"), NULL, 0, &refusal, &error));
    CHECK(refusal.data == NULL);
    sla_string visible = NOTHING;
    WORKS(sla_engine_visible_tickets(engine, TEXT(CUSTOMER), &visible, &refusal, &error));
    CHECK(has(&visible, "\"customer\":\"c-7\"") && has(&visible, "\"under\":[]") && refusal.data == NULL);
    sla_string_free(&visible);
    WORKS(sla_engine_visible_tickets(engine, TEXT("{\"role\":\"system\",\"id\":\"x\"}"), &visible, &refusal, &error));
    CHECK(visible.data == NULL && has(&refusal, "\"kind\":\"permission\""));
    sla_string_free(&refusal);
    FAILS(sla_engine_authorize(engine, TEXT(ADMIN), TEXT("fly"), NULL, 0, &refusal, &error),
          SLA_STATUS_INVALID_INPUT, "unknown_action");
}

static void time_makes_events_that_can_be_proved(const sla_engine *engine) {
    sla_string decision = NOTHING, events = NOTHING, late = NOTHING, folded = NOTHING;
    int64_t next = 0;
    sla_string ticket = open_ticket(engine, &decision, &next);
    WORKS(sla_engine_due_events(engine, STRING(ticket), MONDAY_9 + 8 * HOURS, &events, &late, &next, &error));
    CHECK(has(&events, "\"warned\"") && has(&events, "\"breached\"") && has(&events, "\"escalated\""));
    CHECK(next == SLA_NONE || next > MONDAY_9 + 8 * HOURS);
    WORKS(sla_ticket_fold(STRING(ticket), STRING(events), &folded, &error));
    CHECK(folded.len == late.len && memcmp(folded.data, late.data, late.len) == 0);

    char *opened = events_of(&decision);
    char *history = history_of(opened, events.data);
    sla_string explanation = NOTHING, ledger = NOTHING, from_history = NOTHING;
    WORKS(sla_engine_explain(engine, TEXT(history), TEXT("first_response"), 0, MONDAY_9 + 8 * HOURS, &explanation,
                             &error));
    CHECK(has(&explanation, "\"reason\":\"lunch_break\""));
    WORKS(sla_engine_ledger(engine, TEXT(history), MONDAY_9 + 8 * HOURS, &ledger, &error));
    CHECK(has(&ledger, "\"status\":\"new\""));
    WORKS(sla_ticket_fold(TEXT(history), NULL, 0, &from_history, &error));
    CHECK(from_history.len == late.len && memcmp(from_history.data, late.data, late.len) == 0);
    sla_string_free(&from_history);
    FAILS(sla_engine_explain(engine, TEXT(history), TEXT("update"), 0, MONDAY_9 + 8 * HOURS, &from_history, &error),
          SLA_STATUS_INVALID_INPUT, "unknown_timer");
    FAILS(sla_engine_ledger(engine, STRING(ticket), MONDAY_9, &from_history, &error), SLA_STATUS_INVALID_INPUT,
          "unsupported_schema");

    sla_string first = NOTHING, head = NOTHING, second = NOTHING, end = NOTHING, chain = NOTHING;
    sla_string sound = NOTHING, tampering = NOTHING, pins = NOTHING;
    WORKS(sla_audit_link(NULL, 0, TEXT(opened), MONDAY_9, &first, &head, &error));
    WORKS(sla_audit_link(STRING(head), STRING(events), MONDAY_9 + 8 * HOURS, &second, &end, &error));
    char *entries = malloc(first.len + second.len + 2);
    CHECK(entries != NULL);
    snprintf(entries, first.len + second.len + 2, "%.*s,%s", (int)first.len - 1, first.data, second.data + 1);
    WORKS(sla_audit_chain(TEXT("ticket"), TEXT("T-1"), TEXT(entries), &chain, &error));
    char *heads = malloc(end.len + 3);
    CHECK(heads != NULL);
    snprintf(heads, end.len + 3, "[%s]", end.data);
    WORKS(sla_audit_pin(TEXT(heads), &pins, &error));
    WORKS(sla_audit_verify(STRING(chain), STRING(pins), &sound, &tampering, &error));
    CHECK(tampering.data == NULL && sound.len == end.len && memcmp(sound.data, end.data, end.len) == 0);
    sla_string_free(&sound);
    char *forged = strstr(chain.data, "\"starter\"");
    CHECK(forged != NULL);
    memcpy(forged, "\"stardom\"", 9);
    WORKS(sla_audit_verify(STRING(chain), NULL, 0, &sound, &tampering, &error));
    CHECK(sound.data == NULL && has(&tampering, "\"altered\"") && has(&tampering, "\"index\":0"));
    sla_string_free(&pins);
    FAILS(sla_audit_link(NULL, 0, TEXT("[]"), MONDAY_9, &sound, &pins, &error), SLA_STATUS_INVALID_ARGUMENT,
          "empty_list");
    FAILS(sla_audit_chain(TEXT("nothing"), TEXT("T-1"), TEXT("[]"), &sound, &error), SLA_STATUS_INVALID_INPUT,
          "unknown_word");

    sla_string *all[] = {&first, &head, &second, &end, &chain, &sound, &tampering, &pins, &decision, &events, &late,
                         &folded, &explanation, &ledger, &from_history, &ticket};
    for (size_t each = 0; each < sizeof all / sizeof *all; each++) {
        sla_string_free(all[each]);
    }
    free(opened);
    free(history);
    free(entries);
    free(heads);
}

static void verified(const sla_engine *engine) {
    const char recorded[] = "[{\"at\":\"2026-11-23T02:00:00Z\",\"actor\":" CUSTOMER ",\"command\":" OPEN "},"
                            "{\"at\":\"2026-11-23T02:20:00Z\",\"actor\":" ADMIN ",\"command\":" ASSIGN "}]";
    const char begins[] = "{\"schema\":\"sla-history/1\",\"events\":";
    sla_string import = NOTHING, ticket = NOTHING, found = NOTHING;
    WORKS(sla_engine_import(engine, TEXT(recorded), &import, &ticket, NULL, &error));
    /* The events lie between `{"accepted":{"events":` and `,"refused":[]}}`. */
    const char *list = strchr(import.data, '['), *end = strstr(import.data, ",\"refused\"");
    CHECK(list != NULL && end != NULL);
    char *history = malloc(sizeof begins + import.len);
    CHECK(history != NULL);
    sprintf(history, "%s%.*s}", begins, (int)(end - list), list);
    WORKS(sla_engine_verify(engine, TEXT(history), STRING(ticket), &found, &error));
    CHECK(has(&found, "\"verified\":2") && !has(&found, "difference"));
    sla_string_free(&found);
    char *channel = strstr(history, "\"channel\":\"email\"");
    CHECK(channel != NULL);
    memcpy(channel, "\"channel\":\"e_ail\"", 17);
    WORKS(sla_engine_verify(engine, TEXT(history), NULL, 0, &found, &error));
    CHECK(has(&found, "\"path\":\"/data/channel\"") && has(&found, "unknown_channel"));
    sla_string_free(&found);
    free(history);
    sla_string_free(&import);
    sla_string_free(&ticket);
}

static void other_systems_are_imported(const sla_engine *engine) {
    const char recorded[] = "[{\"at\":\"2026-11-23T02:00:00Z\",\"actor\":" CUSTOMER ",\"command\":" OPEN "},"
                            "{\"at\":\"2026-11-23T02:10:00Z\",\"actor\":" CUSTOMER ",\"command\":" ASSIGN "},"
                            "{\"at\":\"2026-11-23T02:20:00Z\",\"actor\":" ADMIN ",\"command\":" ASSIGN "}]";
    sla_string import = NOTHING, ticket = NOTHING, run = NOTHING;
    int64_t next = 0;
    WORKS(sla_engine_import(engine, TEXT(recorded), &import, &ticket, &next, &error));
    CHECK(has(&import, "\"index\":1") && has(&import, "role_not_permitted") && has(&ticket, "\"agent\":\"ana\""));
    char *list = malloc(ticket.len + 3);
    CHECK(list != NULL);
    snprintf(list, ticket.len + 3, "[%s]", ticket.data);
    WORKS(sla_engine_dry_run(engine, TEXT(list), TEXT("from_now"), MONDAY_9 + HOURS, &run, &error));
    CHECK(has(&run, "\"tickets\":1") && has(&run, "nothing_to_change"));
    sla_string_free(&run);
    sla_string_free(&import);
    sla_string_free(&ticket);
    FAILS(sla_engine_dry_run(engine, TEXT(list), TEXT("soon"), MONDAY_9, &run, &error), SLA_STATUS_INVALID_INPUT,
          "unknown_word");
    FAILS(sla_engine_import(engine, TEXT("[]"), &import, &ticket, &next, &error), SLA_STATUS_INVALID_INPUT,
          "missing_field");
    verified(engine);
    free(list);
    CHECK(run.data == NULL && import.data == NULL && ticket.data == NULL);
}

static void bad_input_says_where(const sla_engine *engine) {
    sla_string decision = NOTHING, ticket = NOTHING;
    int64_t next = 0;
    sla_error *error = NULL;
    const char wrong[] = "{\"command\":\"open\",\"ticket\":\"T-1\",\"customer\":\"c-7\",\"package\":\"starter\","
                         "\"channel\":\"email\",\"message\":{\"message_ref\":\"m\",\"content_sha256\":7}}";
    CHECK(sla_engine_open(engine, TEXT(wrong), TEXT(CUSTOMER), MONDAY_9, &decision, &ticket, &next, &error) ==
          SLA_STATUS_INVALID_INPUT);
    CHECK(strcmp(sla_error_path(error), "/message/content_sha256") == 0);
    sla_error_free(error);
    ticket = open_ticket(engine, &decision, &next);
    sla_string_free(&decision);
    FAILS(sla_engine_evaluate(engine, STRING(ticket), MONDAY_9 - 1, &decision, &error), SLA_STATUS_INVALID_INPUT,
          "time_went_back");
    FAILS(sla_engine_decide(engine, ticket.data, ticket.len - 1, TEXT(REPLY), TEXT(ADMIN), MONDAY_9, &decision, NULL,
                            NULL, &error),
          SLA_STATUS_INVALID_INPUT, "invalid_json");
    FAILS(sla_engine_decide(engine, STRING(ticket), TEXT("\"\\ud800\""), TEXT(ADMIN), MONDAY_9, &decision, NULL, NULL,
                            &error),
          SLA_STATUS_INVALID_INPUT, "invalid_json");
    FAILS(sla_engine_due_events(engine, ticket.data, SIZE_MAX, MONDAY_9, &decision, NULL, NULL, &error),
          SLA_STATUS_INVALID_ARGUMENT, "invalid_length");
    IS_NULL(sla_engine_open(NULL, TEXT(OPEN), TEXT(CUSTOMER), MONDAY_9, &decision, NULL, NULL, &error));
    IS_NULL(sla_engine_open(engine, NULL, 0, TEXT(CUSTOMER), MONDAY_9, &decision, NULL, NULL, &error));
    IS_NULL(sla_engine_open(engine, TEXT(OPEN), NULL, 0, MONDAY_9, &decision, NULL, NULL, &error));
    IS_NULL(sla_engine_open(engine, TEXT(OPEN), TEXT(CUSTOMER), MONDAY_9, NULL, NULL, NULL, &error));
    IS_NULL(sla_engine_decide(NULL, STRING(ticket), TEXT(REPLY), TEXT(ADMIN), 0, &decision, NULL, NULL, &error));
    IS_NULL(sla_engine_decide(engine, NULL, 0, TEXT(REPLY), TEXT(ADMIN), 0, &decision, NULL, NULL, &error));
    IS_NULL(sla_engine_decide(engine, STRING(ticket), NULL, 0, TEXT(ADMIN), 0, &decision, NULL, NULL, &error));
    IS_NULL(sla_engine_decide(engine, STRING(ticket), TEXT(REPLY), NULL, 0, 0, &decision, NULL, NULL, &error));
    IS_NULL(sla_engine_decide(engine, STRING(ticket), TEXT(REPLY), TEXT(ADMIN), 0, NULL, NULL, NULL, &error));
    IS_NULL(sla_engine_due_events(NULL, STRING(ticket), 0, &decision, NULL, NULL, &error));
    IS_NULL(sla_engine_due_events(engine, NULL, 0, 0, &decision, NULL, NULL, &error));
    IS_NULL(sla_engine_due_events(engine, STRING(ticket), 0, NULL, NULL, NULL, &error));
    IS_NULL(sla_engine_evaluate(NULL, STRING(ticket), 0, &decision, &error));
    IS_NULL(sla_engine_evaluate(engine, NULL, 0, 0, &decision, &error));
    IS_NULL(sla_engine_evaluate(engine, STRING(ticket), 0, NULL, &error));
    IS_NULL(sla_engine_next_check_at(engine, STRING(ticket), NULL, &error));
    IS_NULL(sla_engine_next_check_at(NULL, STRING(ticket), &next, &error));
    IS_NULL(sla_ticket_fold(NULL, 0, NULL, 0, &decision, &error));
    IS_NULL(sla_ticket_fold(STRING(ticket), NULL, 0, NULL, &error));
    IS_NULL(sla_engine_import(NULL, TEXT("[]"), &decision, NULL, NULL, &error));
    IS_NULL(sla_engine_import(engine, NULL, 0, &decision, NULL, NULL, &error));
    IS_NULL(sla_engine_verify(NULL, TEXT("{}"), NULL, 0, &decision, &error));
    IS_NULL(sla_engine_verify(engine, NULL, 0, NULL, 0, &decision, &error));
    IS_NULL(sla_engine_verify(engine, TEXT("{}"), NULL, 0, NULL, &error));
    FAILS(sla_engine_verify(engine, STRING(ticket), NULL, 0, &decision, &error), SLA_STATUS_INVALID_INPUT,
          "unsupported_schema");
    IS_NULL(sla_engine_dry_run(engine, NULL, 0, TEXT("keep"), 0, &decision, &error));
    IS_NULL(sla_engine_dry_run(NULL, TEXT("[]"), TEXT("keep"), 0, &decision, &error));
    IS_NULL(sla_engine_explain(NULL, TEXT("{}"), TEXT("update"), 0, 0, &decision, &error));
    IS_NULL(sla_engine_explain(engine, NULL, 0, TEXT("update"), 0, 0, &decision, &error));
    IS_NULL(sla_engine_ledger(NULL, TEXT("{}"), 0, &decision, &error));
    IS_NULL(sla_engine_authorize(NULL, TEXT(ADMIN), TEXT("reply"), NULL, 0, &decision, &error));
    IS_NULL(sla_engine_authorize(engine, NULL, 0, TEXT("reply"), NULL, 0, &decision, &error));
    sla_string_free(&ticket);
    IS_NULL(sla_audit_link(NULL, 0, NULL, 0, 0, &decision, &ticket, &error));
    CHECK(decision.data == NULL && ticket.data == NULL);
}

/* A place that is given holds an empty answer although another one, that is missing or misaligned, fails the call. */
static void every_place_is_emptied_first(const sla_engine *engine) {
    static int64_t words[4];
    int64_t *crooked = (int64_t *)(void *)((char *)words + 1);
    const sla_string garbage = {(char *)words, 7, 9};
    sla_string one = garbage, other = garbage;
    int64_t next = 5;
#define EMPTIED(string) (string.data == NULL && string.len == 0 && string.capacity == 0)
    IS_NULL(sla_engine_open(engine, TEXT(OPEN), TEXT(CUSTOMER), MONDAY_9, NULL, &other, &next, &error));
    CHECK(EMPTIED(other) && next == SLA_NONE);
    one = other = garbage;
    FAILS(sla_engine_decide(engine, TEXT("{}"), TEXT(REPLY), TEXT(ADMIN), 0, &one, &other, crooked, &error),
          SLA_STATUS_INVALID_ARGUMENT, "misaligned_pointer");
    CHECK(EMPTIED(one) && EMPTIED(other));
    other = garbage, next = 5;
    IS_NULL(sla_engine_due_events(engine, TEXT("{}"), 0, NULL, &other, &next, &error));
    CHECK(EMPTIED(other) && next == SLA_NONE);
    other = garbage, next = 5;
    IS_NULL(sla_engine_import(engine, TEXT("[]"), NULL, &other, &next, &error));
    CHECK(EMPTIED(other) && next == SLA_NONE);
    one = other = garbage;
    IS_NULL(sla_audit_link(NULL, 0, TEXT("[]"), 0, NULL, &other, &error));
    IS_NULL(sla_audit_link(NULL, 0, TEXT("[]"), 0, &one, NULL, &error));
    CHECK(EMPTIED(one) && EMPTIED(other));
    one = other = garbage;
    IS_NULL(sla_audit_deny(NULL, 0, TEXT("d"), TEXT(CUSTOMER), NULL, 0, TEXT("{}"), 0, NULL, &other, &error));
    IS_NULL(sla_audit_verify(TEXT("{}"), NULL, 0, NULL, &one, &error));
    CHECK(EMPTIED(one) && EMPTIED(other));
}

static void entitlements_are_numbers(const sla_engine *engine) {
    int32_t starter = -2, email = -2, whatsapp = -2, entitled = -2;
    WORKS(sla_engine_package(engine, TEXT("starter"), &starter, &error));
    WORKS(sla_engine_channel(engine, TEXT("email"), &email, &error));
    WORKS(sla_engine_channel(engine, TEXT("whatsapp"), &whatsapp, &error));
    WORKS(sla_engine_entitles(engine, starter, email, &entitled, &error));
    CHECK(entitled == 1);
    WORKS(sla_engine_entitles(engine, starter, whatsapp, &entitled, &error));
    CHECK(entitled == 0);
    FAILS(sla_engine_entitles(engine, -1, email, &entitled, &error), SLA_STATUS_INVALID_ARGUMENT, "unknown_number");
    FAILS(sla_engine_entitles(engine, 0, 99, &entitled, &error), SLA_STATUS_INVALID_ARGUMENT, "unknown_number");
    FAILS(sla_engine_package(engine, TEXT("gold"), &starter, &error), SLA_STATUS_INVALID_INPUT, "unknown_package");
    CHECK(starter == -1);
    FAILS(sla_engine_channel(engine, TEXT("fax"), &email, &error), SLA_STATUS_INVALID_INPUT, "unknown_channel");
    IS_NULL(sla_engine_package(NULL, TEXT("starter"), &starter, &error));
    IS_NULL(sla_engine_channel(engine, NULL, 0, &email, &error));
    IS_NULL(sla_engine_entitles(engine, 0, 0, NULL, &error));
}

int main(void) {
    sla_engine *engine = desk();
    a_ticket_is_opened_and_answered(engine);
    linked_answers_are_stored_as_they_are(engine);
    a_refusal_is_an_answer(engine);
    time_makes_events_that_can_be_proved(engine);
    other_systems_are_imported(engine);
    bad_input_says_where(engine);
    every_place_is_emptied_first(engine);
    entitlements_are_numbers(engine);
    sla_engine_free(engine);
    printf("ticket: %d checks\n", checked);
    return 0;
}
