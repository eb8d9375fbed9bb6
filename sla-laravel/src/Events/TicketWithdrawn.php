<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** The customer withdrew a ticket. */
final class TicketWithdrawn extends TicketEvent
{
}
