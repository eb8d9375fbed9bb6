<?php

declare(strict_types=1);

namespace Sla\Laravel\Services;

use Illuminate\Database\Eloquent\Builder;
use Sla\Actor;
use Sla\Laravel\Figures\FigureDimension;
use Sla\Laravel\Figures\Figures;
use Sla\Laravel\Figures\ReportPeriod;
use Sla\Laravel\Figures\ReportUnit;
use Sla\Laravel\Models\SlaAlert;
use Sla\Laravel\Models\SlaDenial;
use Sla\Laravel\Models\SlaNotification;
use Sla\Laravel\Models\SupportEscalation;
use Sla\Laravel\Models\SupportTicket;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Settings;
use Sla\PeriodUnit;
use Sla\Refusal;
use Sla\Report;
use Sla\ReportGroup;
use Sla\Time;

/** What is the case now: counts by index, the tickets that fall due next, and the figures of 30 days. Nothing is decided here. */
final class LiveMetrics
{
    public const UNRESOLVED = ['new', 'open', 'pending', 'on_hold'];
    private const LIST = 20;
    private const DAYS = 30;
    private const FIGURES = ['opened', 'opened_outbound', 'resolved', ...Figures::OF_TIMERS];
    private const DAY_US = 86_400_000_000;

    public function __construct(
        private readonly VisibleTicketQuery $visible,
        private readonly EscalationService $escalations,
        private readonly SlaMonitorService $monitor,
        private readonly OperationWatch $watch,
        private readonly Figures $figures,
        private readonly Clock $clock,
        private readonly Settings $settings,
    ) {
    }

    /**
     * Returns the figures of everything, and lists of the tickets that the actor may see.
     *
     * `days` are compliance and means of the last 30 days together, today included; `course` those of each, without days that
     * have no figures, and none unless it is asked for.
     *
     * @return array{
     *     as_of: \DateTimeImmutable, days: ReportGroup, course: list<ReportGroup>, active: array<string, int>, breached: int, escalations: array<int, int>, refusals: int,
     *     monitor: array{enabled: bool, backlog: int, lag_us: int, failed: list<int>}, alerts: list<SlaAlert>, unsent: int,
     *     next: list<array{ticket: SupportTicket, timer: string, due_at: \DateTimeImmutable}>, latest: list<SupportEscalation>
     * }|Refusal
     */
    public function of(Actor $actor, bool $isWithCourse): array|Refusal
    {
        $visible = $this->visible->of($actor);
        $latest = $this->visible->among($this->escalations->unresolved(), 'ticket_id', $actor);
        if ($visible instanceof Refusal || $latest instanceof Refusal) {
            return $visible instanceof Refusal ? $visible : $latest;
        }
        $nowUs = $this->clock->nowUs();
        $active = array_fill_keys(self::UNRESOLVED, 0);
        $breached = 0;
        $states = ['status', 'first_response_state', 'resolution_state'];
        foreach (SupportTicket::query()->whereRaw(SupportTicket::UNRESOLVED_WHERE)->groupBy($states)->selectRaw(implode(', ', $states) . ', count(*) as n')->toBase()->get() as $row) {
            $active[$row->status] += (int) $row->n;
            $breached += in_array('breached', [$row->first_response_state, $row->resolution_state], true) ? (int) $row->n : 0;
        }
        $figures = $this->figuresOfDays($nowUs, $isWithCourse);
        $levels = $this->escalations->unresolved()->reorder()->groupBy('level')->orderBy('level')->selectRaw('level, count(*) as n')->pluck('n', 'level');

        return [
            'as_of' => Time::fromUs($nowUs),
            'days' => $figures->total,
            'course' => $isWithCourse ? $figures->groups : [],
            'active' => $active,
            'breached' => $breached,
            'escalations' => $levels->map(static fn ($count): int => (int) $count)->all(),
            'refusals' => SlaDenial::query()->where('at', '>', $nowUs - self::DAY_US)->whereIn('log', self::logs($nowUs))->count(),
            'monitor' => [
                'enabled' => $this->settings->isMonitoringEnabled(),
                ...$this->monitor->lateness($nowUs),
                'failed' => array_map(static fn (\stdClass $row): int => (int) $row->ticket_id, $this->monitor->failures()),
            ],
            'alerts' => $this->watch->latest($nowUs),
            'unsent' => SlaNotification::query()->whereNull('sent_at')->where('notify_at', '<=', $nowUs)->count(),
            'next' => $this->next($visible),
            'latest' => $latest->limit(self::LIST)->get()->all(),
        ];
    }

    private function figuresOfDays(int $nowUs, bool $isOfEach): Report
    {
        [$first, $end] = $this->lastDays($nowUs);

        return ($isOfEach
            ? $this->figures->course($first, $end, PeriodUnit::Day, self::FIGURES)
            : $this->figures->added($first, $end, FigureDimension::Package, self::FIGURES)
        )->report();
    }

    /** @return array{string, string} the first of these local dates, and the one after the last */
    private function lastDays(int $nowUs): array
    {
        $today = ReportPeriod::at(ReportUnit::Day, Time::fromUs($nowUs), $this->figures->zone());

        return [(new \DateTimeImmutable($today->firstDay, new \DateTimeZone('UTC')))->modify('-' . (self::DAYS - 1) . ' days')->format('Y-m-d'), $today->endDay];
    }

    /** @return list<array{ticket: SupportTicket, timer: string, due_at: \DateTimeImmutable}> */
    private function next(Builder $visible): array
    {
        $found = [];
        foreach (['first_response', 'resolution'] as $timer) {
            $tickets = (clone $visible)->whereRaw("{$timer}_state = 'running'")->whereNotNull("{$timer}_due_at")->orderBy("{$timer}_due_at")->limit(self::LIST)
                ->get(['id', 'subject', 'agent', "{$timer}_due_at"]);
            foreach ($tickets as $ticket) {
                $found[] = [(int) $ticket->getRawOriginal("{$timer}_due_at"), (int) $ticket->getRawOriginal('id'), $timer, $ticket];
            }
        }
        // Never two of one ticket and timer, so tickets are not compared.
        sort($found);

        return array_map(
            static fn (array $one): array => ['ticket' => $one[3], 'timer' => $one[2], 'due_at' => Time::fromUs($one[0])],
            array_slice($found, 0, self::LIST),
        );
    }

    /** @return list<string> the logs that hold the last 24 hours */
    private static function logs(int $nowUs): array
    {
        return array_map(static fn (int $us): string => 'access-' . Time::fromUs($us)->format('Y-m-d'), [$nowUs - self::DAY_US, $nowUs]);
    }
}
