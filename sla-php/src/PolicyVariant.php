<?php

declare(strict_types=1);

namespace Sla;

/** What a package promises where a condition holds. */
final class PolicyVariant
{
    /**
     * @param list<PolicyTarget> $targets
     */
    private function __construct(
        public readonly PolicyCondition $when,
        /** The package that states it: this one, or one that it extends. */
        public readonly string $statedBy,
        public readonly string $calendar,
        /** All that is promised then; a timer that is not listed promises nothing. */
        public readonly array $targets,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            PolicyCondition::read($document->when),
            $document->stated_by,
            $document->calendar,
            Json::each(PolicyTarget::read(...), $document->targets),
        );
    }
}
