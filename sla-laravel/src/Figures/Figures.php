<?php

declare(strict_types=1);

namespace Sla\Laravel\Figures;

use Illuminate\Database\Query\Builder;
use Sla\Aggregate;
use Sla\Dimension;
use Sla\Grouping;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Settings;
use Sla\Laravel\Support\Tables;
use Sla\PeriodUnit;
use Sla\Time;

/**
 * The figures of periods as the engine's aggregates, from which the engine makes reports.
 *
 * Figures as of an instant (active tickets, running promises) are in none of them: `LiveMetrics` has those of now.
 */
final class Figures
{
    /** What compliance and the mean business time of a timer are made of. */
    public const OF_TIMERS = ['met', 'breached_answered', 'breached_open', 'breached_ended', 'business_time'];

    private const SUMS = 'sum(n) as n, sum(sum_s) as sum_s, sum(sum_us_rest) as sum_us_rest';

    /** @var ?array{string, list<\stdClass>} the sums of changed days by package and channel that were read last, and of what they are */
    private ?array $changed = null;

    public function __construct(
        private readonly Tables $tables,
        private readonly FigureQuery $query,
        private readonly DayTable $days,
        private readonly Settings $settings,
        private readonly Clock $clock,
    ) {
    }

    public function zone(): \DateTimeZone
    {
        return new \DateTimeZone($this->settings->timeZone());
    }

    /** Returns the figures of a day, week or month with all durations, from the rows of tickets. */
    public function exact(ReportPeriod $period, FigureDimension $dimension): Aggregate
    {
        $unit = $period->unit->kept() ?? throw new \LogicException('the figures of a year are added up from months');
        $rows = $this->query->sums(
            $dimension,
            static fn (Builder $query, string $day) => $query->where($day, '>=', $period->firstDay)->where($day, '<', $period->endDay),
            true,
            false,
        )->get();
        $grouping = Grouping::by($dimension->engine())->per($unit, $period->zone->getName());
        $start = Time::toText(Time::fromUs($period->startUs()));

        return $this->aggregate($grouping, $rows->map(static fn (\stdClass $row): array => [$dimension->value => $row->value, 'period' => $start] + self::counted($row))->all());
    }

    /**
     * Returns the figures of days without quantiles, by a dimension: fast, whatever there is.
     *
     * @param string        $first   the first local date
     * @param string        $end     the first local date after them
     * @param ?list<string> $figures which; `null` for all
     */
    public function added(string $first, string $end, FigureDimension $dimension, ?array $figures = null): Aggregate
    {
        $rows = [];
        foreach ($this->sums($first, $end, $dimension, null, $figures) as $row) {
            $rows[] = [$dimension->value => $row->value] + self::counted($row);
        }

        return $this->aggregate(Grouping::by($dimension->engine()), $rows);
    }

    /**
     * Returns the figures of each day, or of each month, without quantiles.
     *
     * @param string        $first   the first local date
     * @param string        $end     the first local date after them
     * @param ?list<string> $figures which; `null` for all
     */
    public function course(string $first, string $end, PeriodUnit $unit, ?array $figures = null): Aggregate
    {
        $zone = $this->zone();
        $starts = [];
        $rows = [];
        foreach ($this->sums($first, $end, FigureDimension::Package, $unit, $figures) as $row) {
            $day = $unit === PeriodUnit::Month ? substr((string) $row->day, 0, 7) . '-01' : (string) $row->day;
            $starts[$day] ??= Time::toText(Time::fromUs(ReportPeriod::on(ReportUnit::Day, $day, $zone)->startUs()));
            $rows[] = ['period' => $starts[$day]] + self::counted($row);
        }

        return $this->aggregate(Grouping::by()->per($unit, $zone->getName()), $rows);
    }

    /**
     * Returns the figures of several periods without quantiles, as `added` does, and reads the days of all of them once.
     *
     * @param non-empty-list<ReportPeriod> $periods
     * @param ?list<string>                $values  of the dimension; `null` for all of them together
     * @param ?list<string>                $figures which; `null` for all
     *
     * @return list<Aggregate> one a period
     */
    public function each(array $periods, FigureDimension $dimension, ?array $values, ?array $figures = null): array
    {
        $first = min(array_map(static fn (ReportPeriod $period): string => $period->firstDay, $periods));
        $end = max(array_map(static fn (ReportPeriod $period): string => $period->endDay, $periods));
        $rows = $this->sums($first, $end, $dimension, PeriodUnit::Day, $figures, $values);
        $grouping = $values === null ? Grouping::by() : Grouping::by($dimension->engine());
        $found = [];
        foreach ($periods as $period) {
            $counted = [];
            foreach ($rows as $row) {
                if ($row->day >= $period->firstDay && $row->day < $period->endDay) {
                    $counted[] = ($values === null ? [] : [$dimension->value => $row->value]) + self::counted($row);
                }
            }
            $found[] = $this->aggregate($grouping, $counted);
        }

        return $found;
    }

    /**
     * Adds up days: whole months from their sums, other days from theirs, and those that changed since from the rows of
     * tickets.
     *
     * @param ?PeriodUnit   $per     what is kept apart: days, months, or nothing
     * @param ?list<string> $figures
     * @param ?list<string> $values  of the dimension, which are kept apart; `null` for all
     *
     * @return list<\stdClass> with timer, figure, bucket, n, sum_s, sum_us_rest; value where no period or some values are kept
     *                         apart; day where periods are, which may be any one of a month
     */
    private function sums(string $first, string $end, FigureDimension $dimension, ?PeriodUnit $per, ?array $figures, ?array $values = null): array
    {
        $marks = $this->days->marks($first, $end);
        $dirty = array_keys($marks);
        $isDaily = $per !== null;
        $keys = [...($isDaily ? ['day'] : []), ...($isDaily && $values === null ? [] : ['value']), 'timer', 'figure', 'bucket'];
        $isOfMonths = $per !== PeriodUnit::Day && str_ends_with($first, '-01') && str_ends_with($end, '-01');
        $split = array_values(array_unique(array_map(static fn (string $day): string => substr($day, 0, 7) . '-01', $dirty)));
        $found = [];
        $read = function (string $table, callable $within) use ($dimension, $keys, $figures, $values, &$found): void {
            $query = $this->tables->table($table)->where('dimension', $dimension->value)->groupBy($keys)->select($keys)->selectRaw(self::SUMS);
            $within($query);
            if ($figures !== null) {
                $query->whereIn('figure', $figures);
            }
            if ($values !== null) {
                $query->whereIn('value', $values);
            }
            array_push($found, ...$query->get()->all());
        };
        $spans = [[$first, $end]];
        if ($isOfMonths) {
            $read('sla_monthly', static fn (Builder $query) => $query->where('day', '>=', $first)->where('day', '<', $end)->whereNotIn('day', $split));
            $spans = array_map(static fn (string $month): array => [$month, ReportPeriod::on(ReportUnit::Month, $month, new \DateTimeZone('UTC'))->endDay], $split);
        }
        foreach ($spans as [$from, $to]) {
            $read('sla_daily', $values === null
                ? static fn (Builder $query) => $query->where('day', '>=', $from)->where('day', '<', $to)->whereNotIn('day', $dirty)
                // A list of days, not a range: the index has the dimension after the day.
                : static fn (Builder $query) => $query->whereIn('day', array_values(array_diff(ReportPeriod::daysOf($from, $to), $dirty))));
        }
        if ($dirty !== []) {
            array_push($found, ...$this->changed($marks, $dimension, $isDaily, $figures, $values));
        }

        return $found;
    }

    /**
     * Adds up days that changed since they were added up, from the rows of tickets. Packages and channels are read together,
     * once for all that a page shows of them.
     *
     * @param array<string, string> $marks   of the days
     * @param ?list<string>         $figures
     * @param ?list<string>         $values
     *
     * @return list<\stdClass>
     */
    private function changed(array $marks, FigureDimension $dimension, bool $isDaily, ?array $figures, ?array $values): array
    {
        $days = array_keys($marks);
        if ($values !== null || !in_array($dimension, [FigureDimension::Package, FigureDimension::Channel], true)) {
            $sums = $this->query->sumsOfDays($dimension, $days, $isDaily, $figures);

            return ($values === null ? $sums : $sums->whereIn('value', $values))->get()->all();
        }
        $what = serialize([$marks, $figures]);
        $changed = $this->changed !== null && $this->changed[0] === $what
            ? $this->changed
            : [$what, array_values($this->query->sumsByPackageAndChannel($days, $figures)->get()->all())];
        $this->changed = $changed;

        return array_map(static function (\stdClass $row) use ($dimension): \stdClass {
            $row = clone $row;
            $row->value = $row->{$dimension->value};

            return $row;
        }, $changed[1]);
    }

    /** @param list<array<string, string|int>> $rows */
    private function aggregate(Grouping $grouping, array $rows): Aggregate
    {
        $empty = json_decode(Aggregate::by($grouping)->json(), true, 512, JSON_THROW_ON_ERROR);
        $document = ['as_of' => Time::toText(Time::fromUs($this->clock->nowUs())), 'rows' => $rows] + $empty;

        return Aggregate::fromJson(json_encode($document, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE));
    }

    /** @return array<string, string|int> */
    private static function counted(\stdClass $row): array
    {
        return ($row->timer === '' ? [] : ['timer' => $row->timer]) + [
            'outcome' => $row->figure,
            'bucket' => (int) $row->bucket,
            'n' => (int) $row->n,
            'sum_s' => (int) $row->sum_s,
            'sum_us_rest' => (int) $row->sum_us_rest,
        ];
    }
}
