<?php

declare(strict_types=1);

namespace Sla\Laravel\Http;

use Illuminate\Http\Request;
use Sla\Actor;

/** The actor of a request, as the middleware `sla.actor` resolved it. */
final class Actors
{
    public const ATTRIBUTE = 'sla.actor';

    private function __construct()
    {
    }

    public static function of(Request $request): Actor
    {
        return $request->attributes->get(self::ATTRIBUTE) ?? throw new \LogicException('the route lacks the middleware sla.actor');
    }
}
