<?php

declare(strict_types=1);

namespace Sla\Laravel\Models;

use Illuminate\Database\Eloquent\Relations\BelongsTo;
use Sla\Laravel\Support\Instant;

/** A notification to send, or sent. */
class SlaNotification extends ReadModel
{
    protected $table = 'sla_notifications';

    protected $casts = [
        'audience' => 'array',
        'is_critical' => 'bool',
        'notify_at' => Instant::class,
        'available_at' => Instant::class,
        'claimed_at' => Instant::class,
        'sent_at' => Instant::class,
    ];

    public $incrementing = false;

    protected $primaryKey = 'intent_id';

    protected $keyType = 'string';

    public function ticket(): BelongsTo
    {
        return $this->belongsTo(SupportTicket::class, 'ticket_id');
    }
}
