<?php

declare(strict_types=1);

namespace Sla;

/** Which policy an engine was compiled from; of its newest revision. */
final class EngineInfo
{
    /** @param list<string> $policyDigests */
    private function __construct(
        public readonly string $policy,
        public readonly int $version,
        public readonly string $policyDigest,
        /** That revision together with the time-zone rules in force. */
        public readonly string $rulesDigest,
        /** Every revision that the engine knows, oldest first. */
        public readonly array $policyDigests,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->id, $document->version, $document->policy_digest, $document->rules_digest, $document->policy_digests);
    }
}
