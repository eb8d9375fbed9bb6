<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

use Sla\Laravel\Engine\MadeEvent;

/**
 * Something that happened on a ticket. It is dispatched after the transaction that stored it.
 *
 * There is a class for each kind of event, so that a host listens to what it needs.
 */
abstract class TicketEvent
{
    private const CLASSES = [
        'opened' => TicketOpened::class,
        'assigned' => TicketAssigned::class,
        'unassigned' => TicketUnassigned::class,
        'replied' => TicketReplied::class,
        'noted' => TicketNoted::class,
        'customer_messaged' => CustomerMessaged::class,
        'absorbed' => TicketAbsorbed::class,
        'paused' => TicketPaused::class,
        'resumed' => TicketResumed::class,
        'resolved' => TicketResolved::class,
        'reopened' => TicketReopened::class,
        'closed' => TicketClosed::class,
        'withdrawn' => TicketWithdrawn::class,
        'voided' => TicketVoided::class,
        'reminded' => TicketReminded::class,
        'warned' => SlaWarned::class,
        'breached' => SlaBreached::class,
        'escalated' => TicketEscalated::class,
        'escalation_acknowledged' => EscalationAcknowledged::class,
        'escalation_resolved' => EscalationResolved::class,
        'rated' => TicketRated::class,
        'package_changed' => PackageChanged::class,
        'revision_adopted' => RevisionAdopted::class,
        'classified' => TicketClassified::class,
    ];

    /** @param array<string, mixed> $data what the event holds, as the engine's documentation of events has it */
    final public function __construct(
        public readonly int $ticketId,
        /** The engine's id of the ticket. */
        public readonly string $reference,
        public readonly int $seq,
        /** When it happened, in microseconds since 1970-01-01T00:00:00Z. */
        public readonly int $atUs,
        public readonly string $actorRole,
        public readonly string $actorId,
        public readonly array $data,
    ) {
    }

    public static function of(int $ticketId, string $reference, MadeEvent $event): self
    {
        $class = self::CLASSES[$event->kind] ?? TicketChanged::class;

        return new $class($ticketId, $reference, $event->seq, $event->atUs, $event->actorRole, $event->actorId, $event->data);
    }
}
