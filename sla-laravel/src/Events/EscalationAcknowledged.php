<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** An escalation was acknowledged. */
final class EscalationAcknowledged extends TicketEvent
{
}
