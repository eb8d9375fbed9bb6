<?php

declare(strict_types=1);

namespace Sla;

/** Whether a notification waits for the next opening of a calendar. */
final class PolicyQuietHours
{
    private function __construct(
        public readonly bool $waits,
        /** `null` for the calendar in which the time counts. */
        public readonly ?string $calendar,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->waits,
            $document->calendar,
        );
    }
}
