<?php

declare(strict_types=1);

namespace Sla;

/** Which tickets a list may show to an actor, as a condition for a database. docs/commands.md says how. */
final class VisibleTickets
{
    /** @param list<VisibleUnder> $under */
    private function __construct(
        /** Of the tickets under a revision that `under` does not name. */
        public readonly Visible $tickets,
        /** Revisions whose roles show other tickets; empty for most policies. */
        public readonly array $under,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(Visible::read($document->tickets), Json::each(VisibleUnder::read(...), $document->under));
    }
}
