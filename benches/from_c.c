/* What a calendar question costs from C: from_c LENGTH_US, with the calendar's document as the first line of the
 * input and an instant a line after it. Says the best of 500 rounds in nanoseconds a question, by `sla_calendar_add` and
 * by `sla_calendar_add_or_none`, and the sum of the answers of each. benches/from_c.rs runs it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sla.h"

#define MOST 4096
#define ROUNDS 500
/* 2020-01-01 and 2030-01-01. */
#define TEN_YEARS_FROM_US INT64_C(1577836800000000)
#define TEN_YEARS_TO_US INT64_C(1893456000000000)

static int64_t instants[MOST];

static double now_ns(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e9 + (double)at.tv_nsec;
}

static int64_t with_status(const sla_calendar *calendar, size_t count, int64_t length_us) {
    int64_t sum = 0;
    for (size_t index = 0; index < count; index++) {
        int64_t end_us;
        sla_error *error = NULL;
        if (sla_calendar_add(calendar, instants[index], length_us, &end_us, &error) != SLA_STATUS_OK) abort();
        sum += end_us / 1000000;
    }
    return sum;
}

static int64_t number_alone(const sla_calendar *calendar, size_t count, int64_t length_us) {
    int64_t sum = 0;
    for (size_t index = 0; index < count; index++) {
        sum += sla_calendar_add_or_none(calendar, instants[index], length_us) / 1000000;
    }
    return sum;
}

static void measure(int64_t (*questions)(const sla_calendar *, size_t, int64_t), const sla_calendar *calendar,
                    size_t count, int64_t length_us) {
    double best = 1e18;
    int64_t sum = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double start = now_ns();
        sum = questions(calendar, count, length_us);
        double took = now_ns() - start;
        if (took < best) best = took;
    }
    printf("%.2f %" PRId64 "\n", best / (double)count, sum);
}

int main(int argc, char **argv) {
    char *document = NULL;
    size_t room = 0, count = 0;
    sla_calendar *calendar;
    sla_error *error;
    ssize_t length = getline(&document, &room, stdin);
    if (argc != 2 || length <= 0) return 2;
    while (count < MOST && scanf("%" SCNd64, &instants[count]) == 1) count++;
    if (count == 0) return 2;
    if (sla_calendar_compile(document, (size_t)length, NULL, &calendar, &error) != SLA_STATUS_OK) {
        fprintf(stderr, "%s\n", sla_error_message(error));
        return 1;
    }
    int64_t length_us = strtoll(argv[1], NULL, 10), open_us;
    /* Asks about ten years, as benches/src/lib.rs does, so that their pages are built. */
    if (sla_calendar_elapsed(calendar, TEN_YEARS_FROM_US, TEN_YEARS_TO_US, &open_us, &error) != SLA_STATUS_OK) return 1;
    measure(with_status, calendar, count, length_us);
    measure(number_alone, calendar, count, length_us);
    sla_calendar_free(calendar);
    free(document);
    return 0;
}
