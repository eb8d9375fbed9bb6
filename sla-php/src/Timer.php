<?php

declare(strict_types=1);

namespace Sla;

/** Where a timer of a ticket stands. */
final class Timer
{
    /** @param list<CycleEvaluation> $cycles */
    private function __construct(
        public readonly string $id,
        public readonly State $state,
        /** Oldest first; none when it has not started. */
        public readonly array $cycles,
        /** The terms that a cycle would get; `null` once one has started. */
        public readonly ?Terms $terms,
    ) {
    }

    /** Returns the latest cycle. */
    public function cycle(): ?CycleEvaluation
    {
        return $this->cycles[count($this->cycles) - 1] ?? null;
    }

    /** Returns when the latest cycle falls or fell due; `null` when nothing is due. */
    public function dueAt(): ?\DateTimeImmutable
    {
        return $this->cycle()?->dueAt;
    }

    /** Returns `dueAt` in microseconds since 1970-01-01T00:00:00Z. */
    public function dueAtUs(): ?int
    {
        return Time::maybeUs($this->dueAt());
    }

    /** @internal */
    public static function read(string $id, \stdClass $document): self
    {
        return new self($id, State::from($document->state), Json::each(CycleEvaluation::read(...), $document->cycles), Terms::read($document->terms ?? null));
    }
}
