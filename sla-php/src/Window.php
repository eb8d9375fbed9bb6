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
}
