<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** A pause ended. */
final class TicketResumed extends TicketEvent
{
}
