<?php

declare(strict_types=1);

namespace Sla;

/** How fast the error budget of an objective burns as of an instant. */
final class BurnRate
{
    private function __construct(
        public readonly string $timer,
        /** The length of the long window, in wall time. */
        public readonly int $longWindowUs,
        /** The cycles that were met or breached in it. */
        public readonly int $longDecided,
        public readonly int $longBreached,
        /** The length of the short window, in wall time. */
        public readonly int $shortWindowUs,
        public readonly int $shortDecided,
        public readonly int $shortBreached,
        /** Whether the budget burns too fast in both: the condition of a `performance_degradation`. */
        public readonly bool $isBurning,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->timer,
            $document->long_window_us,
            $document->long->decided,
            $document->long->breached,
            $document->short_window_us,
            $document->short->decided,
            $document->short->breached,
            $document->burning,
        );
    }
}
