<?php

declare(strict_types=1);

namespace Sla;

/** One run of a timer, as of an instant. Lengths are microseconds of business time in its calendar. */
final class CycleEvaluation
{
    private function __construct(
        /** 1 for the first. */
        public readonly int $number,
        public readonly Outcome $outcome,
        public readonly Activity $activity,
        public readonly \DateTimeImmutable $startedAt,
        public readonly ?\DateTimeImmutable $stoppedAt,
        /** The class in which figures count it. */
        public readonly CycleClass $class,
        public readonly ?CancelCause $cancelledBy,
        /** The channel that decides its terms. */
        public readonly string $channel,
        /** `null` while nothing is promised. */
        public readonly ?int $targetUs,
        public readonly string $calendar,
        /** `null` while it is paused and not breached, when it is due beyond the horizon, and while nothing is promised. */
        public readonly ?\DateTimeImmutable $dueAt,
        /** Whether it falls due on or after 2200-01-01, which is never. */
        public readonly bool $isDueBeyondHorizon,
        public readonly ?\DateTimeImmutable $breachedAt,
        /** When it would fall due if the pause ended now; `null` unless it is paused, and beyond the horizon. */
        public readonly ?\DateTimeImmutable $dueIfResumedNow,
        public readonly int $elapsedUs,
        /** The time that counts against the target; above `elapsedUs` after some changes to business days. */
        public readonly int $usedUs,
        /** Never negative; `null` while nothing is promised. */
        public readonly ?int $remainingUs,
        public readonly int $overdueUs,
        /** Used share of the target in millionths, rounded down; `null` while nothing is promised. */
        public readonly ?int $usedShareMillionths,
        /** Whether holidays up to the due are not all entered yet. */
        public readonly bool $isProvisional,
    ) {
    }

    /** Returns `startedAt` in microseconds since 1970-01-01T00:00:00Z. */
    public function startedAtUs(): int
    {
        return Time::toUs($this->startedAt);
    }

    /** Returns `stoppedAt` in microseconds since 1970-01-01T00:00:00Z. */
    public function stoppedAtUs(): ?int
    {
        return Time::maybeUs($this->stoppedAt);
    }

    /** Returns `dueAt` in microseconds since 1970-01-01T00:00:00Z. */
    public function dueAtUs(): ?int
    {
        return Time::maybeUs($this->dueAt);
    }

    /** Returns `breachedAt` in microseconds since 1970-01-01T00:00:00Z. */
    public function breachedAtUs(): ?int
    {
        return Time::maybeUs($this->breachedAt);
    }

    /** Returns `dueIfResumedNow` in microseconds since 1970-01-01T00:00:00Z. */
    public function dueIfResumedNowUs(): ?int
    {
        return Time::maybeUs($this->dueIfResumedNow);
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->number,
            Outcome::from($document->outcome),
            Activity::from($document->activity),
            Time::fromText($document->started_at),
            Json::instant($document->stopped_at),
            CycleClass::from($document->class),
            $document->cancelled_by === null ? null : CancelCause::from($document->cancelled_by),
            $document->channel,
            $document->target_us,
            $document->calendar,
            Json::instant($document->due_at),
            isset($document->due),
            Json::instant($document->breached_at),
            Json::instant($document->due_if_resumed_now->due_at ?? null),
            $document->elapsed_us,
            $document->used_us,
            $document->remaining_us,
            $document->overdue_us,
            $document->used_share_millionths,
            $document->provisional,
        );
    }
}
