<?php

declare(strict_types=1);

namespace Sla\Laravel\Engine;

use Sla\Actor;
use Sla\Alert;
use Sla\Alerts;
use Sla\AtRisk;
use Sla\Audit;
use Sla\BurnRate;
use Sla\Command;
use Sla\Engine;
use Sla\Evaluation;
use Sla\Event;
use Sla\Exceptions\InvalidInput;
use Sla\Exceptions\SlaThrowable;
use Sla\Explanation;
use Sla\Head;
use Sla\History;
use Sla\HistoryVerification;
use Sla\Laravel\Policy\PolicyRepository;
use Sla\Laravel\Support\Settings;
use Sla\LinkedDecision;
use Sla\Message;
use Sla\OpenPromise;
use Sla\Opening;
use Sla\PolicyValues;
use Sla\Refusal;
use Sla\Request;
use Sla\Ticket;
use Sla\TicketRows;
use Sla\TicketValues;
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
    private const UNKNOWN_REVISION = 'unknown_revision';

    private ?Engine $engine = null;

    /** Which reading of the revisions the engine is made of. */
    private int $reading = 0;

    public function __construct(private readonly PolicyRepository $revisions, private readonly Settings $settings)
    {
    }

    public function engine(): Engine
    {
        if ($this->engine === null || $this->reading !== $this->revisions->reading()) {
            $this->engine = Engine::ofRevisions($this->revisions->digests(), $this->revisions->texts(...));
            $this->reading = $this->revisions->reading();
        }

        return $this->engine;
    }

    /** Returns the digest of the newest revision. */
    public function policyDigest(): string
    {
        return $this->revisions->newest();
    }

    public function open(Opening $opening, Actor $actor, int $nowUs): Step
    {
        return $this->step($this->engine()->openLinked($opening, $actor, Time::fromUs($nowUs), timeZone: $this->settings->timeZone()));
    }

    public function decide(StoredTicket $ticket, Command $command, Actor $actor, int $nowUs): Step
    {
        return $this->decideOn(Ticket::fromJson($ticket->snapshot), $ticket, $command, $actor, $nowUs);
    }

    /**
     * Decides on the whole history, which adopting a revision with another timer needs.
     *
     * @param list<string> $entries
     */
    public function decideOnHistory(StoredTicket $ticket, array $entries, Command $command, Actor $actor, int $nowUs): Step
    {
        return $this->decideOn(History::ofEntries($entries), $ticket, $command, $actor, $nowUs);
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
        $ofNow = [];
        foreach ($tickets as $ticket) {
            if ($ticket->lastUs <= $nowUs) {
                $ofNow[$ticket->id] = $ticket;
            } else {
                // The clock of another machine is ahead.
                $found[$ticket->id] = $this->dueOn($ticket, $ticket->lastUs);
            }
        }
        $withRows = array_filter($ofNow, static fn (StoredTicket $ticket): bool => $ticket->rowState !== null);
        foreach ([[$withRows, $this->settings->timeZone()], [array_diff_key($ofNow, $withRows), null]] as [$some, $timeZone]) {
            foreach ($some === [] ? [] : $this->engine()->batch(array_map(self::request(...), $some), Time::fromUs($nowUs), timeZone: $timeZone) as $id => $answer) {
                $found[$id] = match (true) {
                    $answer instanceof LinkedDecision => $this->step($answer),
                    $answer->errorCode === self::UNKNOWN_REVISION => $this->dueOn($some[$id], $nowUs),
                    default => $answer,
                };
            }
        }

        return $found;
    }

    public function evaluate(StoredTicket $ticket, int $nowUs): Evaluation
    {
        $now = Time::fromUs(max($nowUs, $ticket->lastUs));

        return $this->withAllRevisions(fn (): Evaluation => $this->engine()->evaluate(Ticket::fromJson($ticket->snapshot), $now));
    }

    /**
     * Returns the open promises of tickets, breached ones first.
     *
     * @param array<int, StoredTicket> $tickets
     *
     * @return array{promises: list<OpenPromise>, failed: list<int>} and the ids of those that cannot be read
     */
    public function openPromises(array $tickets, int $nowUs): array
    {
        $list = AtRisk::worklist(PHP_INT_MAX);
        $failed = [];
        foreach ($tickets as $ticket) {
            try {
                $this->withAllRevisions(fn () => $list->add($this->engine(), Ticket::fromJson($ticket->snapshot), Time::fromUs(max($nowUs, $ticket->lastUs))));
            } catch (SlaThrowable) {
                $failed[] = $ticket->id;
            }
        }

        return ['promises' => $list->promises(), 'failed' => $failed];
    }

    public function authorize(Actor $actor, string $action, ?StoredTicket $ticket = null): ?Refusal
    {
        $on = $ticket === null ? null : Ticket::fromJson($ticket->snapshot);

        return $this->withAllRevisions(fn (): ?Refusal => $this->engine()->authorize($actor, $action, $on));
    }

    /**
     * Judges by the events of a ticket whose snapshot cannot be read.
     *
     * @param list<string> $entries
     */
    public function authorizeOnHistory(Actor $actor, string $action, array $entries): ?Refusal
    {
        return $this->withAllRevisions(fn (): ?Refusal => $this->engine()->authorize($actor, $action, History::ofEntries($entries)));
    }

    /**
     * Returns a ticket that is not stored, of a customer who is no actor. The refusal for it is the refusal for a ticket
     * that does not exist, so that an actor cannot tell that from another's ticket; `null` where no ticket can exist.
     */
    public function foreign(int $nowUs): ?StoredTicket
    {
        $name = 'foreign-' . bin2hex(random_bytes(16));
        // The newest revision may have no package, or none that includes a channel.
        for ($digests = $this->revisions->digests(); $digests !== []; array_pop($digests)) {
            $engine = Engine::ofRevisions($digests, $this->revisions->texts(...));
            foreach ($engine->policy()->values()->packages as $package) {
                if ($package->channels !== []) {
                    $opening = new Opening(ticket: $name, customer: $name, package: $package->id, channel: $package->channels[0], message: Message::of($name, ''));
                    $step = $this->step($engine->openLinked($opening, Actor::admin($name), Time::fromUs($nowUs)));

                    return new StoredTicket(0, $name, $step->count, $step->head, $step->snapshot, $step->nextCheckUs, $nowUs);
                }
            }
        }

        return null;
    }

    /**
     * Returns how fast the error budget of each objective of the newest revision burns.
     *
     * @param array<array-key, list<array{int, int, int}>> $counts by timer: an instant, how many cycles were decided then, how many breached
     *
     * @return list<BurnRate>
     */
    public function burns(array $counts, int $nowUs): array
    {
        return $this->engine()->burns($counts, Time::fromUs($nowUs));
    }

    /**
     * Shows events to the watch over the objectives of the newest revision.
     *
     * @param ?array<string, mixed>   $watch  what it remembers; `null` for nothing
     * @param iterable<list<string>> $chunks of entries
     *
     * @return array{alerts: list<Alert>, watch: array<string, mixed>} those of degradation, and what it remembers now
     */
    public function watched(?array $watch, iterable $chunks, int $nowUs): array
    {
        $alerts = $watch === null ? new Alerts($this->engine()) : Alerts::fromJson($this->engine(), json_encode($watch, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE));
        $found = [];
        foreach ($chunks as $entries) {
            array_push($found, ...$alerts->observe(array_map(Event::ofEntry(...), $entries)));
        }
        array_push($found, ...$alerts->advance(Time::fromUs($nowUs)));

        return [
            'alerts' => array_values(array_filter($found, static fn (Alert $one): bool => $one->name === 'performance_degradation')),
            'watch' => json_decode($alerts->json(), true, 512, JSON_THROW_ON_ERROR),
        ];
    }

    /** Returns the alert of what is due on a ticket and would be detected now; `null` where the newest revision tolerates that. */
    public function lagOf(StoredTicket $ticket, int $nowUs): ?Alert
    {
        $due = $this->due([$ticket], $nowUs)[$ticket->id];
        $events = $due instanceof Step ? array_map(static fn (MadeEvent $event): Event => Event::ofEntry($event->entry), $due->events) : [];
        foreach ((new Alerts($this->engine()))->observe($events, Time::fromUs($nowUs)) as $alert) {
            if ($alert->name === 'monitor_lag') {
                return $alert;
            }
        }

        return null;
    }

    /** Returns which tickets a list may show to an actor, or why none. */
    public function visibleTickets(Actor $actor): VisibleTickets|Refusal
    {
        return $this->engine()->visibleTickets($actor);
    }

    /**
     * Returns every channel of the newest revision.
     *
     * @return array<string, string> names by id
     */
    public function channels(): array
    {
        return array_column($this->policy()->channels, 'name', 'id');
    }

    /**
     * Returns every package of the newest revision.
     *
     * @return array<string, string> names by id
     */
    public function packageNames(): array
    {
        return array_column($this->policy()->packages, 'name', 'id');
    }

    /**
     * Returns the channels that a package includes, in the newest revision; none for a package that it does not have.
     *
     * @return array<string, string> names by id
     */
    public function channelsOf(string $package): array
    {
        return array_intersect_key($this->channels(), array_flip($this->policy()->package($package)?->channels ?? []));
    }

    /**
     * Says how the due of a cycle follows, and in which zone its calendar counts.
     *
     * @param list<string> $entries
     * @param ?int         $cycle   `null` for the latest
     */
    public function explain(array $entries, string $timer, int $nowUs, ?int $cycle = null): Explanation
    {
        return $this->withAllRevisions(fn (): Explanation => $this->engine()->explain(History::ofEntries($entries), $timer, Time::fromUs($nowUs), $cycle));
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

    /** Returns a ticket as values. */
    public function values(StoredTicket $ticket): TicketValues
    {
        return $this->withAllRevisions(fn (): TicketValues => $this->engine()->ticketValues(Ticket::fromJson($ticket->snapshot)));
    }

    /** Returns when a ticket is to be looked at next. */
    public function nextCheckUs(StoredTicket $ticket): ?int
    {
        return $this->withAllRevisions(fn (): ?int => $this->engine()->nextCheckAtUs(Ticket::fromJson($ticket->snapshot)));
    }

    /**
     * Executes a history again: the rules must make every event as it is recorded, and the events the state.
     *
     * @param list<string> $entries
     */
    public function execute(StoredTicket $ticket, array $entries): HistoryVerification
    {
        return $this->withAllRevisions(fn (): HistoryVerification => $this->engine()->verify(History::ofEntries($entries), Ticket::fromJson($ticket->snapshot)));
    }

    /**
     * Returns all rows of figures of a ticket, as of its last event.
     *
     * @param list<string> $entries
     */
    public function rowsOf(array $entries, StoredTicket $ticket, ?int $nowUs = null): TicketRows
    {
        return $this->withAllRevisions(fn (): TicketRows => $this->engine()->ticketRows(History::ofEntries($entries), Time::fromUs($nowUs ?? $ticket->lastUs), $this->settings->timeZone()));
    }

    /**
     * @param list<string> $entries
     * @param list<Head>   $pins    heads that were kept elsewhere
     */
    public function verify(string $kind, string $id, array $entries, array $pins = []): Verification
    {
        return Audit::verifyEntries($kind, $id, $entries, $pins === [] ? null : $pins);
    }

    /**
     * Writes heads as a file to keep elsewhere.
     *
     * @param list<Head> $heads
     */
    public function pinned(array $heads): string
    {
        return Audit::pin($heads);
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
        $linked = Audit::deny(self::head('access', $log, $entries, $hash), $log, $actor, $refusal, Time::fromUs($nowUs), $ticket);

        return ['entry' => $linked->entries[0], 'hash' => $linked->head->hash];
    }

    /** The newest revision. */
    private function policy(): PolicyValues
    {
        return $this->engine()->policy()->values();
    }

    private function decideOn(Ticket|History $on, StoredTicket $ticket, Command $command, Actor $actor, int $nowUs): Step
    {
        $now = Time::fromUs($nowUs);

        return $this->step($this->withAllRevisions(fn (): LinkedDecision => $this->engine()->decideLinked($on, self::standsAt($ticket), $command, $actor, $now, timeZone: $this->rowZone($ticket), rowState: $ticket->rowState)));
    }

    private function dueOn(StoredTicket $ticket, int $nowUs): Step|SlaThrowable
    {
        try {
            return $this->step($this->withAllRevisions(
                fn (): LinkedDecision => $this->engine()->dueEventsLinked(Ticket::fromJson($ticket->snapshot), self::standsAt($ticket), Time::fromUs($nowUs), timeZone: $this->rowZone($ticket), rowState: $ticket->rowState),
            ));
        } catch (SlaThrowable $fault) {
            return $fault;
        }
    }

    private static function request(StoredTicket $ticket): Request
    {
        return Request::dueEvents(Ticket::fromJson($ticket->snapshot), self::standsAt($ticket), rowState: $ticket->rowState);
    }

    /** Returns in whose days the rows of a ticket count; `null` for a ticket that has none until figures are rebuilt. */
    private function rowZone(StoredTicket $ticket): ?string
    {
        return $ticket->rowState === null ? null : $this->settings->timeZone();
    }

    private function step(LinkedDecision $decision): Step
    {
        if ($decision->refusal !== null) {
            return new Step([], $decision->refusal);
        }
        $values = $decision->values();
        if ($values === null || $decision->head === null || $decision->ticket === null) {
            throw new \LogicException('an accepted command without ticket');
        }
        $made = array_map(fn (Event $event, string $entry): MadeEvent => $this->made($event, $entry, $values->policyDigest), $decision->events(), $decision->entries);

        return new Step($made, null, $decision->head->hash, $decision->head->entries, $decision->ticket->json(), $decision->nextCheckAtUs, self::columns($values), $decision->rows());
    }

    private function made(Event $event, string $entry, string $policyDigest): MadeEvent
    {
        $intent = null;
        if (($firing = $event->intent()) !== null) {
            $intent = new MadeIntent($firing->id, $firing->notify, $firing->assignTo, Time::toUs($firing->notifyAt), $firing->timer, $firing->step);
        } elseif (($inactivity = $event->inactivity()) !== null) {
            $intent = new MadeIntent($inactivity->id, $inactivity->notify, null, Time::toUs($inactivity->notifyAt), null, $inactivity->rule);
        }

        $data = $event->data();
        $critical = $event->kind === 'escalated' ? $this->revisions->values($policyDigest)->objectives->criticalLevel : null;
        $isCritical = $critical !== null && $data['level'] >= $critical;

        return new MadeEvent($event->seq, $event->kind, Time::toUs($event->at), $event->actor->role->value, $event->actor->id, $data, $entry, $intent, $isCritical);
    }

    /** @return array<string, string|int|null> what `support_tickets` holds of a ticket */
    public static function columns(TicketValues $values): array
    {
        return [
            'customer' => $values->customer,
            'organization' => $values->organization,
            'package' => $values->package,
            'channel' => $values->channel,
            'severity' => $values->severity,
            'category' => $values->category,
            'priority' => $values->priority,
            'status' => $values->status->value,
            'agent' => $values->agent,
            'team' => $values->team,
            'first_response_state' => $values->timer('first_response')?->state->value,
            'first_response_due_at' => $values->timer('first_response')?->dueAtUs,
            'resolution_state' => $values->timer('resolution')?->state->value,
            'resolution_due_at' => $values->timer('resolution')?->dueAtUs,
            'policy_digest' => $values->policyDigest,
            'opened_at' => $values->openedAtUs,
            'last_at' => $values->lastAtUs,
            'closed_at' => $values->closedAtUs,
        ];
    }

    private static function standsAt(StoredTicket $ticket): Head
    {
        return self::head('ticket', $ticket->reference, $ticket->events, $ticket->head) ?? throw new \LogicException('a stored ticket without events');
    }

    private static function head(string $kind, string $id, int $entries, string $hash): ?Head
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
            if ($fault->errorCode !== self::UNKNOWN_REVISION) {
                throw $fault;
            }
            $this->revisions->reload();

            return $ask();
        }
    }
}
