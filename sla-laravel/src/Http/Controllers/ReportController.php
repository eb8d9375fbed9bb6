<?php

declare(strict_types=1);

namespace Sla\Laravel\Http\Controllers;

use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;
use Illuminate\Validation\ValidationException;
use Sla\AgentPerformance;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Figures\ReportPeriod;
use Sla\Laravel\Figures\Reports;
use Sla\Laravel\Figures\ReportUnit;
use Sla\Laravel\Http\Csv;
use Sla\Laravel\Http\FigureText;
use Sla\Laravel\Http\Pages;
use Sla\Laravel\Http\ReportView;
use Sla\Laravel\Http\TicketDocument;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Settings;
use Sla\ReportGroup;
use Sla\Time;
use Symfony\Component\HttpFoundation\Response;

/** Figures of a day, week, month or year, for agents and admins: as a page, as JSON, or with `?format=csv` as a table. */
final class ReportController extends SlaController
{
    public function __construct(private readonly Reports $reports, private readonly Gateway $gateway, private readonly Clock $clock, private readonly Settings $settings)
    {
    }

    /** Shows what happened in a period. */
    public function show(Request $request): Response
    {
        return $this->answer($request, 'reports', function (ReportPeriod $period): array {
            $packages = $this->reports->packages($period);

            return ['total' => $packages->total, 'packages' => $packages->groups, 'channels' => $this->reports->channels($period)->groups, 'course' => $this->reports->course($period)?->groups ?? []];
        });
    }

    /** Compares the packages. */
    public function packages(Request $request): Response
    {
        return $this->answer($request, 'packages', function (ReportPeriod $period): array {
            $packages = $this->reports->packages($period);

            return ['total' => $packages->total, 'packages' => $packages->groups];
        });
    }

    /** Shows the figures of each agent. */
    public function agents(Request $request): Response
    {
        return $this->answer($request, 'agents', fn (ReportPeriod $period): array => ['agents' => $this->reports->agents($period)]);
    }

    /**
     * @param callable(ReportPeriod): array<string, mixed> $read
     *
     * @throws ValidationException
     */
    private function answer(Request $request, string $name, callable $read): Response
    {
        $denied = $this->denied($request, 'view_metrics');
        if ($denied !== null) {
            return $denied;
        }
        $input = $this->input($request, ['format' => 'nullable|in:csv']);
        $period = $this->period($request);
        $figures = $read($period);
        $isWhole = $period->unit !== ReportUnit::Year;
        if (isset($input['format'])) {
            [$header, $rows] = $name === 'agents' ? self::agentTable($figures['agents'], $isWhole) : self::packageTable($figures, $isWhole);

            return Csv::response("sla-{$name}-{$period->name()}", $header, $rows);
        }
        if (Pages::isWanted($request)) {
            return Pages::view($request, "dashboard.{$name}", [
                'report' => new ReportView($period, $figures, $isWhole, $this->reports->isOver($period), self::timers($figures), $this->gateway->packageNames(), $this->gateway->channels()),
            ]);
        }

        return new JsonResponse([
            'unit' => $period->unit->value,
            'period' => $period->name(),
            'first_day' => $period->firstDay,
            'last_day' => $period->lastDay(),
            'time_zone' => $period->zone->getName(),
            'is_over' => $this->reports->isOver($period),
            'as_of' => TicketDocument::text(Time::fromUs($this->clock->nowUs())),
        ] + FigureText::document((object) $figures, $isWhole));
    }

    /** @throws ValidationException */
    private function period(Request $request): ReportPeriod
    {
        $zone = new \DateTimeZone($this->settings->timeZone());
        $unit = ReportUnit::tryFrom((string) ($request->route('unit') ?? 'month')) ?? throw ValidationException::withMessages(['unit' => 'no such unit']);
        $name = $request->route('period');

        return $name === null
            ? ReportPeriod::at($unit, Time::fromUs($this->clock->nowUs()), $zone)
            : ReportPeriod::named($unit, (string) $name, $zone) ?? abort(404);
    }

    /**
     * Returns the timers that have figures, and the two that every desk has.
     *
     * @param array<string, mixed> $figures
     *
     * @return list<string>
     */
    private static function timers(array $figures): array
    {
        return FigureText::timers([$figures['total'] ?? null, ...($figures['agents'] ?? [])]);
    }

    /**
     * @param array<string, mixed> $figures
     *
     * @return array{list<string>, list<list<string|int|null>>}
     */
    private static function packageTable(array $figures, bool $isWhole): array
    {
        $timers = self::timers($figures);
        $header = ['package', 'opened', 'opened_outbound', 'resolved', 'reopened', 'closed', 'withdrawn', 'voided', 'replies', 'csat_count', 'csat_mean_millionths', 'escalations_per_100_tickets_millionths'];
        foreach ($timers as $timer) {
            array_push($header, ...self::timerHeader($timer, $isWhole));
        }
        $rows = [];
        foreach ([...$figures['packages'], $figures['total']] as $group) {
            /** @var ReportGroup $group */
            $tickets = $group->tickets;
            $row = [
                $group->key['package'] ?? 'total', $tickets->opened, $tickets->openedOutbound, $tickets->resolved, $tickets->reopened, $tickets->closed, $tickets->withdrawn,
                $tickets->voided, $tickets->replies, $tickets->csat->count, $tickets->csat->meanMillionths, $tickets->escalationsPer100TicketsMillionths,
            ];
            foreach ($timers as $timer) {
                array_push($row, ...self::timerRow($group->timers[$timer] ?? null, $isWhole));
            }
            $rows[] = $row;
        }

        return [$header, $rows];
    }

    /**
     * @param list<AgentPerformance> $agents
     *
     * @return array{list<string>, list<list<string|int|null>>}
     */
    private static function agentTable(array $agents, bool $isWhole): array
    {
        $timers = self::timers(['agents' => $agents]);
        $header = ['agent', 'score_millionths', 'handled', 'replies', 'escalations_received', 'csat_count', 'csat_mean_millionths'];
        foreach ($timers as $timer) {
            array_push($header, ...self::timerHeader($timer, $isWhole));
        }
        $rows = [];
        foreach ($agents as $agent) {
            $row = [$agent->agent, $agent->scoreMillionths, $agent->handled, $agent->replies, $agent->escalationsReceived, $agent->csat->count, $agent->csat->meanMillionths];
            foreach ($timers as $timer) {
                array_push($row, ...self::timerRow($agent->timers[$timer] ?? null, $isWhole));
            }
            $rows[] = $row;
        }

        return [$header, $rows];
    }

    /** @return list<string> */
    private static function timerHeader(string $timer, bool $isWhole): array
    {
        $columns = ['met', 'breached', 'compliance_millionths', 'business_mean_us', ...($isWhole ? ['business_median_us', 'business_p90_us'] : [])];

        return array_map(static fn (string $column): string => "{$timer}_{$column}", $columns);
    }

    /** @return list<?int> */
    private static function timerRow(?\Sla\TimerFigures $figures, bool $isWhole): array
    {
        $time = $figures?->businessTime;
        $quantiles = $isWhole ? [$time?->medianUs, $time?->p90Us] : [];

        return [$figures?->met ?? 0, $figures === null ? 0 : $figures->decided - $figures->met, $figures?->complianceMillionths, $time?->meanUs, ...$quantiles];
    }
}
