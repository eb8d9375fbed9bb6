<?php

declare(strict_types=1);

namespace Sla;

/** A promise of a cycle that runs or is paused. */
final class OpenPromise
{
    private function __construct(
        public readonly string $ticket,
        public readonly string $timer,
        public readonly int $cycle,
        /** Business time left, in microseconds. */
        public readonly int $remainingUs,
        /** Only in a worklist. */
        public readonly bool $isBreached,
        /** Business time after the due, in microseconds. */
        public readonly int $overdueUs,
        public readonly bool $isPaused,
        /** `null` while it is paused before its due, and when it is due beyond the horizon. */
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
        return new self($document->ticket, $document->timer, $document->cycle, $document->remaining_us, $document->breached, $document->overdue_us, $document->paused, Json::instant($document->due_at));
    }
}
