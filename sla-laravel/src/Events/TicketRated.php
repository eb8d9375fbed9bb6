<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** The customer rated a resolution. */
final class TicketRated extends TicketEvent
{
}
