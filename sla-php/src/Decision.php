<?php

declare(strict_types=1);

namespace Sla;

/** The outcome of a command. */
final class Decision
{
    /** @param list<Event> $events */
    private function __construct(
        /** What to store, in this order; empty when refused, or when a command was repeated. */
        public readonly array $events,
        /** The ticket afterwards; `null` when refused. */
        public readonly ?Ticket $ticket,
        /** When the next automatic event can come; `null` for never, or when refused. */
        public readonly ?\DateTimeImmutable $nextCheckAt,
        /** Why not; `null` when it was accepted. */
        public readonly ?Refusal $refusal,
    ) {
    }

    public function isAccepted(): bool
    {
        return $this->refusal === null;
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
        $document = Json::read($json);
        if (isset($document->refused)) {
            return new self([], null, null, Refusal::read($document->refused));
        }

        return new self(
            Event::readAll($document->accepted->events),
            $ticket === null ? null : Ticket::fromJson($ticket),
            $next === null ? null : Time::fromUs($next),
            null,
        );
    }
}
