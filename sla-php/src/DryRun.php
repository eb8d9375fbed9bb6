<?php

declare(strict_types=1);

namespace Sla;

/** What adopting the newest revision would do to tickets. Nothing is changed. */
final class DryRun
{
    /**
     * @param list<array{before: Promise, after: Promise}>    $moved
     * @param list<Promise>                                   $breached
     * @param list<Promise>                                   $unbreached
     * @param list<array{ticket: string, refusal: Refusal}>   $refused
     */
    private function __construct(
        public readonly int $tickets,
        /** Deadlines that move. */
        public readonly array $moved,
        /** Promises that break. */
        public readonly array $breached,
        /** Breaches that would disappear: always empty, as nothing takes a breach back. */
        public readonly array $unbreached,
        /** Tickets that cannot adopt it. */
        public readonly array $refused,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        $broken = static fn (\stdClass $one): Promise => Promise::read($one, $one->due_at);

        return new self(
            $document->tickets,
            Json::each(/** @return array{before: Promise, after: Promise} */ static fn (\stdClass $one): array => [
                'before' => Promise::read($one, $one->before),
                'after' => Promise::read($one, $one->after),
            ], $document->moved),
            Json::each($broken, $document->breached),
            Json::each($broken, $document->unbreached),
            Json::each(/** @return array{ticket: string, refusal: Refusal} */ static fn (\stdClass $one): array => [
                'ticket' => $one->ticket,
                'refusal' => Refusal::read($one->refusal),
            ], $document->refused),
        );
    }
}
