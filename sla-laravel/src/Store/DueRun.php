<?php

declare(strict_types=1);

namespace Sla\Laravel\Store;

/** The outcome of looking at tickets on which something was due. */
final class DueRun
{
    /** @param array<int, array{code: string, message: string}> $failed by the ticket's id */
    public function __construct(
        public readonly int $looked = 0,
        public readonly int $events = 0,
        /** Tickets that another process changed first. They are looked at again where something is still due. */
        public readonly int $conflicts = 0,
        public readonly array $failed = [],
    ) {
    }

    public function and(self $other): self
    {
        return new self($this->looked + $other->looked, $this->events + $other->events, $this->conflicts + $other->conflicts, $this->failed + $other->failed);
    }
}
