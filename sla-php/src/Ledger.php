<?php

declare(strict_types=1);

namespace Sla;

/** Where a ticket's time went: every microsecond since its opening. */
final class Ledger
{
    /** @param list<LedgerEntry> $entries */
    private function __construct(
        public readonly string $ticket,
        public readonly \DateTimeImmutable $now,
        public readonly array $entries,
    ) {
    }

    /** Returns `now` in microseconds since 1970-01-01T00:00:00Z. */
    public function nowUs(): int
    {
        return Time::toUs($this->now);
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->ticket, Time::fromText($document->now), Json::each(LedgerEntry::read(...), $document->entries));
    }
}
