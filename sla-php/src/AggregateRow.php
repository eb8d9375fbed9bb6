<?php

declare(strict_types=1);

namespace Sla;

/**
 * One row of an aggregate. A database merges aggregates with GROUP BY over everything but `n`, `sumS` and `sumUsRest`, and
 * SUM of those.
 */
final class AggregateRow
{
    /**
     * @param array<string, ?string> $key by dimension; `null` for tickets that have no such value
     */
    public function __construct(
        /** What is counted (docs/analytics.md). */
        public readonly string $outcome,
        public readonly int $n,
        public readonly array $key = [],
        /** The first instant of the period, in microseconds since 1970-01-01T00:00:00Z; `null` without periods. */
        public readonly ?int $periodUs = null,
        /** `null` for figures of whole tickets. */
        public readonly ?string $timer = null,
        /** The bucket of a duration, the level of an escalation, the score of a rating; 0 for everything else. */
        public readonly int $bucket = 0,
        /** The sum of durations, in whole seconds. */
        public readonly int $sumS = 0,
        /** The microseconds beyond the whole seconds of each. */
        public readonly int $sumUsRest = 0,
    ) {
    }
}
