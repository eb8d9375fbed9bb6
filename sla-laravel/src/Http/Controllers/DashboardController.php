<?php

declare(strict_types=1);

namespace Sla\Laravel\Http\Controllers;

use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;
use Sla\Laravel\Http\Pages;
use Sla\Laravel\Http\TicketDocument;
use Sla\Laravel\Models\SlaAlert;
use Sla\Laravel\Services\LiveMetrics;
use Sla\Laravel\Support\Settings;
use Sla\Refusal;
use Sla\ReportGroup;
use Sla\TimerFigures;
use Symfony\Component\HttpFoundation\Response;

/** What is the case now, for agents and admins. */
final class DashboardController extends SlaController
{
    public function __construct(private readonly LiveMetrics $metrics)
    {
    }

    public function index(Request $request, Settings $settings): Response
    {
        $live = $this->live($request, true);
        if ($live instanceof Response) {
            return $live;
        }
        $course = $live['course'];
        unset($live['course']);
        if (Pages::isWanted($request)) {
            return Pages::view($request, 'dashboard.index', ['live' => (object) $live, 'course' => $course, 'refresh' => $settings->dashboardRefresh()]);
        }

        return new JsonResponse([
            'as_of' => TicketDocument::text($live['as_of']),
            'next' => array_map(static fn (array $row): array => [
                'ticket' => (int) $row['ticket']->id,
                'subject' => $row['ticket']->subject,
                'timer' => $row['timer'],
                'due_at' => TicketDocument::text($row['due_at']),
            ], $live['next']),
            'latest' => array_map(TicketDocument::escalation(...), $live['latest']),
            'alerts' => array_map(static fn (SlaAlert $alert): array => [
                'alert' => $alert->name,
                'timer' => $alert->timer,
                'at' => TicketDocument::text($alert->at),
                'ended_at' => TicketDocument::text($alert->ended_at),
            ] + $alert->details, $live['alerts']),
            'days' => ['total' => self::figures($live['days']), 'each' => array_map(self::figures(...), $course)],
        ] + $live);
    }

    /** Returns the part of the page that changes; 304 where it has not. */
    public function fragment(Request $request): Response
    {
        $live = $this->live($request, false);
        if ($live instanceof Response) {
            return $live;
        }

        return Pages::fragment($request, 'dashboard.live', ['live' => (object) $live], [
            self::figures($live['days']), $live['active'], $live['breached'], $live['escalations'], $live['refusals'], $live['monitor'], $live['unsent'],
            array_map(static fn (array $row): array => [$row['ticket']->getAttributes(), $row['timer']], $live['next']),
            array_map(static fn ($row): array => $row->getAttributes(), [...$live['latest'], ...$live['alerts']]),
        ]);
    }

    /** @return array<string, mixed> compliance and means by timer, of a day or of all */
    private static function figures(ReportGroup $group): array
    {
        return [
            ...(isset($group->key['period']) ? ['day' => $group->key['period']] : []),
            'opened' => $group->tickets->opened + $group->tickets->openedOutbound,
            'resolved' => $group->tickets->resolved,
            'timers' => (object) array_map(static fn (TimerFigures $figures): array => [
                'met' => $figures->met,
                'decided' => $figures->decided,
                'compliance_millionths' => $figures->complianceMillionths,
                'business_mean_us' => $figures->businessTime->meanUs,
            ], $group->timers),
        ];
    }

    /** @return array<string, mixed>|Response */
    private function live(Request $request, bool $isWithCourse): array|Response
    {
        $denied = $this->denied($request, 'view_metrics');
        if ($denied !== null) {
            return $denied;
        }
        $live = $this->metrics->of($this->actor($request), $isWithCourse);

        return $live instanceof Refusal ? $this->refused($request, $live) : $live;
    }
}
