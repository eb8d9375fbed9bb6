<?php

declare(strict_types=1);

namespace Sla\Native;

/** How the cache of compiled engines of this process did so far. */
final class EngineCache
{
    public function __construct(
        /** How often an engine was asked for that was there. */
        public readonly int $hits,
        /** How often one had to be compiled, or could not be. */
        public readonly int $misses,
        /** How many are cached; at most 64. */
        public readonly int $engines,
    ) {
    }
}
