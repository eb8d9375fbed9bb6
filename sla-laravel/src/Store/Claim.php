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
        public readonly int $ticketId,
        public readonly int $seq,
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
            (int) $row->ticket_id,
            (int) $row->seq,
            json_decode($row->audience, true, 512, JSON_THROW_ON_ERROR),
            (bool) $row->is_critical,
            (int) $row->attempts,
            $token,
        );
    }
}
