<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** A ticket was escalated, by a person or by time. */
final class TicketEscalated extends TicketEvent
{
}
