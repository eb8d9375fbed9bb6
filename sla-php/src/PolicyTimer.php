<?php

declare(strict_types=1);

namespace Sla;

/** A timer with its steps; what it leaves out is that of its preset. */
final class PolicyTimer
{
    /**
     * @param list<string>      $startsOn
     * @param list<string>      $stopsOn
     * @param list<string>      $cancelsOn
     * @param list<PauseStatus> $pausesOn
     * @param list<PolicyStep>  $steps
     */
    private function __construct(
        public readonly string $id,
        public readonly bool $isPreset,
        /** Whether the policy lists it, or some package has a target for it. */
        public readonly bool $isMeasured,
        public readonly array $startsOn,
        public readonly array $stopsOn,
        public readonly array $cancelsOn,
        public readonly array $pausesOn,
        /** `once` or `repeated`. */
        public readonly string $cycles,
        /** `resume`, `new_cycle` or `ignore`. */
        public readonly string $onReopen,
        /** `close` or `next_open`. */
        public readonly string $dueBoundary,
        /** With the breach escalation that every timer has. */
        public readonly array $steps,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->id,
            $document->is_preset,
            $document->is_measured,
            $document->starts_on,
            $document->stops_on,
            $document->cancels_on,
            array_values(array_map(PauseStatus::from(...), $document->pauses_on)),
            $document->cycles,
            $document->on_reopen,
            $document->due_boundary,
            Json::each(PolicyStep::read(...), $document->steps),
        );
    }
}
