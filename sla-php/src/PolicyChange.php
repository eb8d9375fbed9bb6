<?php

declare(strict_types=1);

namespace Sla;

/** What differs between two policies at one place. */
final class PolicyChange
{
    private function __construct(
        /** Where, as a JSON pointer into the document of the policy after; of a part that was removed, into that before. */
        public readonly string $path,
        /** What was, as JSON text; `null` when it was added. */
        public readonly ?string $before,
        /** What is, as JSON text; `null` when it was removed. */
        public readonly ?string $after,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->path, $document->before ?? null, $document->after ?? null);
    }
}
