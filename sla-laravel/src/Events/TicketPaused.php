<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** A ticket was paused. */
final class TicketPaused extends TicketEvent
{
}
