<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** An escalation was resolved. */
final class EscalationResolved extends TicketEvent
{
}
