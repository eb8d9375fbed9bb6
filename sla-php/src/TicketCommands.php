<?php

declare(strict_types=1);

namespace Sla;

/** The commands that a log says of one ticket. */
final class TicketCommands
{
    /**
     * @param list<int>             $rows
     * @param list<RecordedCommand> $recorded
     */
    private function __construct(
        public readonly string $ticket,
        /** The number of the row that each command comes from. */
        public readonly array $rows,
        /** The opening and the commands after it, oldest first: what `Engine::import` takes. */
        public readonly array $recorded,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->ticket, $document->rows, Json::each(RecordedCommand::read(...), $document->recorded));
    }
}
