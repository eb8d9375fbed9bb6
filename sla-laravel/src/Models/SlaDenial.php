<?php

declare(strict_types=1);

namespace Sla\Laravel\Models;

use Sla\Laravel\Support\Instant;

/** A refusal in the access log. */
class SlaDenial extends ReadModel
{
    protected $table = 'sla_denials';

    protected $casts = ['at' => Instant::class];

    public $incrementing = false;

    protected $primaryKey = 'seq';
}
