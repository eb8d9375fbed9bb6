<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** A promise was breached. */
final class SlaBreached extends TicketEvent
{
}
