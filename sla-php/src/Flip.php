<?php

declare(strict_types=1);

namespace Sla;

/** A promise that ends otherwise under a candidate policy. */
final class Flip
{
    /** @param list<string> $causes */
    private function __construct(
        public readonly string $ticket,
        public readonly string $package,
        public readonly string $timer,
        public readonly int $cycle,
        /** What made the difference, for example `target`; docs/analytics.md. */
        public readonly array $causes,
        /** `null` when the promise is new. */
        public readonly ?CycleEvaluation $before,
        /** `null` when the promise is gone. */
        public readonly ?CycleEvaluation $after,
        /** In a sentence. */
        public readonly string $text,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->ticket,
            $document->package,
            $document->timer,
            $document->cycle,
            $document->causes,
            $document->before === null ? null : CycleEvaluation::read($document->before),
            $document->after === null ? null : CycleEvaluation::read($document->after),
            $document->text,
        );
    }
}
