<?php

declare(strict_types=1);

namespace Sla;

/** An interval of time in which a calendar is open: `[opensAt, closesAt)`. */
final class Window
{
    /** @internal */
    public function __construct(public readonly \DateTimeImmutable $opensAt, public readonly \DateTimeImmutable $closesAt)
    {
    }

    /** Returns `opensAt` in microseconds since 1970-01-01T00:00:00Z. */
    public function opensAtUs(): int
    {
        return Time::toUs($this->opensAt);
    }

    /** Returns `closesAt` in microseconds since 1970-01-01T00:00:00Z. */
    public function closesAtUs(): int
    {
        return Time::toUs($this->closesAt);
    }
}
