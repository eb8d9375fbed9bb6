<?php

declare(strict_types=1);

namespace Sla\Laravel\Figures;

/** Compares the sums of days and months, with the changes that are still to be added, with the rows that they add up. */
final class DayAudit
{
    public function __construct(private readonly FigureQuery $query, private readonly DayTable $days)
    {
    }

    /** @return \Generator<int, string> what is at fault */
    public function faults(): \Generator
    {
        [$first, $last] = $this->days->bounds() ?? ['', ''];
        if ($first === '') {
            return;
        }
        for ($month = ReportPeriod::on(ReportUnit::Month, $first, new \DateTimeZone('UTC')); $month->firstDay <= $last; $month = $month->next()) {
            foreach (FigureDimension::cases() as $dimension) {
                foreach ($this->query->wrongDays($dimension, $month->firstDay, $month->endDay)->pluck('day') as $day) {
                    yield "sla_daily: the sums of {$day} by {$dimension->value} are not those of its rows";
                }
                if ($this->query->wrongMonth($dimension, $month)->get()->isNotEmpty()) {
                    yield 'sla_monthly: the sums of ' . substr($month->firstDay, 0, 7) . " by {$dimension->value} are not those of its days";
                }
            }
        }
    }
}
