<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** An internal note was written. */
final class TicketNoted extends TicketEvent
{
}
