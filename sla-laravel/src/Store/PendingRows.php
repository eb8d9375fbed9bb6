<?php

declare(strict_types=1);

namespace Sla\Laravel\Store;

use Sla\Laravel\Support\Tables;

/** Rows that a transaction inserts at its end, many in a statement: what a statement costs is mostly its way to the database. */
final class PendingRows
{
    /** SQLite takes at most 999 values in a statement. */
    private const VALUES = 999;
    /** Those that may be there already. */
    private const REPEATABLE = ['sla_notifications'];

    /** @var array<string, list<array<string, mixed>>> by table; the rows of a table have the same columns */
    private array $rows = [];

    /** @var list<callable(): mixed> */
    private array $afterwards = [];

    /** @param array<string, mixed> ...$rows */
    public function add(string $table, array ...$rows): void
    {
        foreach ($rows as $row) {
            $this->rows[$table][] = $row;
        }
    }

    /** @param callable(): mixed $change of rows that may be pending */
    public function afterwards(callable $change): void
    {
        $this->afterwards[] = $change;
    }

    public function store(Tables $tables): void
    {
        foreach ($this->rows as $table => $rows) {
            foreach (array_chunk($rows, intdiv(self::VALUES, count($rows[0]))) as $some) {
                in_array($table, self::REPEATABLE, true) ? $tables->table($table)->insertOrIgnore($some) : $tables->table($table)->insert($some);
            }
        }
        foreach ($this->afterwards as $change) {
            $change();
        }
        $this->rows = $this->afterwards = [];
    }
}
