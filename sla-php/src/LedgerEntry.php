<?php

declare(strict_types=1);

namespace Sla;

/** An interval of a ticket's time: `[from, to)`. Its lengths sum to `to - from`. */
final class LedgerEntry
{
    private function __construct(
        public readonly \DateTimeImmutable $from,
        public readonly \DateTimeImmutable $to,
        public readonly Status $status,
        /** The agent or admin whom the ticket was assigned to. */
        public readonly ?string $agent,
        /** The team that it was assigned to. */
        public readonly ?string $team,
        /** Why it waited; `null` unless it was paused. */
        public readonly ?string $waitReason,
        /** How much of it the calendar of the package was open, in microseconds. */
        public readonly int $openUs,
        public readonly int $closedUs,
    ) {
    }

    /** Returns `from` in microseconds since 1970-01-01T00:00:00Z. */
    public function fromUs(): int
    {
        return Time::toUs($this->from);
    }

    /** Returns `to` in microseconds since 1970-01-01T00:00:00Z. */
    public function toUs(): int
    {
        return Time::toUs($this->to);
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            Time::fromText($document->from),
            Time::fromText($document->to),
            Status::from($document->status),
            $document->agent,
            $document->team,
            $document->wait_reason,
            $document->open_us,
            $document->closed_us,
        );
    }
}
