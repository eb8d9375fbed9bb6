<?php

declare(strict_types=1);

namespace Sla;

/** Who somebody is to the desk. */
enum Role: string
{
    case Customer = 'customer';
    case Agent = 'agent';
    case Admin = 'admin';
    /** Automatic events only: every command of the system is refused. */
    case System = 'system';
}
