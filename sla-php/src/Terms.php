<?php

declare(strict_types=1);

namespace Sla;

/** The terms that a cycle would get if it started now, by the channel of the opening. */
final class Terms
{
    private function __construct(
        /** Microseconds of business time; `null` where nothing would be promised. */
        public readonly ?int $targetUs,
        public readonly string $calendar,
    ) {
    }

    /** @internal */
    public static function read(?\stdClass $document): ?self
    {
        return $document === null ? null : new self($document->target_us, $document->calendar);
    }
}
