<?php

declare(strict_types=1);

namespace Sla;

/** Figures of one group of a report. */
final class ReportGroup
{
    /**
     * @param array<string, ?string>      $key
     * @param array<string, TimerFigures> $timers
     */
    private function __construct(
        /** By dimension, and `period` with `period_start`. */
        public readonly array $key,
        public readonly TicketFigures $tickets,
        /** By id. */
        public readonly array $timers,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(Document::arrayOf($document->key), TicketFigures::read($document->tickets), TimerFigures::readAll($document->timers));
    }
}
