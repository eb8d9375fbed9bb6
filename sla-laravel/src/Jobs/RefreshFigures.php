<?php

declare(strict_types=1);

namespace Sla\Laravel\Jobs;

use Illuminate\Bus\Queueable;
use Illuminate\Contracts\Queue\ShouldQueue;
use Illuminate\Queue\InteractsWithQueue;
use Sla\Laravel\Figures\DayTable;

/** Adds what changed to the sums of days. */
final class RefreshFigures implements ShouldQueue
{
    use InteractsWithQueue;
    use Queueable;

    public int $tries = 3;

    public function __construct()
    {
        $this->afterCommit = true;
        $this->onConnection(config('sla.queue.connection'));
        $this->onQueue(config('sla.queue.name'));
    }

    public function handle(DayTable $days): void
    {
        $days->refresh();
    }
}
