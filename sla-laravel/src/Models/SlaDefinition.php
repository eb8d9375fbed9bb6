<?php

declare(strict_types=1);

namespace Sla\Laravel\Models;

use Sla\Laravel\Support\Instant;

/** A package in the draft of the policy. */
class SlaDefinition extends ReadModel
{
    protected $table = 'sla_definitions';

    protected $casts = ['channels' => 'array', 'other_targets' => 'array', 'variants' => 'array', 'updated_at' => Instant::class];
}
