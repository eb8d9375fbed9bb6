<?php

declare(strict_types=1);

use Sla\Actor;
use Sla\Command;
use Sla\Decision;
use Sla\DueEvents;
use Sla\Engine;
use Sla\Intent;
use Sla\Opening;

/** A help desk: every change of a ticket is decided by the engine and stored. */
final class Desk
{
    private const CHUNK = 100;

    /** @var Closure(string): void */
    private readonly Closure $say;

    /** @param callable(string): void $say */
    public function __construct(private readonly Engine $engine, private readonly Store $store, callable $say)
    {
        $this->say = $say(...);
    }

    public function open(Opening $opening, Actor $actor, DateTimeImmutable $now): Decision
    {
        return $this->store->atomically(function () use ($opening, $actor, $now): Decision {
            if ($this->store->ticket($opening->ticket) !== null) {
                throw new DomainException("there is a ticket {$opening->ticket} already");
            }

            return $this->stored($opening->ticket, $this->engine->open($opening, $actor, $now), $actor, $now);
        });
    }

    public function act(string $id, Command $command, Actor $actor, DateTimeImmutable $now): Decision
    {
        return $this->store->atomically(function () use ($id, $command, $actor, $now): Decision {
            $ticket = $this->store->ticket($id) ?? throw new DomainException("there is no ticket {$id}");

            return $this->stored($id, $this->engine->decide($ticket, $command, $actor, $now), $actor, $now);
        });
    }

    /** Stores the automatic events of the tickets that are due, and of no others. Returns how many tickets. */
    public function monitor(DateTimeImmutable $now): int
    {
        $looked = 0;
        do {
            $due = $this->store->due($now, self::CHUNK);
            foreach ($due as $id) {
                // Each on its own: another worker may have been here, and one bad ticket must not stop the others.
                $this->store->atomically(function () use ($id, $now): void {
                    $found = $this->engine->dueEvents($this->store->ticket($id), $now);
                    $this->keep($id, $found, $now);
                });
                $looked++;
            }
        } while (count($due) === self::CHUNK);

        return $looked;
    }

    private function stored(string $id, Decision $decision, Actor $actor, DateTimeImmutable $now): Decision
    {
        if ($decision->isAccepted()) {
            $this->keep($id, $decision, $now);
        } else {
            $this->store->deny($actor, $decision->refusal, $id, $now);
            $why = "{$decision->refusal->message}; {$decision->refusal->accepted}";
            ($this->say)($this->line($now, 'refused', "{$id} to {$actor->id}: {$why}"));
        }

        return $decision;
    }

    private function keep(string $id, Decision|DueEvents $found, DateTimeImmutable $now): void
    {
        $intents = $this->store->save($id, $found->events, $found->ticket, $found->nextCheckAt, $now);
        foreach ($found->events as $event) {
            ($this->say)($this->line($event->at, $event->kind, "{$id} by {$event->actor->id}"));
        }
        foreach ($intents as $intent) {
            ($this->say)($this->recipients($intent));
        }
    }

    private function line(DateTimeImmutable $at, string $what, string $of): string
    {
        return sprintf('%s  %-10s %s', $at->setTimezone(new DateTimeZone('UTC'))->format('D H:i:s'), $what, $of);
    }

    private function recipients(Intent $intent): string
    {
        $assigned = $intent->assignTo === null ? '' : ", assign to {$intent->assignTo}";

        return "          -> tell {$this->people($intent)} of {$intent->timer}{$assigned}";
    }

    private function people(Intent $intent): string
    {
        return $intent->notify === [] ? 'nobody' : implode(' and ', $intent->notify);
    }
}
