<?php

declare(strict_types=1);

namespace Sla;

/** How many breached cycles were so late at their end. */
final class Lateness
{
    private function __construct(
        /** The longest business time after the due, in microseconds; `null` without an end. */
        public readonly ?int $upToUs,
        public readonly int $count,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->up_to_us, $document->count);
    }
}
