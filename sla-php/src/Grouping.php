<?php

declare(strict_types=1);

namespace Sla;

/** What figures are grouped by. */
final class Grouping
{
    /** @var list<Dimension> */
    public readonly array $dimensions;

    public function __construct(
        public readonly ?PeriodUnit $period = null,
        /** In whose days and weeks, for example `Asia/Jakarta`. */
        public readonly string $timeZone = 'UTC',
        Dimension ...$dimensions,
    ) {
        $this->dimensions = array_values($dimensions);
    }

    public static function by(Dimension ...$dimensions): self
    {
        return new self(null, 'UTC', ...$dimensions);
    }

    /** Returns the same with figures of each period apart. */
    public function per(PeriodUnit $period, string $timeZone): self
    {
        return new self($period, $timeZone, ...$this->dimensions);
    }

    /** @internal */
    public function json(): string
    {
        return Json::write([
            'dimensions' => array_map(static fn (Dimension $one): string => $one->value, $this->dimensions),
            'period' => $this->period === null ? null : ['unit' => $this->period->value, 'time_zone' => $this->timeZone],
        ]);
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        $period = $document->period ?? null;

        return new self(
            $period === null ? null : PeriodUnit::from($period->unit),
            $period->time_zone ?? 'UTC',
            ...array_map(Dimension::from(...), $document->dimensions),
        );
    }
}
