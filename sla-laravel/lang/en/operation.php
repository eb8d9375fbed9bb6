<?php

// Alerts for operators.

return [
    'alerts' => 'Alerts', 'over' => 'over since', 'since' => 'since',
    'performance_degradation' => 'Too many missed, :timer: :long_breached of :long_decided in :long, :short_breached of :short_decided in :short',
    'monitor_lag' => 'The monitor lags behind: an event was detected :lag after it happened, with :backlog tickets due',
];
