<?php

declare(strict_types=1);

namespace Sla;

/** Dates on which a week of their own replaces the recurring ones. */
final class PolicySeason
{
    /**
     * @param array<string, list<string>> $week
     */
    private function __construct(
        public readonly string $name,
        /** The first local date, `2026-02-18` once or `--06-01` every year. */
        public readonly string $from,
        /** The last local date. */
        public readonly string $to,
        /** Windows by day, `mon` to `sun`. */
        public readonly array $week,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->name,
            $document->from,
            $document->to,
            get_object_vars($document->week),
        );
    }
}
