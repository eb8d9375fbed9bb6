<?php

declare(strict_types=1);

namespace Sla;

/** A cycle that is breached, or promised something, only with or only without the change. */
final class AffectedCycle
{
    private function __construct(
        public readonly string $ticket,
        public readonly string $timer,
        public readonly int $cycle,
        /** `null` when nothing is due. */
        public readonly ?\DateTimeImmutable $dueAt,
    ) {
    }

    /** Returns `dueAt` in microseconds since 1970-01-01T00:00:00Z. */
    public function dueAtUs(): ?int
    {
        return Time::maybeUs($this->dueAt);
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->ticket, $document->timer, $document->cycle, Json::instant($document->due_at));
    }
}
