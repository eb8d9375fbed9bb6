<?php

declare(strict_types=1);

namespace Sla\Laravel\Http;

use Sla\Actor;
use Sla\Evaluation;
use Sla\Laravel\Models\SupportEscalation;
use Sla\Laravel\Models\SupportResponse;
use Sla\Laravel\Models\SupportTicket;
use Sla\Role;
use Sla\Time;

/** Tickets as JSON. */
final class TicketDocument
{
    private function __construct()
    {
    }

    /** @return array<string, mixed> */
    public static function row(SupportTicket $ticket): array
    {
        return [
            'id' => (int) $ticket->id,
            'reference' => $ticket->reference,
            'subject' => $ticket->subject,
            'customer' => $ticket->customer,
            'organization' => $ticket->organization,
            'package' => $ticket->package,
            'channel' => $ticket->channel,
            'severity' => $ticket->severity,
            'category' => $ticket->category,
            'priority' => $ticket->priority,
            'status' => $ticket->status,
            'agent' => $ticket->agent,
            'team' => $ticket->team,
            'first_response_state' => $ticket->first_response_state,
            'first_response_due_at' => self::text($ticket->first_response_due_at),
            'resolution_state' => $ticket->resolution_state,
            'resolution_due_at' => self::text($ticket->resolution_due_at),
            'opened_at' => self::text($ticket->opened_at),
            'last_at' => self::text($ticket->last_at),
            'closed_at' => self::text($ticket->closed_at),
        ];
    }

    /**
     * Returns a ticket with its conversation and timers. Customers see no internal notes.
     *
     * @param ?Evaluation           $evaluation `null` where the ticket's state cannot be read
     * @param array<string, string> $channels   of the package, names by id
     *
     * @return array<string, mixed>
     */
    public static function whole(SupportTicket $ticket, ?Evaluation $evaluation, Actor $actor, array $channels): array
    {
        $responses = $actor->role === Role::Customer ? $ticket->responses->where('is_public', true)->values() : $ticket->responses;
        $timers = [];
        foreach ($evaluation->timers ?? [] as $id => $timer) {
            $cycle = $timer->cycle();
            $timers[] = [
                'timer' => $id,
                'state' => $timer->state->value,
                'cycle' => $cycle?->number,
                'due_at' => self::text($cycle?->dueAt),
                'target_us' => $cycle?->targetUs,
                'remaining_us' => $cycle?->remainingUs,
                'overdue_us' => $cycle?->overdueUs,
                'used_share_millionths' => $cycle?->usedShareMillionths,
            ];
        }

        return [
            'ticket' => self::row($ticket),
            'readable' => $evaluation !== null,
            'as_of' => self::text($evaluation?->now),
            'timers' => $timers,
            'conversation' => $responses->map(static fn (SupportResponse $response): array => [
                'id' => (int) $response->id,
                'by_role' => $response->actor_role,
                'by' => $response->actor_id,
                'channel' => $response->channel,
                'public' => $response->is_public,
                'body' => $response->body,
                'at' => self::text($response->at),
            ])->all(),
            'escalations' => $ticket->escalations->map(self::escalation(...))->all(),
            'channels' => $channels,
        ];
    }

    /** @return array<string, mixed> */
    public static function escalation(SupportEscalation $escalation): array
    {
        return [
            'ticket' => (int) $escalation->ticket_id,
            'number' => (int) $escalation->number,
            'trigger' => $escalation->trigger,
            'level' => (int) $escalation->level,
            'timer' => $escalation->timer,
            'reason' => $escalation->reason,
            'status' => $escalation->status,
            'by_role' => $escalation->by_role,
            'by' => $escalation->by_id,
            'at' => self::text($escalation->at),
            'acknowledged_by' => $escalation->acknowledged_by,
            'acknowledged_at' => self::text($escalation->acknowledged_at),
            'resolved_by' => $escalation->resolved_by,
            'resolved_at' => self::text($escalation->resolved_at),
        ];
    }

    public static function text(?\DateTimeInterface $at): ?string
    {
        return $at === null ? null : Time::toText($at);
    }
}
