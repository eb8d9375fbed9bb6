<?php

declare(strict_types=1);

namespace Sla;

/** A promise by name, and when it is due. */
final class Promise
{
    private function __construct(
        public readonly string $ticket,
        public readonly string $timer,
        public readonly int $cycle,
        /** `null` when nothing is due. */
        public readonly ?\DateTimeImmutable $dueAt,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document, ?string $dueAt): self
    {
        return new self($document->ticket, $document->timer, $document->cycle, Json::instant($dueAt));
    }
}
