<?php

declare(strict_types=1);

namespace Sla;

/** A calendar of a policy, as it is stated; `Calendar` answers questions to it. */
final class PolicyCalendar
{
    /**
     * @param list<array<string, list<string>>> $weeks
     * @param list<string>                      $anyOf
     * @param list<PolicySeason>                $seasons
     * @param list<PolicyHoliday>               $holidays
     * @param list<PolicySpecialDay>            $specialDays
     */
    private function __construct(
        public readonly string $id,
        public readonly string $timeZone,
        public readonly bool $alwaysOpen,
        /** The recurring weeks, windows by day, `mon` to `sun`: one week, or those that take turns. */
        public readonly array $weeks,
        /** The Monday on which the first of the weeks begins that take turns. */
        public readonly ?string $rotationStarts,
        /** The calendars that it is made of. */
        public readonly array $anyOf,
        public readonly array $seasons,
        public readonly array $holidays,
        public readonly array $specialDays,
        /** The last local date up to which the holidays are entered. */
        public readonly ?string $holidaysKnownUntil,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->id,
            $document->time_zone,
            $document->always_open,
            Json::each(get_object_vars(...), $document->weeks),
            $document->rotation_starts,
            $document->any_of,
            Json::each(PolicySeason::read(...), $document->seasons),
            Json::each(PolicyHoliday::read(...), $document->holidays),
            Json::each(PolicySpecialDay::read(...), $document->special_days),
            $document->holidays_known_until,
        );
    }
}
