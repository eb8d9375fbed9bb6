/* The logs of tests/vectors/logs.json, made into commands through the C interface. */
#include "vectors.h"

/* Fewer cases than these mean that rows were lost. */
#define LEAST_CASES 14

int main(void) {
    json_error_t why;
    json_t *file = json_load_file("tests/vectors/logs.json", 0, &why);
    CHECK(file != NULL);
    size_t each, faults = 0;
    json_t *one;
    json_array_foreach(json_object_get(file, "cases"), each, one) {
        char *log = dump(json_object_get(one, "log"));
        sla_string commands = {NULL, 0, 0};
        WORKS(sla_log_commands(TEXT(log), &commands, &error));
        json_t *found = parse(&commands), *row;
        size_t number;
        json_array_foreach(json_object_get(found, "refused"), number, row) {
            CHECK(json_string_length(json_object_get(row, "message")) > 0);
            json_object_del(row, "message");
        }
        if (!json_equal(found, json_object_get(one, "expected"))) {
            char *is = dump(found), *should = dump(json_object_get(one, "expected"));
            faults++;
            fprintf(stderr, "%s: found %s, expected %s\n", json_string_value(json_object_get(one, "name")), is, should);
            free(should);
            free(is);
        }
        json_decref(found);
        sla_string_free(&commands);
        free(log);
    }
    printf("logs: %zu read, %zu differ\n", each, faults);
    CHECK(each >= LEAST_CASES);
    json_decref(file);
    sla_string commands = {NULL, 0, 0};
    sla_engine *engine = NULL;
    sla_aggregate *aggregate = NULL;
    json_t *policy = json_load_file("examples/talkabiz.json", 0, &why);
    char *document = dump(policy);
    WORKS(sla_engine_compile(TEXT(document), NULL, &engine, &error));
    WORKS(sla_aggregate_new(TEXT("{\"dimensions\":[]}"), &aggregate, &error));
    const char log[] = "{\"schema\":\"sla-log/1\",\"rows\":[{\"ticket_id\":\"T-1\",\"event_at\":\"2026-11-23T02:00:00Z\","
                       "\"kind\":\"open\",\"package\":\"starter\",\"channel\":\"email\"},{\"ticket_id\":\"T-2\"}]}";
    WORKS(sla_engine_import_log(engine, TEXT(log), SLA_NONE, &commands, &error));
    CHECK(has(&commands, "\"histories\":[\n{\"schema\":\"sla-history/1\"") && has(&commands, "\"ticket\":\"T-2\""));
    sla_string_free(&commands);
    WORKS(sla_aggregate_add_log(aggregate, engine, TEXT(log), INT64_C(1795410000000000), &commands, &error));
    sla_string_free(&commands);
    WORKS(sla_aggregate_write(aggregate, &commands, &error));
    CHECK(has(&commands, "\"outcome\":\"opened\",\"bucket\":0,\"n\":1,"));
    sla_string_free(&commands);
    IS_NULL(sla_engine_import_log(NULL, TEXT(log), 0, &commands, &error));
    IS_NULL(sla_aggregate_add_log(NULL, engine, TEXT(log), 0, &commands, &error));
    sla_aggregate_free(aggregate);
    sla_engine_free(engine);
    free(document);
    json_decref(policy);
    FAILS(sla_log_commands(TEXT("{\"schema\": \"sla-log/9\", \"rows\": []}"), &commands, &error),
          SLA_STATUS_INVALID_INPUT, "unsupported_schema");
    CHECK(commands.data == NULL);
    IS_NULL(sla_log_commands(NULL, 3, &commands, &error));
    return faults == 0 ? 0 : 1;
}
