<?php

declare(strict_types=1);

namespace Sla\Laravel\Models;

use Illuminate\Database\Eloquent\Relations\HasMany;
use Sla\Laravel\Support\Instant;

/** A ticket as its last event left it. */
class SupportTicket extends ReadModel
{
    /** The words of the index `support_tickets_active`. */
    public const UNRESOLVED_WHERE = "status in ('new', 'open', 'pending', 'on_hold')";
    /** The words of the index `support_tickets_unassigned`. */
    public const UNASSIGNED_WHERE = 'agent is null and ' . self::UNRESOLVED_WHERE;

    protected $table = 'support_tickets';

    protected $casts = [
        'first_response_due_at' => Instant::class,
        'resolution_due_at' => Instant::class,
        'opened_at' => Instant::class,
        'last_at' => Instant::class,
        'closed_at' => Instant::class,
    ];

    public function events(): HasMany
    {
        return $this->hasMany(SupportEvent::class, 'ticket_id')->orderBy('seq');
    }

    public function responses(): HasMany
    {
        return $this->hasMany(SupportResponse::class, 'ticket_id')->orderBy('id');
    }

    public function escalations(): HasMany
    {
        return $this->hasMany(SupportEscalation::class, 'ticket_id')->orderBy('number');
    }
}
