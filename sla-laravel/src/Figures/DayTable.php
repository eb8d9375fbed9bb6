<?php

declare(strict_types=1);

namespace Sla\Laravel\Figures;

use Illuminate\Database\Query\Builder;
use Sla\Laravel\Support\Settings;
use Sla\Laravel\Support\Tables;

/**
 * The figures of days and months, added up from the rows of tickets. A day is added up again when a row of it changed; until
 * then readers take its rows in place of its sums, so no figure is ever old.
 */
final class DayTable
{
    private const MARKS = 5000;
    /** SQLite takes at most 999 values in a statement. */
    private const VALUES = 500;
    private const KEYS = ['value', 'timer', 'figure', 'bucket'];
    private const SUMS = ['n', 'sum_s', 'sum_us_rest'];

    public function __construct(private readonly Tables $tables, private readonly FigureQuery $query, private readonly Settings $settings)
    {
    }

    /**
     * Adds up every day whose rows changed, a month in a transaction.
     *
     * @param (callable(int): void)|null $progress called with how many days were added up
     *
     * @return int how many days were
     */
    public function refresh(?callable $progress = null): int
    {
        $count = 0;
        // What is marked meanwhile is for the next time.
        $last = (int) $this->tables->table('sla_dirty_days')->max('id');
        while (($days = $this->alone(fn (): int => $this->refreshMonth($last))) > 0) {
            $count += $days;
            if ($progress !== null) {
                $progress($days);
            }
        }

        return $count;
    }

    /** @return list<string> the days from one to before another whose rows changed since they were added up */
    public function dirtyDays(string $first = '0001-01-01', string $end = '9999-12-31'): array
    {
        return array_keys($this->marks($first, $end));
    }

    /** @return array<string, string> for each day from one to before another whose rows changed: a text that changes when one does again */
    public function marks(string $first, string $end): array
    {
        $marks = $this->tables->table('sla_dirty_days')->where('day', '>=', $first)->where('day', '<', $end)
            ->groupBy('day')->orderBy('day')->selectRaw('day, count(*) as n, min(id) as first, max(id) as last')->get();
        $found = [];
        foreach ($marks as $row) {
            $found[(string) $row->day] = "{$row->n}/{$row->first}/{$row->last}";
        }

        return $found;
    }

    /** Returns a text that changes whenever a figure does. */
    public function version(): string
    {
        // A mark may be committed after a later one, so the greatest alone says too little.
        $marks = $this->tables->table('sla_dirty_days')->selectRaw('count(*) as n, max(id) as last')->first();

        return "{$this->refreshed()}/{$marks?->n}/{$marks?->last}";
    }

    /** Returns a text that changes whenever days are added up. */
    public function refreshed(): string
    {
        return (string) $this->tables->table('sla_figure_state')->where('name', 'refresh')->value('value');
    }

    /** Has every day added up again that has a sum, for example one that no row belongs to any more. */
    public function markAll(): void
    {
        // Read first: MySQL and MariaDB lock what `insert ... select` reads, against whoever adds up days meanwhile.
        foreach ($this->tables->table('sla_daily')->distinct()->orderBy('day')->pluck('day')->chunk(self::VALUES) as $days) {
            $this->tables->table('sla_dirty_days')->insert($days->map(static fn ($day): array => ['day' => (string) $day])->values()->all());
        }
    }

    /**
     * Runs something that one process does at a time, in a transaction.
     *
     * @template T
     *
     * @param callable(): T $run
     *
     * @return T
     */
    public function alone(callable $run): mixed
    {
        return $this->tables->alone('sla_figure_state', ['name' => 'refresh'], ['value' => bin2hex(random_bytes(8))], [
            ['name' => 'refresh', 'value' => '0'],
            ['name' => 'time_zone', 'value' => $this->settings->timeZone()],
        ], $run);
    }

    private function refreshMonth(int $last): int
    {
        $first = $this->tables->table('sla_dirty_days')->where('id', '<=', $last)->min('day');
        if ($first === null) {
            return 0;
        }
        $month = ReportPeriod::on(ReportUnit::Month, (string) $first, new \DateTimeZone('UTC'));
        $marks = $this->tables->table('sla_dirty_days')->where('day', '>=', $month->firstDay)->where('day', '<', $month->endDay)->orderBy('id')->limit(self::MARKS)->pluck('day', 'id');
        $days = array_values(array_unique($marks->map(static fn ($day): string => (string) $day)->all()));
        foreach (FigureDimension::cases() as $dimension) {
            $this->tables->table('sla_daily')->where('dimension', $dimension->value)->whereIn('day', $days)->delete();
            $sums = $this->query->sumsOfDays($dimension, $days, true, null);
            $this->tables->table('sla_daily')->insertUsing(['day', ...self::KEYS, ...self::SUMS, 'dimension'], $sums->selectRaw("'{$dimension->value}'"));
            $this->tables->table('sla_monthly')->where('dimension', $dimension->value)->where('day', $month->firstDay)->delete();
            $ofMonth = $this->tables->table('sla_daily')->where('dimension', $dimension->value)->where('day', '>=', $month->firstDay)->where('day', '<', $month->endDay)
                ->groupBy(self::KEYS)->selectRaw('min(dimension)')->addSelect(self::KEYS)->selectRaw('sum(n), sum(sum_s), sum(sum_us_rest), ' . $this->dateLiteral($month->firstDay));
            $this->tables->table('sla_monthly')->insertUsing(['dimension', ...self::KEYS, ...self::SUMS, 'day'], $ofMonth);
        }
        $this->tables->table('sla_reports')->where('is_stale', false)->where(static function (Builder $any) use ($days): void {
            foreach ($days as $day) {
                $any->orWhere(static fn (Builder $one) => $one->where('first_day', '<=', $day)->where('end_day', '>', $day));
            }
        })->update(['is_stale' => true]);
        foreach (array_chunk($marks->keys()->all(), self::VALUES) as $ids) {
            $this->tables->table('sla_dirty_days')->whereIn('id', $ids)->delete();
        }

        return count($days);
    }

    private function dateLiteral(string $day): string
    {
        // SQLite has no dates: its columns of them hold texts.
        return $this->tables->connection()->getDriverName() === 'sqlite' ? "'{$day}'" : "date '{$day}'";
    }
}
