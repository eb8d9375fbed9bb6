/* Opens a ticket under a policy file, answers it an hour later, and prints where its promises stand.
 *
 *     first_response examples/talkabiz.json
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sla.h>

#define TEXT(text) (text), strlen(text)
#define MESSAGE \
    "{\"message_ref\":\"m\",\"content_sha256\":" \
    "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"}"

/* 2026-11-23T09:00:00+07:00. The library reads no clock; a host passes its own. */
static const int64_t OPENED_US = INT64_C(1795399200000000);
static const int64_t HOUR_US = INT64_C(3600000000);

static int failed(const char *what, sla_error *error) {
    fprintf(stderr, "%s: %s %s; %s\n", what, sla_error_path(error), sla_error_message(error), sla_error_help(error));
    sla_error_free(error);
    return EXIT_FAILURE;
}

int main(int argc, char **argv) {
    char policy[65536];
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!file) {
        fprintf(stderr, "usage: %s POLICY.json\n", argv[0]);
        return EXIT_FAILURE;
    }
    size_t length = fread(policy, 1, sizeof policy, file);
    fclose(file);

    sla_error *error = NULL;
    sla_engine *engine = NULL;
    if (sla_engine_compile(policy, length, NULL, &engine, &error) != SLA_STATUS_OK) {
        return failed("the policy", error);
    }

    const char *customer = "{\"role\":\"customer\",\"id\":\"c-7\"}";
    const char *admin = "{\"role\":\"admin\",\"id\":\"dispatch\"}";
    const char *open = "{\"command\":\"open\",\"ticket\":\"T-1\",\"customer\":\"c-7\",\"package\":\"starter\","
                       "\"channel\":\"email\",\"message\":" MESSAGE "}";
    const char *reply = "{\"command\":\"reply\",\"channel\":\"email\",\"message\":" MESSAGE "}";

    sla_string decision, ticket, answered, evaluation;
    int64_t next_check_at_us;
    if (sla_engine_open(engine, TEXT(open), TEXT(customer), OPENED_US, &decision, &ticket, &next_check_at_us, &error) !=
        SLA_STATUS_OK) {
        return failed("the opening", error);
    }
    printf("opened:   %s\n", decision.data);
    printf("ask again at %" PRId64 " us\n", next_check_at_us);
    sla_string_free(&decision);

    if (sla_engine_decide(engine, ticket.data, ticket.len, TEXT(reply), TEXT(admin), OPENED_US + HOUR_US, &decision,
                          &answered, NULL, &error) != SLA_STATUS_OK) {
        return failed("the reply", error);
    }
    printf("answered: %s\n", decision.data);

    if (sla_engine_evaluate(engine, answered.data, answered.len, OPENED_US + HOUR_US, &evaluation, &error) !=
        SLA_STATUS_OK) {
        return failed("the evaluation", error);
    }
    printf("stands:   %s\n", evaluation.data);

    sla_string_free(&decision);
    sla_string_free(&ticket);
    sla_string_free(&answered);
    sla_string_free(&evaluation);
    sla_engine_free(engine);
    return EXIT_SUCCESS;
}
