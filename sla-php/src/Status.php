<?php

declare(strict_types=1);

namespace Sla;

/** Where a ticket is. The last three are final. */
enum Status: string
{
    case New = 'new';
    case Open = 'open';
    case Pending = 'pending';
    case OnHold = 'on_hold';
    case Resolved = 'resolved';
    case Closed = 'closed';
    case Withdrawn = 'withdrawn';
    case Voided = 'voided';
}
