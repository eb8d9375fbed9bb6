<?php

declare(strict_types=1);

namespace Sla;

/** A cycle whose due instant moves when a ticket adopts a revision. */
final class MovedDeadline
{
    private function __construct(
        public readonly string $ticket,
        public readonly string $timer,
        public readonly int $cycle,
        /** `null` when nothing is due. */
        public readonly ?\DateTimeImmutable $before,
        public readonly ?\DateTimeImmutable $after,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->ticket, $document->timer, $document->cycle, Json::instant($document->before), Json::instant($document->after));
    }
}
