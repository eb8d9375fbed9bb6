/* The problems, the warnings and the values of tests/vectors/policy-*.json, through the C interface. */
#include "vectors.h"

/* Fewer cases than these mean that rows were lost. */
#define LEAST_PROBLEMS 53
#define LEAST_WARNINGS 25
#define LEAST_VALUES 10

static const sla_string NOTHING = {NULL, 0, 0};
static int faults = 0;

/* Returns what a JSON pointer leads to, without its last segment, which is written to `last`. */
static json_t *parent_of(json_t *document, const char *pointer, char *last, size_t room) {
    json_t *place = document;
    for (;;) {
        const char *end = strchr(++pointer, '/');
        size_t length = end ? (size_t)(end - pointer) : strlen(pointer), written = 0;
        CHECK(place != NULL && length < room);
        for (size_t at = 0; at < length; at++) {
            char letter = pointer[at];
            if (letter == '~' && at + 1 < length) {
                letter = pointer[++at] == '1' ? '/' : '~';
            }
            last[written++] = letter;
        }
        last[written] = '\0';
        if (!end) {
            return place;
        }
        place = json_is_array(place) ? json_array_get(place, strtoul(last, NULL, 10)) : json_object_get(place, last);
        pointer = end;
    }
}

/* Returns the document of a case: its own text, or the base document as the case changes it. */
static char *document_of(const json_t *base, const json_t *story) {
    const json_t *text = json_object_get(story, "text");
    if (text) {
        char *own = malloc(json_string_length(text) + 1);
        CHECK(own != NULL);
        memcpy(own, json_string_value(text), json_string_length(text) + 1);
        return own;
    }
    json_t *document = json_deep_copy(base), *change;
    char last[256];
    size_t each;
    json_array_foreach(json_object_get(story, "set"), each, change) {
        json_t *parent = parent_of(document, json_string_value(json_array_get(change, 0)), last, sizeof last);
        json_t *value = json_array_get(change, 1);
        if (json_is_object(parent)) {
            json_object_set(parent, last, value);
        } else if (strtoul(last, NULL, 10) < json_array_size(parent)) {
            json_array_set(parent, strtoul(last, NULL, 10), value);
        } else {
            json_array_append(parent, value);
        }
    }
    json_array_foreach(json_object_get(story, "remove"), each, change) {
        json_t *parent = parent_of(document, json_string_value(change), last, sizeof last);
        CHECK(json_object_del(parent, last) == 0);
    }
    char *changed = dump(document);
    json_decref(document);
    return changed;
}

static void compare(const json_t *story, const json_t *found, const json_t *expected) {
    if (!json_equal(found, expected)) {
        char *is = dump(found), *should = dump(expected);
        fprintf(stderr, "%s: found %s, expected %s\n", json_string_value(json_object_get(story, "name")), is, should);
        free(is);
        free(should);
        faults++;
    }
}

static size_t problems(void) {
    json_t *file = json_load_file("tests/vectors/policy-problems.json", 0, NULL), *story;
    CHECK(file != NULL);
    size_t each, count = 0;
    json_array_foreach(json_object_get(file, "cases"), each, story) {
        char *document = document_of(json_object_get(file, "base"), story);
        sla_string written = NOTHING;
        sla_error *error = NULL;
        int status = (int)sla_policy_check(TEXT(document), NULL, &written, &error);
        json_t *found = json_array(), *expected = json_object_get(story, "problems");
        for (size_t at = 0; at < sla_error_related_count(error); at++) {
            const sla_error *problem = sla_error_related(error, at);
            json_array_append_new(found, json_pack("[s, s]", sla_error_path(problem), sla_error_code(problem)));
        }
        json_t *none = json_array();
        compare(story, found, expected ? expected : none);
        const char *code = json_string_value(json_object_get(story, "error"));
        code = code ? code : json_array_size(expected) ? "invalid_policy" : "";
        CHECK(strcmp(sla_error_code(error), code) == 0);
        CHECK(status == (*code ? (int)SLA_STATUS_INVALID_INPUT : (int)SLA_STATUS_OK));
        CHECK((written.data == NULL) == (*code != '\0'));
        json_decref(none);
        json_decref(found);
        sla_error_free(error);
        sla_string_free(&written);
        free(document);
        count++;
    }
    json_decref(file);
    return count;
}

static size_t warnings(void) {
    json_t *file = json_load_file("tests/vectors/policy-warnings.json", 0, NULL), *story;
    CHECK(file != NULL);
    size_t each, count = 0;
    json_array_foreach(json_object_get(file, "cases"), each, story) {
        char *document = document_of(json_object_get(file, "base"), story);
        const char *as_of = json_string_value(json_object_get(story, "as_of"));
        sla_string text = NOTHING;
        WORKS(sla_policy_lint(TEXT(document), NULL, micros(as_of ? as_of : "2026-03-02T00:00:00Z"), &text, &error));
        json_t *said = parse(&text), *found = json_array(), *warning;
        size_t at;
        json_array_foreach(json_object_get(said, "warnings"), at, warning) {
            json_array_append_new(
                found, json_pack("[O, O]", json_object_get(warning, "path"), json_object_get(warning, "code")));
        }
        compare(story, found, json_object_get(story, "warnings"));
        json_decref(found);
        json_decref(said);
        sla_string_free(&text);
        free(document);
        count++;
    }
    json_decref(file);
    return count;
}

static size_t values(void) {
    json_t *file = json_load_file("tests/vectors/policy-values.json", 0, NULL), *story;
    CHECK(file != NULL);
    size_t each, count = 0;
    json_array_foreach(json_object_get(file, "cases"), each, story) {
        char *document = document_of(json_object_get(file, "base"), story);
        sla_string text = NOTHING;
        WORKS(sla_policy_values(TEXT(document), NULL, &text, &error));
        json_t *said = parse(&text), *row;
        size_t at;
        json_array_foreach(json_object_get(story, "values"), at, row) {
            char last[256];
            json_t *parent = parent_of(said, json_string_value(json_array_get(row, 0)), last, sizeof last);
            json_t *found = json_is_array(parent) ? json_array_get(parent, strtoul(last, NULL, 10))
                                                  : json_object_get(parent, last);
            compare(story, found, json_array_get(row, 1));
        }
        json_decref(said);
        sla_string_free(&text);
        free(document);
        count++;
    }
    sla_string text = NOTHING;
    FAILS(sla_policy_values(TEXT("{}"), NULL, &text, &error), SLA_STATUS_INVALID_INPUT, "invalid_policy");
    IS_NULL(sla_policy_values(NULL, 0, NULL, &text, &error));
    json_decref(file);
    return count;
}

static void places_and_drafts(void) {
    json_error_t why;
    json_t *policy = json_load_file("examples/talkabiz.json", 0, &why);
    CHECK(policy != NULL);
    char *document = dump(policy);
    json_object_set_new(policy, "version", json_integer(2));
    char *draft = dump(policy);
    sla_string place = NOTHING;
    int32_t same = -1;
    WORKS(sla_policy_same_rules(TEXT(document), TEXT(draft), NULL, &same, &error));
    CHECK(same == 1);
    WORKS(sla_policy_place(TEXT(draft), TEXT("/packages/0/targets/resolution"), &place, &error));
    CHECK(has(&place, "\"kind\":\"package\",\"id\":\"starter\",\"index\":0,\"field\":\"targets/resolution\""));
    sla_string_free(&place);
    FAILS(sla_policy_place(TEXT("{"), TEXT(""), &place, &error), SLA_STATUS_INVALID_INPUT, "invalid_json");
    IS_NULL(sla_policy_place(NULL, 0, TEXT(""), &place, &error));
    IS_NULL(sla_policy_same_rules(TEXT(document), TEXT(draft), NULL, NULL, &error));
    sla_engine *engine = NULL, *grown = NULL, *known = NULL;
    sla_string info = NOTHING;
    WORKS(sla_engine_compile(TEXT(document), NULL, &engine, &error));
    WORKS(sla_engine_with_revision(engine, TEXT(draft), NULL, &grown, &error));
    WORKS(sla_engine_info(grown, &info, &error));
    const char *list = strstr(info.data, "\"policy_digests\":[\"");
    CHECK(list != NULL && strlen(list) > 20 + 64 + 3 + 64);
    char digests[129] = {0};
    memcpy(digests, list + 19, 64);
    memcpy(digests + 64, list + 19 + 64 + 3, 64);
    WORKS(sla_engine_known(digests, 128, &known, &error));
    CHECK(known == NULL);
    char *both = malloc(strlen(document) + strlen(draft) + 4);
    CHECK(both != NULL);
    sprintf(both, "[%s,%s]", document, draft);
    sla_engine *compiled = NULL;
    WORKS(sla_engine_compile(TEXT(both), NULL, &compiled, &error));
    sla_engine_free(compiled);
    free(both);
    WORKS(sla_engine_known(digests, 128, &known, &error));
    CHECK(known != NULL);
    sla_engine_free(known);
    WORKS(sla_engine_known(digests, 127, &known, &error));
    CHECK(known == NULL);
    IS_NULL(sla_engine_known(NULL, 3, &known, &error));
    IS_NULL(sla_engine_with_revision(NULL, TEXT(draft), NULL, &known, &error));
    sla_string_free(&info);
    sla_engine_free(grown);
    sla_engine_free(engine);
    free(draft);
    free(document);
    json_decref(policy);
}

int main(void) {
    places_and_drafts();
    size_t problem_cases = problems(), warning_cases = warnings();
    size_t value_cases = values();
    printf("policies: %zu cases of problems, %zu of warnings, %zu of values, %d differ\n", problem_cases, warning_cases,
           value_cases, faults);
    return faults == 0 && problem_cases >= LEAST_PROBLEMS && warning_cases >= LEAST_WARNINGS &&
                   value_cases >= LEAST_VALUES
               ? 0
               : 1;
}
