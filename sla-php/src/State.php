<?php

declare(strict_types=1);

namespace Sla;

/** Where a timer stands, in one word. */
enum State: string
{
    case NotStarted = 'not_started';
    case Running = 'running';
    case Paused = 'paused';
    case Met = 'met';
    case Breached = 'breached';
    case Cancelled = 'cancelled';
    case Unpromised = 'unpromised';

    /** Returns the state of a number in a column; `null` where a row was refused or is promised nothing. */
    public static function ofNumber(int $number): ?self
    {
        return [self::NotStarted, self::Running, self::Paused, self::Met, self::Breached, self::Cancelled][$number] ?? null;
    }
}
