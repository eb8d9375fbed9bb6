<?php

declare(strict_types=1);

namespace Sla;

/** Something to do once: whom to notify of a warning or an escalation, and when. */
final class Intent
{
    /** @param list<string> $notify */
    private function __construct(
        /** The same however often it is computed, so that a notification is sent once. */
        public readonly string $id,
        public readonly string $timer,
        public readonly int $cycle,
        public readonly string $step,
        /** The repetition of the step; 0 for the step itself. */
        public readonly int $repetition,
        public readonly array $notify,
        public readonly ?string $assignTo,
        public readonly \DateTimeImmutable $notifyAt,
    ) {
    }

    /** Returns `notifyAt` in microseconds since 1970-01-01T00:00:00Z. */
    public function notifyAtUs(): int
    {
        return Time::toUs($this->notifyAt);
    }

    /** @internal */
    public static function read(\stdClass $firing): self
    {
        return new self(
            $firing->intent_id,
            $firing->timer,
            $firing->cycle,
            $firing->step,
            $firing->repetition ?? 0,
            $firing->notify,
            $firing->assign_to ?? null,
            Time::fromText($firing->notify_at),
        );
    }
}
