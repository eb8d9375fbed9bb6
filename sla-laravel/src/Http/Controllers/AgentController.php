<?php

declare(strict_types=1);

namespace Sla\Laravel\Http\Controllers;

use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;
use Sla\Laravel\Figures\Figures;
use Sla\Laravel\Figures\ReportPeriod;
use Sla\Laravel\Http\FigureText;
use Sla\Laravel\Http\Pages;
use Sla\Laravel\Http\TicketDocument;
use Sla\Laravel\Models\SupportTicket;
use Sla\Laravel\Services\AgentMetrics;
use Sla\Laravel\Support\Settings;
use Sla\OpenPromise;
use Sla\Refusal;
use Symfony\Component\HttpFoundation\Response;

/** What an agent has to do now, and their figures; an admin sees what they are the agent of themselves. */
final class AgentController extends SlaController
{
    private const LISTS = ['open', 'waiting', 'unassigned'];

    public function __construct(private readonly AgentMetrics $metrics)
    {
    }

    public function index(Request $request, Settings $settings): Response
    {
        $isPage = Pages::isWanted($request);
        $live = $this->live($request, $isPage);
        if ($live instanceof Response) {
            return $live;
        }
        if ($isPage) {
            return Pages::view($request, 'agent.dashboard', ['live' => (object) $live, 'timers' => self::timers($live['periods']), 'refresh' => $settings->dashboardRefresh()]);
        }

        return new JsonResponse(['as_of' => TicketDocument::text($live['as_of'])] + $this->document($request, $live));
    }

    /** Returns the part of the page that changes; 304 where it has not. */
    public function fragment(Request $request): Response
    {
        $live = $this->live($request, true);
        if ($live instanceof Response) {
            return $live;
        }
        // What is left is shown in minutes, which pass only while a calendar is open.
        $left = array_map(static fn (string $list): array => array_map(static fn (array $row): string => Pages::left($row['promise']?->remainingUs, $row['promise']?->overdueUs), self::rows($live, $list)), self::LISTS);
        $state = array_map(static fn (string $list): array => array_map(static fn (array $row): array => [$row['ticket']->getAttributes(), $row['promise']?->timer, $row['promise']?->dueAtUs(), $row['state']], self::rows($live, $list)), self::LISTS);

        return Pages::fragment($request, 'agent.live', ['live' => (object) $live, 'timers' => self::timers($live['periods'])], [$left, $state, self::rest($live)]);
    }

    /**
     * @param array<string, mixed> $live
     *
     * @return list<array<string, mixed>> the tickets of one list
     */
    private static function rows(array $live, string $list): array
    {
        return $live[$list];
    }

    /**
     * @param array<string, mixed> $live
     *
     * @return array<string, mixed>
     */
    private function document(Request $request, array $live): array
    {
        $lists = [];
        foreach (self::LISTS as $list) {
            $lists[$list] = array_map(static fn (array $row): array => TicketDocument::row($row['ticket']) + ['state' => $row['state'], 'next' => self::promise($row['promise'])], self::rows($live, $list));
        }

        return ['agent' => $this->actor($request)->id] + $lists + self::rest($live);
    }

    /**
     * @param array<string, mixed> $live
     *
     * @return array<string, mixed> all but the lists of tickets
     */
    private static function rest(array $live): array
    {
        return [
            'counts' => $live['counts'],
            'escalations' => array_map(TicketDocument::escalation(...), $live['escalations']),
            'teams' => $live['teams'],
            'periods' => array_map(static fn (array $one): array => [
                'unit' => $one['period']->unit->value,
                'period' => $one['period']->name(),
                'own' => $one['own'] === null ? null : FigureText::document($one['own'], false),
                'others' => FigureText::document($one['others'], false),
            ], $live['periods']),
        ];
    }

    /** @return ?array<string, mixed> */
    private static function promise(?OpenPromise $promise): ?array
    {
        return $promise === null ? null : [
            'timer' => $promise->timer,
            'due_at' => TicketDocument::text($promise->dueAt),
            'remaining_us' => $promise->remainingUs,
            'overdue_us' => $promise->overdueUs,
        ];
    }

    /**
     * @param list<array{period: ReportPeriod, own: ?\Sla\AgentPerformance, others: \Sla\ReportGroup}> $periods
     *
     * @return list<string>
     */
    private static function timers(array $periods): array
    {
        return FigureText::timers(array_merge(...array_map(static fn (array $one): array => [$one['own'], $one['others']], $periods)));
    }

    /**
     * @return array{
     *     as_of: \DateTimeImmutable, counts: array<string, int>, open: list<array{ticket: SupportTicket, promise: ?OpenPromise, state: string}>,
     *     waiting: list<array{ticket: SupportTicket, promise: ?OpenPromise, state: string}>, unassigned: list<array{ticket: SupportTicket, promise: ?OpenPromise, state: string}>,
     *     escalations: list<\Sla\Laravel\Models\SupportEscalation>, teams: list<string>, periods: list<array{period: ReportPeriod, own: ?\Sla\AgentPerformance, others: \Sla\ReportGroup}>
     * }|Response with the figures that a page shows, or with all
     */
    private function live(Request $request, bool $isPage): array|Response
    {
        $denied = $this->denied($request, 'view_metrics');
        if ($denied !== null) {
            return $denied;
        }
        $live = $this->metrics->of($this->actor($request), $isPage ? Figures::OF_TIMERS : null);

        return $live instanceof Refusal ? $this->refused($request, $live) : $live;
    }
}
