<?php

declare(strict_types=1);

namespace Sla\Laravel\Engine;

/** A ticket as it is stored: what a decision needs, and what the compare-and-swap compares. */
final class StoredTicket
{
    public function __construct(
        public readonly int $id,
        public readonly string $reference,
        public readonly int $events,
        public readonly string $head,
        public readonly string $snapshot,
        public readonly ?int $nextCheckUs,
        public readonly int $lastUs,
        /** What the engine needs to make rows; `null` for a ticket that has none until figures are rebuilt. */
        public readonly ?string $rowState = null,
    ) {
    }
}
