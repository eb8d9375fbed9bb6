<?php

declare(strict_types=1);

namespace Sla;

/** How a ticket waits. */
enum PauseStatus: string
{
    /** For the customer. */
    case Pending = 'pending';
    /** Waiting for a third party. */
    case OnHold = 'on_hold';
}
