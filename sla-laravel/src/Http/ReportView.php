<?php

declare(strict_types=1);

namespace Sla\Laravel\Http;

use Sla\Laravel\Figures\ReportPeriod;
use Sla\Laravel\Figures\ReportUnit;
use Sla\ReportGroup;
use Sla\TimerFigures;

/** What the pages of a period show. */
final class ReportView
{
    private const BARS = 20;

    /**
     * @param array<string, mixed>  $figures  what the controller read
     * @param list<string>          $timers   that have figures
     * @param array<string, string> $packages names by id
     * @param array<string, string> $channels names by id
     */
    public function __construct(
        public readonly ReportPeriod $period,
        private readonly array $figures,
        /** Whether quantiles are known. */
        public readonly bool $isWhole,
        public readonly bool $isOver,
        public readonly array $timers,
        private readonly array $packages,
        private readonly array $channels,
    ) {
    }

    public function __get(string $name): mixed
    {
        return $this->figures[$name];
    }

    /** @return list<ReportUnit> */
    public function units(): array
    {
        return ReportUnit::cases();
    }

    public function isEmpty(): bool
    {
        $total = $this->figures['total'] ?? null;

        return $total instanceof ReportGroup
            ? $total->timers === [] && $total->tickets->opened + $total->tickets->openedOutbound + $total->tickets->resolved + $total->tickets->replies + $total->tickets->csat->count === 0
            : ($this->figures['agents'] ?? []) === [];
    }

    public function package(?string $id): string
    {
        return $this->packages[$id ?? ''] ?? $id ?? FigureText::ABSENT;
    }

    public function channel(?string $id): string
    {
        return $this->channels[$id ?? ''] ?? $id ?? FigureText::ABSENT;
    }

    public function timer(string $id): string
    {
        return Pages::timer($id);
    }

    /** Draws the compliance of each package. */
    public function packageChart(): Chart
    {
        $labels = array_map(fn (ReportGroup $group): string => $this->package($group->key['package']), $this->figures['packages']);

        return self::compliance($labels, $this->figures['packages']);
    }

    /**
     * Draws the compliance of periods.
     *
     * @param list<ReportGroup> $groups
     */
    public static function complianceOf(array $groups): Chart
    {
        return self::compliance(array_map(static fn (ReportGroup $group): string => (string) $group->key['period'], $groups), $groups);
    }

    /** Draws the compliance of each day or month. */
    public function complianceChart(): Chart
    {
        return self::complianceOf($this->figures['course']);
    }

    /** Draws how many tickets were opened and resolved on each day or in each month. */
    public function volumeChart(): Chart
    {
        $groups = $this->figures['course'];

        return Chart::bars(FigureText::text('volume'), $this->periods(), [
            FigureText::text('tickets.opened') => array_map(static fn (ReportGroup $group): int => $group->tickets->opened + $group->tickets->openedOutbound, $groups),
            FigureText::text('tickets.resolved') => array_map(static fn (ReportGroup $group): int => $group->tickets->resolved, $groups),
        ], strval(...));
    }

    public function csatChart(): Chart
    {
        $labels = array_map(static fn (int $score): string => (string) $score, range(1, 5));

        return Chart::bars(FigureText::text('csat'), $labels, [FigureText::text('csat_count') => $this->figures['total']->tickets->csat->distribution], strval(...));
    }

    /** Draws the best scores. */
    public function scoreChart(): Chart
    {
        $agents = array_slice($this->figures['agents'], 0, self::BARS);

        return Chart::bars(
            FigureText::text('score'),
            array_map(fn ($agent): string => $this->agent($agent->agent), $agents),
            [FigureText::text('score') => array_map(static fn ($agent): ?int => $agent->scoreMillionths, $agents)],
            FigureText::score(...),
            1_000_000,
        );
    }

    public function agent(string $id): string
    {
        return $id === 'unassigned' ? FigureText::text('unassigned') : $id;
    }

    /** @return list<string> the names of days or months */
    public function periods(): array
    {
        return array_map(static fn (ReportGroup $group): string => (string) $group->key['period'], $this->figures['course']);
    }

    /**
     * @param list<string>      $labels
     * @param list<ReportGroup> $groups
     */
    private static function compliance(array $labels, array $groups): Chart
    {
        $timers = [];
        foreach ($groups as $group) {
            $timers += array_fill_keys(array_keys($group->timers), true);
        }
        $series = [];
        foreach (array_keys($timers) as $timer) {
            $values = array_map(static fn (ReportGroup $group): ?int => ($group->timers[$timer] ?? null)?->complianceMillionths, $groups);
            if (array_filter($values, is_int(...)) !== []) {
                $series[Pages::timer($timer)] = $values;
            }
        }

        return Chart::bars(FigureText::text('compliance'), $labels, $series, FigureText::percent(...), 1_000_000);
    }

    public static function breached(?TimerFigures $figures): int
    {
        return $figures === null ? 0 : $figures->decided - $figures->met;
    }
}
