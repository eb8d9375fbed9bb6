<?php

declare(strict_types=1);

use Sla\Actor;
use Sla\Audit;
use Sla\Head;
use Sla\Intent;
use Sla\LinkedDecision;
use Sla\Refusal;
use Sla\Request;
use Sla\Ticket;
use Sla\Time;

/** Tickets in SQLite: every event as an entry of its ticket's chain, the latest snapshot, when to look again, and rows for figures. */
final class Store
{
    private const SCHEMA = <<<'SQL'
        CREATE TABLE IF NOT EXISTS tickets (
            id TEXT PRIMARY KEY,
            snapshot TEXT NOT NULL,
            head TEXT NOT NULL,
            row_state TEXT NOT NULL,
            next_check_at_us INTEGER
        );
        CREATE INDEX IF NOT EXISTS tickets_due ON tickets (next_check_at_us) WHERE next_check_at_us IS NOT NULL;
        CREATE TABLE IF NOT EXISTS entries (
            ticket TEXT NOT NULL REFERENCES tickets (id),
            seq INTEGER NOT NULL,
            entry TEXT NOT NULL,
            PRIMARY KEY (ticket, seq)
        );
        CREATE TABLE IF NOT EXISTS cycles (
            ticket TEXT NOT NULL REFERENCES tickets (id),
            timer TEXT NOT NULL,
            cycle INTEGER NOT NULL,
            class TEXT NOT NULL,
            day TEXT NOT NULL,
            agent TEXT,
            business_us INTEGER,
            PRIMARY KEY (ticket, timer, cycle)
        );
        CREATE TABLE IF NOT EXISTS denials (
            seq INTEGER PRIMARY KEY,
            entry TEXT NOT NULL,
            head TEXT NOT NULL
        );
        CREATE TABLE IF NOT EXISTS notifications (
            intent_id TEXT PRIMARY KEY,
            ticket TEXT NOT NULL,
            notify TEXT NOT NULL,
            notify_at_us INTEGER NOT NULL
        );
        SQL;

    private readonly PDO $database;

    public function __construct(string $file)
    {
        $this->database = new PDO("sqlite:{$file}", null, null, [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
        $this->database->exec('PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000;' . self::SCHEMA);
    }

    /**
     * Runs work in a transaction with the only writer: what was read is still true when it is written.
     *
     * @template T
     *
     * @param callable(): T $work
     *
     * @return T
     */
    public function atomically(callable $work): mixed
    {
        $this->database->exec('BEGIN IMMEDIATE');
        try {
            $result = $work();
            $this->database->exec('COMMIT');

            return $result;
        } catch (Throwable $fault) {
            $this->database->exec('ROLLBACK');
            throw $fault;
        }
    }

    /** @return ?array{Ticket, Head, string} the last is the row state */
    public function ticket(string $id): ?array
    {
        foreach ($this->rows('SELECT snapshot, head, row_state FROM tickets WHERE id = ?', $id) as [$snapshot, $head, $rowState]) {
            return [Ticket::fromJson($snapshot), Head::fromJson($head), $rowState];
        }

        return null;
    }

    /** Stores what the engine gave: entries as they are, snapshot, head, next instant, and the rows of cycles. */
    public function save(string $id, LinkedDecision $decision): void
    {
        $this->run(
            'INSERT INTO tickets (id, snapshot, head, row_state, next_check_at_us) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (id) DO UPDATE SET snapshot = ?2, head = ?3, row_state = ?4, next_check_at_us = ?5',
            $id,
            $decision->ticket->json(),
            $decision->head->json(),
            $decision->rows()->state,
            $decision->nextCheckAtUs,
        );
        // A row replaces the earlier row of its key.
        foreach ($decision->rows()->cycles as $row) {
            $sql = 'INSERT OR REPLACE INTO cycles (ticket, timer, cycle, class, day, agent, business_us) VALUES (?, ?, ?, ?, ?, ?, ?)';
            $this->run($sql, $id, $row->timer, $row->cycle, $row->class, $row->place->day, $row->place->agent, $row->businessUs);
        }
        $seq = $decision->head->entries - count($decision->entries);
        foreach ($decision->entries as $entry) {
            $this->run('INSERT INTO entries (ticket, seq, entry) VALUES (?, ?, ?)', $id, $seq++, $entry);
        }
    }

    /** Stores a notification to send; returns whether it was not stored before. */
    public function notify(string $id, Intent $intent): bool
    {
        $sql = 'INSERT OR IGNORE INTO notifications (intent_id, ticket, notify, notify_at_us) VALUES (?, ?, ?, ?)';

        return $this->run($sql, $intent->id, $id, implode(', ', $intent->notify), $intent->notifyAtUs()) > 0;
    }

    /** Puts a refusal on record, in a chain of its own. */
    public function deny(Actor $actor, Refusal $refusal, string $ticket, DateTimeImmutable $now): void
    {
        $head = $this->value('SELECT head FROM denials ORDER BY seq DESC LIMIT 1');
        $linked = Audit::deny($head === null ? null : Head::fromJson($head), 'desk', $actor, $refusal, $now, $ticket);
        $this->run('INSERT INTO denials (entry, head) VALUES (?, ?)', $linked->entries[0], $linked->head->json());
    }

    /** @return list<string> */
    public function denials(): array
    {
        return array_column($this->rows('SELECT entry FROM denials ORDER BY seq'), 0);
    }

    /**
     * Returns the tickets with automatic events until now; the index holds no others.
     *
     * @return array<string, Request> by id
     */
    public function due(DateTimeImmutable $now, int $most): array
    {
        $due = [];
        foreach ($this->rows('SELECT id, snapshot, head, row_state FROM tickets WHERE next_check_at_us <= ? ORDER BY next_check_at_us LIMIT ?', Time::toUs($now), $most) as [$id, $snapshot, $head, $rowState]) {
            $due[$id] = Request::dueEvents(Ticket::fromJson($snapshot), Head::fromJson($head), $rowState);
        }

        return $due;
    }

    /** Returns when the next automatic event of any ticket comes; `null` for never. */
    public function nextCheckAt(): ?DateTimeImmutable
    {
        $at = $this->value('SELECT min(next_check_at_us) FROM tickets WHERE next_check_at_us IS NOT NULL');

        return $at === null ? null : Time::fromUs((int) $at);
    }

    /** @return list<array{string, string, string, int}> day, timer, class and how many cycles */
    public function classes(): array
    {
        return $this->rows('SELECT day, timer, class, COUNT(*) FROM cycles GROUP BY day, timer, class ORDER BY day, timer, class');
    }

    /** @return list<string> */
    public function entries(string $id): array
    {
        return array_column($this->rows('SELECT entry FROM entries WHERE ticket = ? ORDER BY seq', $id), 0);
    }

    private function value(string $sql, string|int|null ...$values): string|int|null
    {
        return $this->rows($sql, ...$values)[0][0] ?? null;
    }

    private function rows(string $sql, string|int|null ...$values): array
    {
        $statement = $this->database->prepare($sql);
        $statement->execute($values);

        return $statement->fetchAll(PDO::FETCH_NUM);
    }

    private function run(string $sql, string|int|null ...$values): int
    {
        $statement = $this->database->prepare($sql);
        $statement->execute($values);

        return $statement->rowCount();
    }
}
