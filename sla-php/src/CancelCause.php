<?php

declare(strict_types=1);

namespace Sla;

/** What ended a cycle without stopping it. */
enum CancelCause: string
{
    case Withdrawn = 'withdrawn';
    case Voided = 'voided';
    case Duplicate = 'duplicate';
    case Closed = 'closed';
    case HandedOn = 'handed_on';
    case Inactivity = 'inactivity';
}
