<?php

declare(strict_types=1);

namespace Sla\Laravel\Http\Controllers;

use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;
use Sla\Laravel\Http\TicketDocument;
use Sla\Laravel\Services\EscalationService;
use Sla\Laravel\Services\VisibleTicketQuery;
use Sla\Refusal;
use Symfony\Component\HttpFoundation\Response;

/** The escalations that are not resolved, of tickets that the actor may see. */
final class EscalationController extends SlaController
{
    private const MOST = 200;

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
