<?php

declare(strict_types=1);

namespace Sla;

/** A cycle whose due instant moves when a ticket adopts a revision. */
final class MovedDue
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

    /** Returns `before` in microseconds since 1970-01-01T00:00:00Z. */
    public function beforeUs(): ?int
    {
        return Time::maybeUs($this->before);
    }

    /** Returns `after` in microseconds since 1970-01-01T00:00:00Z. */
    public function afterUs(): ?int
    {
        return Time::maybeUs($this->after);
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->ticket, $document->timer, $document->cycle, Json::instant($document->before), Json::instant($document->after));
    }
}
