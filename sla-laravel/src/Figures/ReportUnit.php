<?php

declare(strict_types=1);

namespace Sla\Laravel\Figures;

use Sla\PeriodUnit;

/** How long a report is. Weeks run from Monday (ISO 8601). */
enum ReportUnit: string
{
    case Day = 'day';
    case Week = 'week';
    case Month = 'month';
    case Year = 'year';

    /** Returns the engine's unit of a report that is kept as a document; `null` for a year, which is added up from days. */
    public function kept(): ?PeriodUnit
    {
        return $this === self::Year ? null : PeriodUnit::from($this->value);
    }

    /**
     * Returns the units of reports that are kept.
     *
     * @return list<self>
     */
    public static function keptOnes(): array
    {
        return [self::Day, self::Week, self::Month];
    }

    /** Returns what a period of this unit is called: `2026-11-23`, `2026-W48`, `2026-11`, `2026`. */
    public function pattern(): string
    {
        return match ($this) {
            self::Day => '/\A\d{4}-\d{2}-\d{2}\z/',
            self::Week => '/\A(\d{4})-W(\d{2})\z/',
            self::Month => '/\A\d{4}-\d{2}\z/',
            self::Year => '/\A\d{4}\z/',
        };
    }
}
