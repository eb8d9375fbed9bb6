<?php

declare(strict_types=1);

namespace Sla;

/** The history that an import made of what another system recorded. */
final class Import
{
    /**
     * @param list<Event>         $events
     * @param array<int, Refusal> $refused
     */
    private function __construct(
        /** What to store, in this order; empty when the ticket could not be opened. */
        public readonly array $events,
        /** The ticket afterwards; `null` when it could not be opened. */
        public readonly ?Ticket $ticket,
        public readonly ?\DateTimeImmutable $nextCheckAt,
        /** Commands that were left out, by their place in the list; 0 is the opening. */
        public readonly array $refused,
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
        $document = Json::read($json);
        if (isset($document->refused)) {
            return new self([], null, null, [Refusal::read($document->refused)]);
        }
        return new self(
            Event::readAll($document->accepted->events),
            $ticket === null ? null : Ticket::fromJson($ticket),
            $next === null ? null : Time::fromUs($next),
            self::refused($document->accepted->refused),
        );
    }

    /**
     * @param list<\stdClass> $documents
     *
     * @return array<int, Refusal>
     */
    private static function refused(array $documents): array
    {
        $refused = [];
        foreach ($documents as $left) {
            $refused[$left->index] = Refusal::read($left->refusal);
        }

        return $refused;
    }
}
