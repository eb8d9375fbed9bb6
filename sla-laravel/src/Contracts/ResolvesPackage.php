<?php

declare(strict_types=1);

namespace Sla\Laravel\Contracts;

/** Says what a customer bought. A ticket gets its package from here; no request names one. */
interface ResolvesPackage
{
    /** Returns the terms of a customer; `null` for one who is not known, or has no package. */
    public function termsOf(string $customer): ?CustomerTerms;
}
