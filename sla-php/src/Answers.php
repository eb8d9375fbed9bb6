<?php

declare(strict_types=1);

namespace Sla;

/** A calendar's answers to a column of questions. */
final class Answers
{
    /** @internal */
    public function __construct(
        /** A row without an answer is missing. */
        public readonly Column $values,
        /** One byte a row: the number of a `RowCode`. */
        public readonly string $codes,
        /** How many rows were refused. */
        public readonly int $refused,
    ) {
    }

    /** Returns why a row has no answer. */
    public function code(int $row): RowCode
    {
        return RowCode::from(Bytes::at($this->codes, $row));
    }
}
