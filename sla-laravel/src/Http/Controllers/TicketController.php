<?php

declare(strict_types=1);

namespace Sla\Laravel\Http\Controllers;

use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;
use Sla\Laravel\Http\TicketDocument;
use Sla\Laravel\Models\SupportTicket;
use Sla\Laravel\Services\ChannelAccessService;
use Sla\Laravel\Services\NewTicket;
use Sla\Laravel\Services\SupportTicketService;
use Sla\Laravel\Services\VisibleTicketQuery;
use Sla\Refusal;
use Symfony\Component\HttpFoundation\Response;

/** Tickets to open, to list and to look at. */
final class TicketController extends SlaController
{
    private const PAGE = 50;
    private const STATUSES = ['new', 'open', 'pending', 'on_hold', 'resolved', 'closed', 'withdrawn', 'voided'];

    public function __construct(private readonly SupportTicketService $tickets, private readonly VisibleTicketQuery $visible)
    {
    }

    /** Lists the newest tickets first; `before` is the number of the last one of the page before. */
    public function index(Request $request): Response
    {
        $input = $this->input($request, [
            'before' => 'nullable|integer|min:1',
            'status' => 'nullable|in:' . implode(',', self::STATUSES),
            'assigned' => 'nullable|in:me',
        ]);
        $actor = $this->actor($request);
        $query = $this->visible->of($actor);
        if ($query instanceof Refusal) {
            return $this->refused($request, $query);
        }
        if (($input['assigned'] ?? $request->route('assigned')) === 'me') {
            $query->where('agent', $actor->id);
        }
        if (isset($input['status'])) {
            $query->where('status', $input['status']);
        }
        if (isset($input['before'])) {
            $query->where('id', '<', (int) $input['before']);
        }
        $found = $query->orderByDesc('id')->limit(self::PAGE + 1)->get();
        $page = $found->take(self::PAGE);

        return new JsonResponse([
            'tickets' => $page->map(static fn (SupportTicket $ticket): array => TicketDocument::row($ticket))->values()->all(),
            'next' => $found->count() > self::PAGE ? $page->last()->id : null,
        ]);
    }

    public function store(Request $request): Response
    {
        $input = $this->input($request, [
            'subject' => 'required|string|max:255',
            'message' => 'required|string|max:' . self::TEXT,
            'channel' => 'required|string|max:128',
            'customer' => 'nullable|string|max:128',
            'severity' => 'nullable|string|max:128',
            'category' => 'nullable|string|max:128',
            'outbound' => 'nullable|boolean',
        ]);
        $outcome = $this->tickets->open(new NewTicket(
            subject: $input['subject'],
            body: $input['message'],
            channel: $input['channel'],
            customer: $input['customer'] ?? null,
            severity: $input['severity'] ?? null,
            category: $input['category'] ?? null,
            isOutbound: (bool) ($input['outbound'] ?? false),
            commandId: $this->commandId($request),
        ), $this->actor($request));
        if ($outcome->refusal !== null) {
            return $this->refused($request, $outcome->refusal);
        }

        return new JsonResponse(['ticket' => TicketDocument::row(SupportTicket::query()->findOrFail($outcome->ticketId))], $outcome->events === [] ? 200 : 201);
    }

    public function show(Request $request, ChannelAccessService $access, int $ticket): Response
    {
        $actor = $this->actor($request);
        $refusal = $this->tickets->refusalToView($ticket, $actor);
        if ($refusal !== null) {
            return $this->refused($request, $refusal);
        }
        $found = SupportTicket::query()->findOrFail($ticket);

        return new JsonResponse(TicketDocument::whole($found, $this->tickets->evaluate($ticket), $actor, $access->channelsIn($found->package)));
    }
}
