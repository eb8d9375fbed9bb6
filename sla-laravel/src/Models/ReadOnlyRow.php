<?php

declare(strict_types=1);

namespace Sla\Laravel\Models;

/** A row of this package was written without its services. */
final class ReadOnlyRow extends \LogicException
{
    public static function of(string $table): self
    {
        return new self("rows of `{$table}` cannot be written by a model; use the services of sla-engine/laravel");
    }
}
