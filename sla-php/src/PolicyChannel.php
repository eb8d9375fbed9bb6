<?php

declare(strict_types=1);

namespace Sla;

/** A channel of a policy. */
final class PolicyChannel
{
    private function __construct(
        public readonly string $id,
        public readonly string $name,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->id,
            $document->name,
        );
    }
}
