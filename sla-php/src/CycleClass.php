<?php

declare(strict_types=1);

namespace Sla;

/** The class in which figures count a cycle. */
enum CycleClass: string
{
    case Met = 'met';
    case Breached = 'breached';
    case Running = 'running';
    case Paused = 'paused';
    case Cancelled = 'cancelled';
    case Terms = 'terms';
    case Unpromised = 'unpromised';
}
