<?php

declare(strict_types=1);

namespace Sla\Laravel\Http\Controllers;

use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Http\Pages;
use Sla\Laravel\Http\TicketDocument;
use Sla\Laravel\Services\LiveMetrics;
use Sla\Laravel\Store\TicketStore;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Settings;
use Sla\Refusal;
use Symfony\Component\HttpFoundation\Response;

/** What is the case now, for agents and admins. */
final class DashboardController extends SlaController
{
    public function __construct(
        private readonly LiveMetrics $metrics,
        private readonly Gateway $gateway,
        private readonly TicketStore $store,
        private readonly Clock $clock,
    ) {
    }

    public function index(Request $request, Settings $settings): Response
    {
        $live = $this->live($request);
        if ($live instanceof Refusal) {
            return $this->refused($request, $live);
        }
        if (Pages::isWanted($request)) {
            return Pages::view($request, 'dashboard.index', ['live' => (object) $live, 'refresh' => $settings->dashboardRefresh()]);
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
        ] + $live);
    }

    /** Returns the part of the page that changes; 304 where it has not. */
    public function fragment(Request $request): Response
    {
        $live = $this->live($request);
        if ($live instanceof Refusal) {
            return $this->refused($request, $live);
        }
        $response = Pages::view($request, 'dashboard.live', ['live' => (object) $live]);
        // Without the instant, which changes each time.
        $response->setEtag(hash('sha256', serialize([$live['active'], $live['breached'], $live['escalations'], $live['refusals'], $live['monitor'], $live['unsent'],
            array_map(static fn (array $row): array => [$row['ticket']->getAttributes(), $row['timer']], $live['next']),
            array_map(static fn ($row): array => $row->getAttributes(), $live['latest']),
        ])));
        $response->headers->set('Cache-Control', 'private, no-cache');
        $response->isNotModified($request);

        return $response;
    }

    /** @return array<string, mixed>|Refusal */
    private function live(Request $request): array|Refusal
    {
        $actor = $this->actor($request);
        $refusal = $this->gateway->authorize($actor, 'view_metrics');
        if ($refusal !== null) {
            $this->store->deny($actor, $refusal, null, $this->clock->nowUs());

            return $refusal;
        }

        return $this->metrics->of($actor);
    }
}
