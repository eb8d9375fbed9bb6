<?php

declare(strict_types=1);

namespace Sla;

/** The outcome of a cycle. */
enum Outcome: string
{
    case None = 'none';
    case Met = 'met';
    case Breached = 'breached';
    case Cancelled = 'cancelled';
    case Unpromised = 'unpromised';
}
