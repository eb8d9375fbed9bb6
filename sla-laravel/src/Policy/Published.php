<?php

declare(strict_types=1);

namespace Sla\Laravel\Policy;

use Sla\PolicyChange;
use Sla\Refusal;

/** A published revision, or why there is none. */
final class Published
{
    /** @param list<PolicyChange> $changes what differs from the revision before; none for the first one */
    public function __construct(
        public readonly int $version,
        /** `null` when refused, and when another process published the same draft first. */
        public readonly ?string $policyDigest,
        public readonly array $changes,
        public readonly ?Refusal $refusal,
    ) {
    }
}
