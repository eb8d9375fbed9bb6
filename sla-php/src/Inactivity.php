<?php

declare(strict_types=1);

namespace Sla;

/** What an inactivity rule did, and whom the host notifies of it once. */
final class Inactivity
{
    /** @param list<string> $notify */
    private function __construct(
        /** The same however often it is computed, so that a notification is sent once. */
        public readonly string $id,
        public readonly string $rule,
        /** The first instant of the count. */
        public readonly \DateTimeImmutable $since,
        public readonly array $notify,
        public readonly \DateTimeImmutable $notifyAt,
        public readonly ?string $reason,
        /** The instant that the rule gives, where it lies before the event that made it hold and was moved to it. */
        public readonly ?\DateTimeImmutable $computedAt,
    ) {
    }

    /** Returns `since` in microseconds since 1970-01-01T00:00:00Z. */
    public function sinceUs(): int
    {
        return Time::toUs($this->since);
    }

    /** Returns `notifyAt` in microseconds since 1970-01-01T00:00:00Z. */
    public function notifyAtUs(): int
    {
        return Time::toUs($this->notifyAt);
    }

    /** Returns `computedAt` in microseconds since 1970-01-01T00:00:00Z. */
    public function computedAtUs(): ?int
    {
        return Time::maybeUs($this->computedAt);
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->intent_id,
            $document->rule,
            Time::fromText($document->since),
            $document->notify,
            Time::fromText($document->notify_at),
            $document->reason ?? null,
            Json::instant($document->computed_at ?? null),
        );
    }
}
