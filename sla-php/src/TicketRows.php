<?php

declare(strict_types=1);

namespace Sla;

/**
 * Rows of one ticket for the tables of a database. A row replaces the earlier row of its key; none is ever removed. Summed up
 * they are the `Aggregate` of the same tickets (docs/analytics.md).
 */
final class TicketRows
{
    /**
     * @param list<CycleRow> $cycles
     * @param list<FactRow>  $facts
     */
    private function __construct(
        /** The cycles that the events changed, and those that still count. */
        public readonly array $cycles,
        public readonly array $facts,
        /** What the rows of the next events need: to be stored as it is, beside the ticket. */
        public readonly string $state,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document, string $state): self
    {
        return new self(
            Json::each(CycleRow::read(...), $document->cycles),
            Json::each(FactRow::read(...), $document->facts),
            $state,
        );
    }

    /**
     * Reads rows whose state is on a line of its own.
     *
     * @internal
     */
    public static function ofLines(string $text): self
    {
        $lines = explode("\n", $text);
        $rows = $lines[0];

        return self::read(Json::read("{$rows}null}"), $lines[1] ?? '{}');
    }
}
