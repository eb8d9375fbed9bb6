<?php

declare(strict_types=1);

namespace Sla\Laravel\Figures;

use Illuminate\Database\Query\Builder;
use Sla\Laravel\Support\Tables;

/** Compares the sums of days and months with the rows that they add up. Days that changed since are left out: readers do not use their sums. */
final class DayAudit
{
    private const KEYS = ['day', 'value', 'timer', 'figure', 'bucket'];

    public function __construct(private readonly Tables $tables, private readonly FigureQuery $query, private readonly DayTable $days)
    {
    }

    /** @return \Generator<int, string> what is at fault */
    public function faults(): \Generator
    {
        $bounds = [];
        foreach ([['sla_daily', 'day'], ['sla_monthly', 'day'], ['sla_promises', 'day'], ['sla_promises', 'ended_day'], ['sla_ticket_facts', 'day']] as [$table, $column]) {
            array_push($bounds, $this->tables->table($table)->min($column), $this->tables->table($table)->max($column));
        }
        $bounds = array_map(strval(...), array_filter($bounds));
        if ($bounds === []) {
            return;
        }
        $last = max($bounds);
        for ($month = ReportPeriod::on(ReportUnit::Month, min($bounds), new \DateTimeZone('UTC')); $month->firstDay <= $last; $month = $month->next()) {
            foreach (FigureDimension::cases() as $dimension) {
                do {
                    // Where another process added up days meanwhile, what was read belongs to two states.
                    $before = $this->days->refreshed();
                    $found = $this->compared($month, $dimension);
                } while ($found !== [] && $this->days->refreshed() !== $before);
                yield from $found;
            }
        }
    }

    /** @return list<string> */
    private function compared(ReportPeriod $month, FigureDimension $dimension): array
    {
        $daily = fn (): Builder => $this->tables->table('sla_daily')->where('dimension', $dimension->value)->where('day', '>=', $month->firstDay)->where('day', '<', $month->endDay);
        $kept = self::keyed($daily()->get([...self::KEYS, 'n', 'sum_s', 'sum_us_rest'])->all());
        $rows = self::keyed($this->query->sums($dimension, static fn (Builder $query, string $day) => $query->where($day, '>=', $month->firstDay)->where($day, '<', $month->endDay), false, true)->get()->all());
        $of = self::keyed($this->tables->table('sla_monthly')->where('dimension', $dimension->value)->where('day', $month->firstDay)->get([...self::KEYS, 'n', 'sum_s', 'sum_us_rest'])->all());
        $added = self::keyed($daily()->groupBy(['value', 'timer', 'figure', 'bucket'])->select(['value', 'timer', 'figure', 'bucket'])->selectRaw('sum(n) as n, sum(sum_s) as sum_s, sum(sum_us_rest) as sum_us_rest')->get()->all(), $month->firstDay);
        // Read last: a day that changed meanwhile is among them.
        $dirty = $this->days->dirtyDays($month->firstDay, $month->endDay);
        $found = [];
        foreach (array_diff(array_unique([...array_keys($kept), ...array_keys($rows)]), $dirty) as $day) {
            if (($kept[$day] ?? []) !== ($rows[$day] ?? [])) {
                $found[] = "sla_daily: the sums of {$day} by {$dimension->value} are not those of its rows";
            }
        }
        sort($found);
        if ($of !== $added) {
            $found[] = 'sla_monthly: the sums of ' . substr($month->firstDay, 0, 7) . " by {$dimension->value} are not those of its days";
        }

        return $found;
    }

    /**
     * @param array<array-key, \stdClass> $rows
     *
     * @return array<string, array<string, array{int, int, int}>> sums by day and key
     */
    private static function keyed(array $rows, ?string $day = null): array
    {
        $found = [];
        foreach ($rows as $row) {
            $found[$day ?? (string) $row->day][implode("\0", [$row->value, $row->timer, $row->figure, (int) $row->bucket])] = [(int) $row->n, (int) $row->sum_s, (int) $row->sum_us_rest];
        }
        array_walk($found, static function (array &$sums): void {
            ksort($sums);
        });

        return $found;
    }
}
