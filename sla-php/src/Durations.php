<?php

declare(strict_types=1);

namespace Sla;

/** How long something took, in microseconds. `null` when there is nothing to count. */
final class Durations
{
    private function __construct(
        public readonly int $count,
        public readonly ?int $meanUs,
        public readonly ?int $medianUs,
        public readonly ?int $p90Us,
        public readonly ?int $p99Us,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->count, $document->mean_us, $document->median_us, $document->p90_us, $document->p99_us);
    }
}
