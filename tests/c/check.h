/* One way to say what must hold, and what every test needs. */
#ifndef SLA_TESTS_CHECK_H
#define SLA_TESTS_CHECK_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sla.h"

static int checked = 0;

#define CHECK(condition)                                                                    \
    do {                                                                                    \
        checked++;                                                                          \
        if (!(condition)) {                                                                 \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);         \
            exit(1);                                                                        \
        }                                                                                   \
    } while (0)

/* A call that must succeed; says why when it does not. */
#define WORKS(call)                                                                         \
    do {                                                                                    \
        sla_error *error = NULL;                                                            \
        checked++;                                                                          \
        if ((call) != SLA_STATUS_OK) {                                                      \
            fprintf(stderr, "%s:%d: %s: %s %s\n", __FILE__, __LINE__, #call,                \
                    sla_error_code(error), sla_error_message(error));                       \
            exit(1);                                                                        \
        }                                                                                   \
        CHECK(error == NULL);                                                               \
    } while (0)

/* A call that must fail with a status and a code. It names its error parameter `&error`. */
#define FAILS(call, expected_status, expected_code)                                         \
    do {                                                                                    \
        sla_error *error = NULL;                                                            \
        checked++;                                                                          \
        int status = (int)(call);                                                           \
        if (status != (int)(expected_status) || strcmp(sla_error_code(error), expected_code) != 0) { \
            fprintf(stderr, "%s:%d: %s: status %d, %s: %s\n", __FILE__, __LINE__, #call, status, \
                    sla_error_code(error), sla_error_message(error));                       \
            exit(1);                                                                        \
        }                                                                                   \
        CHECK(sla_error_message(error)[0] != '\0');                                         \
        sla_error_free(error);                                                              \
    } while (0)

#define IS_NULL(call) FAILS(call, SLA_STATUS_INVALID_ARGUMENT, "null_pointer")

/* A text with its length, as two arguments. */
#define TEXT(text) (text), strlen(text)
#define STRING(string) (string).data, (string).len

#define SECONDS INT64_C(1000000)
#define MINUTES (60 * SECONDS)
#define HOURS (60 * MINUTES)
/* 2026-11-23T09:00:00+07:00, a Monday. */
#define MONDAY_9 INT64_C(1795399200000000)

static inline char *read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(1);
    }
    long size = ftell(file);
    rewind(file);
    char *text = malloc((size_t)size + 1);
    CHECK(text && fread(text, 1, (size_t)size, file) == (size_t)size);
    text[size] = '\0';
    fclose(file);
    return text;
}

static inline sla_engine *desk(void) {
    char *policy = read_file("examples/talkabiz.json");
    sla_engine *engine = NULL;
    WORKS(sla_engine_compile(TEXT(policy), NULL, &engine, &error));
    free(policy);
    return engine;
}

#define CUSTOMER "{\"role\":\"customer\",\"id\":\"c-7\"}"
#define ADMIN "{\"role\":\"admin\",\"id\":\"dispatch\"}"
#define MESSAGE                                                                             \
    "\"message\":{\"message_ref\":\"m-1\",\"content_sha256\":"                              \
    "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"}"
#define OPEN                                                                                \
    "{\"command\":\"open\",\"ticket\":\"T-1\",\"customer\":\"c-7\",\"package\":\"starter\","\
    "\"channel\":\"email\"," MESSAGE "}"
#define REPLY "{\"command\":\"reply\",\"channel\":\"email\"," MESSAGE "}"
#define ASSIGN "{\"command\":\"assign\",\"agent\":\"ana\"}"

static inline int has(const sla_string *string, const char *part) {
    return string->data && strstr(string->data, part) != NULL;
}

/* A history of the events in one or two JSON lists. */
static inline char *history_of(const char *first, const char *second) {
    size_t length = strlen(first) + (second ? strlen(second) : 0) + 64;
    char *history = malloc(length);
    CHECK(history != NULL);
    if (second) {
        snprintf(history, length, "{\"schema\":\"sla-history/1\",\"events\":%.*s,%s}", (int)strlen(first) - 1, first,
                 second + 1);
    } else {
        snprintf(history, length, "{\"schema\":\"sla-history/1\",\"events\":%s}", first);
    }
    return history;
}

/* The list of events in a decision: {"accepted":{"events":[...]}}. */
static inline char *events_of(const sla_string *decision) {
    const char *start = strstr(decision->data, "\"events\":");
    CHECK(start != NULL && has(decision, "\"accepted\""));
    start += strlen("\"events\":");
    size_t length = decision->len - (size_t)(start - decision->data) - 2;
    char *events = malloc(length + 1);
    CHECK(events != NULL);
    memcpy(events, start, length);
    events[length] = '\0';
    return events;
}

#endif
