<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** A resolved ticket was reopened. */
final class TicketReopened extends TicketEvent
{
}
