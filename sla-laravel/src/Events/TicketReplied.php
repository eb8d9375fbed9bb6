<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** An agent or admin answered publicly. */
final class TicketReplied extends TicketEvent
{
}
