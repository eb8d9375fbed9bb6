<?php

declare(strict_types=1);

namespace Sla;

/** A date whose windows replace all others. */
final class PolicySpecialDay
{
    /**
     * @param list<string> $windows
     */
    private function __construct(
        public readonly string $name,
        public readonly string $date,
        public readonly array $windows,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->name,
            $document->date,
            $document->windows,
        );
    }
}
