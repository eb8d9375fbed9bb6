<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** The customer wrote. */
final class CustomerMessaged extends TicketEvent
{
}
