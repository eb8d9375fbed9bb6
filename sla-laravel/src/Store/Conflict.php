<?php

declare(strict_types=1);

namespace Sla\Laravel\Store;

/** Others changed the same row at every attempt; nothing was stored. */
final class Conflict extends \RuntimeException
{
    public function __construct(string $what)
    {
        parent::__construct("others kept changing {$what}; nothing was stored, try again");
    }
}
