<?php

declare(strict_types=1);

namespace Sla\Laravel\Console;

use Illuminate\Console\Command;
use Illuminate\Contracts\Bus\Dispatcher;
use Sla\Laravel\Figures\DayTable;
use Sla\Laravel\Figures\ReportNotifier;
use Sla\Laravel\Figures\Reports;
use Sla\Laravel\Jobs\AdoptRevision;
use Sla\Laravel\Jobs\BuildReports;
use Sla\Laravel\Jobs\ProcessDueTickets;
use Sla\Laravel\Jobs\RefreshFigures;
use Sla\Laravel\Jobs\SendSlaNotification;
use Sla\Laravel\Notifications\NotificationSender;
use Sla\Laravel\Services\OperationWatch;
use Sla\Laravel\Services\SlaMonitorService;
use Sla\Laravel\Store\AdoptionStore;
use Sla\Laravel\Store\Outbox;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Settings;

/** Stores what is due, sends what is unsent, or builds reports. */
class MonitorCompliance extends Command
{
    protected $signature = 'sla:monitor-compliance
        {--escalations : Send the notifications that are due, instead of looking at tickets}
        {--reports : Add up the days that changed and build the reports of days, weeks and months that are over}
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
        DayTable $days,
        Reports $reports,
        ReportNotifier $notifier,
    ): int {
        if (!$settings->isMonitoringEnabled()) {
            $this->line('SLA_MONITORING_ENABLED is false: nothing was looked at, and nothing is lost');

            return self::SUCCESS;
        }
        // Before anything is stored: afterwards the monitor is up to date.
        $watch->lag();
        if ($this->option('reports')) {
            return $this->option('queue') ? $this->queueReports($jobs) : $this->buildReports($monitor, $days, $reports, $notifier);
        }
        if ($this->option('escalations')) {
            return $this->option('queue') ? $this->queueNotifications($outbox, $jobs, $clock) : $this->sendNotifications($sender);
        }
        foreach ($adoptions->toResume() as $adoption) {
            $jobs->dispatch(new AdoptRevision($adoption));
        }

        $code = $this->option('queue') ? $this->queueTickets($monitor, $jobs) : $this->storeDue($monitor, $days);
        $watch->burns();

        return $code;
    }

    private function storeDue(SlaMonitorService $monitor, DayTable $days): int
    {
        $bar = $this->output->isVerbose() ? $this->output->createProgressBar($monitor->backlog()) : null;
        $run = $monitor->run(null, static fn ($chunk) => $bar?->advance($chunk->looked));
        $bar?->finish();
        $this->line(sprintf('%d tickets, %d events, %d changed by others meanwhile, %d failed', $run->looked, $run->events, $run->conflicts, count($run->failed)));
        foreach ($run->failed as $id => $fault) {
            $this->error("ticket #{$id}: {$fault['message']}");
        }

        $days->refresh();

        return $run->failed === [] ? self::SUCCESS : self::FAILURE;
    }

    /** A report holds every breach of its period, so what is due is stored first. */
    private function buildReports(SlaMonitorService $monitor, DayTable $days, Reports $reports, ReportNotifier $notifier): int
    {
        $monitor->run();
        $days->refresh();
        $bar = $this->output->isVerbose() ? $this->output->createProgressBar(count($reports->missing())) : null;
        $count = 0;
        $new = $reports->build(static function () use ($bar, &$count): void {
            $count++;
            $bar?->advance();
        });
        $bar?->finish();
        $run = $notifier->run();
        $this->line(sprintf('%d reports built, %d of them again; %d notices sent, %d failed', $count, $count - count($new), $run->sent, $run->failed));
        foreach ($run->errors as $error) {
            $this->error($error);
        }

        return $run->failed === 0 ? self::SUCCESS : self::FAILURE;
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
        $jobs->dispatch(new RefreshFigures());
        $this->line("{$count} tickets queued");

        return self::SUCCESS;
    }

    private function queueReports(Dispatcher $jobs): int
    {
        $jobs->dispatch(new BuildReports());
        $this->line('the reports are queued');

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
