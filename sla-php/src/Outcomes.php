<?php

declare(strict_types=1);

namespace Sla;

/** How promises end. */
final class Outcomes
{
    private function __construct(
        public readonly int $met,
        public readonly int $breached,
        public readonly int $cancelled,
        public readonly int $running,
        public readonly int $paused,
        /** `null` when nothing is decided. */
        public readonly ?int $complianceMillionths,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->met, $document->breached, $document->cancelled, $document->running, $document->paused, $document->compliance_millionths);
    }
}
