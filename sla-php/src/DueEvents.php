<?php

declare(strict_types=1);

namespace Sla;

/** Automatic events, and the ticket after them. */
final class DueEvents
{
    /** @param list<Event> $events */
    private function __construct(
        /** What to store, in this order. */
        public readonly array $events,
        /** The ticket afterwards. */
        public readonly Ticket $ticket,
        /** When the next automatic event can come; `null` for never. */
        public readonly ?\DateTimeImmutable $nextCheckAt,
    ) {
    }

    /** Returns `nextCheckAt` in microseconds since 1970-01-01T00:00:00Z. */
    public function nextCheckAtUs(): ?int
    {
        return Time::maybeUs($this->nextCheckAt);
    }

    /**
     * @internal
     *
     * @param array{string, ?string, ?int} $step
     */
    public static function read(array $step): self
    {
        [$json, $ticket, $next] = $step;

        return new self(Event::readAll(Json::read($json)), Ticket::fromJson($ticket ?? ''), $next === null ? null : Time::fromUs($next));
    }
}
