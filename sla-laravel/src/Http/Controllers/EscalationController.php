<?php

declare(strict_types=1);

namespace Sla\Laravel\Http\Controllers;

use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;
use Sla\Laravel\Http\Pages;
use Sla\Laravel\Http\TicketDocument;
use Sla\Laravel\Models\SupportEscalation;
use Sla\Laravel\Services\EscalationService;
use Sla\Laravel\Services\VisibleTicketQuery;
use Sla\Refusal;
use Symfony\Component\HttpFoundation\Response;

/** The escalations that are not resolved, of tickets that the actor may see. */
final class EscalationController extends SlaController
{
    private const MOST = 200;

    public function __construct(private readonly EscalationService $escalations, private readonly VisibleTicketQuery $visible)
    {
    }

    /** Shows them as a page to agents and admins, with what the actor may do. */
    public function page(Request $request): Response
    {
        return $this->denied($request, 'view_metrics') ?? $this->index($request);
    }

    public function index(Request $request): Response
    {
        $found = $this->visible->among($this->escalations->unresolved(), 'ticket_id', $this->actor($request));
        if ($found instanceof Refusal) {
            return $this->refused($request, $found);
        }
        if (Pages::isWanted($request)) {
            return Pages::view($request, 'dashboard.escalations', [
                'count' => (clone $found)->count(),
                // Each value once: a model looks for casts and accessors whenever it is asked.
                'escalations' => $found->with('ticket')->limit(self::MOST)->get()->map(static fn (SupportEscalation $escalation): object => (object) [
                    'ticket' => $escalation->ticket_id,
                    'number' => $escalation->number,
                    'level' => $escalation->level,
                    'reason' => $escalation->reason,
                    'status' => $escalation->status,
                    'at' => $escalation->at,
                    'subject' => $escalation->ticket?->subject,
                    'agent' => $escalation->ticket?->agent,
                ]),
            ]);
        }

        return new JsonResponse(['escalations' => $found->limit(self::MOST)->get()->map(TicketDocument::escalation(...))->all()]);
    }
}
