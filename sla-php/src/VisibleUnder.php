<?php

declare(strict_types=1);

namespace Sla;

/** Which tickets of some revisions a list may show. */
final class VisibleUnder
{
    /** @param list<string> $policyDigests */
    private function __construct(
        public readonly array $policyDigests,
        public readonly Visible $tickets,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->policy_digests, Visible::read($document->tickets));
    }
}
