<?php

return [
    'decimal_mark' => '.',
    'reports' => 'Reports', 'report' => 'Report', 'packages' => 'Compare packages', 'agents' => 'Agents', 'pages' => 'Figures',
    'units' => ['day' => 'Day', 'week' => 'Week', 'month' => 'Month', 'year' => 'Year'],
    'period' => 'Period', 'previous' => 'Earlier', 'next' => 'Later',
    'range' => ':first to :last, :zone', 'so_far' => 'This period is not over: what is shown is up to now.', 'kept' => 'As of the end of the period, with what was decided since.',
    'download' => 'Download as CSV', 'nothing' => 'Nothing happened in this period.',
    'absent' => 'A dash means that there is nothing to count: a compliance without decided promises is neither 0 % nor 100 %.',
    'no_quantiles' => 'Medians are in the reports of days, weeks and months.',
    'compliance' => 'Compliance', 'compliance_of' => 'Compliance, :timer', 'met' => 'Met', 'breached' => 'Breached',
    'mean_of' => 'Mean, :timer', 'median_of' => 'Median, :timer', 'p90_of' => '90 % within, :timer', 'mean' => 'Mean', 'median' => 'Median', 'p90' => '90 % within', 'p99' => '99 % within',
    'overdue' => 'Mean time after the due', 'timer' => 'Timer', 'count' => 'Number',
    'tickets' => [
        'opened' => 'Opened', 'opened_outbound' => 'Opened by agents', 'resolved' => 'Resolved', 'reopened' => 'Reopened', 'closed' => 'Closed', 'withdrawn' => 'Withdrawn',
        'voided' => 'Voided', 'replies' => 'Replies', 'handled' => 'Handled',
    ],
    'volume' => 'Tickets opened and resolved', 'per_day' => 'By day', 'per_month' => 'By month',
    'csat' => 'Ratings', 'csat_mean' => 'Mean rating, 1 to 5', 'csat_count' => 'Ratings', 'score_of' => 'Rating :score',
    'escalations' => 'Escalations', 'escalation_rate' => 'Escalations for 100 tickets', 'trigger' => 'Because of', 'level' => 'Level',
    'triggers' => ['breach' => 'a breach', 'step' => 'a step', 'request' => 'a request'],
    'lateness' => 'How late breached promises ended', 'up_to' => 'up to :length', 'later' => 'later',
    'package' => 'Package', 'channel' => 'Channel', 'agent' => 'Agent', 'unassigned' => 'Not assigned', 'by_channel' => 'By channel', 'by_package' => 'By package',
    'score' => 'Score', 'score_parts' => 'Made of', 'part' => ':name :value, weight :weight', 'escalations_received' => 'Escalations received',
    'warnings' => 'Warnings', 'late_pauses' => 'Late pauses', 'last_30_days' => 'The last 30 days',
    'ready_subject' => 'SLA report :period', 'ready_line' => ':unit :period is over; its report is ready.', 'ready_open' => 'Open the report',
];
