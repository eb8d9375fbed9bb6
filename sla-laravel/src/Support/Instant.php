<?php

declare(strict_types=1);

namespace Sla\Laravel\Support;

use Illuminate\Contracts\Database\Eloquent\CastsAttributes;
use Sla\Time;

/** Reads a column of microseconds as a `DateTimeImmutable` in UTC. */
final class Instant implements CastsAttributes
{
    public function get($model, string $key, $value, array $attributes): ?\DateTimeImmutable
    {
        return $value === null ? null : Time::fromUs((int) $value);
    }

    public function set($model, string $key, $value, array $attributes): ?int
    {
        return $value instanceof \DateTimeInterface ? Time::toUs($value) : $value;
    }
}
