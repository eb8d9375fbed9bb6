<?php

declare(strict_types=1);

use Sla\Actor;
use Sla\Command;
use Sla\Engine;
use Sla\Intent;
use Sla\LinkedDecision;
use Sla\Opening;

/** A help desk: every change of a ticket is decided by the engine and stored. */
final class Desk
{
    private const CHUNK = 100;

    /** Whose days the figures are of. */
    private const ZONE = 'Asia/Jakarta';

    /** @var Closure(string): void */
    private readonly Closure $say;

    /** @param callable(string): void $say */
    public function __construct(private readonly Engine $engine, private readonly Store $store, callable $say)
    {
        $this->say = $say(...);
    }

    public function open(Opening $opening, Actor $actor, DateTimeImmutable $now): LinkedDecision
    {
        return $this->store->atomically(function () use ($opening, $actor, $now): LinkedDecision {
            if ($this->store->ticket($opening->ticket) !== null) {
                throw new DomainException("there is a ticket {$opening->ticket} already");
            }

            return $this->stored($opening->ticket, $this->engine->openLinked($opening, $actor, $now, timeZone: self::ZONE), $actor, $now);
        });
    }

    public function act(string $id, Command $command, Actor $actor, DateTimeImmutable $now): LinkedDecision
    {
        return $this->store->atomically(function () use ($id, $command, $actor, $now): LinkedDecision {
            [$ticket, $head, $rowState] = $this->store->ticket($id) ?? throw new DomainException("there is no ticket {$id}");
            $decision = $this->engine->decideLinked($ticket, $head, $command, $actor, $now, timeZone: self::ZONE, rowState: $rowState);

            return $this->stored($id, $decision, $actor, $now);
        });
    }

    /** Stores the automatic events of the tickets that are due, and of no others. Returns how many tickets. */
    public function monitor(DateTimeImmutable $now): int
    {
        $total = 0;
        do {
            // A ticket that cannot be read stays due: a chunk of nothing else ends the loop.
            $stored = $this->store->atomically(function () use ($now): int {
                $answers = $this->engine->batch($this->store->due($now, self::CHUNK), $now, timeZone: self::ZONE);
                foreach ($answers as $id => $answer) {
                    if ($answer instanceof LinkedDecision) {
                        $this->keep($id, $answer);
                    } else {
                        ($this->say)($this->line($now, 'failed', "{$id}: {$answer->getMessage()}"));
                        unset($answers[$id]);
                    }
                }

                return count($answers);
            });
            $total += $stored;
        } while ($stored > 0);

        return $total;
    }

    private function stored(string $id, LinkedDecision $decision, Actor $actor, DateTimeImmutable $now): LinkedDecision
    {
        if ($decision->isAccepted()) {
            $this->keep($id, $decision);
        } else {
            $this->store->deny($actor, $decision->refusal, $id, $now);
            $why = "{$decision->refusal->message}; {$decision->refusal->accepted}";
            ($this->say)($this->line($now, 'refused', "{$id} to {$actor->id}: {$why}"));
        }

        return $decision;
    }

    private function keep(string $id, LinkedDecision $decision): void
    {
        $this->store->save($id, $decision);
        foreach ($decision->events() as $event) {
            ($this->say)($this->line($event->at, $event->kind, "{$id} by {$event->actor->id}"));
            $intent = $event->intent();
            if ($intent !== null && $this->store->notify($id, $intent)) {
                ($this->say)($this->recipients($intent));
            }
        }
    }

    private function line(DateTimeImmutable $at, string $what, string $of): string
    {
        return sprintf('%s  %-10s %s', $at->setTimezone(new DateTimeZone('UTC'))->format('D H:i:s'), $what, $of);
    }

    private function recipients(Intent $intent): string
    {
        $people = $intent->notify === [] ? 'nobody' : implode(' and ', $intent->notify);
        $assigned = $intent->assignTo === null ? '' : ", assign to {$intent->assignTo}";

        return "          -> tell {$people} of {$intent->timer}{$assigned}";
    }
}
