<?php

declare(strict_types=1);

namespace Sla\Laravel\Console;

use Illuminate\Console\Command;
use Illuminate\Contracts\Queue\Factory;
use Illuminate\Support\Facades\Http;
use Sla\Exceptions\InvalidPolicy;
use Sla\Exceptions\SlaThrowable;
use Sla\Laravel\Contracts\ResolvesRecipients;
use Sla\Laravel\Defaults\ConfiguredRecipients;
use Sla\Laravel\Figures\FigureRebuild;
use Sla\Laravel\Figures\ReportPeriod;
use Sla\Laravel\Figures\ReportUnit;
use Sla\Laravel\Http\Pages;
use Sla\Laravel\Notifications\AlertContent;
use Sla\Laravel\Policy\NoPolicy;
use Sla\Laravel\Policy\PolicyPublisher;
use Sla\Laravel\Policy\PolicyRepository;
use Sla\Laravel\Services\OperationWatch;
use Sla\Laravel\Services\SlaMonitorService;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\HealthToken;
use Sla\Laravel\Support\InvalidSetting;
use Sla\Laravel\Support\Settings;
use Sla\Laravel\Support\Tables;
use Sla\Native\Library;
use Sla\PolicyTimer;
use Sla\Time;

/** Says whether everything that this package needs is there and up to date. */
class DoctorCommand extends Command
{
    private const TABLES = [
        'sla_definitions', 'support_channels', 'sla_settings', 'sla_policy_revisions', 'support_tickets', 'sla_ticket_states', 'support_events',
        'support_responses', 'support_escalations', 'sla_notifications', 'sla_denials', 'sla_monitor_failures', 'sla_memories', 'sla_adoptions',
        'sla_adoption_refusals', 'sla_alerts', 'sla_promises', 'sla_ticket_facts', 'sla_daily', 'sla_monthly', 'sla_figure_changes', 'sla_dirty_days', 'sla_reports', 'sla_report_notices',
        'sla_figure_state',
    ];

    protected $signature = 'sla:doctor';

    protected $description = 'Say whether the engine, the tables, the policy, the monitor and the notifications are in order';

    /** For how many days the rules of time zones are compared. */
    private const ZONE_DAYS = 400;

    private bool $isHealthy = true;

    public function handle(
        Tables $tables,
        Settings $settings,
        SlaMonitorService $monitor,
        PolicyPublisher $publisher,
        PolicyRepository $revisions,
        Clock $clock,
        Factory $queues,
        HealthToken $token,
        OperationWatch $watch,
        FigureRebuild $figures,
        ResolvesRecipients $recipients,
    ): int {
        $this->isHealthy = true;
        try {
            $this->good('library', Library::get()->version() . ', ' . Library::get()->file);
        } catch (SlaThrowable $fault) {
            $this->bad('library', $fault->getMessage());

            return self::FAILURE;
        }
        $missing = array_filter(self::TABLES, static fn (string $table): bool => !$tables->connection()->getSchemaBuilder()->hasTable($table));
        if ($missing !== []) {
            $this->bad('tables', 'missing: ' . implode(', ', $missing) . '; run `php artisan migrate`');

            return self::FAILURE;
        }
        $this->good('tables', $tables->connection()->getDriverName() . ', all there');
        if (!$this->timeZone($settings, $clock)) {
            return self::FAILURE;
        }
        $this->policy($tables, $publisher, $revisions, $settings);
        $this->settings($settings);
        $this->audiences($revisions, $settings, $recipients);
        $this->monitor($monitor, $settings);
        $this->objectives($watch, $settings);
        $this->notifications($tables, $clock);
        $this->figures($figures);
        $this->queue($queues, $settings);
        $this->web($tables, $settings, $token);

        return $this->isHealthy ? self::SUCCESS : self::FAILURE;
    }

    /** Looks at the zone of reports, and whether PHP and the engine have the same rules of it for some time to come. */
    private function timeZone(Settings $settings, Clock $clock): bool
    {
        $name = $settings->timeZone();
        try {
            $zone = new \DateTimeZone($name);
            $day = ReportPeriod::at(ReportUnit::Day, Time::fromUs($clock->nowUs()), $zone);
            for ($count = 0; $count < self::ZONE_DAYS; $count++) {
                if ($day->startUs() !== Time::toUs(new \DateTimeImmutable($day->firstDay, $zone))) {
                    $this->note('time zone', "{$name}: from {$day->firstDay} on the rules of PHP differ from the engine's, which count; PHP writes other local times until its time-zone data is updated");

                    return true;
                }
                $day = $day->next();
            }
        } catch (\Exception $fault) {
            $this->bad('time zone', "SLA_TIMEZONE is `{$name}`; it must be a name of the IANA time-zone database, for example Asia/Jakarta");

            return false;
        }
        $this->good('time zone', $name);

        return true;
    }

    private function figures(FigureRebuild $figures): void
    {
        $reason = $figures->reason();
        if ($reason === null) {
            $this->good('figures', 'of every ticket');
        } else {
            $this->bad('figures', "{$reason}; run `php artisan sla:rebuild-figures`");
        }
    }

    private function policy(Tables $tables, PolicyPublisher $publisher, PolicyRepository $revisions, Settings $settings): void
    {
        $last = $tables->table('sla_policy_revisions')->orderByDesc('version')->first();
        if ($last === null) {
            $this->bad('policy', 'no revision is published; run `php artisan db:seed --class=SlaDefinitionSeeder`');

            return;
        }
        $this->good('policy', "revision {$last->version}, published by {$last->published_by}");
        try {
            if ($publisher->isChanged()) {
                $this->note('draft', 'differs from what is published; `php artisan sla:publish --check` says whether it can be');
            }
        } catch (InvalidPolicy $fault) {
            $this->note('draft', count($fault->related) . ' problems; `php artisan sla:publish --check` lists them');
        }
        $shares = [];
        foreach ($revisions->values($last->policy_digest)->timers as $timer) {
            foreach ($timer->steps as $step) {
                if ($step->level === null && $step->atMillionths !== null) {
                    $shares[Settings::share($step->atMillionths / 1_000_000)] = true;
                }
            }
        }
        try {
            if ($shares !== [] && !isset($shares[$settings->warningShare()])) {
                $this->note('threshold', "SLA_ESCALATION_THRESHOLD is {$settings->warningShare()}; the policy warns at " . implode(', ', array_keys($shares)) . ', and that counts');
            }
        } catch (InvalidSetting $fault) {
            $this->bad('threshold', $fault->getMessage());
        }
    }

    private function settings(Settings $settings): void
    {
        try {
            $deliveries = $settings->deliveries();
            $this->good('channels', $deliveries === [] ? 'none: notifications have no recipient' : implode(', ', $deliveries));
            if (in_array('slack', $deliveries, true) && $settings->slackWebhook() === null) {
                $this->bad('slack', 'SLA_SLACK_WEBHOOK is not set; notifications wait until it is');
            }
        } catch (InvalidSetting $fault) {
            $this->bad('channels', $fault->getMessage());
        }
    }

    /** Notes the audiences without a mail address that the policy or the settings name; an application may resolve them itself. */
    private function audiences(PolicyRepository $revisions, Settings $settings, ResolvesRecipients $recipients): void
    {
        if ($revisions->isEmpty() || !$recipients instanceof ConfiguredRecipients) {
            return;
        }
        $policy = $revisions->values($revisions->newest());
        $named = [...$settings->requestedEscalationAudience(), ...$settings->criticalEscalationAudience(), ...$settings->operationsAudience()];
        foreach ([...array_merge(...array_map(static fn (PolicyTimer $timer): array => $timer->steps, $policy->timers)), ...$policy->inactivity] as $one) {
            array_push($named, ...$one->notify);
        }
        $empty = array_filter(array_unique($named), static fn (string $name): bool => !in_array($name, ['agent', ...Settings::DELIVERIES], true) && $settings->addresses($name) === []);
        if ($empty !== []) {
            $this->note('audiences', 'no mail address for ' . implode(', ', $empty) . ' (sla.notifications.audiences); what is for nobody else waits until there is one');
        }
    }

    private function monitor(SlaMonitorService $monitor, Settings $settings): void
    {
        if (!$settings->isMonitoringEnabled()) {
            $this->note('monitor', 'SLA_MONITORING_ENABLED is false: what is due waits');
        }
        $lag = $monitor->lagUs();
        $text = $monitor->backlog() . ' tickets due, the oldest for ' . intdiv($lag, 1_000_000) . ' s';
        $lag > SlaMonitorService::LATE_US ? $this->bad('monitor', "{$text}; is `sla:monitor-compliance` scheduled?") : $this->good('monitor', $text);
        foreach ($monitor->failures() as $failure) {
            $this->bad('ticket', "#{$failure->ticket_id} cannot be looked at, {$failure->attempts} attempts: {$failure->message}");
        }
    }

    private function objectives(OperationWatch $watch, Settings $settings): void
    {
        try {
            foreach ($watch->rates() as $rate) {
                $text = "{$rate->timer}: {$rate->longBreached} of {$rate->longDecided} breached in " . Pages::length($rate->longWindowUs)
                    . ", {$rate->shortBreached} of {$rate->shortDecided} in " . Pages::length($rate->shortWindowUs);
                $rate->isBurning ? $this->bad('objective', $text) : $this->good('objective', $text);
            }
        } catch (NoPolicy) {
            return;
        }
        foreach ($watch->latest() as $alert) {
            if ($alert->ended_at === null) {
                $content = AlertContent::of('', $alert, new \DateTimeZone($settings->timeZone()));
                $this->bad('alert', "{$content->title()}. " . implode('. ', $content->lines()));
            }
        }
    }

    private function notifications(Tables $tables, Clock $clock): void
    {
        $unsent = $tables->table('sla_notifications')->whereNull('sent_at')->where('notify_at', '<=', $clock->nowUs());
        $count = (clone $unsent)->count();
        $oldest = $count === 0 ? null : (int) (clone $unsent)->min('notify_at');
        $text = "{$count} to send";
        if ($oldest !== null && $clock->nowUs() - $oldest > 2 * SlaMonitorService::LATE_US) {
            $error = (clone $unsent)->whereNotNull('error')->orderBy('notify_at')->value('error');
            $this->bad('outbox', "{$text}, the oldest for " . intdiv($clock->nowUs() - $oldest, 1_000_000) . ' s' . ($error === null ? '' : "; {$error}"));
        } else {
            $this->good('outbox', $text);
        }
    }

    private function queue(Factory $queues, Settings $settings): void
    {
        try {
            $size = $queues->connection($settings->queueConnection())->size($settings->queue());
            $this->good('queue', "{$settings->queue()}: {$size} jobs");
        } catch (\Throwable $fault) {
            $this->bad('queue', $fault->getMessage());
        }
    }

    /** Asks the PHP that serves requests, which has settings and a memory of its own. */
    private function web(Tables $tables, Settings $settings, HealthToken $token): void
    {
        $base = $settings->doctorUrl();
        if ($base === null) {
            $this->note('web', 'not asked; SLA_DOCTOR_URL says where this application answers');

            return;
        }
        $url = $base . route('sla.health', [], false);
        try {
            $answer = Http::timeout(10)->withOptions(['allow_redirects' => false])->withHeaders([HealthToken::HEADER => $token->make(), 'Accept' => 'application/json'])->get($url);
        } catch (\Throwable $fault) {
            $this->bad('web', "{$url}: {$fault->getMessage()}");

            return;
        }
        $seen = $answer->json();
        if ($answer->status() !== 200 || !is_array($seen) || !array_key_exists('library', $seen)) {
            $this->bad('web', "{$url} answers {$answer->status()}; is it this application, with the same APP_KEY and clock?");

            return;
        }
        $revision = $tables->table('sla_policy_revisions')->orderByDesc('version')->value('policy_digest');
        if ($seen['fault'] !== null) {
            $this->bad('web', "PHP {$seen['php']}, {$seen['sapi']}: {$seen['fault']}");
        } elseif ($seen['library'] !== Library::get()->version()) {
            $this->bad('web', "the library is {$seen['library']} there, {$seen['file']}; reload php-fpm after an update");
        } elseif ($seen['revision'] !== $revision) {
            $this->bad('web', 'another policy is the newest there; is it the same database?');
        } else {
            $this->good('web', "PHP {$seen['php']}, {$seen['sapi']}: {$seen['library']}, {$seen['file']}");
        }
    }

    private function good(string $name, string $text): void
    {
        $this->line(sprintf('  %-10s %s', $name, $text));
    }

    private function note(string $name, string $text): void
    {
        $this->line(sprintf('  %-10s <comment>%s</comment>', $name, $text));
    }

    private function bad(string $name, string $text): void
    {
        $this->isHealthy = false;
        $this->line(sprintf('! %-10s <error>%s</error>', $name, $text));
    }
}
