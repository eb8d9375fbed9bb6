/* The binary interface on 64-bit systems: sizes, offsets and numbers that must never change under one version. */
#include <stddef.h>

#include "check.h"

#define SIZE(type, size) _Static_assert(sizeof(type) == (size), #type)
#define AT(type, field, offset) _Static_assert(offsetof(type, field) == (offset), #type "." #field)

SIZE(sla_status, 4);
SIZE(sla_string, 24);
AT(sla_string, data, 0);
AT(sla_string, len, 8);
AT(sla_string, capacity, 16);
SIZE(sla_cache_figures, 24);
AT(sla_cache_figures, hits, 0);
AT(sla_cache_figures, misses, 8);
AT(sla_cache_figures, engines, 16);
SIZE(sla_window, 16);
AT(sla_window, opens_at_us, 0);
AT(sla_window, closes_at_us, 8);
SIZE(sla_column, 16);
AT(sla_column, values, 0);
AT(sla_column, valid, 8);
SIZE(sla_answers, 24);
AT(sla_answers, values, 0);
AT(sla_answers, valid, 8);
AT(sla_answers, codes, 16);
SIZE(sla_rows, 80);
AT(sla_rows, rows, 0);
AT(sla_rows, kinds, 8);
AT(sla_rows, opened_us, 16);
AT(sla_rows, assigned_us, 32);
AT(sla_rows, first_reply_us, 48);
AT(sla_rows, resolved_us, 64);
SIZE(sla_timer_columns, 64);
AT(sla_timer_columns, due_us, 0);
AT(sla_timer_columns, due_valid, 8);
AT(sla_timer_columns, warn_us, 16);
AT(sla_timer_columns, warn_valid, 24);
AT(sla_timer_columns, state, 32);
AT(sla_timer_columns, elapsed_us, 40);
AT(sla_timer_columns, overdue_us, 48);
AT(sla_timer_columns, started, 56);

SIZE(sla_text, 16);
AT(sla_text, data, 0);
AT(sla_text, len, 8);
SIZE(sla_escalation_values, 64);
AT(sla_escalation_values, number, 0);
AT(sla_escalation_values, level, 4);
AT(sla_escalation_values, stage, 8);
AT(sla_escalation_values, trigger, 24);
AT(sla_escalation_values, timer, 40);
AT(sla_escalation_values, at_us, 56);
SIZE(sla_timer_values, 104);
AT(sla_timer_values, timer, 0);
AT(sla_timer_values, cycle, 16);
AT(sla_timer_values, state, 24);
AT(sla_timer_values, outcome, 40);
AT(sla_timer_values, activity, 56);
AT(sla_timer_values, due_at_us, 72);
AT(sla_timer_values, target_us, 80);
AT(sla_timer_values, remaining_us, 88);
AT(sla_timer_values, since_us, 96);
SIZE(sla_ticket_values, 272);
AT(sla_ticket_values, id, 0);
AT(sla_ticket_values, status, 16);
AT(sla_ticket_values, customer, 32);
AT(sla_ticket_values, organization, 48);
AT(sla_ticket_values, direction, 64);
AT(sla_ticket_values, agent, 80);
AT(sla_ticket_values, team, 96);
AT(sla_ticket_values, package, 112);
AT(sla_ticket_values, priority, 128);
AT(sla_ticket_values, channel, 144);
AT(sla_ticket_values, severity, 160);
AT(sla_ticket_values, category, 176);
AT(sla_ticket_values, policy_digest, 192);
AT(sla_ticket_values, events, 208);
AT(sla_ticket_values, opened_at_us, 216);
AT(sla_ticket_values, last_at_us, 224);
AT(sla_ticket_values, closed_at_us, 232);
AT(sla_ticket_values, escalations, 240);
AT(sla_ticket_values, escalations_count, 248);
AT(sla_ticket_values, timers, 256);
AT(sla_ticket_values, timers_count, 264);

_Static_assert(SLA_FIGURE_COLUMN_PERIOD_US == 0 && SLA_FIGURE_COLUMN_TIMER == 1 && SLA_FIGURE_COLUMN_OUTCOME == 2 &&
                   SLA_FIGURE_COLUMN_BUCKET == 3 && SLA_FIGURE_COLUMN_N == 4 && SLA_FIGURE_COLUMN_SUM_S == 5 &&
                   SLA_FIGURE_COLUMN_SUM_US_REST == 6 && SLA_FIGURE_COLUMN_DIMENSIONS == 7,
               "sla_figure_column");
_Static_assert(SLA_STATUS_OK == 0 && SLA_STATUS_INVALID_ARGUMENT == 1 && SLA_STATUS_INVALID_INPUT == 2 &&
                   SLA_STATUS_PANIC == 3,
               "sla_status");
_Static_assert(SLA_ROW_CODE_OK == 0 && SLA_ROW_CODE_OUT_OF_HORIZON == 1 && SLA_ROW_CODE_END_BEFORE_START == 2 &&
                   SLA_ROW_CODE_INVALID_DURATION == 3 && SLA_ROW_CODE_MISSING_FIELD == 4 &&
                   SLA_ROW_CODE_TIME_WENT_BACK == 5 && SLA_ROW_CODE_OUT_OF_RANGE == 6,
               "sla_row_code");
_Static_assert(SLA_STATE_NOT_STARTED == 0 && SLA_STATE_RUNNING == 1 && SLA_STATE_PAUSED == 2 && SLA_STATE_MET == 3 &&
                   SLA_STATE_BREACHED == 4 && SLA_STATE_CANCELLED == 5 && SLA_STATE_NONE == 255,
               "sla_state");
_Static_assert(SLA_NONE == INT64_MIN && SLA_ABI_VERSION == 1, "constants");

int main(void) {
    CHECK(sla_abi_version() == SLA_ABI_VERSION);
    CHECK(strlen(sla_version()) >= 5);
    CHECK(strncmp(sla_tzdb_version(), "20", 2) == 0);
    printf("layout: %d checks\n", checked);
    return 0;
}
