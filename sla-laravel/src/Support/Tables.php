<?php

declare(strict_types=1);

namespace Sla\Laravel\Support;

use Illuminate\Database\ConnectionInterface;
use Illuminate\Database\ConnectionResolverInterface;
use Illuminate\Database\Query\Builder;

/** The database that holds the tables of this package. */
final class Tables
{
    public function __construct(private readonly ConnectionResolverInterface $databases, private readonly ?string $connection)
    {
    }

    public function connection(): ConnectionInterface
    {
        return $this->databases->connection($this->connection);
    }

    public function table(string $name): Builder
    {
        return $this->connection()->table($name);
    }

    /**
     * Returns a query whose rows are current although the caller is inside a transaction of the host.
     *
     * There a database with repeatable reads keeps showing what the transaction saw first; a locking read shows what
     * is committed.
     */
    public function current(string $name): Builder
    {
        $query = $this->table($name);

        return $this->connection()->transactionLevel() > 0 ? $query->lockForUpdate() : $query;
    }
}
