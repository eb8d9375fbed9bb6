<?php

// Alerts for operators.

return [
    'alerts' => 'Peringatan operator', 'over' => 'berakhir sejak', 'since' => 'sejak',
    'performance_degradation' => 'Terlalu banyak yang terlewat, :timer: :long_breached dari :long_decided dalam :long, :short_breached dari :short_decided dalam :short',
    'monitor_lag' => 'Pemantau tertinggal: suatu peristiwa terdeteksi :lag setelah terjadi, dengan :backlog tiket jatuh tempo',
];
