<?php

declare(strict_types=1);

namespace Sla\Laravel\Store;

use Illuminate\Database\QueryException;
use Illuminate\Support\Facades\Event;
use Sla\Actor;
use Sla\Command;
use Sla\Exceptions\SlaThrowable;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Engine\MadeEvent;
use Sla\Laravel\Engine\Step;
use Sla\Laravel\Engine\StoredTicket;
use Sla\Laravel\Events\TicketEvent;
use Sla\Laravel\Figures\PromiseProjector;
use Sla\Laravel\Support\Tables;
use Sla\Opening;
use Sla\RefusalKind;

/**
 * The only writer of tickets, events, responses, escalations and notifications.
 *
 * Decides first, outside of any transaction; then stores in a transaction whose first statement is the compare-and-swap
 * of the ticket's state. So a writer never waits while it holds a lock, SQLite never meets a stale snapshot, and
 * whoever comes second decides again on what the first one stored.
 */
final class TicketStore
{
    private const ATTEMPTS = 25;
    private const DEADLOCK_ATTEMPTS = 5;

    public function __construct(
        private readonly Tables $tables,
        private readonly Gateway $gateway,
        private readonly Outbox $outbox,
        private readonly AccessLog $log,
        private readonly PromiseProjector $figures,
    ) {
    }

    /**
     * Opens a ticket.
     *
     * An opening whose `ticket` exists already is that command repeated: the ticket is returned and nothing is stored,
     * or, where it said something else, it is refused as `duplicate_command`.
     */
    public function open(Opening $opening, Actor $actor, string $subject, string $body, int $nowUs): Outcome
    {
        // The name of a ticket follows from the id of the command; without one it is new.
        $before = $opening->commandId === null ? null : $this->byReference($opening->ticket);
        if ($before !== null) {
            return $this->repeated($before, $opening, $actor, $subject, $nowUs);
        }
        $step = $this->gateway->open($opening, $actor, $nowUs);
        if ($step->refusal !== null) {
            $this->log->deny($actor, $step->refusal, $opening->ticket, $nowUs);

            return new Outcome(null, null, [], $step->refusal);
        }
        try {
            $id = $this->tables->connection()->transaction(function () use ($opening, $step, $subject, $body, $nowUs): int {
                $row = ['reference' => $opening->ticket, 'subject' => $subject] + $step->columns;
                $query = $this->tables->table('support_tickets');
                $id = (int) $query->getProcessor()->processInsertGetId($query, Statements::insertForId($query->getConnection(), 'support_tickets', array_keys($row)), array_values($row));
                $pending = new PendingRows();
                $pending->add('sla_ticket_states', ['ticket_id' => $id, 'reference' => $opening->ticket] + self::state($step));
                $this->keep($id, $opening->ticket, $step->events, $body, $nowUs, $pending);
                $this->figures->add($step->rows === null ? [] : [$id => $step->rows], $pending);
                $pending->store($this->tables);

                return $id;
            }, self::DEADLOCK_ATTEMPTS);
        } catch (QueryException $fault) {
            // The same command in another process was first.
            $before = $this->byReference($opening->ticket) ?? throw $fault;

            return $this->repeated($before, $opening, $actor, $subject, $nowUs);
        }

        return new Outcome($id, $opening->ticket, $step->events, null);
    }

    /**
     * Decides a command and stores what it makes.
     *
     * @param ?string $body the text of the command's message
     *
     * @throws UnknownTicket where the actor is permitted the command on a ticket that is another's
     * @throws Conflict
     */
    public function decide(int $ticketId, Command $command, Actor $actor, int $nowUs, ?string $body = null): Outcome
    {
        for ($attempt = 1; $attempt <= self::ATTEMPTS; $attempt++) {
            $ticket = $this->find($ticketId);
            if ($ticket === null) {
                return $this->decideAbsent($ticketId, $command, $actor, $nowUs);
            }
            // The clocks of several machines differ.
            $at = max($nowUs, $ticket->lastUs);
            $step = $this->gateway->decide($ticket, $command, $actor, $at);
            if ($step->refusal?->code === 'history_needed') {
                $step = $this->gateway->decideOnHistory($ticket, $this->entries($ticketId), $command, $actor, $at);
            }
            if ($step->refusal !== null) {
                $refusal = $step->refusal->code === 'duplicate_command'
                    // The engine judges the id of a command first; whom the ticket is hidden from learns nothing of its commands.
                    ? $this->gateway->authorize($actor, $step->refusal->action, $ticket) ?? $step->refusal
                    : $step->refusal;
                $this->log->deny($actor, $refusal, $ticket->reference, $nowUs);

                return new Outcome($ticketId, $ticket->reference, [], $refusal);
            }
            if ($step->events === []) {
                return new Outcome($ticketId, $ticket->reference, [], null);
            }
            $isStored = $this->tables->connection()->transaction(fn (): bool => $this->swapAll([[$ticket, $step]], $body, $nowUs) !== [], self::DEADLOCK_ATTEMPTS);
            if ($isStored) {
                return new Outcome($ticketId, $ticket->reference, $step->events, null);
            }
            // Let the others finish; at most some milliseconds.
            usleep(random_int(0, 200 * $attempt));
        }

        throw new Conflict("ticket #{$ticketId}");
    }

    /**
     * Stores what is due on tickets, all in one transaction. A ticket that cannot be read, or that another process
     * changed meanwhile, does not stop the others.
     *
     * @param list<int> $ticketIds
     */
    public function storeDue(array $ticketIds, int $nowUs): DueRun
    {
        // In one order, so that two monitors never wait for each other.
        sort($ticketIds);
        $tickets = $this->findMany($ticketIds);
        $steps = [];
        $failed = [];
        foreach ($this->gateway->due(array_values($tickets), $nowUs) as $id => $found) {
            if ($found instanceof SlaThrowable) {
                $failed[$id] = ['code' => $found->errorCode, 'message' => $found->getMessage()];
            } elseif ($found->events !== [] || $found->nextCheckUs !== $tickets[$id]->nextCheckUs) {
                $steps[$id] = $found;
            } elseif ($found->nextCheckUs !== null && $found->nextCheckUs <= $nowUs) {
                $failed[$id] = ['code' => 'nothing_due', 'message' => 'the ticket is to be looked at now and nothing is due'];
            }
        }
        $stored = $steps === [] ? [] : $this->tables->connection()->transaction(
            fn (): array => $this->swapAll(array_map(static fn (int $id): array => [$tickets[$id], $steps[$id]], array_keys($steps)), null, $nowUs),
            self::DEADLOCK_ATTEMPTS,
        );
        $this->remember($failed, array_keys($tickets), $nowUs);

        return new DueRun(count($ticketIds), array_sum($stored), count($steps) - count($stored), $failed);
    }

    /**
     * Makes all rows of figures of tickets from their histories, all in one transaction. A ticket that cannot be read does
     * not stop the others.
     *
     * @param list<int> $ticketIds
     *
     * @return array<int, SlaThrowable> the faults by ticket
     */
    public function rebuildRows(array $ticketIds): array
    {
        sort($ticketIds);
        $failed = [];
        for ($attempt = 1; $ticketIds !== [] && $attempt <= self::ATTEMPTS; $attempt++) {
            $made = [];
            foreach ($this->findMany($ticketIds) as $id => $ticket) {
                try {
                    $made[$id] = [$ticket, $this->gateway->rowsOf($this->entries($id), $ticket)];
                } catch (SlaThrowable $fault) {
                    $failed[$id] = $fault;
                }
            }
            $changed = $made === [] ? [] : $this->tables->connection()->transaction(function () use ($made): array {
                $changed = [];
                $mine = [];
                foreach ($made as $id => [$ticket, $rows]) {
                    $isMine = $this->tables->table('sla_ticket_states')
                        ->where('ticket_id', $id)
                        ->where('events', $ticket->events)
                        ->where('head', $ticket->head)
                        // Where the state is what it was, a database may say that no row was updated.
                        ->update(['row_state' => $rows->state]) === 1 || ($ticket->rowState === $rows->state && $this->find($id)?->head === $ticket->head);
                    if ($isMine) {
                        $mine[$id] = $rows;
                    } else {
                        $changed[] = $id;
                    }
                }
                $pending = new PendingRows();
                $this->figures->replace($mine, $pending);
                $pending->store($this->tables);

                return $changed;
            }, self::DEADLOCK_ATTEMPTS);
            $ticketIds = $changed;
        }
        if ($ticketIds !== []) {
            throw new Conflict('ticket #' . implode(', #', $ticketIds));
        }

        return $failed;
    }

    /** Puts a refusal of something that is no command on record, for example of looking at a ticket. */
    public function deny(Actor $actor, \Sla\Refusal $refusal, ?string $reference, int $nowUs): void
    {
        $this->log->deny($actor, $refusal, $reference, $nowUs);
    }

    public function find(int $ticketId): ?StoredTicket
    {
        return $this->findMany([$ticketId])[$ticketId] ?? null;
    }

    /**
     * Returns the engine's id of a ticket, which never changes: without its state, and without a lock; `null` where it is absent.
     */
    public function reference(int $ticketId): ?string
    {
        $found = $this->tables->table('support_tickets')->where('id', $ticketId)->value('reference');

        // A transaction of the host may be older than the ticket.
        return $found ?? $this->find($ticketId)?->reference;
    }

    public function byReference(string $reference): ?StoredTicket
    {
        $id = $this->tables->current('support_tickets')->where('reference', $reference)->value('id');

        return $id === null ? null : $this->find((int) $id);
    }

    /**
     * Returns the entries of a ticket's chain, oldest first.
     *
     * @return list<string>
     */
    public function entries(int $ticketId): array
    {
        return $this->tables->current('support_events')->where('ticket_id', $ticketId)->orderBy('seq')->pluck('entry')->all();
    }

    /**
     * Returns a ticket with its entries, oldest first, both as of one instant.
     *
     * @return array{StoredTicket, list<string>}|null
     */
    public function whole(int $ticketId): ?array
    {
        do {
            $ticket = $this->find($ticketId);
            $entries = $this->entries($ticketId);
            // Another process may store events between the two readings.
        } while ($ticket !== null && $this->find($ticketId)?->head !== $ticket->head);

        return $ticket === null ? null : [$ticket, $entries];
    }

    /**
     * Returns tickets with their entries, as `whole` does, with few queries.
     *
     * @param list<int> $ids
     *
     * @return array<int, array{StoredTicket, list<string>}> by id
     */
    public function wholes(array $ids): array
    {
        $tickets = $this->findMany($ids);
        $entries = array_fill_keys(array_keys($tickets), []);
        foreach ($this->tables->current('support_events')->whereIn('ticket_id', $ids)->orderBy('ticket_id')->orderBy('seq')->get(['ticket_id', 'entry']) as $row) {
            $entries[(int) $row->ticket_id][] = $row->entry;
        }
        $found = [];
        foreach ($tickets as $id => $ticket) {
            // Another process may have stored events between the two readings.
            $found[$id] = count($entries[$id]) === $ticket->events ? [$ticket, $entries[$id]] : ($this->whole($id) ?? [$ticket, $entries[$id]]);
        }

        return $found;
    }

    /**
     * @param list<int> $ids
     *
     * @return array<int, StoredTicket> by id
     */
    public function findMany(array $ids): array
    {
        $found = [];
        $rows = $this->tables->current('sla_ticket_states')
            ->whereIn('ticket_id', $ids)
            ->orderBy('ticket_id')
            ->get(['ticket_id', 'reference', 'events', 'head', 'snapshot', 'next_check_at', 'last_at', 'row_state']);
        foreach ($rows as $row) {
            $found[(int) $row->ticket_id] = new StoredTicket(
                (int) $row->ticket_id,
                $row->reference,
                (int) $row->events,
                $row->head,
                $row->snapshot,
                $row->next_check_at === null ? null : (int) $row->next_check_at,
                (int) $row->last_at,
                $row->row_state,
            );
        }

        return $found;
    }

    /**
     * Stores steps where their ticket still is what it was; of the others nothing. Runs in a transaction, as its first
     * statements.
     *
     * @param list<array{StoredTicket, Step}> $steps
     *
     * @return list<int> how many events each step has that is stored
     */
    private function swapAll(array $steps, ?string $body, int $nowUs): array
    {
        $pending = new PendingRows();
        $stored = [];
        $rows = [];
        $updates = new Updates($this->tables->connection(), count($steps) > 1);
        foreach ($steps as [$ticket, $step]) {
            if ($this->swap($ticket, $step, $body, $nowUs, $pending, $updates)) {
                $stored[] = count($step->events);
                if ($step->rows !== null && $step->events !== []) {
                    $rows[$ticket->id] = $step->rows;
                }
            }
        }
        $this->figures->update($rows, $pending);
        $pending->store($this->tables);

        return $stored;
    }

    private function swap(StoredTicket $ticket, Step $step, ?string $body, int $nowUs, PendingRows $pending, Updates $updates): bool
    {
        $connection = $this->tables->connection();
        $state = self::state($step);
        $swap = Statements::update($connection, 'sla_ticket_states', array_keys($state), ['ticket_id', 'events', 'head']);
        // A rebuild of figures gives a ticket that had none its rows, and makes no event.
        $swap .= $ticket->rowState === null ? ' and row_state is null' : '';
        $isMine = $updates->run($swap, [...array_values($state), $ticket->id, $ticket->events, $ticket->head]) === 1;
        if ($isMine && $step->events !== []) {
            $pending->update('support_tickets', $step->columns, ['id' => $ticket->id], $connection);
            $this->keep($ticket->id, $ticket->reference, $step->events, $body, $nowUs, $pending);
        }

        return $isMine;
    }

    /** @return array<string, mixed> */
    private static function state(Step $step): array
    {
        return [
            'events' => $step->count,
            'head' => $step->head,
            'snapshot' => $step->snapshot,
            'next_check_at' => $step->nextCheckUs,
            'last_at' => $step->columns['last_at'],
        ] + ($step->rows === null || $step->events === [] ? [] : ['row_state' => $step->rows->state]);
    }

    /**
     * Stores events with what follows from them, and dispatches them after the commit.
     *
     * @param list<MadeEvent> $events
     */
    private function keep(int $ticketId, string $reference, array $events, ?string $body, int $nowUs, PendingRows $pending): void
    {
        foreach ($events as $event) {
            $pending->add('support_events', [
                'ticket_id' => $ticketId,
                'seq' => $event->seq,
                'kind' => $event->kind,
                'at' => $event->atUs,
                'detected_at' => $nowUs,
                'actor_role' => $event->actorRole,
                'actor_id' => $event->actorId,
                'entry' => $event->entry,
            ]);
            $pending->add('sla_notifications', ...$this->outbox->rows($ticketId, $reference, $event));
            $this->keepResponse($ticketId, $event, $body, $pending);
            $this->keepEscalation($ticketId, $event, $pending);
        }
        $this->tables->connection()->afterCommit(function () use ($ticketId, $reference, $events): void {
            foreach ($events as $event) {
                Event::dispatch(TicketEvent::of($ticketId, $reference, $event));
            }
        });
    }

    private function keepResponse(int $ticketId, MadeEvent $event, ?string $body, PendingRows $pending): void
    {
        $message = $event->data['message'] ?? null;
        if (!is_array($message)) {
            return;
        }
        if ($body === null) {
            throw new \LogicException("an event `{$event->kind}` without the text of its message");
        }
        $pending->add('support_responses', [
            'ticket_id' => $ticketId,
            'message_ref' => $message['message_ref'],
            'actor_role' => $event->actorRole,
            'actor_id' => $event->actorId,
            'channel' => $event->data['channel'] ?? null,
            'is_public' => $event->kind !== 'noted',
            'body' => $body,
            'content_sha256' => $message['content_sha256'],
            'at' => $event->atUs,
        ]);
    }

    private function keepEscalation(int $ticketId, MadeEvent $event, PendingRows $pending): void
    {
        if ($event->kind === 'escalated') {
            $pending->add('support_escalations', [
                'ticket_id' => $ticketId,
                'number' => $event->data['number'],
                'trigger' => $event->data['trigger'],
                'level' => $event->data['level'],
                'timer' => $event->data['firing']['timer'] ?? null,
                'reason' => $event->data['reason'],
                'status' => 'open',
                'by_role' => $event->actorRole,
                'by_id' => $event->actorId,
                'at' => $event->atUs,
            ]);
        }
        $stage = ['escalation_acknowledged' => 'acknowledged', 'escalation_resolved' => 'resolved'][$event->kind] ?? null;
        if ($stage !== null) {
            // The escalation may be pending itself.
            $pending->afterwards(fn (): int => $this->tables->table('support_escalations')
                ->where('ticket_id', $ticketId)
                ->where('number', $event->data['number'])
                ->update(['status' => $stage, "{$stage}_by" => $event->actorId, "{$stage}_at" => $event->atUs]));
        }
    }

    /**
     * Refuses a command on a ticket that is absent as on one that is another's, so that numbers cannot be tried.
     *
     * @throws UnknownTicket
     */
    private function decideAbsent(int $ticketId, Command $command, Actor $actor, int $nowUs): Outcome
    {
        $refusal = $this->gateway->decide($this->gateway->foreign($nowUs) ?? throw new UnknownTicket($ticketId), $command, $actor, $nowUs)->refusal;
        if ($refusal === null || !in_array($refusal->kind, [RefusalKind::Identity, RefusalKind::Permission], true)) {
            throw new UnknownTicket($ticketId);
        }
        $this->log->deny($actor, $refusal, null, $nowUs);

        return new Outcome(null, null, [], $refusal);
    }

    private function repeated(StoredTicket $before, Opening $opening, Actor $actor, string $subject, int $nowUs): Outcome
    {
        $entry = $this->tables->current('support_events')->where('ticket_id', $before->id)->where('seq', 0)->value('entry');
        $first = json_decode((string) $entry, true, 512, JSON_THROW_ON_ERROR);
        // The package and the organization may have changed since; the customer did not say them.
        $said = [
            $first['data']['customer'],
            $first['data']['channel'],
            $first['data']['severity'] ?? null,
            $first['data']['category'] ?? null,
            $first['data']['direction'] ?? 'inbound',
            $first['data']['message']['content_sha256'],
            $first['actor'],
            $this->tables->current('support_tickets')->where('id', $before->id)->value('subject'),
        ];
        $asked = [
            $opening->customer,
            $opening->channel,
            $opening->severity,
            $opening->category,
            $opening->direction->value,
            $opening->message->contentSha256,
            ['role' => $actor->role->value, 'id' => $actor->id],
            $subject,
        ];
        if ($said === $asked) {
            return new Outcome($before->id, $before->reference, [], null);
        }
        // Of a command id that the ticket knows with another content the engine makes this refusal, whatever is asked.
        $refusal = $this->gateway->decide($before, Command::withdraw()->withId((string) $opening->commandId), $actor, max($nowUs, $before->lastUs))->refusal;
        if ($refusal === null || $refusal->code !== 'duplicate_command') {
            throw new Conflict("the ticket of command `{$opening->commandId}`");
        }
        $refusal = $refusal->about('open');
        $this->log->deny($actor, $refusal, $before->reference, $nowUs);

        return new Outcome($before->id, $before->reference, [], $refusal);
    }

    /**
     * Keeps a list of the tickets that the monitor cannot read.
     *
     * @param array<int, array{code: string, message: string}> $failed
     * @param list<int>                                        $looked
     */
    private function remember(array $failed, array $looked, int $nowUs): void
    {
        foreach ($failed as $id => $fault) {
            $row = ['code' => $fault['code'], 'message' => mb_strcut($fault['message'], 0, 2000), 'last_at' => $nowUs];
            $known = $this->tables->table('sla_monitor_failures')->where('ticket_id', $id);
            if ($known->update($row + ['attempts' => $this->tables->connection()->raw('attempts + 1')]) === 0) {
                $this->tables->table('sla_monitor_failures')->insertOrIgnore(['ticket_id' => $id, 'attempts' => 1, 'first_at' => $nowUs] + $row);
            }
        }
        $sound = array_values(array_diff($looked, array_keys($failed)));
        if ($sound !== [] && $this->tables->table('sla_monitor_failures')->exists()) {
            $this->tables->table('sla_monitor_failures')->whereIn('ticket_id', $sound)->delete();
        }
    }
}
