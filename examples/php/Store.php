<?php

declare(strict_types=1);

use Sla\Actor;
use Sla\Audit;
use Sla\Event;
use Sla\Head;
use Sla\Intent;
use Sla\Refusal;
use Sla\Ticket;
use Sla\Time;

/** Tickets in SQLite: every event as an entry of its ticket's chain, the latest snapshot, and when to look again. */
final class Store
{
    private const SCHEMA = <<<'SQL'
        CREATE TABLE IF NOT EXISTS tickets (
            id TEXT PRIMARY KEY,
            snapshot TEXT NOT NULL,
            head TEXT NOT NULL,
            next_check_at_us INTEGER
        );
        CREATE INDEX IF NOT EXISTS tickets_due ON tickets (next_check_at_us) WHERE next_check_at_us IS NOT NULL;
        CREATE TABLE IF NOT EXISTS entries (
            ticket TEXT NOT NULL REFERENCES tickets (id),
            seq INTEGER NOT NULL,
            entry TEXT NOT NULL,
            PRIMARY KEY (ticket, seq)
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

    public function ticket(string $id): ?Ticket
    {
        $snapshot = $this->value('SELECT snapshot FROM tickets WHERE id = ?', $id);

        return $snapshot === null ? null : Ticket::fromJson($snapshot);
    }

    /**
     * Stores what the engine gave: events, snapshot, next instant, and which notifications to send.
     *
     * @param list<Event> $events
     *
     * @return list<Intent> what was not stored before
     */
    public function save(string $id, array $events, Ticket $ticket, ?DateTimeImmutable $nextCheckAt, DateTimeImmutable $now): array
    {
        $head = $this->value('SELECT head FROM tickets WHERE id = ?', $id);
        $linked = $events === [] ? null : Audit::link($head === null ? null : Head::fromJson($head), $events, $now);
        $this->run(
            'INSERT INTO tickets (id, snapshot, head, next_check_at_us) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET snapshot = ?2, head = ?3, next_check_at_us = ?4',
            $id,
            $ticket->json(),
            $linked === null ? $head : $linked->head->json(),
            $nextCheckAt === null ? null : Time::toUs($nextCheckAt),
        );
        $new = [];
        foreach ($events as $index => $event) {
            $this->run('INSERT INTO entries (ticket, seq, entry) VALUES (?, ?, ?)', $id, $event->seq, $linked->entries[$index]);
            $intent = $event->intent();
            if ($intent !== null && $this->run(
                'INSERT OR IGNORE INTO notifications (intent_id, ticket, notify, notify_at_us) VALUES (?, ?, ?, ?)',
                $intent->id,
                $id,
                implode(', ', $intent->notify),
                Time::toUs($intent->notifyAt),
            ) > 0) {
                $new[] = $intent;
            }
        }

        return $new;
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
        return $this->column('SELECT entry FROM denials ORDER BY seq');
    }

    /**
     * Returns the tickets with automatic events until now; the index holds no others.
     *
     * @return list<string>
     */
    public function due(DateTimeImmutable $now, int $most): array
    {
        return $this->column('SELECT id FROM tickets WHERE next_check_at_us <= ? ORDER BY next_check_at_us LIMIT ?', Time::toUs($now), $most);
    }

    /** Returns when the next automatic event of any ticket comes; `null` for never. */
    public function nextCheckAt(): ?DateTimeImmutable
    {
        $at = $this->value('SELECT min(next_check_at_us) FROM tickets WHERE next_check_at_us IS NOT NULL');

        return $at === null ? null : Time::fromUs((int) $at);
    }

    /** @return list<string> */
    public function entries(string $id): array
    {
        return $this->column('SELECT entry FROM entries WHERE ticket = ? ORDER BY seq', $id);
    }

    private function value(string $sql, string|int|null ...$values): string|int|null
    {
        return $this->column($sql, ...$values)[0] ?? null;
    }

    private function column(string $sql, string|int|null ...$values): array
    {
        $statement = $this->database->prepare($sql);
        $statement->execute($values);

        return $statement->fetchAll(PDO::FETCH_COLUMN);
    }

    private function run(string $sql, string|int|null ...$values): int
    {
        $statement = $this->database->prepare($sql);
        $statement->execute($values);

        return $statement->rowCount();
    }
}
