<?php

declare(strict_types=1);

namespace Sla;

/** What became of a promise. */
enum Outcome: string
{
    case None = 'none';
    case Met = 'met';
    case Breached = 'breached';
    case Cancelled = 'cancelled';
}
