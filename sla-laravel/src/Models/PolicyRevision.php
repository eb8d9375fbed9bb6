<?php

declare(strict_types=1);

namespace Sla\Laravel\Models;

use Sla\Laravel\Support\Instant;

/** A published revision of the policy. */
class PolicyRevision extends ReadModel
{
    protected $table = 'sla_policy_revisions';

    protected $casts = ['published_at' => Instant::class];
}
