/* Policies and the process: problems, the cache, threads, forks, panics. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

static const sla_string NOTHING = {NULL, 0, 0};

static void every_problem_is_reported(void) {
    sla_error *error = NULL;
    sla_engine *engine = NULL;
    const char policy[] = "{\"schema\":\"sla-policy/2\",\"id\":\"\",\"version\":1,\"calendars\":{},\"channels\":[],"
                          "\"packages\":[{}],\"extra\":1}";
    CHECK(sla_engine_compile(TEXT(policy), NULL, &engine, &error) == SLA_STATUS_INVALID_INPUT);
    CHECK(engine == NULL && strcmp(sla_error_code(error), "invalid_policy") == 0);
    size_t count = sla_error_related_count(error);
    CHECK(count > 3 && sla_error_related(error, count) == NULL);
    for (size_t each = 0; each < count; each++) {
        const sla_error *problem = sla_error_related(error, each);
        CHECK(sla_error_path(problem)[0] == '/' && sla_error_message(problem)[0] != '\0');
        CHECK(sla_error_help(problem) != NULL && sla_error_related_count(problem) == 0);
    }
    sla_error_free(error);
    sla_error_free(NULL);
    CHECK(sla_error_code(NULL)[0] == '\0' && sla_error_related_count(NULL) == 0 && sla_error_related(NULL, 0) == NULL);
}

static void policies_are_checked_and_published(const char *policy) {
    sla_string written = NOTHING, again = NOTHING, warnings = NOTHING, digests = NOTHING, entry = NOTHING;
    sla_string changes = NOTHING, info = NOTHING;
    WORKS(sla_policy_check(TEXT(policy), NULL, &written, &error));
    WORKS(sla_policy_check(STRING(written), NULL, &again, &error));
    CHECK(again.len == written.len && memcmp(again.data, written.data, again.len) == 0);
    WORKS(sla_policy_lint(TEXT(policy), NULL, MONDAY_9 + 400 * 24 * HOURS, &warnings, &error));
    CHECK(has(&warnings, "holidays_end_soon"));
    WORKS(sla_policy_digests(TEXT(policy), NULL, &digests, &error));
    WORKS(sla_policy_changes(TEXT(policy), STRING(written), NULL, &changes, &error));
    CHECK(strcmp(changes.data, "{\"changes\":[]}") == 0);
    WORKS(sla_policy_publish(TEXT(policy), NULL, 0, NULL, 0, TEXT(ADMIN), TEXT("first"), MONDAY_9, NULL, &entry,
                             &error));
    CHECK(has(&entry, "{\"accepted\":{") && has(&entry, "\"hash\""));
    sla_string_free(&entry);
    WORKS(sla_policy_publish(TEXT(policy), NULL, 0, NULL, 0, TEXT(CUSTOMER), TEXT("first"), MONDAY_9, NULL, &entry,
                             &error));
    CHECK(has(&entry, "{\"refused\":{") && has(&entry, "role_not_permitted"));
    sla_string_free(&entry);
    IS_NULL(sla_policy_publish(TEXT(policy), TEXT(policy), NULL, 0, TEXT(ADMIN), TEXT("x"), 0, NULL, &entry, &error));
    sla_string_free(&again);
    IS_NULL(sla_policy_check(NULL, 0, NULL, &again, &error));
    IS_NULL(sla_policy_lint(TEXT(policy), NULL, 0, NULL, &error));
    IS_NULL(sla_policy_digests(NULL, 0, NULL, &entry, &error));
    IS_NULL(sla_policy_changes(TEXT(policy), NULL, 0, NULL, &entry, &error));

    sla_engine *engine = desk();
    WORKS(sla_engine_info(engine, &info, &error));
    CHECK(has(&info, "\"id\":\"talkabiz\""));
    WORKS(sla_engine_policy(engine, &again, &error));
    CHECK(again.len == written.len && memcmp(again.data, written.data, again.len) == 0);
    IS_NULL(sla_engine_info(NULL, &entry, &error));
    IS_NULL(sla_engine_policy(engine, NULL, &error));
    sla_engine_free(engine);
    sla_string *all[] = {&written, &again, &warnings, &digests, &changes, &info};
    for (size_t each = 0; each < sizeof all / sizeof *all; each++) {
        sla_string_free(all[each]);
    }
    sla_string_free(NULL);
}

static void engines_are_cached(const char *policy) {
    sla_cache_figures before, after;
    sla_engine *engine = NULL;
    sla_engine_cache_clear();
    WORKS(sla_engine_cache(&before, &error));
    CHECK(before.engines == 0);
    for (int each = 0; each < 3; each++) {
        WORKS(sla_engine_compile(TEXT(policy), NULL, &engine, &error));
        sla_engine_free(engine);
    }
    WORKS(sla_engine_cache(&after, &error));
    CHECK(after.misses == before.misses + 1 && after.hits == before.hits + 2 && after.engines == 1);
    /* The cache is bounded, and what it forgets stays usable. */
    WORKS(sla_engine_compile(TEXT(policy), NULL, &engine, &error));
    size_t length = strlen(policy);
    char *padded = malloc(length + 101);
    CHECK(padded != NULL);
    memcpy(padded, policy, length);
    memset(padded + length, ' ', 100);
    for (size_t blanks = 1; blanks <= 70; blanks++) {
        sla_engine *other = NULL;
        WORKS(sla_engine_compile(padded, length + blanks, NULL, &other, &error));
        sla_engine_free(other);
    }
    free(padded);
    WORKS(sla_engine_cache(&after, &error));
    CHECK(after.engines == 64);
    sla_string info = NOTHING;
    WORKS(sla_engine_info(engine, &info, &error));
    sla_string_free(&info);
    sla_engine_free(engine);
    sla_engine_free(NULL);
    FAILS(sla_engine_compile(TEXT("{}"), NULL, &engine, &error), SLA_STATUS_INVALID_INPUT, "invalid_policy");
    FAILS(sla_engine_compile(TEXT("[]"), NULL, &engine, &error), SLA_STATUS_INVALID_INPUT, "invalid_policy");
    FAILS(sla_engine_compile(policy, (size_t)-1, NULL, &engine, &error), SLA_STATUS_INVALID_ARGUMENT,
          "invalid_length");
    IS_NULL(sla_engine_compile(NULL, 4, NULL, &engine, &error));
    IS_NULL(sla_engine_compile(TEXT(policy), NULL, NULL, &error));
    IS_NULL(sla_engine_cache(NULL, &error));
    WORKS(sla_engine_cache(&before, &error));
    CHECK(before.engines == after.engines);
}

static void *work(void *policy) {
    for (int each = 0; each < 50; each++) {
        sla_engine *engine = NULL;
        sla_calendar *office = NULL;
        int64_t due = 0;
        if (sla_engine_compile(policy, strlen(policy), NULL, &engine, NULL) != SLA_STATUS_OK ||
            sla_engine_calendar(engine, "office", 6, &office, NULL) != SLA_STATUS_OK ||
            sla_calendar_add(office, MONDAY_9, 4 * HOURS, &due, NULL) != SLA_STATUS_OK ||
            due != MONDAY_9 + 5 * HOURS) {
            return policy;
        }
        sla_engine_free(engine);
        sla_calendar_free(office);
        if (each % 10 == 0) {
            sla_engine_cache_clear();
        }
    }
    return NULL;
}

static void threads_share_engines(char *policy) {
    pthread_t threads[4];
    for (int each = 0; each < 4; each++) {
        CHECK(pthread_create(&threads[each], NULL, work, policy) == 0);
    }
    for (int each = 0; each < 4; each++) {
        void *failed = policy;
        CHECK(pthread_join(threads[each], &failed) == 0 && failed == NULL);
    }
}

static void a_child_goes_on(char *policy) {
    sla_engine *engine = desk();
    fflush(stdout);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        sla_string info = NOTHING;
        int fine = work(policy) == NULL && sla_engine_info(engine, &info, NULL) == SLA_STATUS_OK;
        sla_string_free(&info);
        sla_engine_free(engine);
        free(policy);
        sla_engine_cache_clear();
        _exit(fine ? 0 : 1);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    sla_engine_free(engine);
}

/* A library that is built for tests panics on this document; any other finds that it is no JSON. */
static void panics_stay_inside(void) {
    const char document[] = "test-panic";
    sla_string written = NOTHING;
    if (getenv("SLA_TEST_PANIC")) {
        FAILS(sla_policy_check(TEXT(document), NULL, &written, &error), SLA_STATUS_PANIC, "panic");
        CHECK(sla_policy_check(TEXT(document), NULL, &written, NULL) == SLA_STATUS_PANIC);
    } else {
        FAILS(sla_policy_check(TEXT(document), NULL, &written, &error), SLA_STATUS_INVALID_INPUT, "invalid_json");
    }
}

int main(void) {
    char *policy = read_file("examples/talkabiz.json");
    every_problem_is_reported();
    policies_are_checked_and_published(policy);
    engines_are_cached(policy);
    threads_share_engines(policy);
    a_child_goes_on(policy);
    panics_stay_inside();
    free(policy);
    sla_engine_cache_clear();
    printf("process: %d checks\n", checked);
    return 0;
}
