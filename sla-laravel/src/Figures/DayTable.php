<?php

declare(strict_types=1);

namespace Sla\Laravel\Figures;

use Illuminate\Database\Query\Builder;
use Illuminate\Database\Query\Expression;
use Sla\Laravel\Support\Settings;
use Sla\Laravel\Support\Tables;

/**
 * The figures of days and months, added up from the rows of tickets. What a command changes in them stands in
 * `sla_figure_changes` until it is added; readers count both, so no figure is ever old.
 */
final class DayTable
{
    /** How many a transaction adds up at most. */
    private const CHANGES = 5000;
    /** SQLite takes at most 999 values in a statement. */
    private const VALUES = 500;
    private const ROWS = 100;
    private const DAYS = 7;
    private const KEYS = ['dimension', 'day', 'value', 'timer', 'figure', 'bucket'];
    private const SUMS = ['n', 'sum_s', 'sum_us_rest'];

    public function __construct(private readonly Tables $tables, private readonly FigureQuery $query, private readonly Settings $settings)
    {
    }

    /**
     * Adds what changed to the sums, and adds up anew the days that are to be.
     *
     * @param (callable(int): void)|null $progress called with how many days were changed, each once
     *
     * @return int how many days were changed
     */
    public function refresh(?callable $progress = null): int
    {
        $seen = [];
        foreach (['sla_figure_changes' => $this->addChanges(...), 'sla_dirty_days' => $this->addAnew(...)] as $table => $step) {
            // In a transaction of the application MySQL and MariaDB show rows as they were when it began: no day is added up anew there.
            if ($table === 'sla_dirty_days' && Tables::isMySql($this->tables->connection()) && $this->tables->connection()->transactionLevel() > 0) {
                continue;
            }
            // What comes meanwhile is for the next time.
            $last = (int) $this->tables->table($table)->max('id');
            while ($last > 0 && ($days = $this->alone(static fn (): array => $step($last))) !== []) {
                $new = count(array_diff_key(array_flip($days), $seen));
                $seen += array_flip($days);
                if ($progress !== null) {
                    $progress($new);
                }
            }
        }

        return count($seen);
    }

    /** @return list<string> the days from one to before another that have changes to be added, or are to be added up anew; oldest first */
    public function dirtyDays(string $first = '0001-01-01', string $end = '9999-12-31'): array
    {
        $within = FigureQuery::from($first, $end);
        $days = [];
        foreach (['sla_figure_changes', 'sla_dirty_days'] as $table) {
            array_push($days, ...$within($this->tables->table($table), 'day')->distinct()->pluck('day')->map(static fn ($day): string => (string) $day)->all());
        }
        sort($days);

        return array_values(array_unique($days));
    }

    /** Returns a text that changes whenever a figure does. */
    public function version(): string
    {
        // A change may be committed after a later one, so the greatest alone says too little. One statement: changes that are
        // added meanwhile are in one of both.
        $found = $this->tables->table('sla_figure_changes')->selectRaw('count(*) as n, max(id) as last')
            ->selectSub($this->tables->table('sla_figure_state')->where('name', 'refresh')->select('value'), 'refreshed')->first();

        return "{$found?->refreshed}/{$found?->n}/{$found?->last}";
    }

    /**
     * Returns the first and the last day that has a row or a sum; `null` where there is none.
     *
     * @return ?array{string, string}
     */
    public function bounds(): ?array
    {
        $found = [];
        foreach ([['sla_daily', 'day'], ['sla_monthly', 'day'], ['sla_promises', 'day'], ['sla_promises', 'ended_day'], ['sla_ticket_facts', 'day'], ['sla_figure_changes', 'day']] as [$table, $column]) {
            array_push($found, $this->tables->table($table)->min($column), $this->tables->table($table)->max($column));
        }
        $days = array_map(strval(...), array_filter($found));

        return $days === [] ? null : [min($days), max($days)];
    }

    /** Has every day added up anew from its rows. */
    public function markAll(): void
    {
        [$first, $last] = $this->bounds() ?? ['', ''];
        $days = $first === '' ? [] : [...ReportPeriod::daysOf($first, $last), $last];
        foreach (array_chunk($days, self::VALUES) as $some) {
            $this->tables->table('sla_dirty_days')->insert(array_map(static fn (string $day): array => ['day' => $day], $some));
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

    /**
     * Adds the oldest changes to the sums.
     *
     * @return list<string> the days that they are of
     */
    private function addChanges(int $last): array
    {
        $changes = $this->tables->current('sla_figure_changes', 1)->where('id', '<=', $last)->orderBy('id')->limit(self::CHANGES)->get()->all();
        if ($changes === []) {
            return [];
        }
        $days = array_values(array_unique(array_map(static fn (\stdClass $row): string => (string) $row->day, $changes)));
        $months = array_values(array_unique(array_map(self::month(...), $days)));
        foreach (['sla_daily' => $days, 'sla_monthly' => $months] as $table => $changed) {
            $sums = new FigureSums();
            foreach (FigureDimension::cases() as $dimension) {
                foreach ($changes as $row) {
                    $day = $table === 'sla_monthly' ? self::month((string) $row->day) : (string) $row->day;
                    $key = [$dimension->value, $day, (string) $row->{$dimension->value}, (string) $row->timer, (string) $row->figure, (int) $row->bucket];
                    $sums->add(array_combine(self::KEYS, $key), (int) $row->n, (int) $row->sum_s, (int) $row->sum_us_rest);
                }
            }
            foreach (array_chunk($sums->rows(), self::ROWS) as $some) {
                $this->tables->table($table)->upsert($some, self::KEYS, $this->sumsAdded($table));
            }
            // The index has the day after the dimension.
            $this->tables->table($table)->whereIn('dimension', array_column(FigureDimension::cases(), 'value'))->whereIn('day', $changed)->where('n', 0)->where('sum_s', 0)->where('sum_us_rest', 0)->delete();
        }
        $this->markReports($days);
        $this->delete('sla_figure_changes', array_map(static fn (\stdClass $row): int => (int) $row->id, $changes));

        return $days;
    }

    /**
     * Adds up days of the oldest month anew.
     *
     * @return list<string> the days
     */
    private function addAnew(int $last): array
    {
        $first = $this->tables->table('sla_dirty_days')->where('id', '<=', $last)->min('day');
        if ($first === null) {
            return [];
        }
        $month = ReportPeriod::on(ReportUnit::Month, (string) $first, new \DateTimeZone('UTC'));
        $within = FigureQuery::from($month->firstDay, $month->endDay);
        $marks = $within($this->tables->table('sla_dirty_days'), 'day')->where('id', '<=', $last)->orderBy('id')->limit(self::CHANGES)->pluck('day', 'id');
        $days = array_values(array_unique($marks->map(static fn ($day): string => (string) $day)->all()));
        foreach (FigureDimension::cases() as $dimension) {
            $this->tables->table('sla_daily')->where('dimension', $dimension->value)->whereIn('day', $days)->delete();
            // A thousand agents have some ten thousand sums a day: of a week at a time, and not all of them as objects.
            foreach (array_chunk($days, self::DAYS) as $some) {
                // A query of its own: in `insert ... select`, MySQL and MariaDB lock the rows that they read, and commands would wait.
                foreach ($this->query->anew($dimension, $some)->cursor()->chunk(self::ROWS) as $rows) {
                    $this->tables->table('sla_daily')->insert($rows->map(static fn (\stdClass $row): array => ['dimension' => $dimension->value] + (array) $row)->values()->all());
                }
            }
            $this->tables->table('sla_monthly')->where('dimension', $dimension->value)->where('day', $month->firstDay)->delete();
            $keys = ['value', 'timer', 'figure', 'bucket'];
            $ofMonth = $within($this->tables->table('sla_daily')->where('dimension', $dimension->value), 'day')
                ->groupBy($keys)->selectRaw('min(dimension)')->addSelect($keys)->selectRaw('sum(n), sum(sum_s), sum(sum_us_rest), ' . $this->dateLiteral($month->firstDay));
            $this->tables->table('sla_monthly')->insertUsing(['dimension', ...$keys, ...self::SUMS, 'day'], $ofMonth);
        }
        $this->markReports($days);
        $this->delete('sla_dirty_days', array_keys($marks->all()));

        return $days;
    }

    private static function month(string $day): string
    {
        return substr($day, 0, 7) . '-01';
    }

    /** @return array<string, Expression> */
    private function sumsAdded(string $table): array
    {
        $name = $this->tables->quotedTable($table);
        $added = [];
        foreach (self::SUMS as $sum) {
            $added[$sum] = new Expression("{$name}.{$sum} + " . (Tables::isMySql($this->tables->connection()) ? "values({$sum})" : "excluded.{$sum}"));
        }

        return $added;
    }

    /**
     * Has the reports of some days built again.
     *
     * @param list<string> $days
     */
    private function markReports(array $days): void
    {
        foreach (array_chunk($days, self::ROWS) as $some) {
            $this->tables->table('sla_reports')->where('is_stale', false)->where(static function (Builder $any) use ($some): void {
                foreach ($some as $day) {
                    $any->orWhere(static fn (Builder $one) => $one->where('first_day', '<=', $day)->where('end_day', '>', $day));
                }
            })->update(['is_stale' => true]);
        }
    }

    /** @param list<int> $ids */
    private function delete(string $table, array $ids): void
    {
        foreach (array_chunk($ids, self::VALUES) as $some) {
            // In this order MySQL and MariaDB read, and lock, these rows and none of those that writers add.
            $this->tables->table($table)->whereIn('id', $some)->orderBy('id')->limit(count($some))->delete();
        }
    }

    private function dateLiteral(string $day): string
    {
        // SQLite has no dates: its columns of them hold texts.
        return $this->tables->connection()->getDriverName() === 'sqlite' ? "'{$day}'" : "date '{$day}'";
    }
}
