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
    FAILS(sla_log_commands(TEXT("{\"schema\": \"sla-log/9\", \"rows\": []}"), &commands, &error),
          SLA_STATUS_INVALID_INPUT, "unsupported_schema");
    CHECK(commands.data == NULL);
    IS_NULL(sla_log_commands(NULL, 3, &commands, &error));
    return faults == 0 ? 0 : 1;
}
