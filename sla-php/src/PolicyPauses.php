<?php

declare(strict_types=1);

namespace Sla;

/** Limits on pauses, in business time of the ticket's package. */
final class PolicyPauses
{
    /**
     * @param list<string> $reasons
     */
    private function __construct(
        /** The reasons that a pause may give; none for any. */
        public readonly array $reasons,
        public readonly ?int $maxPauseUs,
        public readonly ?int $maxPausedTotalUs,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->reasons,
            $document->max_pause_us,
            $document->max_paused_total_us,
        );
    }
}
