<?php

declare(strict_types=1);

namespace Sla;

/** What a candidate policy does to one ticket. */
final class Compared
{
    /**
     * @param list<Flip>             $flips
     * @param ?array<string, string> $leftOut
     */
    private function __construct(
        public readonly array $flips,
        /** What the candidate does not know, for example `['package' => 'gold']`; `null` when the ticket counts. */
        public readonly ?array $leftOut,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(Json::each(Flip::read(...), $document->flips), $document->left_out === null ? null : Document::arrayOf($document->left_out));
    }
}
