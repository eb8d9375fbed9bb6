<?php

declare(strict_types=1);

namespace Sla\Laravel\Figures;

use Illuminate\Contracts\Notifications\Dispatcher;
use Illuminate\Notifications\AnonymousNotifiable;
use Sla\Laravel\Http\FigureText;
use Sla\Laravel\Http\Pages;
use Sla\Laravel\Notifications\ReportReady;
use Sla\Laravel\Notifications\SendRun;
use Sla\Laravel\Notifications\SlackWebhookChannel;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Settings;
use Sla\Laravel\Support\Tables;

/**
 * Says once that the report of the last day, week or month is there, by mail and Slack.
 *
 * A notice that failed, or whose process ended before it was marked as sent, goes out at the next run while that period is
 * still the last one.
 */
final class ReportNotifier
{
    public function __construct(
        private readonly Reports $reports,
        private readonly Tables $tables,
        private readonly Dispatcher $notifications,
        private readonly Settings $settings,
        private readonly Clock $clock,
    ) {
    }

    public function run(): SendRun
    {
        $run = new SendRun();
        foreach (array_intersect($this->settings->deliveries(), ['email', 'slack']) as $channel) {
            $recipient = $this->recipient($channel);
            foreach ($recipient === null ? [] : ReportUnit::keptOnes() as $unit) {
                $period = $this->reports->last($unit);
                if ($this->reports->kept($period, FigureDimension::Package) !== null && $this->claims($period, $channel)) {
                    $run = $run->and($this->send($period, $channel, $recipient));
                }
            }
        }

        return $run;
    }

    /** Returns the recipients by a channel; `null` where the settings name none. */
    private function recipient(string $channel): ?AnonymousNotifiable
    {
        $audience = $this->settings->reportAudience();
        $addresses = array_values(array_unique(array_merge(...array_map($this->settings->addresses(...), $audience))));
        $webhook = $audience === [] ? null : $this->settings->slackWebhook();

        return match (true) {
            $channel === 'email' && $addresses !== [] => (new AnonymousNotifiable())->route('mail', $addresses),
            $channel === 'slack' && $webhook !== null => (new AnonymousNotifiable())->route(SlackWebhookChannel::class, $webhook),
            default => null,
        };
    }

    /** Returns whether this process is the one that sends it. */
    private function claims(ReportPeriod $period, string $channel): bool
    {
        $key = self::key($period, $channel);
        $nowUs = $this->clock->nowUs();
        $notices = $this->tables->table('sla_report_notices');
        if ($notices->insertOrIgnore($key + ['claimed_at' => $nowUs]) === 1) {
            return true;
        }
        $void = $nowUs - $this->settings->claimSeconds() * 1_000_000;

        return $this->tables->table('sla_report_notices')->where($key)->whereNull('sent_at')
            ->where(static fn ($query) => $query->whereNull('claimed_at')->orWhere('claimed_at', '<', $void))
            ->update(['claimed_at' => $nowUs]) === 1;
    }

    private function send(ReportPeriod $period, string $channel, AnonymousNotifiable $recipient): SendRun
    {
        $key = self::key($period, $channel);
        try {
            $link = route('sla.reports', [$period->unit->value, $period->name()]);
            $this->notifications->sendNow($recipient, new ReportReady($period->unit->value, $period->name(), $this->lines($period), $link, $channel));
        } catch (\Throwable $fault) {
            $this->tables->table('sla_report_notices')->where($key)->update(['claimed_at' => null]);

            return new SendRun(failed: 1, errors: ["report of {$period->name()}: {$fault->getMessage()}"]);
        }
        $this->tables->table('sla_report_notices')->where($key)->update(['sent_at' => $this->clock->nowUs()]);

        return new SendRun(sent: 1);
    }

    /** @return list<string> */
    private function lines(ReportPeriod $period): array
    {
        $total = $this->reports->packages($period)->total;
        $lines = [
            FigureText::text('ready_line', ['unit' => FigureText::text("units.{$period->unit->value}"), 'period' => $period->name()]),
            FigureText::text('tickets.opened') . ": {$total->tickets->opened}. " . FigureText::text('tickets.resolved') . ": {$total->tickets->resolved}.",
        ];
        foreach ($total->timers as $timer => $figures) {
            $lines[] = FigureText::text('compliance_of', ['timer' => Pages::timer($timer)]) . ': ' . FigureText::percent($figures->complianceMillionths)
                . " ({$figures->met}/{$figures->decided}). " . FigureText::text('mean') . ': ' . Pages::length($figures->businessTime->meanUs) . '.';
        }

        return $lines;
    }

    /** @return array<string, string> */
    private static function key(ReportPeriod $period, string $channel): array
    {
        return ['unit' => $period->unit->value, 'first_day' => $period->firstDay, 'channel' => $channel];
    }
}
