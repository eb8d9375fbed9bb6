<?php

declare(strict_types=1);

namespace Sla\Laravel\Database;

use Illuminate\Database\Connection;
use Illuminate\Database\Migrations\Migration;
use Illuminate\Database\Schema\Blueprint;
use Illuminate\Database\Schema\Builder;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Fluent;
use Sla\Laravel\Support\Tables;

/**
 * A migration on the connection of `sla.database.connection`.
 *
 * Instants are BIGINT: microseconds since 1970-01-01T00:00:00Z. Every index has a name, because generated ones are
 * longer than MariaDB allows.
 */
abstract class SlaMigration extends Migration
{
    public function getConnection(): ?string
    {
        return config('sla.database.connection');
    }

    protected function schema(): Builder
    {
        return $this->connection()->getSchemaBuilder();
    }

    protected function connection(): Connection
    {
        return DB::connection($this->getConnection());
    }

    /** Adds an id of the engine: at most 128 bytes, compared byte by byte. */
    protected function idColumn(Blueprint $table, string $name, int $length = 128): Fluent
    {
        return $this->bytewise($table->string($name, $length));
    }

    /** Adds a hash of 64 hexadecimal digits. */
    protected function hashColumn(Blueprint $table, string $name): Fluent
    {
        return $this->bytewise($table->char($name, 64));
    }

    /** Adds an index that holds only rows with a value, where the database has such indexes. */
    protected function indexWherePresent(string $table, string $column, string $name): void
    {
        $this->indexWhere($table, $column, $name, "{$column} is not null");
    }

    /**
     * Adds an index that holds only some rows, where the database has such indexes. Queries find it by the same words, with
     * no value bound in them.
     */
    protected function indexWhere(string $table, string $columns, string $name, string $where): void
    {
        $where = $this->hasPartialIndexes() ? " where {$where}" : '';
        $grammar = $this->connection()->getQueryGrammar();
        $this->connection()->statement("create index {$name} on {$grammar->wrapTable($table)} ({$columns}){$where}");
    }

    protected function hasPartialIndexes(): bool
    {
        return in_array($this->connection()->getDriverName(), ['pgsql', 'sqlite'], true);
    }

    private function bytewise(Fluent $column): Fluent
    {
        // The default collations of MySQL and MariaDB ignore case; the engine's ids differ by it.
        return Tables::isMySql($this->connection()) ? $column->collation('utf8mb4_bin') : $column;
    }
}
