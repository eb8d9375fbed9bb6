<?php

declare(strict_types=1);

namespace Sla\Laravel\Store;

use Sla\Laravel\Engine\MadeEvent;
use Sla\Refusal;

/** The outcome of a command: events that are stored now, or a refusal that is on record. */
final class Outcome
{
    /** @param list<MadeEvent> $events none where the command was repeated, or refused */
    public function __construct(
        /** `null` for an opening that was refused. */
        public readonly ?int $ticketId,
        public readonly ?string $reference,
        public readonly array $events,
        public readonly ?Refusal $refusal,
    ) {
    }

    public function isAccepted(): bool
    {
        return $this->refusal === null;
    }
}
