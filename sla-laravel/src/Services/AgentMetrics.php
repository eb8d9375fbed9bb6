<?php

declare(strict_types=1);

namespace Sla\Laravel\Services;

use Illuminate\Database\Eloquent\Builder;
use Sla\Actor;
use Sla\AgentPerformance;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Figures\FigureDimension;
use Sla\Laravel\Figures\Figures;
use Sla\Laravel\Figures\ReportPeriod;
use Sla\Laravel\Figures\ReportUnit;
use Sla\Laravel\Models\SupportEscalation;
use Sla\Laravel\Models\SupportTicket;
use Sla\Laravel\Store\TicketStore;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Tables;
use Sla\OpenPromise;
use Sla\Refusal;
use Sla\ReportGroup;
use Sla\Time;

/** The work of one agent now: their tickets by the next due instant, those without agent, escalations, and figures. Nothing is decided here. */
final class AgentMetrics
{
    private const OWN = 50;
    private const UNASSIGNED = 20;
    private const ESCALATIONS = 20;
    private const WAITING = 'pending';
    private const TIMERS = ['first_response', 'resolution'];
    /** Later than every due. */
    private const NEVER_US = PHP_INT_MAX;

    public function __construct(
        private readonly VisibleTicketQuery $visible,
        private readonly EscalationService $escalations,
        private readonly TicketStore $store,
        private readonly Gateway $gateway,
        private readonly Figures $figures,
        private readonly Tables $tables,
        private readonly Clock $clock,
    ) {
    }

    /**
     * Returns the unresolved tickets that the actor is the agent of, without those that wait for the customer, which are apart;
     * the unresolved ones without agent among those that they may see; and the unresolved escalations of their tickets.
     *
     * A row has the promise of its ticket that is due next, or `null` where none is open. Its state is `breached`, `paused`,
     * `at_risk` where a warning step of the cycle has fired, `running`, `unpromised` without such a promise, or `unreadable`. Of
     * long lists the first rows are returned; `counts` says how many there are. `others` are the figures of the actor's teams where
     * the policy lets agents act on the tickets of teams, otherwise those of everything.
     *
     * @param ?list<string> $figures which of the engine's figures the periods have; `null` for all
     *
     * @return array{
     *     as_of: \DateTimeImmutable, counts: array{open: int, waiting: int, unassigned: int, escalations: int},
     *     open: list<array{ticket: SupportTicket, promise: ?OpenPromise, state: string}>, waiting: list<array{ticket: SupportTicket, promise: ?OpenPromise, state: string}>,
     *     unassigned: list<array{ticket: SupportTicket, promise: ?OpenPromise, state: string}>, escalations: list<SupportEscalation>, teams: list<string>,
     *     periods: list<array{period: ReportPeriod, own: ?AgentPerformance, others: ReportGroup}>
     * }|Refusal
     */
    public function of(Actor $actor, ?array $figures = null): array|Refusal
    {
        $visible = $this->visible->of($actor);
        $named = $this->gateway->visibleTickets($actor);
        if ($visible instanceof Refusal || $named instanceof Refusal) {
            return $visible instanceof Refusal ? $visible : $named;
        }
        $nowUs = $this->clock->nowUs();
        [$own, $unassigned] = [clone $visible, clone $visible];
        $own->where('agent', $actor->id)->whereIn('status', LiveMetrics::UNRESOLVED);
        $unassigned->whereRaw(SupportTicket::UNASSIGNED_WHERE);
        $ownTickets = $this->first($own, self::OWN);
        $others = $this->first($unassigned, self::UNASSIGNED);
        $rows = $this->rows([...$ownTickets, ...$others], $nowUs);
        $escalations = $this->escalations->unresolved()->whereIn('ticket_id', SupportTicket::query()->where('agent', $actor->id)->select('id'));
        $latest = array_values((clone $escalations)->limit(self::ESCALATIONS)->get()->all());
        $isWaiting = static fn (array $row): bool => $row['ticket']->status === self::WAITING;
        $isOwn = static fn (array $row): bool => $row['ticket']->agent !== null;
        $waiting = array_values(array_filter($rows, static fn (array $row): bool => $isOwn($row) && $isWaiting($row)));
        $open = array_values(array_filter($rows, static fn (array $row): bool => $isOwn($row) && !$isWaiting($row)));
        $byStatus = count($ownTickets) < self::OWN ? null : $own->groupBy('status')->selectRaw('status, count(*) as n')->pluck('n', 'status');

        return [
            'as_of' => Time::fromUs($nowUs),
            'counts' => [
                'open' => $byStatus === null ? count($open) : (int) $byStatus->except(self::WAITING)->sum(),
                'waiting' => $byStatus === null ? count($waiting) : (int) $byStatus->get(self::WAITING, 0),
                'unassigned' => count($others) < self::UNASSIGNED ? count($others) : $unassigned->count(),
                'escalations' => count($latest) < self::ESCALATIONS ? count($latest) : $escalations->reorder()->count(),
            ],
            'open' => $open,
            'waiting' => $waiting,
            'unassigned' => array_values(array_filter($rows, static fn (array $row): bool => !$isOwn($row))),
            'escalations' => $latest,
            'teams' => $named->tickets->teams,
            'periods' => $this->periods($actor, $named->tickets->teams, $nowUs, $figures),
        ];
    }

    /**
     * Returns the tickets that are due first. Which ones are, where there are more, is by the two timers of which a ticket has columns.
     *
     * @return list<SupportTicket>
     */
    private function first(Builder $tickets, int $most): array
    {
        $promises = $this->tables->quotedTable('sla_promises');
        $ticket = $this->tables->quotedTable('support_tickets');
        $never = self::NEVER_US;
        $due = array_map(
            // A breach that was answered is no longer due.
            static fn (string $timer): string => "case when {$timer}_state = 'running' or ({$timer}_state = 'breached' and exists (select 1 from {$promises} as p"
                . " where p.ticket_id = {$ticket}.id and p.timer = '{$timer}' and p.class = 'breached_open')) then coalesce({$timer}_due_at, {$never}) else {$never} end",
            self::TIMERS,
        );

        return array_values((clone $tickets)->orderByRaw("case when ({$due[0]}) < ({$due[1]}) then ({$due[0]}) else ({$due[1]}) end")->orderBy('id')->limit($most)->get()->all());
    }

    /**
     * Says of tickets what is due next, that which is due first in front, and what is paused and not due after it.
     *
     * @param list<SupportTicket> $tickets
     *
     * @return list<array{ticket: SupportTicket, promise: ?OpenPromise, state: string}>
     */
    private function rows(array $tickets, int $nowUs): array
    {
        $ids = array_map(static fn (SupportTicket $ticket): int => (int) $ticket->id, $tickets);
        if ($ids === []) {
            return [];
        }
        $found = $this->gateway->openPromises($this->store->findMany($ids), $nowUs);
        $order = static fn (?OpenPromise $one): array => [$one?->dueAtUs() ?? self::NEVER_US, $one->remainingUs ?? self::NEVER_US];
        $next = [];
        foreach ($found['promises'] as $promise) {
            if (!isset($next[$promise->ticket]) || $order($promise) < $order($next[$promise->ticket])) {
                $next[$promise->ticket] = $promise;
            }
        }
        $warned = [];
        foreach ($this->tables->table('sla_ticket_facts')->whereIn('ticket_id', $ids)->where('figure', 'warnings')->get(['ticket_id', 'timer', 'cycle']) as $fact) {
            $warned["{$fact->ticket_id} {$fact->timer} {$fact->cycle}"] = true;
        }
        $rows = [];
        foreach ($tickets as $ticket) {
            $promise = $next[$ticket->reference] ?? null;
            $rows[] = ['ticket' => $ticket, 'promise' => $promise, 'state' => match (true) {
                in_array((int) $ticket->id, $found['failed'], true) => 'unreadable',
                $promise === null => 'unpromised',
                $promise->isBreached => 'breached',
                $promise->isPaused => 'paused',
                isset($warned["{$ticket->id} {$promise->timer} {$promise->cycle}"]) => 'at_risk',
                default => 'running',
            }];
        }
        $keys = array_map(static fn (array $row): array => [...$order($row['promise']), (int) $row['ticket']->getRawOriginal('id')], $rows);
        array_multisort($keys, $rows);

        return $rows;
    }

    /**
     * @param list<string>  $teams
     * @param ?list<string> $figures
     *
     * @return list<array{period: ReportPeriod, own: ?AgentPerformance, others: ReportGroup}> this week and this month
     */
    private function periods(Actor $actor, array $teams, int $nowUs, ?array $figures): array
    {
        $periods = array_map(fn (ReportUnit $unit): ReportPeriod => ReportPeriod::at($unit, Time::fromUs($nowUs), $this->figures->zone()), [ReportUnit::Week, ReportUnit::Month]);
        $own = $this->figures->each($periods, FigureDimension::Agent, [$actor->id], $figures);
        $others = $teams === [] ? $this->figures->each($periods, FigureDimension::Package, null, $figures) : $this->figures->each($periods, FigureDimension::Team, $teams, $figures);
        $found = [];
        foreach ($periods as $number => $period) {
            $found[] = [
                'period' => $period,
                'own' => $own[$number]->agents($this->gateway->engine())[0] ?? null,
                'others' => $others[$number]->report()->total,
            ];
        }

        return $found;
    }
}
