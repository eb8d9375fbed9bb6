<?php

declare(strict_types=1);

namespace Sla\Laravel\Services;

use Illuminate\Database\Eloquent\Builder;
use Sla\Actor;
use Sla\Command;
use Sla\Laravel\Models\SupportEscalation;
use Sla\Laravel\Store\Outcome;
use Sla\Laravel\Store\TicketStore;
use Sla\Laravel\Support\Clock;

/** Escalations: those that people request, and what happens to all of them. */
final class EscalationService
{
    public function __construct(private readonly TicketStore $store, private readonly Clock $clock)
    {
    }

    /** Requests an escalation; a customer names the channel. */
    public function request(int $ticketId, Actor $actor, string $reason, ?string $channel = null, ?string $commandId = null): Outcome
    {
        return $this->act($ticketId, Command::requestEscalation($reason, $channel), $actor, $commandId);
    }

    /** @param int $number of the ticket's escalations, from 1 */
    public function acknowledge(int $ticketId, int $number, Actor $actor, ?string $commandId = null): Outcome
    {
        return $this->act($ticketId, Command::acknowledgeEscalation($number), $actor, $commandId);
    }

    /** @param int $number of the ticket's escalations, from 1 */
    public function resolve(int $ticketId, int $number, Actor $actor, ?string $commandId = null): Outcome
    {
        return $this->act($ticketId, Command::resolveEscalation($number), $actor, $commandId);
    }

    /** Returns the escalations that are not resolved, the highest level first. */
    public function unresolved(): Builder
    {
        return SupportEscalation::query()->whereRaw(SupportEscalation::UNRESOLVED_WHERE)->orderByDesc('level')->orderBy('id');
    }

    private function act(int $ticketId, Command $command, Actor $actor, ?string $commandId): Outcome
    {
        return $this->store->decide($ticketId, $commandId === null ? $command : $command->withId($commandId), $actor, $this->clock->nowUs());
    }
}
