<?php

declare(strict_types=1);

namespace Sla;

/** How the due of a cycle follows: every interval of time since its start. */
final class Explanation
{
    /**
     * @param list<Segment> $passed
     * @param list<Segment> $ahead
     * @param list<array<string, mixed>> $notes
     * @param array<string, mixed>|null $businessDays
     */
    private function __construct(
        public readonly string $ticket,
        public readonly string $timer,
        public readonly \DateTimeImmutable $now,
        public readonly string $timeZone,
        /** In the local time of the calendar; `null` when nothing is due. */
        public readonly ?\DateTimeImmutable $dueAt,
        public readonly CycleEvaluation $cycle,
        /** From the start to the stop, or to now; what counts sums to `cycle->elapsedUs`. */
        public readonly array $passed,
        /** From now to the due; what counts sums to `cycle->remainingUs`. */
        public readonly array $ahead,
        /** What events changed of the promise, oldest first, as documents. */
        public readonly array $notes,
        /** How the target follows from business days, as a document; `null` for other targets. */
        public readonly ?array $businessDays,
        /** The same for people. */
        public readonly string $text,
    ) {
    }

    /** Returns `now` in microseconds since 1970-01-01T00:00:00Z. */
    public function nowUs(): int
    {
        return Time::toUs($this->now);
    }

    /** Returns `dueAt` in microseconds since 1970-01-01T00:00:00Z. */
    public function dueAtUs(): ?int
    {
        return Time::maybeUs($this->dueAt);
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->ticket,
            $document->timer,
            Time::fromText($document->now),
            $document->time_zone,
            Json::instant($document->due_at),
            CycleEvaluation::read($document->cycle),
            Json::each(Segment::read(...), $document->passed),
            Json::each(Segment::read(...), $document->ahead),
            Json::each(Document::arrayOf(...), $document->notes),
            isset($document->business_days) ? Document::arrayOf($document->business_days) : null,
            $document->text,
        );
    }
}
