<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** A ticket was opened. */
final class TicketOpened extends TicketEvent
{
}
