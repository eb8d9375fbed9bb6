<?php

declare(strict_types=1);

namespace Sla;

/** The promises of a package and a timer under both policies. */
final class ComparedPromise
{
    private function __construct(
        public readonly string $package,
        public readonly string $timer,
        public readonly Outcomes $before,
        public readonly Outcomes $after,
        /** How many end otherwise. */
        public readonly int $flips,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->package, $document->timer, Outcomes::read($document->before), Outcomes::read($document->after), $document->flips);
    }
}
