<?php

declare(strict_types=1);

namespace Sla\Laravel\Store;

use Illuminate\Http\JsonResponse;

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
    public function render(): JsonResponse
    {
        return new JsonResponse(['message' => $this->getMessage()], 404);
    }
}
