<?php

declare(strict_types=1);

namespace Sla;

/** A package with what holds for its tickets; what it leaves out is that of the package it extends. */
final class PolicyPackage
{
    /**
     * @param list<string>        $channels
     * @param list<PolicyTarget>  $targets
     * @param list<PolicyVariant> $variants
     */
    private function __construct(
        public readonly string $id,
        public readonly string $name,
        /** Higher is better. */
        public readonly int $rank,
        public readonly ?string $extends,
        /** The label that reports group by. */
        public readonly ?string $priority,
        public readonly string $calendar,
        public readonly array $channels,
        /** What is promised where no variant holds; a timer that is not listed promises nothing. */
        public readonly array $targets,
        /** The first whose condition holds applies. */
        public readonly array $variants,
    ) {
    }

    /** Returns what is promised for a timer where no variant holds; `null` when nothing is. */
    public function target(string $timer): ?PolicyTarget
    {
        foreach ($this->targets as $target) {
            if ($target->timer === $timer) {
                return $target;
            }
        }

        return null;
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->id,
            $document->name,
            $document->rank,
            $document->extends,
            $document->priority,
            $document->calendar,
            $document->channels,
            Json::each(PolicyTarget::read(...), $document->targets),
            Json::each(PolicyVariant::read(...), $document->variants),
        );
    }
}
