<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** A ticket got another package. */
final class PackageChanged extends TicketEvent
{
}
