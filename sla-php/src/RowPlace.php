<?php

declare(strict_types=1);

namespace Sla;

/**
 * An instant with its periods in a time zone, and the properties of the ticket that decide the group of a row then; instants
 * are microseconds since 1970-01-01T00:00:00Z.
 */
final class RowPlace
{
    private function __construct(
        public readonly int $atUs,
        /** The first instant of its hour: what an aggregate calls its period. */
        public readonly int $hourUs,
        public readonly int $dayUs,
        public readonly int $weekUs,
        public readonly int $monthUs,
        /** Its local date, for example `2026-11-24`. */
        public readonly string $day,
        /** The Monday of its week. */
        public readonly string $week,
        /** The first date of its month. */
        public readonly string $month,
        public readonly string $package,
        public readonly string $channel,
        /** The holder's agent; an aggregate calls none `unassigned`. */
        public readonly ?string $agent,
        /** The holder's team; an aggregate calls none `unassigned`. */
        public readonly ?string $team,
        public readonly ?string $priority,
        public readonly ?string $severity,
        public readonly ?string $category,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->at_us,
            $document->hour_us,
            $document->day_us,
            $document->week_us,
            $document->month_us,
            $document->day,
            $document->week,
            $document->month,
            $document->package,
            $document->channel,
            $document->agent,
            $document->team,
            $document->priority,
            $document->severity,
            $document->category,
        );
    }
}
