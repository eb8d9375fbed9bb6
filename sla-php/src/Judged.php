<?php

declare(strict_types=1);

namespace Sla;

/** What a plan says of rows. */
final class Judged
{
    /**
     * @internal
     *
     * @param array<string, TimerColumns> $timers
     */
    public function __construct(
        /** By timer; empty when the rows were added to an aggregate. */
        public readonly array $timers,
        /** One byte a row: the number of a `RowCode`. */
        public readonly string $codes,
        public readonly int $refused,
    ) {
    }

    /** Returns why a row has no answer. */
    public function code(int $row): RowCode
    {
        return RowCode::from(Bytes::at($this->codes, $row));
    }
}
