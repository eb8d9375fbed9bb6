<?php

declare(strict_types=1);

namespace Sla\Laravel\Models;

use Illuminate\Database\Eloquent\Relations\BelongsTo;
use Sla\Laravel\Support\Instant;

/** An event with its audit entry. */
class SupportEvent extends ReadModel
{
    protected $table = 'support_events';

    protected $casts = ['at' => Instant::class, 'detected_at' => Instant::class];

    public $incrementing = false;

    protected $primaryKey = 'seq';

    public function ticket(): BelongsTo
    {
        return $this->belongsTo(SupportTicket::class, 'ticket_id');
    }
}
