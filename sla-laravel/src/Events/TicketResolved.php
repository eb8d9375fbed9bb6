<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** A ticket was resolved. */
final class TicketResolved extends TicketEvent
{
}
