<?php

declare(strict_types=1);

namespace Sla\Laravel\Store;

use Illuminate\Database\Connection;

/** Runs updates of a transaction. Of those that have the same text many times the database reads and plans it once. */
final class Updates
{
    /** @var array<string, \PDOStatement> by text */
    private array $statements = [];

    public function __construct(private readonly Connection $connection, private readonly bool $areRepeated)
    {
    }

    /**
     * Returns how many rows it changed.
     *
     * @param list<mixed> $bindings
     */
    public function run(string $text, array $bindings): int
    {
        if (!$this->areRepeated) {
            return $this->connection->update($text, $bindings);
        }
        $started = microtime(true);
        $statement = $this->statements[$text] ??= $this->prepared($text);
        $this->connection->bindValues($statement, $this->connection->prepareBindings($bindings));
        $statement->execute();
        $rows = $statement->rowCount();
        $this->connection->recordsHaveBeenModified($rows > 0);
        $this->connection->logQuery($text, $bindings, round((microtime(true) - $started) * 1000, 2));

        return $rows;
    }

    private function prepared(string $text): \PDOStatement
    {
        // A connection may have the option, which saves a way to the database where a text is run once.
        $options = $this->connection->getDriverName() === 'pgsql' ? [\PDO::PGSQL_ATTR_DISABLE_PREPARES => false] : [];

        $statement = $this->connection->getPdo()->prepare($text, $options);

        return $statement === false ? throw new \LogicException("the database prepares no statement: {$text}") : $statement;
    }
}
