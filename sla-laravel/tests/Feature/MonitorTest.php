<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Feature;

use Illuminate\Contracts\Queue\Queue;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Event;
use Sla\Actor;
use Sla\Laravel\Events\SlaBreached;
use Sla\Laravel\Events\SlaWarned;
use Sla\Laravel\Jobs\ProcessDueTickets;
use Sla\Laravel\Models\SlaNotification;
use Sla\Laravel\Models\SupportEscalation;
use Sla\Laravel\Models\SupportEvent;
use Sla\Laravel\Models\SupportTicket;
use Sla\Laravel\Tests\TestCase;

final class MonitorTest extends TestCase
{
    protected function setUp(): void
    {
        parent::setUp();
        $this->seedPolicy();
        config(['sla.notifications.channels' => 'email,database']);
    }

    public function test_it_stores_what_is_due_and_reads_no_other_ticket(): void
    {
        Event::fake([SlaWarned::class, SlaBreached::class]);
        $first = (int) $this->opened()->ticketId;
        $this->clockAt('2026-11-23 13:00');
        $this->opened('lee');
        self::assertSame(0, $this->monitor()->run()->looked);

        // The first is at 80 % at 13:12 of 14:00, and due at 14:00.
        $this->clockAt('2026-11-23 13:59');
        self::assertSame(1, $this->monitor()->backlog());
        $run = $this->monitor()->run();
        self::assertSame([1, 1, 0, []], [$run->looked, $run->events, $run->conflicts, $run->failed]);
        $this->clockAt('2026-11-23 14:00');
        self::assertSame(0, $this->monitor()->run()->looked, 'exactly on the due nothing is breached');
        $this->clockAt('2026-11-23 14:30');
        self::assertSame(30 * 60 * 1_000_000 - 1, $this->monitor()->lagUs());
        self::assertSame(2, $this->monitor()->run()->events, 'the breach and its escalation');
        self::assertSame(0, $this->monitor()->run()->looked);
        self::assertSame(0, $this->monitor()->lagUs());

        self::assertSame(
            [['opened', '02:00:00'], ['warned', '06:12:00'], ['breached', '07:00:00'], ['escalated', '07:00:00']],
            SupportTicket::query()->findOrFail($first)->events->map(static fn (SupportEvent $event): array => [$event->kind, $event->at->format('H:i:s')])->all(),
        );
        $escalation = SupportEscalation::query()->sole();
        self::assertSame(['breach', 1, 'first_response', 'system', 'open'], [
            $escalation->trigger, (int) $escalation->level, $escalation->timer, $escalation->by_role, $escalation->status,
        ]);
        self::assertNotSame('', $escalation->reason);
        Event::assertDispatchedTimes(SlaWarned::class, 1);
        Event::assertDispatchedTimes(SlaBreached::class, 1);
        $this->artisan('sla:verify')->assertExitCode(0);
    }

    public function test_each_intent_stands_in_the_outbox_once_a_channel(): void
    {
        $this->opened();
        $this->clockAt('2026-11-23 16:30');
        $this->monitor()->run();
        $rows = SlaNotification::query()->orderBy('seq')->orderBy('channel')->get();
        self::assertSame(
            [
                ['database', 'warning', ['agent']],
                ['email', 'warning', ['agent']],
                ['database', 'breach', ['agent', 'supervisor']],
                ['email', 'breach', ['agent', 'supervisor']],
                ['database', 'overdue', ['operations']],
                ['email', 'overdue', ['operations']],
            ],
            $rows->map(static fn (SlaNotification $row): array => [$row->channel, $row->step, $row->audience])->all(),
        );
        self::assertCount(3, $rows->pluck('intent_id')->unique());
    }

    public function test_a_late_monitor_stores_what_a_punctual_one_does(): void
    {
        $punctual = (int) $this->opened()->ticketId;
        foreach (['11:00', '13:20', '14:01', '15:00', '16:01', '16:59'] as $time) {
            $this->clockAt("2026-11-23 {$time}");
            $this->monitor()->run();
        }
        $this->clockAt('2026-11-23 09:00');
        $late = (int) $this->opened('lee')->ticketId;
        $this->clockAt('2026-11-23 16:59');
        $this->monitor()->run();
        $kinds = static fn (int $id): array => SupportEvent::query()->where('ticket_id', $id)->orderBy('seq')->get()
            ->map(static fn (SupportEvent $event): array => [$event->kind, $event->at->format('c')])->all();
        self::assertSame($kinds($punctual), $kinds($late));
        self::assertCount(5, $kinds($late));
    }

    public function test_switched_off_it_loses_nothing(): void
    {
        $this->opened();
        $this->clockAt('2026-11-23 16:30');
        config(['sla.monitoring.enabled' => 'false']);
        $this->artisan('sla:monitor-compliance')->assertExitCode(0);
        self::assertSame(1, SupportEvent::query()->count());
        config(['sla.monitoring.enabled' => true]);
        $this->artisan('sla:monitor-compliance')->expectsOutput('1 tickets, 4 events, 0 changed by others meanwhile, 0 failed')->assertExitCode(0);
        $this->artisan('sla:monitor-compliance')->expectsOutput('0 tickets, 0 events, 0 changed by others meanwhile, 0 failed')->assertExitCode(0);
    }

    public function test_many_tickets_in_chunks(): void
    {
        config(['sla.monitoring.chunk' => 7]);
        for ($i = 0; $i < 30; $i++) {
            $this->opened();
        }
        $this->clockAt('2026-11-23 14:30');
        $chunks = 0;
        $run = $this->monitor()->run(null, static function () use (&$chunks): void {
            $chunks++;
        });
        self::assertSame([30, 90, 5], [$run->looked, $run->events, $chunks]);
        $this->artisan('sla:verify')->assertExitCode(0);
    }

    public function test_a_ticket_that_cannot_be_read_does_not_stop_the_others(): void
    {
        config(['sla.monitoring.chunk' => 1]);
        $bad = (int) $this->opened()->ticketId;
        $snapshot = DB::table('sla_ticket_states')->where('ticket_id', $bad)->value('snapshot');
        $good = (int) $this->opened('lee')->ticketId;
        DB::table('sla_ticket_states')->where('ticket_id', $bad)->update(['snapshot' => '{}']);
        $this->clockAt('2026-11-23 14:30');
        $run = $this->monitor()->run();
        self::assertSame([$bad], array_keys($run->failed));
        self::assertSame(4, SupportEvent::query()->where('ticket_id', $good)->count());
        self::assertSame(1, SupportEvent::query()->where('ticket_id', $bad)->count());
        $this->artisan('sla:monitor-compliance')->assertExitCode(1);
        self::assertSame([$bad, 2], [(int) $this->monitor()->failures()[0]->ticket_id, (int) $this->monitor()->failures()[0]->attempts]);

        DB::table('sla_ticket_states')->where('ticket_id', $bad)->update(['snapshot' => $snapshot]);
        self::assertSame([], $this->monitor()->run()->failed);
        self::assertSame([], $this->monitor()->failures());
        self::assertSame(4, SupportEvent::query()->where('ticket_id', $bad)->count());
    }

    public function test_a_pause_ends_at_its_instant(): void
    {
        $id = (int) $this->opened()->ticketId;
        $root = Actor::admin('root');
        $this->tickets()->assign($id, $root, 'ana');
        $this->tickets()->pause($id, $root, \Sla\PauseStatus::OnHold, 'the supplier answers on Tuesday', new \DateTimeImmutable('2026-11-24T10:00:00+07:00'));
        $this->tickets()->reply($id, $root, 'email', 'We wait for the supplier.');
        $this->clockAt('2026-11-24 11:00');
        $this->monitor()->run();
        self::assertSame('open', SupportTicket::query()->find($id)->status);
        self::assertSame('03:00', SupportEvent::query()->where('kind', 'resumed')->sole()->at->format('H:i'));
    }

    public function test_jobs_do_the_same_on_the_configured_queue(): void
    {
        config(['queue.default' => 'database', 'sla.monitoring.chunk' => 2]);
        for ($i = 0; $i < 3; $i++) {
            $this->opened();
        }
        $this->clockAt('2026-11-23 14:30');
        $this->artisan('sla:monitor-compliance', ['--queue' => true])->expectsOutput('3 tickets queued')->assertExitCode(0);
        self::assertSame(['sla-monitoring'], DB::table('jobs')->distinct()->pluck('queue')->all());
        // Two chunks of tickets, and the days that they change.
        self::assertSame(3, DB::table('jobs')->count());
        self::assertSame(3, SupportEvent::query()->count());
        $this->clockAt('2026-11-23 14:31');
        $this->artisan('queue:work', ['--queue' => 'sla-monitoring', '--stop-when-empty' => true, '--sleep' => 0])->assertExitCode(0);
        self::assertSame(12, SupportEvent::query()->count());
        $this->clockAt('2026-11-23 16:30');
        config(['sla.monitoring.enabled' => false]);
        $this->app->call([new ProcessDueTickets([1, 2, 3]), 'handle']);
        self::assertSame(12, SupportEvent::query()->count());
        config(['sla.monitoring.enabled' => true]);
        $this->app->call([new ProcessDueTickets([1, 2, 3]), 'handle']);
        $this->app->call([new ProcessDueTickets([1, 2, 3]), 'handle']);
        self::assertSame(15, SupportEvent::query()->count());
    }

    public function test_the_doctor_says_what_is_wrong(): void
    {
        config(['sla.notifications.channels' => 'email,slack']);
        $this->artisan('sla:doctor')->assertExitCode(1);
        config(['sla.notifications.channels' => 'email']);
        $this->artisan('sla:doctor')->assertExitCode(0);
        $this->opened();
        $this->clockAt('2026-11-23 14:30');
        $this->artisan('sla:doctor')->assertExitCode(1);
        $this->monitor()->run();
        $this->clockAt('2026-11-23 14:31');
        $this->artisan('sla:doctor')->assertExitCode(1);
        DB::table('sla_notifications')->delete();
        $this->artisan('sla:doctor')->assertExitCode(0);
        config(['sla.notifications.channels' => 'email,pager']);
        $this->artisan('sla:doctor')->assertExitCode(1);
    }

    public function test_the_package_schedules_its_commands_on_request(): void
    {
        $commands = fn (): array => array_map(
            static fn ($event): string => substr($event->command, strpos($event->command, 'sla:')) . ' ' . $event->expression,
            $this->app->make(\Illuminate\Console\Scheduling\Schedule::class)->events(),
        );
        self::assertSame([], $commands());
        $this->app->forgetInstance(\Illuminate\Console\Scheduling\Schedule::class);
        config(['sla.monitoring.schedule' => true]);
        self::assertSame(['sla:monitor-compliance * * * * *', 'sla:monitor-compliance --escalations */5 * * * *', 'sla:monitor-compliance --reports 10 0 * * *'], $commands());
    }
}
