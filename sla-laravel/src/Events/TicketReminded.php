<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** An inactivity rule reminds of a ticket. */
final class TicketReminded extends TicketEvent
{
}
