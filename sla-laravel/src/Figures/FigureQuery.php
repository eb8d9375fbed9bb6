<?php

declare(strict_types=1);

namespace Sla\Laravel\Figures;

use Illuminate\Database\Query\Builder;
use Sla\Laravel\Support\Tables;

/** Adds up figures in the database. What a row counts is the engine's; here are sums only. */
final class FigureQuery
{
    /** The engine's name for no agent, and for no team. */
    public const UNASSIGNED = 'unassigned';
    private const KEYS = ['day', 'value', 'timer', 'figure', 'bucket'];
    private const IS_NOT_ZERO = 'sum(n) <> 0 or sum(sum_s) <> 0 or sum(sum_us_rest) <> 0';

    public function __construct(private readonly Tables $tables)
    {
    }

    /** Returns the sums of the rows from one day to before another by value, timer, figure and bucket, which quantiles need. */
    public function exact(FigureDimension $dimension, string $first, string $end): Builder
    {
        return $this->added(['value', 'timer', 'figure', 'bucket'], $this->rows($dimension, self::from($first, $end), true));
    }

    /**
     * Returns the sums of days or months, with the changes that were not added to them yet, in one statement: what another
     * process adds meanwhile is in one of both.
     *
     * @param string                           $table   `sla_daily` or `sla_monthly`
     * @param callable(Builder, string): mixed $within  restricts a query to days, by the name of their column
     * @param list<string>                     $keys    what is kept apart
     * @param ?list<string>                    $figures which; `null` for all
     * @param ?list<string>                    $values  of the dimension; `null` for all
     */
    public function sums(FigureDimension $dimension, string $table, callable $within, array $keys, ?array $figures, ?array $values): Builder
    {
        $parts = ['value' => $this->kept($dimension, $table, $within, ''), $dimension->value => $this->changes($dimension, $within, '')];
        foreach ($parts as $column => $part) {
            if ($figures !== null) {
                $part->whereIn('figure', $figures);
            }
            if ($values !== null) {
                $part->whereIn($column, $values);
            }
        }

        return $this->added($keys, ...array_values($parts))->havingRaw(self::IS_NOT_ZERO);
    }

    /**
     * Returns the sums of days that `sla_daily` is to have: those of the rows, without the changes that are still to be added.
     *
     * @param list<string> $days
     */
    public function anew(FigureDimension $dimension, array $days): Builder
    {
        $within = static fn (Builder $query, string $day): Builder => $query->whereIn($day, $days);

        return $this->added(self::KEYS, $this->rows($dimension, $within, false), $this->changes($dimension, $within, '-'))->havingRaw(self::IS_NOT_ZERO);
    }

    /** Returns a query of the days from one to before another whose sums are not those that `anew` finds, in one statement. */
    public function wrongDays(FigureDimension $dimension, string $first, string $end): Builder
    {
        $within = self::from($first, $end);
        $wrong = $this->added(self::KEYS, $this->rows($dimension, $within, false), $this->changes($dimension, $within, '-'), $this->kept($dimension, 'sla_daily', $within, '-'));

        return $this->tables->connection()->query()->fromSub($wrong->havingRaw(self::IS_NOT_ZERO), 'wrong')->distinct()->orderBy('day')->select('day');
    }

    /** Returns a query that finds something where the sums of a month are not those of its days. */
    public function wrongMonth(FigureDimension $dimension, ReportPeriod $month): Builder
    {
        $within = self::from($month->firstDay, $month->endDay);

        return $this->added(['value', 'timer', 'figure', 'bucket'], $this->kept($dimension, 'sla_monthly', $within, ''), $this->kept($dimension, 'sla_daily', $within, '-'))
            ->havingRaw(self::IS_NOT_ZERO)->limit(1);
    }

    /** @return callable(Builder, string): Builder */
    public static function from(string $first, string $end): callable
    {
        return static fn (Builder $query, string $day): Builder => $query->where($day, '>=', $first)->where($day, '<', $end);
    }

    /** @param list<string> $keys */
    private function added(array $keys, Builder $all, Builder ...$others): Builder
    {
        foreach ($others as $other) {
            $all->unionAll($other);
        }

        return $this->tables->connection()->query()->fromSub($all, 'counted')->groupBy($keys)->select($keys)
            ->selectRaw('sum(n) as n, sum(sum_s) as sum_s, sum(sum_us_rest) as sum_us_rest');
    }

    /**
     * @param callable(Builder, string): mixed $within
     * @param string                           $sign   `-` to take away what is counted
     */
    private function kept(FigureDimension $dimension, string $table, callable $within, string $sign): Builder
    {
        $query = $this->tables->table($table)->where('dimension', $dimension->value)
            ->selectRaw("day, value, timer, figure, bucket, {$sign}n as n, {$sign}sum_s as sum_s, {$sign}sum_us_rest as sum_us_rest");
        $within($query, 'day');

        return $query;
    }

    /**
     * @param callable(Builder, string): mixed $within
     * @param string                           $sign   `-` to take away what is counted
     */
    private function changes(FigureDimension $dimension, callable $within, string $sign): Builder
    {
        $query = $this->tables->table('sla_figure_changes')
            ->selectRaw("day, {$dimension->value} as value, timer, figure, bucket, {$sign}n as n, {$sign}sum_s as sum_s, {$sign}sum_us_rest as sum_us_rest");
        $within($query, 'day');

        return $query;
    }

    /**
     * Returns what the rows of tickets count, as `FigureChanges` does of those that change.
     *
     * @param callable(Builder, string): mixed $within
     * @param bool                             $isExact whether durations are kept apart by bucket
     */
    private function rows(FigureDimension $dimension, callable $within, bool $isExact): Builder
    {
        // Other databases divide integers to integers.
        $divide = Tables::isMySql($this->tables->connection()) ? 'div' : '/';
        $counted = static fn (string $n, string $us): string => "{$n} as n, {$us} {$divide} 1000000 as sum_s, {$us} % 1000000 as sum_us_rest";
        $part = function (string $table, string $day, string $columns) use ($within): Builder {
            $query = $this->tables->table($table)->selectRaw($columns);
            $within($query, $day);

            return $query;
        };
        $all = $part('sla_promises', 'day', 'day, ' . self::value('', $dimension) . ' as value, timer, class as figure, 0 as bucket, ' . $counted('1', '0'));
        foreach (['business' => 'business_figure', 'wall' => 'wall_figure', 'overdue' => "'overdue'"] as $time => $figure) {
            $bucket = $isExact ? "{$time}_bucket" : '0';
            $columns = 'ended_day as day, ' . self::value('ended_', $dimension) . " as value, timer, {$figure} as figure, {$bucket} as bucket, " . $counted('1', "{$time}_us");
            $all->unionAll($part('sla_promises', 'ended_day', $columns)->whereNotNull("{$time}_us"));
        }
        $bucket = $isExact ? 'bucket' : 'case when duration_us is null then bucket else 0 end';
        $columns = 'day, ' . self::value('', $dimension) . " as value, coalesce(timer, '') as timer, figure, {$bucket} as bucket, " . $counted('n', 'coalesce(duration_us, 0)');

        return $all->unionAll($part('sla_ticket_facts', 'day', $columns));
    }

    private static function value(string $prefix, FigureDimension $dimension): string
    {
        return in_array($dimension, [FigureDimension::Agent, FigureDimension::Team], true)
            ? "coalesce({$prefix}{$dimension->value}, '" . self::UNASSIGNED . "')"
            : $prefix . $dimension->value;
    }
}
