<?php

declare(strict_types=1);

namespace Sla;

/** What happens to tickets in one status on which nothing has happened for a time. */
final class PolicyInactivity
{
    /**
     * @param list<string> $notify
     */
    private function __construct(
        public readonly string $id,
        public readonly Status $status,
        /** The business time without activity. */
        public readonly int $afterUs,
        /** `null` for the package's. */
        public readonly ?string $calendar,
        /** `remind`, `resolve` or `close`. */
        public readonly string $action,
        public readonly array $notify,
        public readonly PolicyQuietHours $quietHours,
        public readonly ?string $reason,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->id,
            Status::from($document->status),
            $document->after_us,
            $document->calendar,
            $document->action,
            $document->notify,
            PolicyQuietHours::read($document->quiet_hours),
            $document->reason,
        );
    }
}
