<?php

declare(strict_types=1);

namespace Sla;

/** Figures for people. All are whole numbers: counts, microseconds, ratios in millionths rounded down. */
final class Report
{
    /** @param list<ReportGroup> $groups */
    private function __construct(
        public readonly Grouping $grouping,
        /** The latest instant that a ticket was added for; `null` without tickets. */
        public readonly ?\DateTimeImmutable $asOf,
        public readonly array $groups,
        public readonly ReportGroup $total,
    ) {
    }

    /** Returns `asOf` in microseconds since 1970-01-01T00:00:00Z. */
    public function asOfUs(): ?int
    {
        return Time::maybeUs($this->asOf);
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            Grouping::read($document),
            Json::instant($document->as_of),
            Json::each(ReportGroup::read(...), $document->groups),
            ReportGroup::read($document->total),
        );
    }
}
