<?php

declare(strict_types=1);

namespace Sla;

/** For how long tickets were held: one duration for each stretch between two changes of agent or team. */
final class HeldFigures
{
    private function __construct(
        /** While the ticket was new or open. */
        public readonly Durations $workingBusinessTime,
        public readonly Durations $workingWallTime,
        /** While it was pending or on hold. */
        public readonly Durations $waitingBusinessTime,
        public readonly Durations $waitingWallTime,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            Durations::read($document->working_business_time),
            Durations::read($document->working_wall_time),
            Durations::read($document->waiting_business_time),
            Durations::read($document->waiting_wall_time),
        );
    }
}
