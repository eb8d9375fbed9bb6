<?php

declare(strict_types=1);

namespace Sla\Laravel\Figures;

use Illuminate\Database\Query\Builder;
use Sla\Aggregate;
use Sla\Dimension;
use Sla\Grouping;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Settings;
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

    public function __construct(
        private readonly FigureQuery $query,
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
        $rows = $this->query->exact($dimension, $period->firstDay, $period->endDay)->get();
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
        $sums = new FigureSums();
        foreach ($this->sums($first, $end, FigureDimension::Package, $unit, $figures) as $row) {
            $day = $unit === PeriodUnit::Month ? substr((string) $row->day, 0, 7) . '-01' : (string) $row->day;
            $starts[$day] ??= Time::toText(Time::fromUs(ReportPeriod::on(ReportUnit::Day, $day, $zone)->startUs()));
            // Of a month its sum, and what changed on each day of it.
            $sums->add(['period' => $starts[$day]] + self::place($row), (int) $row->n, (int) $row->sum_s, (int) $row->sum_us_rest);
        }

        return $this->aggregate(Grouping::by()->per($unit, $zone->getName()), $sums->rows());
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
     * Adds up days, or whole months from their sums, with what changed since these were added up.
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
        $isDaily = $per !== null;
        $keys = [...($isDaily ? ['day'] : []), ...($isDaily && $values === null ? [] : ['value']), 'timer', 'figure', 'bucket'];
        $isOfMonths = $per !== PeriodUnit::Day && str_ends_with($first, '-01') && str_ends_with($end, '-01');
        // Of some values a list of days, not a range: the index has the value after the day.
        $within = $values === null || $isOfMonths
            ? FigureQuery::from($first, $end)
            : static fn (Builder $query, string $day): Builder => $query->whereIn($day, ReportPeriod::daysOf($first, $end));

        return array_values($this->query->sums($dimension, $isOfMonths ? 'sla_monthly' : 'sla_daily', $within, $keys, $figures, $values)->get()->all());
    }

    /** @param list<array<string, string|int>> $rows */
    private function aggregate(Grouping $grouping, array $rows): Aggregate
    {
        $empty = json_decode(Aggregate::by($grouping)->json(), true, 512, JSON_THROW_ON_ERROR);
        $document = ['as_of' => Time::toText(Time::fromUs($this->clock->nowUs())), 'rows' => $rows] + $empty;

        return Aggregate::fromJson(json_encode($document, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE));
    }

    /** @return array<string, string|int> what a row counts, as the engine names it */
    private static function place(\stdClass $row): array
    {
        return ($row->timer === '' ? [] : ['timer' => (string) $row->timer]) + ['outcome' => (string) $row->figure, 'bucket' => (int) $row->bucket];
    }

    /** @return array<string, string|int> */
    private static function counted(\stdClass $row): array
    {
        return self::place($row) + ['n' => (int) $row->n, 'sum_s' => (int) $row->sum_s, 'sum_us_rest' => (int) $row->sum_us_rest];
    }
}
