<?php

declare(strict_types=1);

namespace Sla;

/** The outcomes of a timer's cycles; each is in exactly one class, from `met` to `unpromised`. */
final class TimerFigures
{
    /**
     * @param list<EscalationCount> $escalations
     * @param list<Lateness>        $lateness
     */
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
        public readonly int $cancelledClosed,
        public readonly int $cancelledHandedOn,
        public readonly int $cancelledInactivity,
        /** Their promise was taken away by a change of terms. */
        public readonly int $terms,
        /** They never had a promise. */
        public readonly int $unpromised,
        /** Met and breached ones. */
        public readonly int $decided,
        /** Met of decided; `null` when nothing is decided. */
        public readonly ?int $complianceMillionths,
        public readonly int $pauses,
        public readonly int $latePauses,
        public readonly int $pausesAfterDue,
        /** Changes of holder while at most 10 % of the target remained. */
        public readonly int $lateHandOvers,
        public readonly int $warnings,
        public readonly array $escalations,
        public readonly Durations $businessTime,
        public readonly Durations $wallTime,
        /** Of cycles in `terms`. */
        public readonly Durations $termsBusinessTime,
        public readonly Durations $termsWallTime,
        /** Of cycles in `unpromised`. */
        public readonly Durations $unpromisedBusinessTime,
        public readonly Durations $unpromisedWallTime,
        /** Business time after the due of breached cycles that ended. */
        public readonly Durations $overdue,
        /** How many of these were how late. */
        public readonly array $lateness,
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
            $document->cancelled_closed,
            $document->cancelled_handed_on,
            $document->cancelled_inactivity,
            $document->terms,
            $document->unpromised,
            $document->decided,
            $document->compliance_millionths,
            $document->pauses,
            $document->late_pauses,
            $document->pauses_after_due,
            $document->late_hand_overs,
            $document->warnings,
            Json::each(EscalationCount::read(...), $document->escalations),
            Durations::read($document->business_time),
            Durations::read($document->wall_time),
            Durations::read($document->terms_business_time),
            Durations::read($document->terms_wall_time),
            Durations::read($document->unpromised_business_time),
            Durations::read($document->unpromised_wall_time),
            Durations::read($document->overdue),
            Json::each(Lateness::read(...), $document->lateness),
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
