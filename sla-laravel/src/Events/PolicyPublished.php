<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** A revision of the policy was published. */
final class PolicyPublished
{
    public function __construct(
        public readonly string $policyDigest,
        public readonly int $version,
        public readonly string $by,
        public readonly string $reason,
    ) {
    }
}
