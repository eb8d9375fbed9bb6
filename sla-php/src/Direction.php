<?php

declare(strict_types=1);

namespace Sla;

/** Who wrote first. */
enum Direction: string
{
    case Inbound = 'inbound';
    case Outbound = 'outbound';
}
