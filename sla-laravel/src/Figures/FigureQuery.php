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
     * @param callable(Builder, string): mixed $within  restricts a query to days, by the name of their column
     * @param bool                             $isExact whether durations are kept apart by bucket, which quantiles need
     * @param bool                             $isDaily whether days are kept apart
     */
    public function sums(FigureDimension $dimension, callable $within, bool $isExact, bool $isDaily): Builder
    {
        return $this->grouped(['value' => $dimension], $within, $isExact, $isDaily, null);
    }

    /**
     * Returns a query of the sums of rows by day, package, channel, timer, figure and bucket, without buckets of durations.
     *
     * @param list<string>  $days
     * @param ?list<string> $figures which; `null` for all
     */
    public function sumsByPackageAndChannel(array $days, ?array $figures): Builder
    {
        return $this->grouped(['package' => FigureDimension::Package, 'channel' => FigureDimension::Channel], self::among($days), false, true, $figures);
    }

    /**
     * Returns a query of the sums of some days, as `sums` does, without buckets of durations.
     *
     * @param list<string>  $days
     * @param bool          $isDaily whether they are kept apart
     * @param ?list<string> $figures which; `null` for all
     */
    public function sumsOfDays(FigureDimension $dimension, array $days, bool $isDaily, ?array $figures): Builder
    {
        return $this->grouped(['value' => $dimension], self::among($days), false, $isDaily, $figures);
    }

    /**
     * @param list<string> $days
     *
     * @return callable(Builder, string): mixed
     */
    private static function among(array $days): callable
    {
        return static fn (Builder $query, string $day) => $query->whereIn($day, $days);
    }

    /**
     * @param array<string, FigureDimension>   $dimensions by the name of their column in the answer
     * @param callable(Builder, string): mixed $within
     * @param ?list<string>                    $figures
     */
    private function grouped(array $dimensions, callable $within, bool $isExact, bool $isDaily, ?array $figures): Builder
    {
        $values = static fn (string $prefix): string => implode(', ', array_map(
            static fn (string $name, FigureDimension $dimension): string => self::value($prefix, $dimension) . " as {$name}",
            array_keys($dimensions),
            $dimensions,
        ));
        $parts = [$this->part('sla_promises', 'day', $within, 'class', $figures, "day, {$values('')}, timer, class as figure, 0 as bucket, 1 as n, 0 as us")];
        foreach (['business', 'wall'] as $time) {
            if ($figures === null || preg_grep("/{$time}_time$/", $figures) !== []) {
                $bucket = $isExact ? "{$time}_bucket" : '0';
                $columns = "ended_day as day, {$values('ended_')}, timer, {$time}_figure as figure, {$bucket} as bucket, 1 as n, {$time}_us as us";
                $parts[] = $this->part('sla_promises', 'ended_day', $within, "{$time}_figure", $figures, $columns)->whereNotNull("{$time}_us");
            }
        }
        if ($figures === null || in_array('overdue', $figures, true)) {
            $bucket = $isExact ? 'overdue_bucket' : '0';
            $columns = "ended_day as day, {$values('ended_')}, timer, 'overdue' as figure, {$bucket} as bucket, 1 as n, overdue_us as us";
            $parts[] = $this->part('sla_promises', 'ended_day', $within, null, null, $columns)->whereNotNull('overdue_us');
        }
        $bucket = $isExact ? 'bucket' : 'case when duration_us is null then bucket else 0 end';
        $columns = "day, {$values('')}, coalesce(timer, '') as timer, figure, {$bucket} as bucket, n, coalesce(duration_us, 0) as us";
        $parts[] = $this->part('sla_ticket_facts', 'day', $within, 'figure', $figures, $columns);
        $all = array_shift($parts);
        foreach ($parts as $part) {
            $all->unionAll($part);
        }
        $keys = [...($isDaily ? ['day'] : []), ...array_keys($dimensions), 'timer', 'figure', 'bucket'];

        return $this->tables->connection()->query()->fromSub($all, 'counted')->groupBy($keys)->select($keys)->selectRaw($this->totals());
    }

    private function totals(): string
    {
        // Other databases divide integers to integers.
        $divide = in_array($this->tables->connection()->getDriverName(), ['mysql', 'mariadb'], true) ? 'div' : '/';

        return "sum(n) as n, sum(us {$divide} 1000000) as sum_s, sum(us % 1000000) as sum_us_rest";
    }

    private static function value(string $prefix, FigureDimension $dimension): string
    {
        return in_array($dimension, [FigureDimension::Agent, FigureDimension::Team], true)
            ? "coalesce({$prefix}{$dimension->value}, '" . self::UNASSIGNED . "')"
            : $prefix . $dimension->value;
    }

    /**
     * @param callable(Builder, string): mixed $within
     * @param ?string                          $figure  the column that names the figure
     * @param ?list<string>                    $figures which; `null` for all
     */
    private function part(string $table, string $day, callable $within, ?string $figure, ?array $figures, string $columns): Builder
    {
        $query = $this->tables->table($table)->selectRaw($columns);
        $within($query, $day);
        if ($figures !== null && $figure !== null) {
            $query->whereIn($figure, $figures);
        }

        return $query;
    }
}
