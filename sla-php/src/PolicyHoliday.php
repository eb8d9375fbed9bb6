<?php

declare(strict_types=1);

namespace Sla;

/** Dates on which no window opens. */
final class PolicyHoliday
{
    private function __construct(
        public readonly string $name,
        /** The first local date, `2026-12-25` once or `--12-25` every year. */
        public readonly string $from,
        /** The last local date; of a single one the same. */
        public readonly string $to,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->name,
            $document->from,
            $document->to,
        );
    }
}
