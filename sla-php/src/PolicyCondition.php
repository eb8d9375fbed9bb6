<?php

declare(strict_types=1);

namespace Sla;

/** A condition; every part that is stated must hold. */
final class PolicyCondition
{
    private function __construct(
        public readonly ?string $channel,
        public readonly ?string $severity,
        public readonly ?string $category,
        /** Of steps only. */
        public readonly ?string $package,
        /** A calendar that is open; of variants only. */
        public readonly ?string $during,
        /** A calendar that is closed; of variants only. */
        public readonly ?string $outside,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->channel,
            $document->severity,
            $document->category,
            $document->package,
            $document->during,
            $document->outside,
        );
    }
}
