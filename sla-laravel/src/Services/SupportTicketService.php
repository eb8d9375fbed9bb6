<?php

declare(strict_types=1);

namespace Sla\Laravel\Services;

use Illuminate\Support\Str;
use Sla\Actor;
use Sla\Apply;
use Sla\Command;
use Sla\Direction;
use Sla\Evaluation;
use Sla\Exceptions\InvalidInput;
use Sla\Laravel\Contracts\ResolvesPackage;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Store\Outcome;
use Sla\Laravel\Store\TicketStore;
use Sla\Laravel\Store\UnknownTicket;
use Sla\Laravel\Support\Clock;
use Sla\Message;
use Sla\Opening;
use Sla\PauseStatus;
use Sla\Refusal;
use Sla\Role;

/**
 * The commands on tickets. Each is decided by the engine and stored with what follows from it; a refusal is an outcome
 * and stands in the access log.
 *
 * `$commandId` makes a command safe to repeat: the second time nothing is added.
 */
final class SupportTicketService
{
    /** The package of a customer who has none: the engine refuses it. */
    private const NO_PACKAGE = '(no package)';

    public function __construct(
        private readonly TicketStore $store,
        private readonly Gateway $gateway,
        private readonly ResolvesPackage $packages,
        private readonly Clock $clock,
    ) {
    }

    /** Opens a ticket. Its package and organization are those that `ResolvesPackage` says of the customer. */
    public function open(NewTicket $new, Actor $actor): Outcome
    {
        $customer = $new->customer ?? $actor->id;
        $terms = $this->packages->termsOf($customer);
        $reference = $new->commandId === null ? (string) Str::orderedUuid() : 't-' . self::derived($actor, 'open', $new->commandId);
        $opening = new Opening(
            ticket: $reference,
            customer: $customer,
            package: $terms->package ?? self::NO_PACKAGE,
            channel: $new->channel,
            message: $this->message($actor, $reference, $new->body, $new->commandId),
            severity: $new->severity,
            category: $new->category,
            commandId: $new->commandId,
            direction: $new->isOutbound ? Direction::Outbound : Direction::Inbound,
            receivedAt: $new->receivedAt,
            organization: $actor->role === Role::Customer ? $actor->organization : $terms?->organization,
        );

        return $this->store->open($opening, $actor, $new->subject, $new->body, $this->clock->nowUs());
    }

    /** Answers publicly. */
    public function reply(int $ticketId, Actor $actor, string $channel, string $body, bool $isAutomatic = false, ?string $commandId = null): Outcome
    {
        return $this->write($ticketId, $actor, $body, $commandId, static fn (Message $message): Command => Command::reply($channel, $message, $isAutomatic));
    }

    /** Writes an internal note. */
    public function note(int $ticketId, Actor $actor, string $body, ?string $commandId = null): Outcome
    {
        return $this->write($ticketId, $actor, $body, $commandId, Command::note(...));
    }

    /** Adds what the customer writes. */
    public function customerMessage(
        int $ticketId,
        Actor $actor,
        string $channel,
        string $body,
        ?\DateTimeInterface $receivedAt = null,
        ?string $commandId = null,
    ): Outcome {
        return $this->write($ticketId, $actor, $body, $commandId, static fn (Message $message): Command => Command::customerMessage($channel, $message, $receivedAt));
    }

    public function resolve(int $ticketId, Actor $actor, string $body, ?string $commandId = null): Outcome
    {
        return $this->write($ticketId, $actor, $body, $commandId, Command::resolve(...));
    }

    public function assign(int $ticketId, Actor $actor, ?string $agent = null, ?string $team = null, ?string $commandId = null): Outcome
    {
        return $this->act($ticketId, Command::assign($agent, $team), $actor, $commandId);
    }

    public function unassign(int $ticketId, Actor $actor, string $reason, ?string $commandId = null): Outcome
    {
        return $this->act($ticketId, Command::unassign($reason), $actor, $commandId);
    }

    public function pause(
        int $ticketId,
        Actor $actor,
        PauseStatus $status,
        string $reason,
        ?\DateTimeInterface $until = null,
        ?string $commandId = null,
    ): Outcome {
        return $this->act($ticketId, Command::pause($status, $reason, $until), $actor, $commandId);
    }

    public function resume(int $ticketId, Actor $actor, ?string $commandId = null): Outcome
    {
        return $this->act($ticketId, Command::resume(), $actor, $commandId);
    }

    /** Reopens: a customer names the channel, an agent or admin the reason. */
    public function reopen(int $ticketId, Actor $actor, ?string $channel = null, ?string $reason = null, ?string $commandId = null): Outcome
    {
        return $this->act($ticketId, Command::reopen($channel, $reason), $actor, $commandId);
    }

    public function close(int $ticketId, Actor $actor, ?string $commandId = null): Outcome
    {
        return $this->act($ticketId, Command::close(), $actor, $commandId);
    }

    public function withdraw(int $ticketId, Actor $actor, ?string $commandId = null): Outcome
    {
        return $this->act($ticketId, Command::withdraw(), $actor, $commandId);
    }

    public function void(int $ticketId, Actor $actor, string $reason, ?int $duplicateOf = null, ?string $commandId = null): Outcome
    {
        $reference = $duplicateOf === null ? null : $this->store->reference($duplicateOf);
        if ($duplicateOf !== null && $reference === null) {
            // Who may not void learns nothing of which tickets there are.
            $refusal = $this->refusalTo('void', $ticketId, $actor) ?? throw new UnknownTicket($duplicateOf);

            return new Outcome($ticketId, null, [], $refusal);
        }

        return $this->act($ticketId, Command::void($reason, $reference), $actor, $commandId);
    }

    /** Takes over another ticket, which is voided as a duplicate. */
    public function absorb(int $ticketId, Actor $actor, int $duplicate, string $reason, ?string $commandId = null): Outcome
    {
        $voided = $this->void($duplicate, $actor, $reason, $ticketId, $commandId === null ? null : "{$commandId}/void");
        if (!$voided->isAccepted()) {
            return $voided;
        }
        $waitingSince = null;
        foreach ($this->store->entries($duplicate) as $entry) {
            $event = json_decode($entry, true, 512, JSON_THROW_ON_ERROR);
            if ($event['kind'] === 'voided') {
                $waitingSince = $event['data']['waiting_since'] ?? null;
            }
        }
        $since = $waitingSince === null ? null : new \DateTimeImmutable($waitingSince);

        return $this->act($ticketId, Command::absorb($voided->reference ?? throw new UnknownTicket($duplicate), $reason, $since), $actor, $commandId);
    }

    /** @param int $score 1 to 5 */
    public function rate(int $ticketId, Actor $actor, int $score, ?string $commandId = null): Outcome
    {
        return $this->act($ticketId, Command::rate($score), $actor, $commandId);
    }

    public function changePackage(int $ticketId, Actor $actor, string $package, Apply $apply, string $reason, ?string $commandId = null): Outcome
    {
        return $this->act($ticketId, Command::changePackage($package, $apply, $reason), $actor, $commandId);
    }

    public function adoptRevision(int $ticketId, Actor $actor, string $policyDigest, Apply $apply, string $reason, ?string $commandId = null): Outcome
    {
        return $this->act($ticketId, Command::adoptRevision($policyDigest, $apply, $reason), $actor, $commandId);
    }

    public function classify(
        int $ticketId,
        Actor $actor,
        ?string $severity,
        ?string $category,
        Apply $apply,
        string $reason,
        ?string $commandId = null,
    ): Outcome {
        return $this->act($ticketId, Command::classify($severity, $category, $apply, $reason), $actor, $commandId);
    }

    /** Says where a ticket stands now: each timer with its due instant and what remains. Nothing is changed. */
    public function evaluate(int $ticketId): Evaluation
    {
        return $this->gateway->evaluate($this->store->find($ticketId) ?? throw new UnknownTicket($ticketId), $this->clock->nowUs());
    }

    /**
     * Says why an actor may not look at a ticket; `null` when they may. A refusal stands in the access log.
     *
     * @throws UnknownTicket where they may look at every ticket
     */
    public function refusalToView(int $ticketId, Actor $actor): ?Refusal
    {
        return $this->refusalTo('view_ticket', $ticketId, $actor);
    }

    /**
     * Returns which of some actions the actor is permitted on a ticket, whatever its status. Nothing is put on record.
     *
     * @param list<string> $actions
     *
     * @return list<string>
     */
    public function permitted(int $ticketId, Actor $actor, array $actions): array
    {
        $ticket = $this->store->find($ticketId) ?? throw new UnknownTicket($ticketId);

        return array_values(array_filter($actions, fn (string $action): bool => $this->gateway->authorize($actor, $action, $ticket) === null));
    }

    /** Returns the refusal for a ticket; for one that does not exist, the refusal for another's ticket. */
    private function refusalTo(string $action, int $ticketId, Actor $actor): ?Refusal
    {
        $ticket = $this->store->find($ticketId);
        $nowUs = $this->clock->nowUs();
        try {
            $refusal = $this->gateway->authorize($actor, $action, $ticket ?? $this->gateway->foreign($nowUs) ?? throw new UnknownTicket($ticketId));
        } catch (InvalidInput $fault) {
            $refusal = $ticket === null ? throw $fault : $this->gateway->authorizeOnHistory($actor, $action, $this->store->entries($ticketId));
        }
        if ($refusal === null && $ticket === null) {
            throw new UnknownTicket($ticketId);
        }
        if ($refusal !== null) {
            $this->store->deny($actor, $refusal, $ticket?->reference, $nowUs);
        }

        return $refusal;
    }

    /** @param callable(Message): Command $command */
    private function write(int $ticketId, Actor $actor, string $body, ?string $commandId, callable $command): Outcome
    {
        $message = $this->message($actor, "#{$ticketId}", $body, $commandId);

        return $this->act($ticketId, $command($message), $actor, $commandId, $body);
    }

    private function act(int $ticketId, Command $command, Actor $actor, ?string $commandId, ?string $body = null): Outcome
    {
        return $this->store->decide($ticketId, $commandId === null ? $command : $command->withId($commandId), $actor, $this->clock->nowUs(), $body);
    }

    private function message(Actor $actor, string $ticket, string $body, ?string $commandId): Message
    {
        // A repeated command must be the same to the last byte, so its reference is derived from its id.
        return Message::of($commandId === null ? (string) Str::uuid() : 'm-' . self::derived($actor, $ticket, $commandId), $body);
    }

    private static function derived(Actor $actor, string $of, string $commandId): string
    {
        return substr(hash('sha256', implode("\0", [$actor->role->value, $actor->id, $of, $commandId])), 0, 48);
    }
}
