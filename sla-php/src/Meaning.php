<?php

declare(strict_types=1);

namespace Sla;

/** What a state of another system says of its tickets. */
enum Meaning: string
{
    /** The ticket is opened; nothing follows from it. */
    case New = 'new';
    /** It is being worked on. */
    case Active = 'active';
    /** It waits for the customer. */
    case Pending = 'pending';
    /** It waits for a third party. */
    case OnHold = 'on_hold';
    /** It is answered for good. */
    case Resolved = 'resolved';
    /** It is resolved and closed. */
    case Closed = 'closed';
    /** It is void. */
    case Voided = 'voided';
}
