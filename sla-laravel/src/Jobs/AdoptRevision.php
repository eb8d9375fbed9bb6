<?php

declare(strict_types=1);

namespace Sla\Laravel\Jobs;

use Illuminate\Bus\Queueable;
use Illuminate\Contracts\Bus\Dispatcher;
use Illuminate\Contracts\Queue\ShouldQueue;
use Illuminate\Queue\InteractsWithQueue;
use Sla\Laravel\Store\AdoptionStore;

/**
 * Lets open tickets adopt a revision, for some seconds; then it queues what follows.
 *
 * A queue that runs jobs at once stops after that time. The monitor, the page and `sla:adopt` resume it.
 */
final class AdoptRevision implements ShouldQueue
{
    use InteractsWithQueue;
    use Queueable;

    public int $tries = 3;

    public function __construct(public readonly int $adoptionId, private readonly int $seconds = 20)
    {
        $this->afterCommit = true;
        $this->onConnection(config('sla.queue.connection'));
        $this->onQueue(config('sla.queue.name'));
    }

    public function handle(AdoptionStore $adoptions, Dispatcher $jobs): void
    {
        $end = hrtime(true) + $this->seconds * 1_000_000_000;
        do {
            $isMore = $adoptions->step($this->adoptionId);
        } while ($isMore && hrtime(true) < $end);
        $connection = $this->connection ?? config('queue.default');
        if ($isMore && config("queue.connections.{$connection}.driver") !== 'sync') {
            $jobs->dispatch(new self($this->adoptionId, $this->seconds));
        }
    }
}
