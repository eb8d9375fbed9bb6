<?php

declare(strict_types=1);

namespace Sla;

/** Where a ticket stands as of an instant. Nothing is changed. */
final class Evaluation
{
    /**
     * @param array<string, Timer> $timers
     * @param list<Event>          $dueEvents
     */
    private function __construct(
        public readonly \DateTimeImmutable $now,
        public readonly Status $status,
        /** Wall time since the opening, until it ended or until now, in microseconds. */
        public readonly int $ageUs,
        /** When the next automatic event can come; `null` for never. */
        public readonly ?\DateTimeImmutable $nextCheckAt,
        /** By id: every timer that started, and every one that the ticket's revision measures. */
        public readonly array $timers,
        /** The automatic events that are due and not stored yet; `dueEvents` returns them. */
        public readonly array $dueEvents,
    ) {
    }

    /** Returns a timer by its id, for example `first_response`; `null` when it is not measured. */
    public function timer(string $id): ?Timer
    {
        return $this->timers[$id] ?? null;
    }

    /** Returns `now` in microseconds since 1970-01-01T00:00:00Z. */
    public function nowUs(): int
    {
        return Time::toUs($this->now);
    }

    /** Returns `nextCheckAt` in microseconds since 1970-01-01T00:00:00Z. */
    public function nextCheckAtUs(): ?int
    {
        return Time::maybeUs($this->nextCheckAt);
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        $timers = [];
        foreach (get_object_vars($document->timers) as $id => $timer) {
            $timers[$id] = Timer::read((string) $id, $timer);
        }

        return new self(
            Time::fromText($document->now),
            Status::from($document->status),
            $document->age_us,
            Json::instant($document->next_check_at),
            $timers,
            Event::readAll($document->due_events),
        );
    }
}
