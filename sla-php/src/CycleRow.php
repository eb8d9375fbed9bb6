<?php

declare(strict_types=1);

namespace Sla;

/**
 * A cycle of a timer, for a table with the key ticket, timer, cycle; it replaces the earlier row of that key. Instants and
 * durations are microseconds.
 */
final class CycleRow
{
    private function __construct(
        public readonly string $timer,
        /** From 1. */
        public readonly int $cycle,
        /** The figure that counts it in `place`: `met`, `breached_open`, `running` and so on (docs/analytics.md). */
        public readonly string $class,
        /** Whether nothing decides the class yet: `place` is the instant asked about and changes with that alone. */
        public readonly bool $asOfNow,
        /** The deciding instant, and who held the ticket then. */
        public readonly RowPlace $place,
        /** Where its durations are counted: its stop or cancellation; `null` while it counts. */
        public readonly ?RowPlace $ended,
        public readonly int $startedAtUs,
        /** `null` while it is paused before its due, nothing is promised, or the due lies beyond the horizon. */
        public readonly ?int $dueAtUs,
        /** The figure of its business time; `null` unless what it waited for stopped it. */
        public readonly ?string $businessFigure,
        public readonly ?int $businessUs,
        /** The number of the histogram bucket. */
        public readonly ?int $businessBucket,
        /** The figure of its wall time; `null` unless what it waited for stopped it. */
        public readonly ?string $wallFigure,
        public readonly ?int $wallUs,
        public readonly ?int $wallBucket,
        /** `overdue` of a breached cycle that ended; otherwise `null`. */
        public readonly ?string $overdueFigure,
        public readonly ?int $overdueUs,
        public readonly ?int $overdueBucket,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->timer,
            $document->cycle,
            $document->class,
            $document->as_of_now,
            RowPlace::read($document->place),
            $document->ended === null ? null : RowPlace::read($document->ended),
            $document->started_at_us,
            $document->due_at_us,
            $document->business_figure,
            $document->business_us,
            $document->business_bucket,
            $document->wall_figure,
            $document->wall_us,
            $document->wall_bucket,
            $document->overdue_figure,
            $document->overdue_us,
            $document->overdue_bucket,
        );
    }
}
