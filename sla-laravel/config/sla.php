<?php

// The settings of sla-engine/laravel. What a support team promises is no setting: it is the policy, in the database.

return [

    // The connection that holds the tables; null for the application's default.
    'database' => [
        'connection' => env('SLA_DB_CONNECTION'),
    ],

    // The engine's shared library; null to let sla-engine/sla find it.
    'library' => env('SLA_LIBRARY'),

    // Where `sla:doctor` reaches this application over HTTP, for example http://127.0.0.1; null to look at the console's PHP
    // only. The web's PHP has settings of its own, and may hold an older library.
    'doctor' => [
        'url' => env('SLA_DOCTOR_URL'),
    ],

    // The id of the policy, the same in all its revisions.
    'policy' => env('SLA_POLICY', 'support'),

    // In whose days people read and reports count.
    'time_zone' => env('SLA_TIMEZONE', 'Asia/Jakarta'),

    'queue' => [
        'connection' => env('SLA_QUEUE_CONNECTION'),
        'name' => env('SLA_QUEUE_NAME', 'sla-monitoring'),
    ],

    'monitoring' => [
        // While this is false nothing is detected and nothing is sent. Both happen later, with the instants at which
        // they were due: nothing is lost.
        'enabled' => env('SLA_MONITORING_ENABLED', true),
        // Whether the package adds its commands to the application's schedule.
        'schedule' => env('SLA_MONITORING_SCHEDULE', false),
        // Tickets in one transaction.
        'chunk' => 100,
    ],

    'adoption' => [
        // Tickets that adopt a revision between two records of how far it is.
        'chunk' => 50,
    ],

    // The share of a target at which SlaDefinitionSeeder places the warning. Afterwards the policy says it.
    'escalation' => [
        'threshold' => env('SLA_ESCALATION_THRESHOLD', 0.8),
    ],

    'notifications' => [
        // By which channels a notification goes out: email, slack, database.
        'channels' => env('SLA_NOTIFICATION_CHANNELS', 'email,slack'),
        'slack' => [
            'webhook' => env('SLA_SLACK_WEBHOOK'),
            // Hosts to which a webhook may point.
            'hosts' => ['hooks.slack.com'],
            'timeout' => 5,
        ],
        // Mail addresses by the names that the policy's steps notify. `agent` is the ticket's agent, by user.
        'audiences' => [
            'supervisor' => array_filter(explode(',', (string) env('SLA_SUPERVISOR_MAIL', ''))),
            'operations' => array_filter(explode(',', (string) env('SLA_OPERATIONS_MAIL', ''))),
        ],
        // Whom to notify of an escalation that a person requested.
        'requested_escalations' => ['agent', 'supervisor'],
        // Whom to notify, beside those whom the policy names, of an escalation to `objectives.critical_level` or above.
        'critical_escalations' => ['operations'],
        // Whom to notify of an error budget that burns too fast, and of a monitor that lags (`objectives` of the policy).
        'operation_alerts' => ['operations'],
        // After how many seconds the claim of a sender that died is void.
        'claim' => 300,
        // Seconds before the next attempts; the last one is used again and again.
        'backoff' => [60, 300, 900, 3600],
    ],

    'reports' => [
        // Whom to tell, by mail and Slack, that the report of a day, week or month is there: names of `audiences`.
        'notify' => ['operations'],
    ],

    'dashboard' => [
        // Milliseconds between two refreshes.
        'refresh' => env('SLA_DASHBOARD_REFRESH', 30000),
    ],

    'what_if' => [
        // Tickets that the page plays under a draft, the newest ones. `php artisan sla:what-if` plays all.
        'tickets' => 2000,
    ],

    // Where the routes are, and what runs before them. `sla.actor` is added to each group.
    'routes' => [
        'api' => ['prefix' => 'api/sla', 'middleware' => ['api']],
        'web' => ['prefix' => '', 'middleware' => ['web']],
    ],

    // The cache of dashboards and locks; null for the application's default.
    'cache' => [
        'store' => env('SLA_CACHE_STORE'),
    ],
];
