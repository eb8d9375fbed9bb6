<?php

declare(strict_types=1);

namespace Sla;

/** Customers' scores, 1 to 5. */
final class Csat
{
    /** @param list<int> $distribution */
    private function __construct(
        public readonly int $count,
        public readonly int $sum,
        /** How many gave 1, 2, 3, 4 and 5. */
        public readonly array $distribution,
        /** `null` without scores. */
        public readonly ?int $meanMillionths,
        /** 0 when all are 1, a million when all are 5. */
        public readonly ?int $ratioMillionths,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->count, $document->sum, $document->distribution, $document->mean_millionths, $document->ratio_millionths);
    }
}
