<?php

declare(strict_types=1);

namespace Sla;

/** A warning or an escalation; one of `atMillionths`, `beforeUs` and `afterUs` says when. */
final class PolicyStep
{
    /**
     * @param list<string> $notify
     */
    private function __construct(
        public readonly string $id,
        /** Whether the policy states it; otherwise it is the breach escalation that every timer has. */
        public readonly bool $isStated,
        /** The used share of the target. */
        public readonly ?int $atMillionths,
        /** What remains of the target. */
        public readonly ?int $beforeUs,
        /** Business time since the due instant. */
        public readonly ?int $afterUs,
        /** The level of an escalation; `null` for a warning. */
        public readonly ?int $level,
        public readonly array $notify,
        public readonly ?string $assignTo,
        public readonly PolicyQuietHours $quietHours,
        public readonly PolicyCondition $when,
        /** The counted time between two repetitions. */
        public readonly ?int $repeatEveryUs,
        public readonly ?int $repeatTimes,
        /** Whether an acknowledged escalation of the cycle ends it and its repetitions. */
        public readonly bool $untilAcknowledged,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->id,
            $document->is_stated,
            $document->at,
            $document->before_us,
            $document->after_us,
            $document->level,
            $document->notify,
            $document->assign_to,
            PolicyQuietHours::read($document->quiet_hours),
            PolicyCondition::read($document->when),
            $document->repeat_every_us,
            $document->repeat_times,
            $document->until_acknowledged,
        );
    }
}
