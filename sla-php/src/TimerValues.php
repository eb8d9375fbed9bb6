<?php

declare(strict_types=1);

namespace Sla;

/** The latest cycle of a timer, as the ticket's last event left it. `Engine::evaluate` says where it is as of now. */
final class TimerValues
{
    private function __construct(
        public readonly string $timer,
        /** From 1. */
        public readonly int $cycle,
        public readonly State $state,
        public readonly Outcome $outcome,
        public readonly Activity $activity,
        /** When it falls or fell due; `null` while paused unbreached, beyond the horizon, or when nothing is promised. */
        public readonly ?int $dueAtUs,
        /** What is promised; `null` while nothing is. */
        public readonly ?int $targetUs,
        /** What remained of the target at `sinceUs`; of a running cycle it counts down from there in open time. */
        public readonly ?int $remainingUs,
        /** When the cycle last changed. */
        public readonly int $sinceUs,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->timer,
            $document->cycle,
            State::from($document->state),
            Outcome::from($document->outcome),
            Activity::from($document->activity),
            $document->due_at_us,
            $document->target_us,
            $document->remaining_us,
            $document->since_us,
        );
    }
}
