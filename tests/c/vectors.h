/* What the vector files need: JSON, and instants. */
#ifndef SLA_TESTS_VECTORS_H
#define SLA_TESTS_VECTORS_H

#include <jansson.h>

#include "check.h"

static inline char *dump(const json_t *value) {
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
    CHECK(text != NULL);
    return text;
}

static inline json_t *parse(const sla_string *string) {
    json_t *value = json_loadb(string->data, string->len, JSON_DECODE_ANY, NULL);
    CHECK(value != NULL);
    return value;
}

/* Reads an instant in UTC as microseconds since 1970. */
static inline int64_t micros(const char *text) {
    int year, month, day, hour, minute, used = 0;
    double second;
    CHECK(sscanf(text, "%d-%d-%dT%d:%d:%lfZ%n", &year, &month, &day, &hour, &minute, &second, &used) == 6);
    CHECK(used > 0 && text[used] == '\0');
    /* Days since 1970 of the proleptic Gregorian calendar, the year beginning in March. */
    int shifted = month > 2 ? year : year - 1, from_march = month > 2 ? month - 3 : month + 9;
    int64_t days = (int64_t)shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + (153 * from_march + 2) / 5 +
                   day - 1 - 719468;
    int64_t fraction = (int64_t)(second * 1e6 + 0.5);
    return ((days * 24 + hour) * 60 + minute) * MINUTES + fraction;
}

#endif
