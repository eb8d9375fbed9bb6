<?php

declare(strict_types=1);

namespace Sla\Laravel\Models;

use Illuminate\Database\Eloquent\Relations\BelongsTo;
use Sla\Laravel\Support\Instant;

/** A message of a ticket, with its text. */
class SupportResponse extends ReadModel
{
    protected $table = 'support_responses';

    protected $casts = ['is_public' => 'bool', 'at' => Instant::class];

    public function ticket(): BelongsTo
    {
        return $this->belongsTo(SupportTicket::class, 'ticket_id');
    }
}
