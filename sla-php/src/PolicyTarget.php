<?php

declare(strict_types=1);

namespace Sla;

/** What a package promises for a timer: a length, or an instant on a business day. */
final class PolicyTarget
{
    private function __construct(
        public readonly string $timer,
        /** The promised length; `null` for one in business days. */
        public readonly ?int $withinUs,
        /** How many business days after the day of receipt; `null` for a length. */
        public readonly ?int $businessDays,
        /** When on that day: `close`, `same_time` or a local time. */
        public readonly ?string $by,
        /** What is received at or after this local time counts as received on the next business day. */
        public readonly ?string $cutOff,
        /** The calendar in which it counts. */
        public readonly string $calendar,
        /** The package that states it: this one, or one that it extends. */
        public readonly string $statedBy,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->timer,
            $document->within_us,
            $document->business_days,
            $document->by,
            $document->cut_off,
            $document->calendar,
            $document->stated_by,
        );
    }
}
