<?php

declare(strict_types=1);

namespace Sla\Laravel\Models;

use Illuminate\Database\Eloquent\Builder;
use Illuminate\Database\Eloquent\Model;

/** A row to read. The store and the policy draft are the only writers. */
abstract class ReadModel extends Model
{
    public $timestamps = false;

    /** Guards nothing, so that `create` and others are refused as what they are: writes. */
    protected $guarded = [];

    /** @var ?array<array-key, mixed> what `getCasts` returns, which reading an attribute asks for several times */
    private ?array $allCasts = null;

    public function getConnectionName(): ?string
    {
        return $this->connection ?? config('sla.database.connection');
    }

    /** @return array<array-key, mixed> */
    public function getCasts(): array
    {
        return $this->allCasts ??= parent::getCasts();
    }

    /** @param array<array-key, mixed> $casts */
    public function mergeCasts($casts)
    {
        $this->allCasts = null;

        return parent::mergeCasts($casts);
    }

    /** @param \Illuminate\Database\Query\Builder $query */
    public function newEloquentBuilder($query): Builder
    {
        return new ReadBuilder($query);
    }

    /** Does nothing: values that are read are never changed, so nothing of them goes back into the row. */
    protected function mergeAttributesFromCachedCasts(): void
    {
    }

    /** @throws ReadOnlyRow always */
    public function save(array $options = []): bool
    {
        throw ReadOnlyRow::of($this->getTable());
    }

    /** @throws ReadOnlyRow always */
    public function delete(): ?bool
    {
        throw ReadOnlyRow::of($this->getTable());
    }
}
