<?php

declare(strict_types=1);

namespace Sla\Laravel\Contracts;

use Illuminate\Contracts\Auth\Authenticatable;
use Sla\Actor;

/** Says in which role a signed-in user acts. */
interface ResolvesActor
{
    /** Returns the actor; `null` for a user who has no role, and so no access. */
    public function actorOf(Authenticatable $user): ?Actor;
}
