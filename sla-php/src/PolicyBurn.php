<?php

declare(strict_types=1);

namespace Sla;

/** A compliance objective of one timer and when its burn is alarming; windows are wall time. */
final class PolicyBurn
{
    private function __construct(
        public readonly string $timer,
        /** The share of cycles to be met. */
        public readonly int $objectiveMillionths,
        public readonly int $longWindowUs,
        public readonly int $shortWindowUs,
        /** The burn at which both windows alarm. */
        public readonly int $thresholdMillionths,
        /** The fewest decided cycles in the long window. */
        public readonly int $minDecided,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->timer,
            $document->objective,
            $document->long_window_us,
            $document->short_window_us,
            $document->threshold,
            $document->min_decided,
        );
    }
}
