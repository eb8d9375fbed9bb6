<?php

declare(strict_types=1);

namespace Sla\Laravel\Http\Controllers;

use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;
use Sla\Exceptions\SlaThrowable;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Http\Pages;
use Sla\Laravel\Http\TicketDocument;
use Sla\Laravel\Services\SupportTicketService;
use Sla\Laravel\Store\TicketStore;
use Sla\Laravel\Store\UnknownTicket;
use Sla\Laravel\Support\Clock;
use Sla\Time;
use Symfony\Component\HttpFoundation\Response;

/** The audit of a ticket: every entry with its hash, whether the chain is sound, and each deadline explained. */
final class AuditController extends SlaController
{
    public function show(Request $request, SupportTicketService $tickets, TicketStore $store, Gateway $gateway, Clock $clock, int $ticket): Response
    {
        // Entries say who wrote notes and when, so customers do not see them.
        $denied = $this->denied($request, 'view_metrics', $ticket);
        if ($denied !== null) {
            return $denied;
        }
        $refusal = $tickets->refusalToView($ticket, $this->actor($request));
        if ($refusal !== null) {
            return $this->refused($request, $refusal);
        }
        [$stored, $entries] = $store->whole($ticket) ?? throw new UnknownTicket($ticket);
        $nowUs = max($clock->nowUs(), $stored->lastUs);
        try {
            $found = $gateway->verify('ticket', $stored->reference, $entries);
        } catch (SlaThrowable) {
            // Some entry is no JSON.
            $found = null;
        }
        $isSound = $found?->isSound() === true && $found->head?->hash === $stored->head;
        $hasState = $isSound && $gateway->fold($entries) === $stored->snapshot;
        $explanations = [];
        foreach ($hasState ? $gateway->evaluate($stored, $nowUs)->timers : [] as $id => $timer) {
            if ($timer->cycle() !== null) {
                $explanations[$id] = $gateway->explain($entries, $id, $nowUs)->text;
            }
        }

        $audit = [
            'ticket' => $ticket,
            'reference' => $stored->reference,
            'as_of' => TicketDocument::text(Time::fromUs($nowUs)),
            'chain' => ['sound' => $isSound, 'finding' => $found === null ? 'unreadable' : $found->tampering, 'at' => $found?->index, 'entries' => count($entries)],
            'state' => ['sound' => $hasState],
            'entries' => array_values(array_filter(array_map(json_decode(...), $entries), static fn (mixed $one): bool => isset($one->seq, $one->kind, $one->at, $one->actor->role, $one->actor->id, $one->hash))),
            'explanations' => (object) $explanations,
        ];

        return Pages::isWanted($request) ? Pages::view($request, 'support.audit', $audit) : new JsonResponse($audit);
    }
}
