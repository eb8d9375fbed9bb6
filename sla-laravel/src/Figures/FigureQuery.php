<?php

declare(strict_types=1);

namespace Sla\Laravel\Figures;

use Illuminate\Database\Query\Builder;
use Sla\Laravel\Support\Tables;

/** Adds up the rows of tickets in the database. What a row counts is the engine's; here are sums only. */
final class FigureQuery
{
    /** The engine's name for no agent, and for no team. */
    public const UNASSIGNED = 'unassigned';

    public function __construct(private readonly Tables $tables)
    {
    }

    /**
     * Returns a query of the sums of rows by value of a dimension, day, timer, figure and bucket.
     *
     * @param callable(Builder, string): mixed $within    restricts a query to days, by the name of their column
     * @param bool                             $isExact whether durations are kept apart by bucket, which quantiles need
     * @param bool                             $isDaily whether days are kept apart
     */
    public function sums(FigureDimension $dimension, callable $within, bool $isExact, bool $isDaily): Builder
    {
        $value = static fn (string $prefix): string => in_array($dimension, [FigureDimension::Agent, FigureDimension::Team], true)
            ? "coalesce({$prefix}{$dimension->value}, '" . self::UNASSIGNED . "')"
            : $prefix . $dimension->value;
        $parts = [$this->part('sla_promises', 'day', $within, "day, {$value('')} as value, timer, class as figure, 0 as bucket, 1 as n, 0 as us")];
        foreach (['business' => 'business_figure', 'wall' => 'wall_figure', 'overdue' => "'overdue'"] as $time => $figure) {
            $bucket = $isExact ? "{$time}_bucket" : '0';
            $columns = "ended_day as day, {$value('ended_')} as value, timer, {$figure} as figure, {$bucket} as bucket, 1 as n, {$time}_us as us";
            $parts[] = $this->part('sla_promises', 'ended_day', $within, $columns)->whereNotNull("{$time}_us");
        }
        $bucket = $isExact ? 'bucket' : 'case when duration_us is null then bucket else 0 end';
        $columns = "day, {$value('')} as value, coalesce(timer, '') as timer, figure, {$bucket} as bucket, n, coalesce(duration_us, 0) as us";
        $parts[] = $this->part('sla_ticket_facts', 'day', $within, $columns);
        $all = array_shift($parts);
        foreach ($parts as $part) {
            $all->unionAll($part);
        }
        $keys = [...($isDaily ? ['day'] : []), 'value', 'timer', 'figure', 'bucket'];

        return $this->tables->connection()->query()->fromSub($all, 'counted')->groupBy($keys)->select($keys)->selectRaw($this->totals());
    }

    private function totals(): string
    {
        // Other databases divide integers to integers.
        $divide = in_array($this->tables->connection()->getDriverName(), ['mysql', 'mariadb'], true) ? 'div' : '/';

        return "sum(n) as n, sum(us {$divide} 1000000) as sum_s, sum(us % 1000000) as sum_us_rest";
    }

    /** @param callable(Builder, string): mixed $within */
    private function part(string $table, string $day, callable $within, string $columns): Builder
    {
        $query = $this->tables->table($table)->selectRaw($columns);
        $within($query, $day);

        return $query;
    }
}
