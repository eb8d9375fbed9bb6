<?php

declare(strict_types=1);

namespace Sla;

/** Something that counts, for a table with the key ticket, `key`; it replaces the earlier row of that key. */
final class FactRow
{
    private function __construct(
        /** `{seq}/{figure}`, `{seq}/{figure}/{timer}`, `handled/{agent}`, `held/{number}/{figure}` or `status`. */
        public readonly string $key,
        /** The event; `null` for `handled`, `held` and `status`. */
        public readonly ?int $seq,
        /** What it counts for: `opened`, `replies`, `rated` and so on (docs/analytics.md). */
        public readonly string $figure,
        public readonly ?string $timer,
        public readonly ?int $cycle,
        /** The level of an escalation, the score of a rating, the histogram bucket of a duration; 0 otherwise. */
        public readonly int $bucket,
        /** How many it counts for: 1, or 0 for `status` once the ticket is neither open nor paused. */
        public readonly int $n,
        /** Of figures of durations, in microseconds. */
        public readonly ?int $durationUs,
        /** Whether it changes with the instant asked about alone. */
        public readonly bool $asOfNow,
        public readonly RowPlace $place,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->key,
            $document->seq,
            $document->figure,
            $document->timer,
            $document->cycle,
            $document->bucket,
            $document->n,
            $document->duration_us,
            $document->as_of_now,
            RowPlace::read($document->place),
        );
    }
}
