<?php

declare(strict_types=1);

namespace Sla\Laravel\Contracts;

/** What a customer bought, and for which organization they write. */
final class CustomerTerms
{
    public function __construct(public readonly string $package, public readonly ?string $organization = null)
    {
    }
}
