<?php

declare(strict_types=1);

namespace Sla\Laravel\Defaults;

use Illuminate\Contracts\Auth\Factory;
use Sla\Laravel\Contracts\CustomerTerms;
use Sla\Laravel\Contracts\ResolvesPackage;

/** Reads the package from attributes of the user whose id the customer's is: `sla_package` and `sla_organization`. */
final class UserPackage implements ResolvesPackage
{
    public function __construct(private readonly Factory $auth)
    {
    }

    public function termsOf(string $customer): ?CustomerTerms
    {
        $user = Users::find($this->auth, $customer);
        $package = $user->sla_package ?? null;

        return is_string($package) && $package !== '' ? new CustomerTerms($package, $user->sla_organization ?? null) : null;
    }
}
