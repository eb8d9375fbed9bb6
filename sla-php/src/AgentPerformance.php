<?php

declare(strict_types=1);

namespace Sla;

/** What an agent did. */
final class AgentPerformance
{
    /**
     * @param array<string, TimerFigures>                                   $timers
     * @param list<array{name: string, weight: int, value_millionths: int}> $components
     */
    private function __construct(
        /** `unassigned` for cycles without an assignee. */
        public readonly string $agent,
        public readonly int $handled,
        public readonly int $replies,
        public readonly int $escalationsReceived,
        public readonly Csat $csat,
        /** Cycles decided while this agent was the assignee, by timer. */
        public readonly array $timers,
        /** What the score is made of. */
        public readonly array $components,
        /** By the weights of the policy's objectives; `null` without any component. */
        public readonly ?int $scoreMillionths,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->agent,
            $document->handled,
            $document->replies,
            $document->escalations_received,
            Csat::read($document->csat),
            TimerFigures::readAll($document->timers),
            Document::listOf($document->components),
            $document->score_millionths,
        );
    }
}
