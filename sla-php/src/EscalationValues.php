<?php

declare(strict_types=1);

namespace Sla;

/** An escalation of a ticket. */
final class EscalationValues
{
    private function __construct(
        /** From 1; commands name it by that. */
        public readonly int $number,
        public readonly int $level,
        public readonly EscalationStage $stage,
        /** What caused it: `breach`, `step` or `request`. */
        public readonly string $trigger,
        /** The timer of an automatic escalation. */
        public readonly ?string $timer,
        /** When the ticket was escalated. */
        public readonly int $atUs,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->number, $document->level, EscalationStage::from($document->stage), $document->trigger, $document->timer, $document->at_us);
    }
}
