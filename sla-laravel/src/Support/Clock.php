<?php

declare(strict_types=1);

namespace Sla\Laravel\Support;

use Illuminate\Support\Carbon;
use Sla\Time;

/** The host's clock, in microseconds since 1970-01-01T00:00:00Z. It follows `Carbon::setTestNow`. */
class Clock
{
    public function nowUs(): int
    {
        return Time::toUs(Carbon::now());
    }
}
