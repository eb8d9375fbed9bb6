<?php

declare(strict_types=1);

namespace Sla;

/** In which capacity an actor acts. */
enum Role: string
{
    case Customer = 'customer';
    case Agent = 'agent';
    case Admin = 'admin';
    /** Automatic events only: every command of the system is refused. */
    case System = 'system';
}
