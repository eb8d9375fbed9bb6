<?php

declare(strict_types=1);

namespace Sla;

/** What became commands of a log, and what did not. */
final class LogCommands
{
    /**
     * @param list<TicketCommands> $tickets
     * @param list<RefusedRow>     $refused
     */
    private function __construct(
        /** The tickets that can be opened, by id. */
        public readonly array $tickets,
        /** The rows that are left out, or not taken as a whole. */
        public readonly array $refused,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(Json::each(TicketCommands::read(...), $document->tickets), Json::each(RefusedRow::read(...), $document->refused));
    }
}
