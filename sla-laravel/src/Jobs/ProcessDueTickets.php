<?php

declare(strict_types=1);

namespace Sla\Laravel\Jobs;

use Illuminate\Bus\Queueable;
use Illuminate\Contracts\Queue\ShouldQueue;
use Illuminate\Queue\InteractsWithQueue;
use Sla\Laravel\Store\TicketStore;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Settings;

/** Stores what is due on some tickets. Running it twice stores nothing twice. */
final class ProcessDueTickets implements ShouldQueue
{
    use InteractsWithQueue;
    use Queueable;

    public int $tries = 3;

    /** @param list<int> $ticketIds */
    public function __construct(public readonly array $ticketIds)
    {
        $this->afterCommit = true;
        $this->onConnection(config('sla.queue.connection'));
        $this->onQueue(config('sla.queue.name'));
    }

    public function handle(TicketStore $store, Clock $clock, Settings $settings): void
    {
        // What is due stays due until the monitor is switched on again.
        if ($settings->isMonitoringEnabled()) {
            $store->storeDue($this->ticketIds, $clock->nowUs());
        }
    }
}
