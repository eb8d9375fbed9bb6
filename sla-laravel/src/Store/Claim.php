<?php

declare(strict_types=1);

namespace Sla\Laravel\Store;

/** A notification that this process is sending. */
final class Claim
{
    /** @param list<string> $audience */
    private function __construct(
        public readonly string $intentId,
        public readonly string $channel,
        /** The ticket and its event that it is about; `null` of an alert. */
        public readonly ?int $ticketId,
        public readonly ?int $seq,
        /** The alert that it is about; `null` of a ticket. */
        public readonly ?int $alertId,
        public readonly array $audience,
        public readonly bool $isCritical,
        /** From 1. */
        public readonly int $attempt,
        /** @internal */
        public readonly string $token,
    ) {
    }

    public static function of(\stdClass $row, string $token): self
    {
        return new self(
            $row->intent_id,
            $row->channel,
            $row->ticket_id === null ? null : (int) $row->ticket_id,
            $row->seq === null ? null : (int) $row->seq,
            $row->alert_id === null ? null : (int) $row->alert_id,
            json_decode($row->audience, true, 512, JSON_THROW_ON_ERROR),
            (bool) $row->is_critical,
            (int) $row->attempts,
            $token,
        );
    }
}
