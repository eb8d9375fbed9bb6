<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** A warning step was reached. */
final class SlaWarned extends TicketEvent
{
}
