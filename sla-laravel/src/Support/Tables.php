<?php

declare(strict_types=1);

namespace Sla\Laravel\Support;

use Illuminate\Database\Connection;
use Illuminate\Database\ConnectionInterface;
use Illuminate\Database\ConnectionResolverInterface;
use Illuminate\Database\Query\Builder;

/** The database that holds the tables of this package; one instance a request or job. */
final class Tables
{
    private const ATTEMPTS = 5;

    /** What the manager answers, which looks for it in the configuration each time. */
    private ?ConnectionInterface $found = null;

    public function __construct(private readonly ConnectionResolverInterface $databases, private readonly ?string $connection)
    {
    }

    public function connection(): ConnectionInterface
    {
        return $this->found ??= $this->databases->connection($this->connection);
    }

    public function table(string $name): Builder
    {
        return $this->connection()->table($name);
    }

    /** Returns whether a database is MySQL or MariaDB. */
    public static function isMySql(ConnectionInterface $connection): bool
    {
        return $connection instanceof Connection && in_array($connection->getDriverName(), ['mysql', 'mariadb'], true);
    }

    /** Returns the name of a table as a statement has it, with the prefix of the connection. */
    public function quotedTable(string $table): string
    {
        return $this->table($table)->getGrammar()->wrapTable($table);
    }

    /**
     * Runs something that one process does at a time, in a transaction whose first statement updates a row: it waits for the
     * process that is at it, and what is read afterwards is current.
     *
     * @template T
     *
     * @param array<string, string>          $key     of the row
     * @param array<string, mixed>           $change  what the update writes
     * @param list<array<string, mixed>>     $missing the rows to insert where the table has no such row yet
     * @param callable(): T                  $run
     *
     * @return T
     */
    public function alone(string $table, array $key, array $change, array $missing, callable $run): mixed
    {
        if (!$this->table($table)->where($key)->exists()) {
            $this->table($table)->insertOrIgnore($missing);
        }

        return $this->connection()->transaction(function () use ($table, $key, $change, $run): mixed {
            $this->table($table)->where($key)->update($change);

            return $run();
        }, self::ATTEMPTS);
    }

    /**
     * Returns a query whose rows are current although the caller is inside a transaction of the host.
     *
     * There a database with repeatable reads keeps showing what the transaction saw first; a locking read shows what
     * is committed.
     *
     * @param int $own how many transactions around the caller are this package's
     */
    public function current(string $name, int $own = 0): Builder
    {
        $query = $this->table($name);

        return $this->connection()->transactionLevel() > $own ? $query->lockForUpdate() : $query;
    }
}
