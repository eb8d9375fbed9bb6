<?php

declare(strict_types=1);

namespace Sla;

/** A row of a log that is left out, or not taken as a whole. */
final class RefusedRow
{
    private function __construct(
        /** Its `row_number`; its place in the log, from 0, unless given. */
        public readonly int $row,
        public readonly string $ticket,
        /** A stable code, for example `unknown_state`; docs/logs.md lists them. */
        public readonly string $code,
        public readonly string $message,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self($document->row, $document->ticket, $document->code, $document->message);
    }
}
