<?php

declare(strict_types=1);

namespace Sla\Laravel\Jobs;

use Illuminate\Bus\Queueable;
use Illuminate\Contracts\Queue\ShouldQueue;
use Illuminate\Queue\InteractsWithQueue;
use Sla\Laravel\Notifications\NotificationSender;
use Sla\Laravel\Support\Settings;

/** Sends one notification. A failure stays in the outbox, which tries again later; so the job itself succeeds. */
final class SendSlaNotification implements ShouldQueue
{
    use InteractsWithQueue;
    use Queueable;

    public int $tries = 3;

    public function __construct(public readonly string $intentId, public readonly string $channel)
    {
        $this->afterCommit = true;
        $this->onConnection(config('sla.queue.connection'));
        $this->onQueue(config('sla.queue.name'));
    }

    public function handle(NotificationSender $sender, Settings $settings): void
    {
        if ($settings->isMonitoringEnabled()) {
            $sender->send($this->intentId, $this->channel);
        }
    }
}
