<?php

declare(strict_types=1);

namespace Sla;

/** What a check of a chain found. */
final class Verification
{
    /** @internal */
    public function __construct(
        /** Where the chain stands; `null` when it was tampered with. */
        public readonly ?Head $head,
        /** `altered`, `removed`, `inserted` or `reordered`; `null` when it is sound. */
        public readonly ?string $tampering,
        /** The place of the first such entry, from 0. */
        public readonly ?int $index,
    ) {
    }

    public function isSound(): bool
    {
        return $this->head !== null;
    }
}
