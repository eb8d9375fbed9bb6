<?php

declare(strict_types=1);

namespace Sla;

/** What happened to tickets. */
final class TicketFigures
{
    /** @param list<EscalationCount> $escalations */
    private function __construct(
        /** Inbound ones. */
        public readonly int $opened,
        public readonly int $openedOutbound,
        public readonly int $resolved,
        public readonly int $reopened,
        public readonly int $closed,
        public readonly int $withdrawn,
        public readonly int $voided,
        /** New or open ones. */
        public readonly int $open,
        /** Pending ones and those on hold. */
        public readonly int $paused,
        /** Open and paused ones. */
        public readonly int $active,
        /** Public ones, automatic replies not. */
        public readonly int $replies,
        public readonly int $automaticReplies,
        /** Messages of customers that were received before their event. */
        public readonly int $receivedLate,
        /** Pairs of a ticket and an agent who worked on it. */
        public readonly int $handled,
        public readonly HeldFigures $held,
        /** Requested ones, by level. */
        public readonly array $escalations,
        /** Of all triggers, for 100 opened tickets; `null` when none was opened. */
        public readonly ?int $escalationsPer100TicketsMillionths,
        public readonly Csat $csat,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->opened,
            $document->opened_outbound,
            $document->resolved,
            $document->reopened,
            $document->closed,
            $document->withdrawn,
            $document->voided,
            $document->open,
            $document->paused,
            $document->active,
            $document->replies,
            $document->automatic_replies,
            $document->received_late,
            $document->handled,
            HeldFigures::read($document->held),
            Json::each(EscalationCount::read(...), $document->escalations),
            $document->escalations_per_100_tickets_millionths,
            Csat::read($document->csat),
        );
    }
}
