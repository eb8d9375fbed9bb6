<?php

declare(strict_types=1);

namespace Sla\Laravel\Engine;

use Sla\Refusal;
use Sla\TicketRows;

/** What the engine answered: what to store, or why nothing is. */
final class Step
{
    /**
     * @param list<MadeEvent>                $events
     * @param array<string, string|int|null> $columns of support_tickets
     */
    public function __construct(
        public readonly array $events,
        public readonly ?Refusal $refusal,
        /** The hash of the last entry. */
        public readonly string $head = '',
        /** How many events the ticket has now. */
        public readonly int $count = 0,
        public readonly string $snapshot = '',
        public readonly ?int $nextCheckUs = null,
        public readonly array $columns = [],
        /** The rows of figures that change; `null` for a ticket that has none until figures are rebuilt. */
        public readonly ?TicketRows $rows = null,
    ) {
    }
}
