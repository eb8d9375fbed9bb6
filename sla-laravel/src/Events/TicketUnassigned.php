<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** A ticket was taken from its agent. */
final class TicketUnassigned extends TicketEvent
{
}
