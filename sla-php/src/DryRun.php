<?php

declare(strict_types=1);

namespace Sla;

/** What adopting the newest revision would do to tickets. Nothing is changed. */
final class DryRun
{
    /**
     * @param list<MovedDue>                                $moved
     * @param list<AffectedCycle>                           $arrived
     * @param list<AffectedCycle>                           $ended
     * @param list<AffectedCycle>                           $breached
     * @param list<AffectedCycle>                           $unbreached
     * @param list<array{ticket: string, refusal: Refusal}> $refused
     */
    private function __construct(
        public readonly int $tickets,
        /** Cycles whose due instant moves. */
        public readonly array $moved,
        /** Cycles for which something would be promised that is not now. */
        public readonly array $arrived,
        /** Cycles whose promise would end. */
        public readonly array $ended,
        /** Cycles that become breached; one that becomes due at `now` itself is listed, too. */
        public readonly array $breached,
        /** Cycles that are due at `now` itself and would be due later. A recorded breach is final, and never listed. */
        public readonly array $unbreached,
        /** Tickets that cannot adopt it. */
        public readonly array $refused,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->tickets,
            Json::each(MovedDue::read(...), $document->moved),
            Json::each(AffectedCycle::read(...), $document->arrived),
            Json::each(AffectedCycle::read(...), $document->ended),
            Json::each(AffectedCycle::read(...), $document->breached),
            Json::each(AffectedCycle::read(...), $document->unbreached),
            Json::each(/** @return array{ticket: string, refusal: Refusal} */ static fn (\stdClass $one): array => [
                'ticket' => $one->ticket,
                'refusal' => Refusal::read($one->refusal),
            ], $document->refused),
        );
    }
}
