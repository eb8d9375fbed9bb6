<?php

declare(strict_types=1);

namespace Sla\Laravel\Store;

/** There is no ticket of this id. */
final class UnknownTicket extends \RuntimeException
{
    public function __construct(public readonly int $ticketId)
    {
        parent::__construct("there is no ticket #{$ticketId}");
    }
}
