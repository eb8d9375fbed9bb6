<?php

declare(strict_types=1);

namespace Sla;

/** The entry that publishes a revision of a policy, or why it was refused. */
final class Publication
{
    private function __construct(
        /** The entry for the policy's chain, as text; `null` when refused. */
        public readonly ?string $entry,
        public readonly ?Refusal $refusal,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return isset($document->refused)
            ? new self(null, Refusal::read($document->refused))
            : new self(Json::write($document->accepted), null);
    }
}
