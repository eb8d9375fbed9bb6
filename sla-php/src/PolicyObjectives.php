<?php

declare(strict_types=1);

namespace Sla;

/** Objectives of the support desk, for reports and alerts. */
final class PolicyObjectives
{
    /**
     * @param list<PolicyBurn>   $burn
     * @param array<string, int> $scoreWeights
     */
    private function __construct(
        public readonly array $burn,
        /** The level from which an escalation is critical. */
        public readonly ?int $criticalLevel,
        /** The weights of an agent's score by component: a timer id, or `csat`. */
        public readonly array $scoreWeights,
        /** The lag of automatic events above which the monitor alerts, in wall time. */
        public readonly ?int $monitorLagUs,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            Json::each(PolicyBurn::read(...), $document->burn),
            $document->critical_level,
            array_column($document->score_weights, 'weight', 'component'),
            $document->monitor_lag_us,
        );
    }
}
