<?php

declare(strict_types=1);

namespace Sla\Exceptions;

/** What is wrong, where, and what to change. */
final class Problem
{
    /** @param list<Problem> $related the single faults that this one sums up */
    public function __construct(
        public readonly string $errorCode,
        public readonly string $path,
        public readonly string $message,
        public readonly string $help,
        public readonly array $related = [],
    ) {
    }
}
