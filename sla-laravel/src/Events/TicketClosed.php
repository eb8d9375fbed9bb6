<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** A ticket was closed. */
final class TicketClosed extends TicketEvent
{
}
