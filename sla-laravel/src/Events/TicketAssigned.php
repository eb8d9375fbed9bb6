<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** A ticket was given to an agent or a team. */
final class TicketAssigned extends TicketEvent
{
}
