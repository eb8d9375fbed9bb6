<?php

declare(strict_types=1);

namespace Sla\Laravel\Http\Controllers;

use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Http\Pages;
use Sla\Laravel\Http\TicketDocument;
use Sla\Laravel\Services\EscalationService;
use Sla\Laravel\Services\VisibleTicketQuery;
use Sla\Laravel\Store\TicketStore;
use Sla\Laravel\Support\Clock;
use Sla\Refusal;
use Symfony\Component\HttpFoundation\Response;

/** The escalations that are not resolved, of tickets that the actor may see. */
final class EscalationController extends SlaController
{
    private const MOST = 200;

    /** Shows them as a page, with what the actor may do. */
    public function page(Request $request, EscalationService $escalations, VisibleTicketQuery $visible, Gateway $gateway, TicketStore $store, Clock $clock): Response
    {
        $actor = $this->actor($request);
        $refusal = $gateway->authorize($actor, 'view_metrics');
        if ($refusal !== null) {
            $store->deny($actor, $refusal, null, $clock->nowUs());

            return $this->refused($request, $refusal);
        }
        if (!Pages::isWanted($request)) {
            return $this->index($request, $escalations, $visible);
        }
        $tickets = $visible->of($actor);
        if ($tickets instanceof Refusal) {
            return $this->refused($request, $tickets);
        }
        $found = $escalations->unresolved()->whereIn('ticket_id', $tickets->select('id'));

        return Pages::view($request, 'dashboard.escalations', [
            'count' => (clone $found)->count(),
            'escalations' => $found->with('ticket')->limit(self::MOST)->get(),
        ]);
    }

    public function index(Request $request, EscalationService $escalations, VisibleTicketQuery $visible): Response
    {
        $tickets = $visible->of($this->actor($request));
        if ($tickets instanceof Refusal) {
            return $this->refused($request, $tickets);
        }
        $found = $escalations->unresolved()->whereIn('ticket_id', $tickets->select('id'))->limit(self::MOST)->get();

        return new JsonResponse(['escalations' => $found->map(TicketDocument::escalation(...))->all()]);
    }
}
