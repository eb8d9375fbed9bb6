<?php

declare(strict_types=1);

namespace Sla;

/** Tickets under their own rules beside the same tickets under a candidate. */
final class Comparison
{
    /**
     * @param list<ComparedPromise>           $promises
     * @param list<array<string, string|int>> $leftOut
     */
    private function __construct(
        public readonly int $tickets,
        public readonly int $flippedTickets,
        public readonly array $promises,
        /** What the candidate does not know, with how many tickets, for example `['package' => 'gold', 'tickets' => 1]`. */
        public readonly array $leftOut,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->tickets, $document->flipped_tickets, Json::each(ComparedPromise::read(...), $document->promises), Document::listOf($document->left_out));
    }
}
