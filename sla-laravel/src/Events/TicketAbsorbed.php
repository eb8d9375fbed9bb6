<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** A ticket took over a duplicate. */
final class TicketAbsorbed extends TicketEvent
{
}
