<?php

declare(strict_types=1);

namespace Sla\Laravel\Store;

use Illuminate\Http\Request;
use Sla\Laravel\Http\Pages;
use Symfony\Component\HttpFoundation\Response;

/** Others changed the same row at every attempt; nothing was stored. */
final class Conflict extends \RuntimeException
{
    public function __construct(string $what)
    {
        parent::__construct("others kept changing {$what}; nothing was stored, try again");
    }

    /** Answers a request. */
    public function render(Request $request): Response
    {
        return Pages::failed($request, 503, $this->getMessage(), ['Retry-After' => '1']);
    }
}
