<?php

declare(strict_types=1);

namespace Sla\Laravel\Store;

use Illuminate\Database\ConnectionInterface;
use Sla\Laravel\Support\Tables;

/**
 * The texts of the statements that every command runs: those that the query builder makes, for a tenth of what it costs to
 * make them. Columns have the names that the migrations give them.
 */
final class Statements
{
    private function __construct()
    {
    }

    /**
     * Returns an insertion of rows, bound one after the other.
     *
     * @param list<string> $columns
     */
    public static function insert(ConnectionInterface $connection, string $table, array $columns, int $rows, bool $isRepeatable = false): string
    {
        $named = implode(', ', self::quoted($connection, $columns));
        $row = '(' . implode(', ', array_fill(0, count($columns), '?')) . ')';
        $values = implode(', ', array_fill(0, $rows, $row));
        [$insert, $unless] = match (true) {
            !$isRepeatable => ['insert', ''],
            Tables::isMySql($connection) => ['insert ignore', ''],
            default => ['insert', ' on conflict do nothing'],
        };

        return "{$insert} into {$connection->getQueryGrammar()->wrapTable($table)} ({$named}) values {$values}{$unless}";
    }

    /**
     * Returns an insertion of a row whose `id` the database makes, for `processInsertGetId` of a query.
     *
     * @param list<string> $columns
     */
    public static function insertForId(ConnectionInterface $connection, string $table, array $columns): string
    {
        return self::insert($connection, $table, $columns, 1) . ($connection->getDriverName() === 'pgsql' ? ' returning "id"' : '');
    }

    /**
     * Returns an update of columns, where others have values; all of them are bound in this order.
     *
     * @param list<string> $columns
     * @param list<string> $where
     */
    public static function update(ConnectionInterface $connection, string $table, array $columns, array $where): string
    {
        $set = implode(' = ?, ', self::quoted($connection, $columns));
        $equal = implode(' = ? and ', self::quoted($connection, $where));

        return "update {$connection->getQueryGrammar()->wrapTable($table)} set {$set} = ? where {$equal} = ?";
    }

    /** Returns whether a statement may hold others that write, as `with a as (insert ...) insert ...`. */
    public static function areJoined(ConnectionInterface $connection): bool
    {
        return $connection->getDriverName() === 'pgsql';
    }

    /**
     * Returns the names of columns as a statement has them.
     *
     * @param list<string> $columns
     *
     * @return list<string>
     */
    public static function quoted(ConnectionInterface $connection, array $columns): array
    {
        $quote = Tables::isMySql($connection) ? '`' : '"';

        return array_map(static fn (string $column): string => $quote . $column . $quote, $columns);
    }
}
