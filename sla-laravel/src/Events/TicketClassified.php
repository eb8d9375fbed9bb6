<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** A ticket got another severity or category. */
final class TicketClassified extends TicketEvent
{
}
