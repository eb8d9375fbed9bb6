/* Calendars: single questions, windows, batches, what is refused. */
#include "check.h"

static const char OFFICE[] =
    "{\"time_zone\":\"Asia/Jakarta\",\"weekly\":{\"mon\":[\"08:00-12:00\",\"13:00-17:00\"],\"tue\":[\"08:00-17:00\"]},"
    "\"holidays_known_until\":\"2026-12-31\"}";

static void questions_are_answered(const sla_calendar *office) {
    int64_t at = 0;
    int32_t yes = 0;
    WORKS(sla_calendar_add(office, MONDAY_9, 4 * HOURS, &at, &error));
    CHECK(at == MONDAY_9 + 5 * HOURS);
    WORKS(sla_calendar_add(office, MONDAY_9, 0, &at, &error));
    CHECK(at == MONDAY_9);
    WORKS(sla_calendar_subtract(office, MONDAY_9 + 5 * HOURS, 4 * HOURS, &at, &error));
    CHECK(at == MONDAY_9);
    WORKS(sla_calendar_elapsed(office, MONDAY_9, MONDAY_9 + 5 * HOURS, &at, &error));
    CHECK(at == 4 * HOURS);
    WORKS(sla_calendar_is_open(office, MONDAY_9, &yes, &error));
    CHECK(yes == 1);
    WORKS(sla_calendar_is_open(office, MONDAY_9 + 3 * HOURS, &yes, &error));
    CHECK(yes == 0);
    WORKS(sla_calendar_next_open(office, MONDAY_9 + 3 * HOURS, &at, &error));
    CHECK(at == MONDAY_9 + 4 * HOURS);
    WORKS(sla_calendar_next_close(office, MONDAY_9, &at, &error));
    CHECK(at == MONDAY_9 + 3 * HOURS);
    WORKS(sla_calendar_is_provisional(office, MONDAY_9, &yes, &error));
    CHECK(yes == 0);
    WORKS(sla_calendar_is_provisional(office, MONDAY_9 + 60 * 24 * HOURS, &yes, &error));
    CHECK(yes == 1);
}

static void numbers_alone_are_the_same(const sla_calendar *office) {
    CHECK(sla_calendar_add_or_none(office, MONDAY_9, 4 * HOURS) == MONDAY_9 + 5 * HOURS);
    CHECK(sla_calendar_subtract_or_none(office, MONDAY_9 + 5 * HOURS, 4 * HOURS) == MONDAY_9);
    CHECK(sla_calendar_elapsed_or_none(office, MONDAY_9, MONDAY_9 + 5 * HOURS) == 4 * HOURS);
    CHECK(sla_calendar_next_open_or_none(office, MONDAY_9 + 3 * HOURS) == MONDAY_9 + 4 * HOURS);
    CHECK(sla_calendar_next_close_or_none(office, MONDAY_9) == MONDAY_9 + 3 * HOURS);
    CHECK(sla_calendar_add_or_none(office, MONDAY_9, -1) == SLA_NONE);
    CHECK(sla_calendar_add_or_none(office, INT64_MAX, 1) == SLA_NONE);
    CHECK(sla_calendar_subtract_or_none(office, SLA_NONE, 1) == SLA_NONE);
    CHECK(sla_calendar_elapsed_or_none(office, MONDAY_9, MONDAY_9 - 1) == SLA_NONE);
    CHECK(sla_calendar_next_open_or_none(office, -1) == SLA_NONE);
    CHECK(sla_calendar_next_close_or_none(office, INT64_MAX) == SLA_NONE);
    CHECK(sla_calendar_add_or_none(NULL, MONDAY_9, HOURS) == SLA_NONE);
    CHECK(sla_calendar_subtract_or_none(NULL, MONDAY_9, HOURS) == SLA_NONE);
    CHECK(sla_calendar_elapsed_or_none(NULL, MONDAY_9, MONDAY_9) == SLA_NONE);
    CHECK(sla_calendar_next_open_or_none(NULL, MONDAY_9) == SLA_NONE);
    CHECK(sla_calendar_next_close_or_none(NULL, MONDAY_9) == SLA_NONE);
}

static void windows_fit_the_room(const sla_calendar *office) {
    sla_window windows[2] = {{7, 7}, {7, 7}};
    size_t count = 0;
    WORKS(sla_calendar_windows(office, MONDAY_9, MONDAY_9 + 24 * HOURS, NULL, 0, &count, &error));
    CHECK(count == 3);
    WORKS(sla_calendar_windows(office, MONDAY_9, MONDAY_9 + 24 * HOURS, windows, 1, &count, &error));
    CHECK(count == 3 && windows[0].opens_at_us == MONDAY_9 && windows[0].closes_at_us == MONDAY_9 + 3 * HOURS);
    CHECK(windows[1].opens_at_us == 7);
    IS_NULL(sla_calendar_windows(office, MONDAY_9, MONDAY_9 + HOURS, NULL, 1, &count, &error));
    CHECK(count == 0);
    FAILS(sla_calendar_windows(office, MONDAY_9, MONDAY_9 - 1, NULL, 0, &count, &error), SLA_STATUS_INVALID_INPUT,
          "end_before_start");
    FAILS(sla_calendar_windows(office, MONDAY_9, MONDAY_9, windows, SIZE_MAX, &count, &error),
          SLA_STATUS_INVALID_ARGUMENT, "invalid_length");
}

static void bad_questions_are_refused(const sla_calendar *office) {
    int64_t at = 7;
    int32_t yes = 7;
    IS_NULL(sla_calendar_add(NULL, MONDAY_9, HOURS, &at, &error));
    CHECK(at == 0);
    IS_NULL(sla_calendar_add(office, MONDAY_9, HOURS, NULL, &error));
    FAILS(sla_calendar_add(office, MONDAY_9, -1, &at, &error), SLA_STATUS_INVALID_INPUT, "invalid_duration");
    FAILS(sla_calendar_add(office, INT64_MAX, HOURS, &at, &error), SLA_STATUS_INVALID_INPUT, "out_of_horizon");
    FAILS(sla_calendar_subtract(office, -1, HOURS, &at, &error), SLA_STATUS_INVALID_INPUT, "out_of_horizon");
    FAILS(sla_calendar_elapsed(office, 1, 0, &at, &error), SLA_STATUS_INVALID_INPUT, "end_before_start");
    FAILS(sla_calendar_is_open(office, SLA_NONE, &yes, &error), SLA_STATUS_INVALID_INPUT, "out_of_horizon");
    IS_NULL(sla_calendar_is_open(NULL, 0, &yes, &error));
    CHECK(yes == 0);
    IS_NULL(sla_calendar_next_open(office, 0, NULL, &error));
    IS_NULL(sla_calendar_next_close(NULL, 0, &at, &error));
    IS_NULL(sla_calendar_is_provisional(office, 0, NULL, &error));
    /* Without a place for the error the status still tells. */
    CHECK(sla_calendar_add(office, MONDAY_9, -1, &at, NULL) == SLA_STATUS_INVALID_INPUT);
    unsigned char bytes[sizeof(int64_t) + 1] = {0};
    FAILS(sla_calendar_add(office, MONDAY_9, HOURS, (int64_t *)(void *)(bytes + 1), &error),
          SLA_STATUS_INVALID_ARGUMENT, "misaligned_pointer");
}

static void batches_answer_row_by_row(const sla_calendar *office) {
    int64_t starts[] = {MONDAY_9, MONDAY_9, SLA_NONE, MONDAY_9, INT64_MAX, MONDAY_9 + 3 * HOURS,
                        MONDAY_9, MONDAY_9, MONDAY_9};
    int64_t lengths[] = {HOURS, 4 * HOURS, HOURS, -1, HOURS, 0, HOURS, HOURS, HOURS};
    uint8_t lengths_valid[] = {0xBF, 0xFF};
    int64_t ends[9];
    uint8_t valid[2] = {0xAA, 0xAA}, codes[9];
    size_t refused = 0;
    sla_column from = {starts, NULL}, by = {lengths, lengths_valid};
    sla_answers to = {ends, valid, codes};
    WORKS(sla_calendar_add_batch(office, 9, from, by, to, &refused, &error));
    CHECK(refused == 2);
    CHECK(ends[0] == MONDAY_9 + HOURS && ends[1] == MONDAY_9 + 5 * HOURS && ends[5] == MONDAY_9 + 3 * HOURS);
    CHECK(ends[2] == SLA_NONE && ends[3] == SLA_NONE && ends[4] == SLA_NONE && ends[6] == SLA_NONE);
    CHECK(valid[0] == 0xA3 && valid[1] == 0x01);
    CHECK(codes[0] == SLA_ROW_CODE_OK && codes[2] == SLA_ROW_CODE_OK);
    CHECK(codes[3] == SLA_ROW_CODE_INVALID_DURATION && codes[4] == SLA_ROW_CODE_OUT_OF_HORIZON);
    WORKS(sla_calendar_subtract_batch(office, 2, (sla_column){ends, NULL}, by, (sla_answers){starts, NULL, NULL},
                                      &refused, &error));
    CHECK(starts[0] == MONDAY_9 && starts[1] == MONDAY_9 && refused == 0);
    WORKS(sla_calendar_elapsed_batch(office, 2, from, (sla_column){ends, NULL}, (sla_answers){lengths, NULL, NULL},
                                     &refused, &error));
    CHECK(lengths[0] == HOURS && lengths[1] == 4 * HOURS);
    WORKS(sla_calendar_is_open_batch(office, 1, from, to, &refused, &error));
    CHECK(ends[0] == 1);
    WORKS(sla_calendar_next_open_batch(office, 1, from, to, &refused, &error));
    CHECK(ends[0] == MONDAY_9);
    WORKS(sla_calendar_next_close_batch(office, 1, from, to, &refused, &error));
    CHECK(ends[0] == MONDAY_9 + 3 * HOURS);
    WORKS(sla_calendar_add_batch(office, 0, (sla_column){NULL, NULL}, (sla_column){NULL, NULL},
                                 (sla_answers){NULL, NULL, NULL}, &refused, &error));
    IS_NULL(sla_calendar_add_batch(office, 1, (sla_column){NULL, NULL}, by, to, &refused, &error));
    IS_NULL(sla_calendar_add_batch(office, 1, from, by, (sla_answers){NULL, NULL, NULL}, &refused, &error));
    IS_NULL(sla_calendar_add_batch(office, 1, from, by, to, NULL, &error));
    const int64_t *crooked = (const int64_t *)(const void *)((const char *)(const void *)starts + 1);
    FAILS(sla_calendar_add_batch(office, 1, (sla_column){crooked, NULL}, by, to, &refused, &error),
          SLA_STATUS_INVALID_ARGUMENT, "misaligned_pointer");
    FAILS(sla_calendar_add_batch(office, SIZE_MAX, from, by, to, &refused, &error), SLA_STATUS_INVALID_ARGUMENT,
          "invalid_length");
}

static void business_days_are_counted(const sla_calendar *office) {
    int64_t length = 7;
    /* Monday 09:00 to Tuesday 16:00 in Jakarta, without the lunch break of Monday. */
    WORKS(sla_calendar_business_days(office, MONDAY_9, 1, TEXT("16:00"), NULL, 0, &length, &error));
    CHECK(length == 7 * HOURS + 8 * HOURS);
    WORKS(sla_calendar_business_days(office, MONDAY_9, 0, TEXT("close"), TEXT("09:00"), &length, &error));
    CHECK(length == 7 * HOURS + 9 * HOURS);
    FAILS(sla_calendar_business_days(office, MONDAY_9, 1, TEXT("noon"), NULL, 0, &length, &error),
          SLA_STATUS_INVALID_INPUT, "invalid_time");
    CHECK(length == 0);
    FAILS(sla_calendar_business_days(office, MONDAY_9, 1, TEXT("close"), TEXT(""), &length, &error),
          SLA_STATUS_INVALID_INPUT, "invalid_time");
    FAILS(sla_calendar_business_days(office, MONDAY_9, UINT32_MAX, TEXT("close"), NULL, 0, &length, &error),
          SLA_STATUS_INVALID_INPUT, "out_of_range");
    FAILS(sla_calendar_business_days(office, MONDAY_9, 1, "\xff", 1, NULL, 0, &length, &error),
          SLA_STATUS_INVALID_ARGUMENT, "invalid_utf8");
    IS_NULL(sla_calendar_business_days(office, MONDAY_9, 1, NULL, 0, NULL, 0, &length, &error));
    IS_NULL(sla_calendar_business_days(office, MONDAY_9, 1, TEXT("close"), NULL, 0, NULL, &error));
    IS_NULL(sla_calendar_business_days(NULL, MONDAY_9, 1, TEXT("close"), NULL, 0, &length, &error));
}

static void a_calendar_is_made_of_others(const sla_calendar *office) {
    static const char LATE[] = "{\"time_zone\":\"Asia/Jakarta\",\"weekly\":{\"mon\":[\"17:00-20:00\"]}}";
    sla_calendar *late = NULL, *both = NULL, *nested = NULL;
    int64_t at = 0;
    WORKS(sla_calendar_compile(TEXT(LATE), NULL, &late, &error));
    const sla_calendar *members[] = {office, late};
    WORKS(sla_calendar_any_of(TEXT("UTC"), members, 2, NULL, &both, &error));
    sla_calendar_free(late);
    WORKS(sla_calendar_next_close(both, MONDAY_9 + 4 * HOURS, &at, &error));
    CHECK(at == MONDAY_9 + 11 * HOURS);
    FAILS(sla_calendar_any_of(TEXT("UTC"), members, 1, NULL, &nested, &error), SLA_STATUS_INVALID_INPUT, "out_of_range");
    members[1] = both;
    FAILS(sla_calendar_any_of(TEXT("UTC"), members, 2, NULL, &nested, &error), SLA_STATUS_INVALID_INPUT,
          "conflicting_fields");
    members[1] = office;
    FAILS(sla_calendar_any_of(TEXT("Mars"), members, 2, NULL, &nested, &error), SLA_STATUS_INVALID_INPUT,
          "unknown_time_zone");
    members[1] = NULL;
    IS_NULL(sla_calendar_any_of(TEXT("UTC"), members, 2, NULL, &nested, &error));
    IS_NULL(sla_calendar_any_of(TEXT("UTC"), NULL, 2, NULL, &nested, &error));
    IS_NULL(sla_calendar_any_of(NULL, 0, members, 2, NULL, &nested, &error));
    IS_NULL(sla_calendar_any_of(TEXT("UTC"), members, 2, NULL, NULL, &error));
    FAILS(sla_calendar_any_of(TEXT("UTC"), members, SIZE_MAX, NULL, &nested, &error), SLA_STATUS_INVALID_ARGUMENT,
          "invalid_length");
    sla_calendar_free(both);
}

int main(void) {
    sla_calendar *office = NULL, *own = NULL;
    WORKS(sla_calendar_compile(TEXT(OFFICE), NULL, &office, &error));
    questions_are_answered(office);
    numbers_alone_are_the_same(office);
    windows_fit_the_room(office);
    bad_questions_are_refused(office);
    batches_answer_row_by_row(office);
    business_days_are_counted(office);
    a_calendar_is_made_of_others(office);

    sla_engine *engine = desk();
    WORKS(sla_engine_calendar(engine, TEXT("office"), &own, &error));
    sla_engine_free(engine);
    int64_t at = 0;
    WORKS(sla_calendar_add(own, MONDAY_9, 4 * HOURS, &at, &error));
    CHECK(at == MONDAY_9 + 5 * HOURS);
    sla_calendar_free(own);

    engine = desk();
    FAILS(sla_engine_calendar(engine, TEXT("nowhere"), &own, &error), SLA_STATUS_INVALID_INPUT, "unknown_calendar");
    CHECK(own == NULL);
    FAILS(sla_engine_calendar(engine, "\xff", 1, &own, &error), SLA_STATUS_INVALID_ARGUMENT, "invalid_utf8");
    FAILS(sla_calendar_compile(TEXT("{}"), NULL, &own, &error), SLA_STATUS_INVALID_INPUT, "invalid_policy");
    FAILS(sla_calendar_compile(TEXT("{"), NULL, &own, &error), SLA_STATUS_INVALID_INPUT, "invalid_json");
    FAILS(sla_calendar_compile("", 0, NULL, &own, &error), SLA_STATUS_INVALID_INPUT, "invalid_json");
    IS_NULL(sla_calendar_compile(NULL, 0, NULL, &own, &error));
    IS_NULL(sla_calendar_compile(TEXT(OFFICE), NULL, NULL, &error));

    sla_calendar *limited = NULL;
    sla_table_figures tables;
    WORKS(sla_calendar_compile(TEXT(OFFICE), NULL, &own, &error));
    WORKS(sla_calendar_with_table_limit(own, 0, &limited, &error));
    WORKS(sla_calendar_add(limited, MONDAY_9, 4 * HOURS, &at, &error));
    CHECK(at == MONDAY_9 + 5 * HOURS);
    WORKS(sla_calendar_tables(limited, &tables, &error));
    CHECK(tables.limit_bytes == 0 && tables.held_bytes == 0);
    WORKS(sla_calendar_tables(own, &tables, &error));
    CHECK(tables.limit_bytes == 64 * 1024 * 1024 && tables.held_bytes > 0);
    IS_NULL(sla_calendar_tables(own, NULL, &error));
    IS_NULL(sla_calendar_with_table_limit(own, 0, NULL, &error));
    sla_calendar_free(limited);
    sla_calendar_free(own);

    sla_zones *zones = NULL;
    WORKS(sla_zones_new(&zones, &error));
    FAILS(sla_zones_add(zones, TEXT("Asia/Jakarta"), TEXT("TZif?"), TEXT("2027z"), &error), SLA_STATUS_INVALID_INPUT,
          "invalid_time_zone_data");
    IS_NULL(sla_zones_add(NULL, TEXT("Asia/Jakarta"), TEXT("TZif?"), TEXT("2027z"), &error));
    IS_NULL(sla_zones_new(NULL, &error));
    WORKS(sla_calendar_compile(TEXT(OFFICE), zones, &own, &error));
    sla_zones_free(zones);
    WORKS(sla_calendar_add(own, MONDAY_9, 4 * HOURS, &at, &error));
    CHECK(at == MONDAY_9 + 5 * HOURS);
    sla_calendar_free(own);
    sla_calendar_free(office);
    sla_calendar_free(NULL);
    sla_zones_free(NULL);
    sla_engine_free(engine);
    printf("calendar: %d checks\n", checked);
    return 0;
}
