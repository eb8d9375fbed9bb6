<?php

declare(strict_types=1);

namespace Sla\Laravel\Defaults;

use Illuminate\Contracts\Auth\Authenticatable;
use Sla\Actor;
use Sla\Laravel\Contracts\ResolvesActor;
use Sla\Role;

/**
 * Reads the actor from attributes of the user: `sla_role` (customer, agent, admin), `sla_teams` (a list, or names
 * separated by commas) and `sla_organization`.
 */
final class UserActor implements ResolvesActor
{
    public function actorOf(Authenticatable $user): ?Actor
    {
        $role = Role::tryFrom((string) ($user->sla_role ?? ''));
        if ($role === null || $role === Role::System) {
            return null;
        }
        $teams = $user->sla_teams ?? [];
        $teams = is_array($teams) ? $teams : array_filter(array_map('trim', explode(',', (string) $teams)));

        return new Actor($role, (string) $user->getAuthIdentifier(), array_values($teams), $user->sla_organization ?? null);
    }
}
