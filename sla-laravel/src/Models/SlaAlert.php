<?php

declare(strict_types=1);

namespace Sla\Laravel\Models;

use Sla\Laravel\Support\Instant;

/** Something that operators are told of. */
class SlaAlert extends ReadModel
{
    public const DEGRADATION = 'performance_degradation';
    public const LAG = 'monitor_lag';

    protected $table = 'sla_alerts';

    protected $casts = ['details' => 'array', 'at' => Instant::class, 'ended_at' => Instant::class];
}
