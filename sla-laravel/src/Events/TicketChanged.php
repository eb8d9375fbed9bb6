<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** An event of a kind that this version of the package does not know. */
final class TicketChanged extends TicketEvent
{
}
