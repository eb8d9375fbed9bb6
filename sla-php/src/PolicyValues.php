<?php

declare(strict_types=1);

namespace Sla;

/** A policy as values: what holds for each package and timer, with all that they leave out looked up. */
final class PolicyValues
{
    /**
     * @param list<PolicyPackage>    $packages
     * @param list<PolicyChannel>    $channels
     * @param list<PolicyTimer>      $timers
     * @param list<PolicyCalendar>   $calendars
     * @param list<string>           $severities
     * @param list<string>           $categories
     * @param list<PolicyInactivity> $inactivity
     */
    private function __construct(
        public readonly string $id,
        public readonly int $version,
        public readonly array $packages,
        public readonly array $channels,
        /** The presets included. */
        public readonly array $timers,
        public readonly array $calendars,
        public readonly array $severities,
        public readonly array $categories,
        /** In their order. */
        public readonly array $inactivity,
        public readonly PolicyPauses $pauses,
        public readonly PolicyRoles $roles,
        public readonly PolicyObjectives $objectives,
    ) {
    }

    /** Returns a package by its id; `null` when there is none. */
    public function package(string $id): ?PolicyPackage
    {
        return self::named($this->packages, $id);
    }

    /** Returns a timer by its id; `null` when there is none. */
    public function timer(string $id): ?PolicyTimer
    {
        return self::named($this->timers, $id);
    }

    /** Returns a calendar by its id; `null` when there is none. */
    public function calendar(string $id): ?PolicyCalendar
    {
        return self::named($this->calendars, $id);
    }

    /**
     * @template T of PolicyPackage|PolicyTimer|PolicyCalendar
     *
     * @param list<T> $values
     *
     * @return ?T
     */
    private static function named(array $values, string $id): PolicyPackage|PolicyTimer|PolicyCalendar|null
    {
        foreach ($values as $value) {
            if ($value->id === $id) {
                return $value;
            }
        }

        return null;
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->id,
            $document->version,
            Json::each(PolicyPackage::read(...), $document->packages),
            Json::each(PolicyChannel::read(...), $document->channels),
            Json::each(PolicyTimer::read(...), $document->timers),
            Json::each(PolicyCalendar::read(...), $document->calendars),
            $document->severities,
            $document->categories,
            Json::each(PolicyInactivity::read(...), $document->inactivity),
            PolicyPauses::read($document->pauses),
            PolicyRoles::read($document->roles),
            PolicyObjectives::read($document->objectives),
        );
    }
}
