<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Feature;

use Illuminate\Notifications\AnonymousNotifiable;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Notification;
use Sla\Actor;
use Sla\Laravel\Models\SlaAlert;
use Sla\Laravel\Notifications\MonitorLagging;
use Sla\Laravel\Notifications\PerformanceDegraded;
use Sla\Laravel\Policy\PolicyDraft;
use Sla\Laravel\Policy\PolicyPublisher;
use Sla\Laravel\Services\OperationWatch;
use Sla\Laravel\Tests\TestCase;
use Sla\Time;

final class AlertTest extends TestCase
{
    protected function setUp(): void
    {
        parent::setUp();
        config(['sla.notifications.channels' => 'email', 'sla.notifications.audiences' => ['operations' => ['ops@example.test'], 'supervisor' => ['sup@example.test']]]);
        $this->seedPolicy();
        $objectives = ['monitor_lag' => '10m', 'burn' => [['timer' => 'first_response', 'objective' => '50%', 'long_window' => '6h', 'short_window' => '1h', 'threshold' => '150%', 'min_decided' => 3]]];
        $this->app->make(PolicyDraft::class)->setting('objectives', $objectives, 'root');
        $this->app->make(PolicyPublisher::class)->publish(Actor::admin('root'), 'alerts');
        Notification::fake();
    }

    public function test_an_error_budget_that_burns_is_said_once(): void
    {
        // Met, then three breaches in the last hour: 3 of 4 missed, where 1 of 2 may be.
        $met = (int) $this->opened('kim')->ticketId;
        $this->tickets()->assign($met, Actor::admin('root'), 'ana');
        $this->tickets()->reply($met, Actor::agent('ana'), 'email', 'Done.');
        foreach (['lee', 'max', 'eve'] as $customer) {
            $this->opened($customer);
        }
        $this->clockAt('2026-11-23 13:58');
        $this->artisan('sla:monitor-compliance')->assertExitCode(0);
        self::assertSame(0, SlaAlert::query()->where('name', SlaAlert::DEGRADATION)->count());
        $this->clockAt('2026-11-23 14:01');
        $this->artisan('sla:monitor-compliance')->assertExitCode(0);
        $this->artisan('sla:monitor-compliance')->assertExitCode(0);
        $alert = SlaAlert::query()->where('name', SlaAlert::DEGRADATION)->sole();
        self::assertSame(['first_response', 4, 3, 3, 3, null], [$alert->timer, $alert->details['long_decided'], $alert->details['long_breached'], $alert->details['short_decided'], $alert->details['short_breached'], $alert->ended_at]);
        $this->artisan('sla:monitor-compliance', ['--escalations' => true])->assertExitCode(0);
        $this->artisan('sla:monitor-compliance', ['--escalations' => true])->assertExitCode(0);
        Notification::assertSentToTimes(new AnonymousNotifiable(), PerformanceDegraded::class, 1);
        Notification::assertSentTo(new AnonymousNotifiable(), PerformanceDegraded::class, static function (PerformanceDegraded $one, array $channels, AnonymousNotifiable $to): bool {
            $mail = (string) $one->toMail($to)->render();

            return $to->routes['mail'] === ['ops@example.test'] && str_contains($one->content->title(), 'first response') && str_contains($mail, 'In 6 h 0 min: 3 of 4 breached')
                && str_contains(json_encode($one->toSlackWebhook($to)), 'Open the dashboard') && $one->toArray($to)['alert'] === 'performance_degradation';
        });
        $this->actingAs($this->user('root', 'admin'))->get('/sla-dashboard')->assertOk()->assertSee('role="alert" >Too many missed, first_response: 3 of 4 in 6 h 0 min', false);
        $this->getJson('/api/sla/dashboard')->assertJsonPath('alerts.0.alert', 'performance_degradation')->assertJsonPath('alerts.0.short_breached', 3);
        $this->artisan('sla:doctor')->expectsOutput('! objective  first_response: 3 of 4 breached in 6 h 0 min, 3 of 3 in 1 h 0 min')->assertExitCode(1);
        // An hour later nothing was missed in the short window: it is over, and may begin again.
        $this->clockAt('2026-11-23 15:02');
        $this->artisan('sla:monitor-compliance')->assertExitCode(0);
        self::assertSame('08:02', SlaAlert::query()->where('name', SlaAlert::DEGRADATION)->sole()->ended_at->format('H:i'));
        $this->get('/sla-dashboard')->assertSee('class="dim" >Too many missed', false);
        $this->clockAt('2026-11-24 16:00');
        $this->get('/sla-dashboard')->assertDontSee('Too many missed');
    }

    public function test_what_is_detected_late_counts_at_its_own_instant(): void
    {
        foreach (['kim', 'lee', 'max'] as $customer) {
            $this->opened($customer);
        }
        $this->artisan('sla:monitor-compliance')->assertExitCode(0);
        // Breached at 14:00, detected five hours later: that hour is over.
        $this->clockAt('2026-11-23 19:00');
        $this->artisan('sla:monitor-compliance')->assertExitCode(0);
        $alert = SlaAlert::query()->where('name', SlaAlert::DEGRADATION)->get();
        self::assertCount(1, $alert);
        self::assertSame(['07:00', '12:00'], [$alert[0]->at->format('H:i'), $alert[0]->ended_at->format('H:i')]);
        $rate = $this->app->make(OperationWatch::class)->rates()[0];
        self::assertSame([3, 3, 0], [$rate->longDecided, $rate->longBreached, $rate->shortDecided]);
    }

    public function test_a_process_that_ends_in_the_middle_loses_and_repeats_nothing(): void
    {
        foreach (['kim', 'lee', 'max'] as $customer) {
            $this->opened($customer);
        }
        $this->clockAt('2026-11-23 14:01');
        $this->monitor()->run();
        // Before the watch has stored what it saw.
        DB::beforeExecuting(static function (string $sql): void {
            if (str_contains($sql, 'sla_notifications') && str_starts_with($sql, 'insert')) {
                throw new \RuntimeException('killed');
            }
        });
        try {
            $this->app->make(OperationWatch::class)->burns();
            self::fail('the statement was not refused');
        } catch (\RuntimeException $fault) {
            self::assertSame('killed', $fault->getMessage());
        }
        self::assertSame([0, 0], [SlaAlert::query()->count(), DB::table('sla_memories')->count()]);
        DB::purge();
    }

    public function test_another_process_sees_the_same(): void
    {
        foreach (['kim', 'lee', 'max'] as $customer) {
            $this->opened($customer);
        }
        $this->clockAt('2026-11-23 14:01');
        $this->artisan('sla:monitor-compliance');
        $memory = DB::table('sla_memories')->value('document');
        DB::table('sla_memories')->delete();
        $this->artisan('sla:monitor-compliance');
        self::assertSame($memory, DB::table('sla_memories')->value('document'), 'made again of the events');
        self::assertSame(1, SlaAlert::query()->where('name', SlaAlert::DEGRADATION)->count());
        // One that is behind leaves it as it is.
        $this->app->make(OperationWatch::class)->burns(Time::toUs(now()) - 1_800_000_000);
        self::assertSame($memory, DB::table('sla_memories')->value('document'));
        self::assertSame(1, SlaAlert::query()->where('name', SlaAlert::DEGRADATION)->whereNull('ended_at')->count());
        // An objective that is new has not seen the events; the other one counts none twice.
        $burn = ['timer' => 'first_response', 'objective' => '50%', 'threshold' => '150%', 'min_decided' => 3];
        $this->app->make(PolicyDraft::class)->setting('objectives', ['burn' => [$burn + ['long_window' => '6h', 'short_window' => '1h'], $burn + ['long_window' => '2h', 'short_window' => '30m']]], 'root');
        $this->app->make(PolicyPublisher::class)->publish(Actor::admin('root'), 'another window');
        $this->artisan('sla:monitor-compliance');
        self::assertSame(2, SlaAlert::query()->where('name', SlaAlert::DEGRADATION)->whereNull('ended_at')->count());
        self::assertSame([3, 3], array_map(static fn ($rate): int => $rate->longDecided, $this->app->make(OperationWatch::class)->rates()));
    }

    public function test_a_monitor_that_lags_is_said_once(): void
    {
        $this->opened('kim');
        $this->clockAt('2026-11-23 13:15');
        $this->artisan('sla:monitor-compliance')->assertExitCode(0);
        self::assertSame(0, SlaAlert::query()->count(), 'three minutes are tolerated');
        // The breach of 14:00 is detected by whichever command runs first.
        $this->clockAt('2026-11-23 14:30');
        $this->artisan('sla:monitor-compliance', ['--escalations' => true]);
        $this->artisan('sla:monitor-compliance')->assertExitCode(0);
        $alert = SlaAlert::query()->where('name', SlaAlert::LAG)->sole();
        self::assertSame([1_800_000_000, 1, '07:30'], [$alert->details['lag_us'], $alert->details['backlog'], $alert->at->format('H:i')]);
        $this->actingAs($this->user('root', 'admin'))->get('/sla-dashboard')->assertSee('The monitor lags behind: an event was detected 30 min after it happened');
        $this->artisan('sla:doctor')->assertExitCode(1);
        $this->artisan('sla:monitor-compliance', ['--escalations' => true])->assertExitCode(0);
        Notification::assertSentToTimes(new AnonymousNotifiable(), MonitorLagging::class, 1);
        $this->clockAt('2026-11-23 14:31');
        $this->artisan('sla:monitor-compliance')->assertExitCode(0);
        self::assertNotNull($alert->refresh()->ended_at, 'the next run is in time');
        self::assertSame(1, SlaAlert::query()->count());
    }

    public function test_a_ticket_that_cannot_be_read_is_no_lag(): void
    {
        $id = (int) $this->opened('kim')->ticketId;
        DB::table('sla_ticket_states')->where('ticket_id', $id)->update(['snapshot' => '{']);
        $this->clockAt('2026-11-23 16:30');
        $this->artisan('sla:monitor-compliance')->assertExitCode(1);
        $this->artisan('sla:monitor-compliance')->assertExitCode(1);
        self::assertSame(0, SlaAlert::query()->count());
    }

    public function test_without_objectives_nothing_is_watched(): void
    {
        $this->app->make(PolicyDraft::class)->removeSetting('objectives');
        $this->app->make(PolicyPublisher::class)->publish(Actor::admin('root'), 'no alerts');
        $this->opened('kim');
        $this->clockAt('2026-11-23 16:30');
        $this->artisan('sla:monitor-compliance')->assertExitCode(0);
        self::assertSame([[], 0], [$this->app->make(OperationWatch::class)->rates(), SlaAlert::query()->count()]);
    }

    public function test_an_alert_without_audience_is_shown_only(): void
    {
        config(['sla.notifications.operation_alerts' => []]);
        $this->opened('kim');
        $this->clockAt('2026-11-23 16:30');
        $this->artisan('sla:monitor-compliance')->assertExitCode(0);
        self::assertSame([1, 0], [SlaAlert::query()->count(), DB::table('sla_notifications')->whereNotNull('alert_id')->count()]);
    }
}
