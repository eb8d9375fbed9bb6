<?php

declare(strict_types=1);

namespace Sla;

/** The outcomes of a timer's cycles; each is in exactly one class, from `met` to `cancelledDuplicate`. */
final class TimerFigures
{
    /** @param list<EscalationCount> $escalations */
    private function __construct(
        public readonly int $met,
        public readonly int $breachedAnswered,
        public readonly int $breachedOpen,
        public readonly int $breachedEnded,
        public readonly int $running,
        public readonly int $paused,
        public readonly int $cancelledWithdrawn,
        public readonly int $cancelledVoided,
        public readonly int $cancelledDuplicate,
        /** Met and breached ones. */
        public readonly int $decided,
        /** Met of decided; `null` when nothing is decided. */
        public readonly ?int $complianceMillionths,
        public readonly int $pauses,
        public readonly int $latePauses,
        public readonly int $pausesAfterDue,
        public readonly int $warnings,
        public readonly array $escalations,
        public readonly Durations $businessTime,
        public readonly Durations $wallTime,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->met,
            $document->breached_answered,
            $document->breached_open,
            $document->breached_ended,
            $document->running,
            $document->paused,
            $document->cancelled_withdrawn,
            $document->cancelled_voided,
            $document->cancelled_duplicate,
            $document->decided,
            $document->compliance_millionths,
            $document->pauses,
            $document->late_pauses,
            $document->pauses_after_due,
            $document->warnings,
            Json::each(EscalationCount::read(...), $document->escalations),
            Durations::read($document->business_time),
            Durations::read($document->wall_time),
        );
    }

    /**
     * @internal
     *
     * @return array<string, self>
     */
    public static function readAll(\stdClass $documents): array
    {
        $found = [];
        foreach (get_object_vars($documents) as $timer => $figures) {
            $found[(string) $timer] = self::read($figures);
        }

        return $found;
    }
}
