<?php

declare(strict_types=1);

namespace Sla;

/** How often something was escalated. */
final class EscalationCount
{
    private function __construct(
        /** `breach`, `step` or `request`. */
        public readonly string $trigger,
        public readonly int $level,
        public readonly int $count,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->trigger, $document->level, $document->count);
    }
}
