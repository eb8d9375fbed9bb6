<?php

declare(strict_types=1);

namespace Sla\Laravel\Jobs;

use Illuminate\Bus\Queueable;
use Illuminate\Contracts\Console\Kernel;
use Illuminate\Contracts\Queue\ShouldQueue;
use Illuminate\Queue\InteractsWithQueue;

/** Builds the reports of periods that are over, as `sla:monitor-compliance --reports` does. */
final class BuildReports implements ShouldQueue
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

    public function handle(Kernel $console): void
    {
        $console->call('sla:monitor-compliance', ['--reports' => true]);
    }
}
