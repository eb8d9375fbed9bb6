<?php

declare(strict_types=1);

namespace Sla;

/** What a verification of a history by re-execution found. */
final class HistoryVerification
{
    /** @param list<Difference> $rulesChanged */
    private function __construct(
        /** How many events the rules make as they are recorded: all, or those before the first that differs. */
        public readonly int $verified,
        /** The first event that the rules would not have made; `null` where they make all. */
        public readonly ?Difference $difference,
        /** The events that differ in instants only, and were made under other time-zone rules. */
        public readonly array $rulesChanged,
        /** How many of the verified events were made under other time-zone rules. */
        public readonly int $otherRules,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->verified,
            isset($document->difference) ? Difference::read($document->difference) : null,
            Json::each(Difference::read(...), $document->rules_changed),
            $document->other_rules,
        );
    }

    /** Returns whether the rules make every event, apart from instants of other time-zone rules. */
    public function isSound(): bool
    {
        return $this->difference === null;
    }
}
