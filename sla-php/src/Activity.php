<?php

declare(strict_types=1);

namespace Sla;

/** Whether a promise counts. */
enum Activity: string
{
    case NotStarted = 'not_started';
    case Running = 'running';
    case Paused = 'paused';
    case Stopped = 'stopped';
}
