<?php

declare(strict_types=1);

namespace Sla\Laravel\Http\Controllers;

use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;
use Sla\Actor;
use Sla\Evaluation;
use Sla\Exceptions\InvalidInput;
use Sla\Laravel\Http\Pages;
use Sla\Laravel\Http\TicketDocument;
use Sla\Laravel\Models\SupportTicket;
use Sla\Laravel\Services\ChannelAccessService;
use Sla\Laravel\Services\LiveMetrics;
use Sla\Laravel\Services\NewTicket;
use Sla\Laravel\Services\SupportTicketService;
use Sla\Laravel\Services\VisibleTicketQuery;
use Sla\Refusal;
use Sla\Role;
use Sla\Status;
use Symfony\Component\HttpFoundation\Response;

/** Tickets to open, to list and to look at. */
final class TicketController extends SlaController
{
    private const PAGE = 50;

    public function __construct(private readonly SupportTicketService $tickets, private readonly VisibleTicketQuery $visible)
    {
    }

    /** Lists the newest tickets first; `before` is the number of the last one of the page before. */
    public function index(Request $request): Response
    {
        $statuses = array_column(Status::cases(), 'value');
        $input = $this->input($request, [
            'before' => 'nullable|integer|min:1',
            'status' => 'nullable|in:' . implode(',', $statuses),
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
        if (Pages::isWanted($request)) {
            return Pages::view($request, 'support.index', [
                'tickets' => $page->all(),
                'next' => $found->count() > self::PAGE ? $page->last()->id : null,
                'statuses' => $statuses,
                'status' => $input['status'] ?? null,
                'isAssigned' => $request->routeIs('sla.agent.tickets'),
            ]);
        }

        return new JsonResponse([
            'tickets' => $page->map(static fn (SupportTicket $ticket): array => TicketDocument::row($ticket))->values()->all(),
            'next' => $found->count() > self::PAGE ? $page->last()->id : null,
        ]);
    }

    /** Shows the form that opens a ticket: a customer chooses among the channels of their package. */
    public function create(Request $request, ChannelAccessService $access): Response
    {
        $actor = $this->actor($request);

        return Pages::view($request, 'support.create', [
            'channels' => $actor->role === Role::Customer ? $access->channelsOf($actor->id) : $access->channels(),
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
        if (Pages::isWanted($request)) {
            return redirect()->route('sla.ticket', $outcome->ticketId, 303);
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
        try {
            $evaluation = $this->tickets->evaluate($ticket);
        } catch (InvalidInput) {
            // A state that cannot be read hides neither what was written nor that this is so.
            $evaluation = null;
        }
        $channels = $access->channelsIn($found->package);
        if (Pages::isWanted($request)) {
            return Pages::view($request, 'support.show', [
                'ticket' => $found,
                'timers' => $evaluation === null ? null : self::timers($evaluation),
                'responses' => $actor->role === Role::Customer ? $found->responses->where('is_public', true) : $found->responses,
                'escalations' => $found->escalations,
                'channels' => $channels,
                'actions' => $evaluation === null ? [] : $this->actions($found, $actor),
                'self' => $actor->role === Role::Agent ? $actor->id : '',
            ]);
        }

        return new JsonResponse(TicketDocument::whole($found, $evaluation, $actor, $channels));
    }

    /** @return list<\stdClass> */
    private static function timers(Evaluation $evaluation): array
    {
        $timers = [];
        foreach ($evaluation->timers as $id => $timer) {
            $cycle = $timer->cycle();
            $timers[] = (object) [
                'name' => $id,
                'state' => $timer->state->value,
                'tone' => ['met' => 'good', 'breached' => 'bad', 'paused' => 'dim'][$timer->state->value] ?? '',
                'dueAt' => $cycle?->dueAt,
                'left' => Pages::left($cycle?->remainingUs, $cycle?->overdueUs),
            ];
        }

        return $timers;
    }

    /**
     * Returns what the page offers: what the actor is permitted and the status allows. The engine judges each command anew.
     *
     * @return list<string>
     */
    private function actions(SupportTicket $ticket, Actor $actor): array
    {
        $isCustomer = $actor->role === Role::Customer;
        $live = [...LiveMetrics::UNRESOLVED, 'resolved'];
        $offers = [
            'response' => [$isCustomer ? 'customer_message' : 'reply', $live],
            'note' => ['note', $live],
            'escalation' => ['request_escalation', $live],
            'rating' => ['rate', ['resolved', 'closed']],
            'assign' => ['assign', $live],
            'pause' => ['pause', ['open', 'pending', 'on_hold']],
            'resume' => ['resume', ['pending', 'on_hold']],
            'resolve' => ['resolve', LiveMetrics::UNRESOLVED],
            'close' => ['close', ['resolved']],
        ];
        $permitted = $this->tickets->permitted((int) $ticket->id, $actor, array_column($offers, 0));

        return array_keys(array_filter($offers, static fn (array $offer): bool => in_array($offer[0], $permitted, true) && in_array($ticket->status, $offer[1], true)));
    }
}
