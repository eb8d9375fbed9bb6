<?php

declare(strict_types=1);

namespace Sla\Laravel\Console;

use Illuminate\Console\Command;
use Illuminate\Contracts\Bus\Dispatcher;
use Sla\Laravel\Jobs\AdoptRevision;
use Sla\Laravel\Jobs\ProcessDueTickets;
use Sla\Laravel\Jobs\SendSlaNotification;
use Sla\Laravel\Notifications\NotificationSender;
use Sla\Laravel\Services\OperationWatch;
use Sla\Laravel\Services\SlaMonitorService;
use Sla\Laravel\Store\AdoptionStore;
use Sla\Laravel\Store\Outbox;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Settings;

/** Stores what is due, or sends what is unsent. */
class MonitorCompliance extends Command
{
    protected $signature = 'sla:monitor-compliance
        {--escalations : Send the notifications that are due, instead of looking at tickets}
        {--queue : Leave the work to the queue}';

    protected $description = 'Store what is due on tickets: warnings, breaches, escalations, ends of pauses';

    public function handle(
        SlaMonitorService $monitor,
        NotificationSender $sender,
        Outbox $outbox,
        Dispatcher $jobs,
        Settings $settings,
        Clock $clock,
        AdoptionStore $adoptions,
        OperationWatch $watch,
    ): int {
        if (!$settings->isMonitoringEnabled()) {
            $this->line('SLA_MONITORING_ENABLED is false: nothing was looked at, and nothing is lost');

            return self::SUCCESS;
        }
        // Before anything is stored: afterwards the monitor is up to date.
        $watch->lag();
        if ($this->option('escalations')) {
            return $this->option('queue') ? $this->queueNotifications($outbox, $jobs, $clock) : $this->sendNotifications($sender);
        }
        foreach ($adoptions->stalled() as $adoption) {
            $jobs->dispatch(new AdoptRevision($adoption));
        }

        $code = $this->option('queue') ? $this->queueTickets($monitor, $jobs) : $this->storeDue($monitor);
        $watch->burns();

        return $code;
    }

    private function storeDue(SlaMonitorService $monitor): int
    {
        $bar = $this->output->isVerbose() ? $this->output->createProgressBar($monitor->backlog()) : null;
        $run = $monitor->run(null, static fn ($chunk) => $bar?->advance($chunk->looked));
        $bar?->finish();
        $this->line(sprintf('%d tickets, %d events, %d changed by others meanwhile, %d failed', $run->looked, $run->events, $run->conflicts, count($run->failed)));
        foreach ($run->failed as $id => $fault) {
            $this->error("ticket #{$id}: {$fault['message']}");
        }

        return $run->failed === [] ? self::SUCCESS : self::FAILURE;
    }

    private function sendNotifications(NotificationSender $sender): int
    {
        $run = $sender->run();
        $this->line("{$run->sent} notifications sent, {$run->failed} failed");
        foreach ($run->errors as $error) {
            $this->error($error);
        }

        return $run->failed === 0 ? self::SUCCESS : self::FAILURE;
    }

    private function queueTickets(SlaMonitorService $monitor, Dispatcher $jobs): int
    {
        $count = 0;
        foreach ($monitor->chunks() as $ids) {
            $jobs->dispatch(new ProcessDueTickets($ids));
            $count += count($ids);
        }
        $this->line("{$count} tickets queued");

        return self::SUCCESS;
    }

    private function queueNotifications(Outbox $outbox, Dispatcher $jobs, Clock $clock): int
    {
        $rows = $outbox->available($clock->nowUs(), PHP_INT_MAX);
        foreach ($rows as $row) {
            $jobs->dispatch(new SendSlaNotification($row['intent_id'], $row['channel']));
        }
        $this->line(count($rows) . ' notifications queued');

        return self::SUCCESS;
    }
}
