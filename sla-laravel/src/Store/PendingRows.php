<?php

declare(strict_types=1);

namespace Sla\Laravel\Store;

use Illuminate\Database\ConnectionInterface;
use Sla\Laravel\Support\Tables;

/**
 * What a transaction writes at its end, with few statements: what a statement costs is mostly its way to the database.
 *
 * Rows of a table are inserted together; PostgreSQL takes those of all tables, and the updates, as one statement. Each part of
 * that sees the database as it was before the statement, so no part may need what another one writes.
 */
final class PendingRows
{
    /** SQLite takes at most 999 values in a statement. */
    private const VALUES = 999;
    /** PostgreSQL takes 65,535; more than some thousand save nothing. */
    private const VALUES_JOINED = 20_000;
    /** Those that may be there already. */
    private const REPEATABLE = ['sla_notifications'];

    /** @var array<string, list<array<string, mixed>>> by table; the rows of a table have the same columns in the same order */
    private array $rows = [];

    /** @var array<string, list<list<mixed>>> what is bound in updates, by their text */
    private array $updates = [];

    /** @var list<callable(): mixed> */
    private array $afterwards = [];

    /** @param array<string, mixed> ...$rows */
    public function add(string $table, array ...$rows): void
    {
        foreach ($rows as $row) {
            $this->rows[$table][] = $row;
        }
    }

    /**
     * Updates a row that is there, and that nothing else of this transaction changes.
     *
     * @param array<string, mixed> $columns
     * @param array<string, mixed> $where
     */
    public function update(string $table, array $columns, array $where, ConnectionInterface $connection): void
    {
        $this->updates[Statements::update($connection, $table, array_keys($columns), array_keys($where))][] = [...array_values($columns), ...array_values($where)];
    }

    /** @param callable(): mixed $change of rows that may be pending */
    public function afterwards(callable $change): void
    {
        $this->afterwards[] = $change;
    }

    public function store(Tables $tables): void
    {
        $connection = $tables->connection();
        $isJoined = Statements::areJoined($connection);
        $most = $isJoined ? self::VALUES_JOINED : self::VALUES;
        foreach (array_filter($this->updates, static fn (array $many): bool => count($many) > 1) as $text => $many) {
            $updates = new Updates($connection, true);
            foreach ($many as $bindings) {
                $updates->run($text, $bindings);
            }
            unset($this->updates[$text]);
        }
        $joined = [];
        $values = 0;
        foreach ($this->statements($connection, $most) as $statement) {
            $bound = count($statement[1]);
            if ($joined !== [] && (!$isJoined || $values + $bound > $most)) {
                self::run($connection, $joined);
                $joined = [];
                $values = 0;
            }
            $joined[] = $statement;
            $values += $bound;
        }
        if ($joined !== []) {
            self::run($connection, $joined);
        }
        foreach ($this->afterwards as $change) {
            $change();
        }
        $this->rows = $this->updates = $this->afterwards = [];
    }

    /** @return \Generator<int, array{string, list<mixed>}> */
    private function statements(ConnectionInterface $connection, int $most): \Generator
    {
        foreach ($this->updates as $text => [$bindings]) {
            yield [$text, $bindings];
        }
        foreach ($this->rows as $table => $rows) {
            $columns = array_keys($rows[0]);
            foreach (array_chunk($rows, intdiv($most, count($columns))) as $some) {
                $text = Statements::insert($connection, $table, $columns, count($some), in_array($table, self::REPEATABLE, true));
                yield [$text, array_merge(...array_map('array_values', $some))];
            }
        }
    }

    /** @param non-empty-list<array{string, list<mixed>}> $statements */
    private static function run(ConnectionInterface $connection, array $statements): void
    {
        $parts = [];
        foreach ($statements as $number => [$text]) {
            $parts[] = "part_{$number} as ({$text})";
        }
        $last = end($statements)[0];
        array_pop($parts);
        $connection->affectingStatement(($parts === [] ? '' : 'with ' . implode(', ', $parts) . ' ') . $last, array_merge(...array_column($statements, 1)));
    }
}
