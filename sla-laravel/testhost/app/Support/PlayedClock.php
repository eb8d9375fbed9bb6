<?php

namespace App\Support;

use Sla\Laravel\Support\Clock;

/** A clock that runs faster than time, the same in all processes. */
class PlayedClock extends Clock
{
    public function __construct(private readonly int $base, private readonly int $started, private readonly int $speed)
    {
    }

    public function nowUs(): int
    {
        return $this->base + ($this->speed === 0 ? 0 : ((int) (microtime(true) * 1_000_000) - $this->started) * $this->speed);
    }
}
