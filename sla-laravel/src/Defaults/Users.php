<?php

declare(strict_types=1);

namespace Sla\Laravel\Defaults;

use Illuminate\Contracts\Auth\Authenticatable;
use Illuminate\Contracts\Auth\Factory;

/**
 * Users of the application's default guard.
 *
 * @internal
 */
final class Users
{
    private function __construct()
    {
    }

    public static function find(Factory $auth, string $id): ?Authenticatable
    {
        $guard = $auth->guard();

        return method_exists($guard, 'getProvider') ? $guard->getProvider()->retrieveById($id) : null;
    }
}
