<?php

declare(strict_types=1);

namespace Sla;

/** How far an escalation has been handled. */
enum EscalationStage: string
{
    case Open = 'open';
    case Acknowledged = 'acknowledged';
    case Resolved = 'resolved';
}
