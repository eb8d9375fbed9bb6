<?php

declare(strict_types=1);

namespace Sla\Laravel\Engine;

use Sla\Actor;
use Sla\Audit;
use Sla\Command;
use Sla\Decision;
use Sla\DueEvents;
use Sla\Engine;
use Sla\Evaluation;
use Sla\Event;
use Sla\Exceptions\InvalidInput;
use Sla\Exceptions\SlaThrowable;
use Sla\Explanation;
use Sla\Head;
use Sla\History;
use Sla\Laravel\Policy\PolicyRepository;
use Sla\Opening;
use Sla\Refusal;
use Sla\Ticket;
use Sla\Time;
use Sla\Verification;
use Sla\VisibleTickets;

/**
 * Every call of the engine that concerns tickets, and the shape in which this package stores the answers.
 *
 * One instance a request or job, like the revisions that it compiles.
 */
final class Gateway
{
    private ?Engine $engine = null;

    /** Which reading of the revisions the engine is made of. */
    private int $reading = 0;

    public function __construct(private readonly PolicyRepository $revisions)
    {
    }

    public function engine(): Engine
    {
        if ($this->engine === null || $this->reading !== $this->revisions->reading()) {
            $this->engine = Engine::compile($this->revisions->texts());
            $this->reading = $this->revisions->reading();
        }

        return $this->engine;
    }

    public function open(Opening $opening, Actor $actor, int $nowUs): Step
    {
        $now = Time::fromUs($nowUs);

        return $this->decided($this->engine()->open($opening, $actor, $now), $opening->ticket, null, $now);
    }

    public function decide(StoredTicket $ticket, Command $command, Actor $actor, int $nowUs): Step
    {
        $now = Time::fromUs($nowUs);
        $decision = $this->withAllRevisions(fn (): Decision => $this->engine()->decide(Ticket::fromJson($ticket->snapshot), $command, $actor, $now));

        return $this->decided($decision, $ticket->reference, $ticket, $now);
    }

    /** Decides on the whole history, which adopting a revision with another timer needs. */
    public function decideOnHistory(StoredTicket $ticket, iterable $entries, Command $command, Actor $actor, int $nowUs): Step
    {
        $now = Time::fromUs($nowUs);
        $history = History::ofEntries($entries);
        $decision = $this->withAllRevisions(fn (): Decision => $this->engine()->decide($history, $command, $actor, $now));

        return $this->decided($decision, $ticket->reference, $ticket, $now);
    }

    /**
     * Returns what is due on each ticket; a fault of one does not stop the others.
     *
     * @param list<StoredTicket> $tickets
     *
     * @return array<int, Step|SlaThrowable> by the ticket's id
     */
    public function due(array $tickets, int $nowUs): array
    {
        $found = [];
        foreach ($tickets as $ticket) {
            $now = Time::fromUs(max($nowUs, $ticket->lastUs));
            try {
                $due = $this->withAllRevisions(fn (): DueEvents => $this->engine()->dueEvents(Ticket::fromJson($ticket->snapshot), $now));
                $found[$ticket->id] = $this->step($due->events, $due->ticket, $due->nextCheckAt, $ticket->reference, $ticket, $now);
            } catch (SlaThrowable $fault) {
                $found[$ticket->id] = $fault;
            }
        }

        return $found;
    }

    public function evaluate(StoredTicket $ticket, int $nowUs): Evaluation
    {
        $now = Time::fromUs(max($nowUs, $ticket->lastUs));

        return $this->withAllRevisions(fn (): Evaluation => $this->engine()->evaluate(Ticket::fromJson($ticket->snapshot), $now));
    }

    public function authorize(Actor $actor, string $action, ?StoredTicket $ticket = null): ?Refusal
    {
        $on = $ticket === null ? null : Ticket::fromJson($ticket->snapshot);

        return $this->withAllRevisions(fn (): ?Refusal => $this->engine()->authorize($actor, $action, $on));
    }

    /** Returns which tickets a list may show to an actor, or why none. */
    public function visibleTickets(Actor $actor): VisibleTickets|Refusal
    {
        return $this->engine()->visibleTickets($actor);
    }

    /**
     * Returns what is promised in a cycle of a timer, and in which zone its calendar counts.
     *
     * @return array{due_at: ?string, time_zone: ?string}|null
     */
    public function promise(StoredTicket $ticket, string $timer, int $cycle): ?array
    {
        $snapshot = json_decode($ticket->snapshot, true, 512, JSON_THROW_ON_ERROR);
        foreach ($snapshot['timers'] as $one) {
            foreach ($one['timer'] === $timer ? $one['cycles'] : [] as $found) {
                if ($found['number'] === $cycle) {
                    return [
                        'due_at' => $found['promise']['due']['due_at'] ?? null,
                        'time_zone' => $this->revisions->timeZone($found['revision'], $found['calendar']),
                    ];
                }
            }
        }

        return null;
    }

    /**
     * Returns every channel of the newest revision.
     *
     * @return array<string, string> names by id
     */
    public function channels(): array
    {
        return array_column(json_decode($this->engine()->policy()->json(), true, 512, JSON_THROW_ON_ERROR)['channels'], 'name', 'id');
    }

    /**
     * Returns the channels that a package includes, in the newest revision; none for a package that it does not have.
     *
     * @return array<string, string> names by id
     */
    public function channelsOf(string $package): array
    {
        $channels = [];
        $policy = json_decode($this->engine()->policy()->json(), true, 512, JSON_THROW_ON_ERROR);
        if (in_array($package, array_column($policy['packages'], 'id'), true)) {
            foreach ($policy['channels'] as $channel) {
                if ($this->engine()->entitles($package, $channel['id'])) {
                    $channels[$channel['id']] = $channel['name'];
                }
            }
        }

        return $channels;
    }

    /** @param list<string> $entries */
    public function explain(array $entries, string $timer, int $nowUs, ?int $cycle = null): Explanation
    {
        return $this->engine()->explain(History::ofEntries($entries), $timer, Time::fromUs($nowUs), $cycle);
    }

    /**
     * Returns the snapshot that stored entries fold to.
     *
     * @param list<string> $entries
     */
    public function fold(array $entries): string
    {
        return Ticket::of(History::ofEntries($entries))->json();
    }

    /** @param list<string> $entries */
    public function verify(string $kind, string $id, array $entries): Verification
    {
        return Audit::verify(Audit::chain($kind, $id, $entries));
    }

    /**
     * Makes the entry of a refusal.
     *
     * @param int $entries how many the log has, @param string $hash of the last one
     *
     * @return array{entry: string, hash: string}
     */
    public function deny(string $log, int $entries, string $hash, Actor $actor, Refusal $refusal, ?string $ticket, int $nowUs): array
    {
        $linked = Audit::deny($this->head('access', $log, $entries, $hash), $log, $actor, $refusal, Time::fromUs($nowUs), $ticket);

        return ['entry' => $linked->entries[0], 'hash' => $linked->head->hash];
    }

    private function decided(Decision $decision, string $reference, ?StoredTicket $before, \DateTimeImmutable $now): Step
    {
        return $decision->refusal === null
            ? $this->step($decision->events, $decision->ticket ?? throw new \LogicException('an accepted command without ticket'), $decision->nextCheckAt, $reference, $before, $now)
            : new Step([], $decision->refusal);
    }

    /** @param list<Event> $events */
    private function step(array $events, Ticket $ticket, ?\DateTimeImmutable $nextCheckAt, string $reference, ?StoredTicket $before, \DateTimeImmutable $now): Step
    {
        $snapshot = $ticket->json();
        $values = json_decode($snapshot, true, 512, JSON_THROW_ON_ERROR);
        $nextUs = $nextCheckAt === null ? null : Time::toUs($nextCheckAt);
        if ($events === []) {
            return new Step([], null, $before->head ?? '', $before->events ?? 0, $snapshot, $nextUs, $this->columns($values, []));
        }
        $linked = Audit::link($this->head('ticket', $reference, $before->events ?? 0, $before->head ?? ''), $events, $now);
        $made = [];
        foreach ($events as $index => $event) {
            $made[] = self::made($event, $linked->entries[$index]);
        }

        return new Step($made, null, $linked->head->hash, $linked->head->entries, $snapshot, $nextUs, $this->columns($values, $made));
    }

    private static function made(Event $event, string $entry): MadeEvent
    {
        $intent = null;
        if (($firing = $event->intent()) !== null) {
            $intent = new MadeIntent($firing->id, $firing->notify, $firing->assignTo, Time::toUs($firing->notifyAt), $firing->timer, $firing->step);
        } elseif (($inactivity = $event->inactivity()) !== null) {
            $intent = new MadeIntent($inactivity->id, $inactivity->notify, null, Time::toUs($inactivity->notifyAt), null, $inactivity->rule);
        }

        return new MadeEvent($event->seq, $event->kind, Time::toUs($event->at), $event->actor->role->value, $event->actor->id, $event->data(), $entry, $intent);
    }

    /**
     * @param array<string, mixed> $values the snapshot
     * @param list<MadeEvent>      $events
     *
     * @return array<string, string|int|null>
     */
    private function columns(array $values, array $events): array
    {
        $due = ['first_response' => null, 'resolution' => null];
        $states = $due;
        foreach ($values['timers'] as $timer) {
            $cycle = $timer['cycles'] === [] ? null : $timer['cycles'][count($timer['cycles']) - 1];
            $at = $cycle['promise']['due']['due_at'] ?? null;
            if ($cycle !== null && array_key_exists($timer['timer'], $due)) {
                $due[$timer['timer']] = $at === null ? null : self::us($at);
                $states[$timer['timer']] = self::state($cycle);
            }
        }
        $columns = [
            'customer' => $values['customer'],
            'organization' => $values['organization'] ?? null,
            'package' => $values['package'],
            'channel' => $values['channel'],
            'severity' => $values['severity'] ?? null,
            'category' => $values['category'] ?? null,
            'priority' => $this->revisions->priority($values['policy_digest'], $values['package']),
            'status' => $values['status'],
            'agent' => $values['agent'] ?? null,
            'team' => $values['team'] ?? null,
            'first_response_state' => $states['first_response'],
            'first_response_due_at' => $due['first_response'],
            'resolution_state' => $states['resolution'],
            'resolution_due_at' => $due['resolution'],
            'policy_digest' => $values['policy_digest'],
            'opened_at' => self::us($values['opened_at']),
            'last_at' => self::us($values['last_at']),
        ];
        foreach ($events as $event) {
            if (in_array($event->kind, ['closed', 'withdrawn', 'voided'], true)) {
                $columns['closed_at'] = $event->atUs;
            }
        }

        return $columns;
    }

    /** @param array<string, mixed> $cycle */
    private static function state(array $cycle): string
    {
        return match (true) {
            $cycle['breached'] === true => 'breached',
            isset($cycle['phase']['stopped']) => isset($cycle['promise']) ? 'met' : 'unpromised',
            default => (string) array_key_first($cycle['phase']),
        };
    }

    private function head(string $kind, string $id, int $entries, string $hash): ?Head
    {
        return $entries === 0 ? null : Head::fromJson(json_encode(['kind' => $kind, 'id' => $id, 'entries' => $entries, 'hash' => $hash], JSON_THROW_ON_ERROR));
    }

    /**
     * Asks again, once, with the revisions that were published since this process read them.
     *
     * @template T
     *
     * @param callable(): T $ask
     *
     * @return T
     */
    private function withAllRevisions(callable $ask): mixed
    {
        try {
            return $ask();
        } catch (InvalidInput $fault) {
            if ($fault->errorCode !== 'unknown_revision') {
                throw $fault;
            }
            $this->revisions->reload();

            return $ask();
        }
    }

    private static function us(string $text): int
    {
        return Time::toUs(new \DateTimeImmutable($text));
    }
}
