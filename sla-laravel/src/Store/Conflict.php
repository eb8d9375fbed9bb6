<?php

declare(strict_types=1);

namespace Sla\Laravel\Store;

use Illuminate\Http\JsonResponse;

/** Others changed the same row at every attempt; nothing was stored. */
final class Conflict extends \RuntimeException
{
    public function __construct(string $what)
    {
        parent::__construct("others kept changing {$what}; nothing was stored, try again");
    }

    /** Answers a request. */
    public function render(): JsonResponse
    {
        return new JsonResponse(['message' => $this->getMessage()], 503, ['Retry-After' => '1']);
    }
}
