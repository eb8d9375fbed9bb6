<?php

declare(strict_types=1);

namespace Sla;

/** A promise that is not decided yet. */
final class OpenPromise
{
    private function __construct(
        public readonly string $ticket,
        public readonly string $timer,
        public readonly int $cycle,
        /** Business time left, in microseconds. */
        public readonly int $remainingUs,
        public readonly bool $isPaused,
        /** `null` while it is paused, and when it is due beyond the horizon. */
        public readonly ?\DateTimeImmutable $dueAt,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->ticket, $document->timer, $document->cycle, $document->remaining_us, $document->paused, Json::instant($document->due_at));
    }
}
