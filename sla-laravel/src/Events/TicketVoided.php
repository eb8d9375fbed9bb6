<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** A ticket was voided. */
final class TicketVoided extends TicketEvent
{
}
