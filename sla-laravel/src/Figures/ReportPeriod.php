<?php

declare(strict_types=1);

namespace Sla\Laravel\Figures;

use Sla\Calendar;
use Sla\Time;

/** A day, week, month or year of local dates in the zone of reports. */
final class ReportPeriod
{
    private const ZONE = 'UTC';
    /** What the engine's calendars cover. */
    private const FIRST = '1970-01-02';
    private const END = '2199-12-31';
    private const QUARTER_US = 21_600_000_000;

    /** @var array<string, Calendar> the mornings of every day, by time zone */
    private static array $mornings = [];

    private function __construct(
        public readonly ReportUnit $unit,
        /** The first local date. */
        public readonly string $firstDay,
        /** The first local date after it. */
        public readonly string $endDay,
        public readonly \DateTimeZone $zone,
    ) {
    }

    /** Returns the period that holds an instant. */
    public static function at(ReportUnit $unit, \DateTimeInterface $at, \DateTimeZone $zone): self
    {
        $day = self::on(ReportUnit::Day, \DateTimeImmutable::createFromInterface($at)->setTimezone($zone)->format('Y-m-d'), $zone);
        $atUs = Time::toUs($at);
        // Near midnight it may be another day by the engine's rules.
        $day = match (true) {
            $atUs < $day->startUs() => $day->previous(),
            $atUs >= $day->endUs() => $day->next(),
            default => $day,
        };

        return self::on($unit, $day->firstDay, $zone);
    }

    /** Returns the period that holds a local date. */
    public static function on(ReportUnit $unit, string $day, \DateTimeZone $zone): self
    {
        $date = self::date($day);
        $first = match ($unit) {
            ReportUnit::Day => $date,
            ReportUnit::Week => $date->modify('monday this week'),
            ReportUnit::Month => $date->modify('first day of this month'),
            ReportUnit::Year => $date->setDate((int) $date->format('Y'), 1, 1),
        };

        return new self($unit, $first->format('Y-m-d'), $first->modify("+1 {$unit->value}")->format('Y-m-d'), $zone);
    }

    /** Returns the period of a name; `null` where no period is called so. */
    public static function named(ReportUnit $unit, string $name, \DateTimeZone $zone): ?self
    {
        $parts = [];
        if (preg_match($unit->pattern(), $name, $parts) !== 1) {
            return null;
        }
        $day = match ($unit) {
            ReportUnit::Day => $name,
            ReportUnit::Week => self::date('2000-01-01')->setISODate((int) $parts[1], (int) $parts[2])->format('Y-m-d'),
            ReportUnit::Month => "{$name}-01",
            ReportUnit::Year => "{$name}-01-01",
        };
        $date = \DateTimeImmutable::createFromFormat('!Y-m-d', $day);
        if ($date === false || $date->format('Y-m-d') !== $day || $day < self::FIRST) {
            return null;
        }
        $period = self::on($unit, $day, $zone);

        return $period->name() === $name && $period->endDay <= self::END ? $period : null;
    }

    public function name(): string
    {
        $first = self::date($this->firstDay);

        return match ($this->unit) {
            ReportUnit::Day => $this->firstDay,
            ReportUnit::Week => $first->format('o-\WW'),
            ReportUnit::Month => $first->format('Y-m'),
            ReportUnit::Year => $first->format('Y'),
        };
    }

    public function previous(): self
    {
        return self::on($this->unit, self::date($this->firstDay)->modify('-1 day')->format('Y-m-d'), $this->zone);
    }

    public function next(): self
    {
        return self::on($this->unit, $this->endDay, $this->zone);
    }

    public function lastDay(): string
    {
        return self::date($this->endDay)->modify('-1 day')->format('Y-m-d');
    }

    /** @return list<string> every local date, oldest first */
    public function days(): array
    {
        return self::daysOf($this->firstDay, $this->endDay);
    }

    /** @return list<string> every local date from one to before another, oldest first */
    public static function daysOf(string $first, string $end): array
    {
        $days = [];
        for ($day = self::date($first); ($name = $day->format('Y-m-d')) < $end; $day = $day->modify('+1 day')) {
            $days[] = $name;
        }

        return $days;
    }

    /** Returns the first instant, in microseconds since 1970-01-01T00:00:00Z. */
    public function startUs(): int
    {
        return self::instantUs($this->firstDay, $this->zone);
    }

    /** Returns the first instant after it, in microseconds since 1970-01-01T00:00:00Z. */
    public function endUs(): int
    {
        return self::instantUs($this->endDay, $this->zone);
    }

    /**
     * Returns the first instant of a local date. The engine, which counts by its own rules of time zones, says it: those of PHP
     * may be older.
     */
    private static function instantUs(string $day, \DateTimeZone $zone): int
    {
        $name = $zone->getName();
        self::$mornings[$name] ??= Calendar::compile(json_encode(['time_zone' => $name, 'weekly' => array_fill_keys(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], ['00:00-12:00'])], JSON_THROW_ON_ERROR));

        // By both rules this is in the evening before.
        return self::$mornings[$name]->nextOpenUs(Time::toUs(new \DateTimeImmutable($day, $zone)) - self::QUARTER_US);
    }

    /** Dates are counted in UTC, where every day has 24 hours. */
    private static function date(string $day): \DateTimeImmutable
    {
        return new \DateTimeImmutable($day, new \DateTimeZone(self::ZONE));
    }
}
