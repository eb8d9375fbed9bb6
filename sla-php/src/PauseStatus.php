<?php

declare(strict_types=1);

namespace Sla;

/** How a ticket waits. */
enum PauseStatus: string
{
    /** For the customer. */
    case Pending = 'pending';
    /** For somebody else. */
    case OnHold = 'on_hold';
}
