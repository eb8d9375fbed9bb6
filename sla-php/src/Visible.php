<?php

declare(strict_types=1);

namespace Sla;

/** Which tickets a list may show: all, or those of which at least one of the other properties is true. */
final class Visible
{
    /** @param list<string> $teams */
    private function __construct(
        /** Every ticket; the other properties are empty then. */
        public readonly bool $everything,
        /** Those of this customer. */
        public readonly ?string $customer,
        /** Those of this organization. */
        public readonly ?string $organization,
        /** Those assigned to this agent. */
        public readonly ?string $agent,
        /** Those of one of these teams. */
        public readonly array $teams,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->everything, $document->customer, $document->organization, $document->agent, $document->teams);
    }
}
