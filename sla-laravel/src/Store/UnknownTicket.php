<?php

declare(strict_types=1);

namespace Sla\Laravel\Store;

use Illuminate\Http\Request;
use Sla\Laravel\Http\Pages;
use Symfony\Component\HttpFoundation\Response;

/** There is no ticket of this id. */
final class UnknownTicket extends \RuntimeException
{
    public function __construct(public readonly int $ticketId)
    {
        parent::__construct("there is no ticket #{$ticketId}");
    }

    /** Keeps it out of the log: a number that was guessed or mistyped is no fault. */
    public function report(): void
    {
    }

    /** Answers a request. */
    public function render(Request $request): Response
    {
        return Pages::failed($request, 404, $this->getMessage());
    }
}
