<?php

declare(strict_types=1);

namespace Sla\Laravel\Models;

use Illuminate\Database\Eloquent\Builder;

/** A query that reads. */
final class ReadBuilder extends Builder
{
    /** Those that a query builder has beside the methods below; the others, like `create`, save a model. */
    private const WRITES = [
        'decrementEach', 'incrementEach', 'insert', 'insertGetId', 'insertOrIgnore', 'insertOrIgnoreUsing', 'insertUsing', 'truncate', 'updateFrom',
        'updateOrInsert',
    ];

    /** @throws ReadOnlyRow for a method that writes */
    public function __call($method, $parameters)
    {
        if (in_array($method, self::WRITES, true)) {
            throw ReadOnlyRow::of($this->getModel()->getTable());
        }

        return parent::__call($method, $parameters);
    }

    /** @throws ReadOnlyRow always */
    public function update(array $values)
    {
        throw ReadOnlyRow::of($this->getModel()->getTable());
    }

    /** @throws ReadOnlyRow always */
    public function upsert(array $values, $uniqueBy, $update = null)
    {
        throw ReadOnlyRow::of($this->getModel()->getTable());
    }

    /** @throws ReadOnlyRow always */
    public function delete()
    {
        throw ReadOnlyRow::of($this->getModel()->getTable());
    }

    /** @throws ReadOnlyRow always */
    public function forceDelete()
    {
        throw ReadOnlyRow::of($this->getModel()->getTable());
    }

    /** @throws ReadOnlyRow always */
    public function increment($column, $amount = 1, array $extra = [])
    {
        throw ReadOnlyRow::of($this->getModel()->getTable());
    }

    /** @throws ReadOnlyRow always */
    public function decrement($column, $amount = 1, array $extra = [])
    {
        throw ReadOnlyRow::of($this->getModel()->getTable());
    }

    /** @throws ReadOnlyRow always */
    public function touch($column = null)
    {
        throw ReadOnlyRow::of($this->getModel()->getTable());
    }
}
