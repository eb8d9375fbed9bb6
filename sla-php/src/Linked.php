<?php

declare(strict_types=1);

namespace Sla;

/** New entries of a chain, and where the chain stands with them. */
final class Linked
{
    /**
     * @internal
     *
     * @param list<string> $entries
     */
    public function __construct(
        /** One text an entry, to store in this order. */
        public readonly array $entries,
        public readonly Head $head,
    ) {
    }
}
