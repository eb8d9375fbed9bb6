<?php

declare(strict_types=1);

namespace Sla;

/** Where one timer of each row stands. */
final class TimerColumns
{
    /** @internal */
    public function __construct(
        /** When it falls or fell due, in microseconds since 1970-01-01T00:00:00Z; missing when it did not start. */
        public readonly Column $due,
        /** When its first warning fires or would have fired; missing when it has none. */
        public readonly Column $warn,
        /** One byte a row: the number of a `State`. */
        public readonly string $states,
        /** Business time used, in microseconds; missing when it did not start. */
        public readonly Column $elapsed,
        /** Business time after its due, in microseconds; missing when it did not start. */
        public readonly Column $overdue,
    ) {
    }

    /** Returns where the timer of a row stands; `null` when the row was refused, or is promised nothing. */
    public function state(int $row): ?State
    {
        return State::ofNumber(Bytes::at($this->states, $row));
    }
}
