<?php

declare(strict_types=1);

namespace Sla\Laravel\Models;

use Illuminate\Database\Eloquent\Relations\BelongsTo;
use Sla\Laravel\Support\Instant;

/** An escalation and how it stands. */
class SupportEscalation extends ReadModel
{
    /** The words of the index `support_escalations_unresolved`. */
    public const UNRESOLVED_WHERE = "status in ('open', 'acknowledged')";

    protected $table = 'support_escalations';

    protected $casts = ['at' => Instant::class, 'acknowledged_at' => Instant::class, 'resolved_at' => Instant::class];

    public function ticket(): BelongsTo
    {
        return $this->belongsTo(SupportTicket::class, 'ticket_id');
    }
}
