<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Processes;

use App\Support\RecordingDispatcher;
use Illuminate\Contracts\Bus\Dispatcher;
use Illuminate\Contracts\Notifications\Dispatcher as Notifications;
use Illuminate\Support\Facades\DB;
use Sla\Actor;
use Sla\Apply;
use Sla\Laravel\Figures\DayTable;
use Sla\Laravel\Figures\FigureRebuild;
use Sla\Laravel\Jobs\AdoptRevision;
use Sla\Laravel\Jobs\ProcessDueTickets;
use Sla\Laravel\Models\SlaAdoption;
use Sla\Laravel\Notifications\NotificationSender;
use Sla\Laravel\Policy\PolicyDraft;
use Sla\Laravel\Policy\PolicyPublisher;
use Sla\Laravel\Policy\PolicyRepository;
use Sla\Laravel\Store\AdoptionStore;

/** Processes that are killed before each step of the database: statements, and the begin and end of transactions. */
final class KillTest extends ProcessTestCase
{
    private const MOST = 120;

    protected function setUp(): void
    {
        parent::setUp();
        config([
            'sla.notifications.slack.webhook' => 'https://hooks.slack.com/services/x',
            'sla.notifications.audiences' => ['supervisor' => ['sue@example.test'], 'operations' => ['ops@example.test']],
        ]);
        $this->app->instance(Notifications::class, new RecordingDispatcher("{$this->folder}/deliveries"));
    }

    public function test_a_monitor_may_be_killed_anywhere(): void
    {
        $kills = $this->killed('monitor', fn () => $this->dueTickets(), fn () => null);
        self::assertGreaterThan(8, $kills);
        $this->assertSums();
        self::assertSame(6, DB::table('support_events')->where('kind', '<>', 'opened')->count());
    }

    public function test_a_queue_worker_may_be_killed_anywhere(): void
    {
        $kills = $this->killed('queue', function (): void {
            $this->dueTickets();
            config(['queue.default' => 'database', 'sla.queue.connection' => 'database']);
            DB::table('jobs')->delete();
            $this->app->make(Dispatcher::class)->dispatch(new ProcessDueTickets([1, 2]));
            // As if its time had passed after which a job of a dead worker is tried again.
        }, static fn () => DB::table('jobs')->update(['reserved_at' => null, 'attempts' => 0]));
        self::assertGreaterThan(10, $kills);
        self::assertSame(6, DB::table('support_events')->where('kind', '<>', 'opened')->count());
        self::assertSame(0, DB::table('jobs')->count());
    }

    public function test_a_sender_may_be_killed_anywhere(): void
    {
        $kills = $this->killed('sender', function (): void {
            $this->dueTickets();
            $this->monitor()->run();
        }, static fn () => DB::table('sla_notifications')->whereNotNull('claimed_at')->update(['claimed_at' => 0]));
        self::assertGreaterThan(5, $kills);
        $all = DB::table('sla_notifications')->count();
        self::assertSame($all, DB::table('sla_notifications')->whereNotNull('sent_at')->count());
        self::assertCount($all, $this->deliveries(), 'none is lost');
        // Between the delivery and its mark a kill cannot be told from one before the delivery.
        self::assertLessThanOrEqual($all + 1, array_sum($this->deliveries()), 'at most the one at which it was killed is repeated');
    }

    public function test_an_adoption_may_be_killed_anywhere(): void
    {
        // As if its time had passed after which a job of a dead worker is tried again.
        $kills = $this->killed('queue', fn () => $this->adoption(), static fn () => DB::table('jobs')->update(['reserved_at' => null, 'attempts' => 0]), 'adoption');
        self::assertGreaterThan(40, $kills);
        $this->assertAdopted('not killed');
        $this->assertSums();
    }

    public function test_a_rebuild_of_figures_may_be_killed_anywhere(): void
    {
        $kills = $this->killed('rebuild', function (): void {
            $this->dueTickets();
            $this->monitor()->run();
            $this->app->make(DayTable::class)->refresh();
            DB::table('sla_promises')->where('ticket_id', 1)->delete();
            DB::table('sla_ticket_facts')->where('ticket_id', 2)->update(['n' => 7]);
            DB::table('sla_figure_state')->where('name', 'rebuild')->delete();
        }, static fn () => null);
        self::assertGreaterThan(15, $kills);
        $this->assertSums();
    }

    /**
     * Kills a process before its first step, the next one before its second, and so on, until one completes.
     *
     * Each starts where the one before was killed; `$revive` stands for the time that passes in between. As the work that
     * is left becomes less, the set-up is made anew for each step.
     *
     * @param callable(): void $prepare
     * @param callable(): void $revive
     * @param ?string          $work   what the process works on; `null` for what its kind says
     *
     * @return int how many were killed
     */
    private function killed(string $kind, callable $prepare, callable $revive, ?string $work = null): int
    {
        for ($step = 1; $step <= self::MOST; $step++) {
            $this->emptied();
            $prepare();
            $options = ['base' => $this->nowUs(), 'deliveries' => "{$this->folder}/deliveries"];
            $end = $this->ended($this->start($kind, ['kill-at' => $step] + $options));
            if (!$end['isKilled'] || $kind !== 'rebuild') {
                // A rebuild begins with rows that are wrong.
                $this->assertLaws();
            }
            if (!$end['isKilled']) {
                self::assertSame(0, $end['code'], $this->said());

                return $step - 1;
            }
            $revive();
            $this->finish($kind);
            $this->assertLaws();
            $this->assertDone($work ?? $kind, $step);
        }
        self::fail('it takes more steps than a process can have');
    }

    private function assertDone(string $kind, int $step): void
    {
        if ($kind === 'adoption') {
            $this->assertAdopted("killed at {$step}");
        } elseif ($kind === 'rebuild') {
            self::assertNull($this->app->make(FigureRebuild::class)->reason(), "killed at {$step}");
            self::assertSame([], $this->app->make(DayTable::class)->dirtyDays(), "killed at {$step}");
        } elseif ($kind === 'sender') {
            self::assertSame(0, DB::table('sla_notifications')->whereNull('sent_at')->count(), "killed at {$step}");
            self::assertLessThanOrEqual(DB::table('sla_notifications')->count() + 1, array_sum($this->deliveries()), "killed at {$step}");
        } else {
            self::assertSame(0, $this->monitor()->backlog(), "killed at {$step}");
            self::assertSame(8, DB::table('support_events')->count(), "killed at {$step}");
        }
    }

    /** Checks that of five open tickets four adopted the newest revision, once, and that the adoption says so. */
    private function assertAdopted(string $when): void
    {
        $newest = $this->app->make(PolicyRepository::class)->newest();
        self::assertSame(0, DB::table('jobs')->count(), $when);
        self::assertSame([2, 3, 4, 5], DB::table('support_tickets')->where('policy_digest', $newest)->orderBy('id')->pluck('id')->map(static fn ($id): int => (int) $id)->all(), $when);
        self::assertSame([2, 3, 4, 5], DB::table('support_events')->where('kind', 'revision_adopted')->orderBy('ticket_id')->pluck('ticket_id')->map(static fn ($id): int => (int) $id)->all(), $when);
        $adoption = SlaAdoption::query()->sole();
        self::assertSame(['finished', 5, 5], [$adoption->status, (int) $adoption->tickets, (int) $adoption->looked], $when);
        self::assertSame([[1, 'unknown_package']], DB::table('sla_adoption_refusals')->get()->map(static fn (\stdClass $row): array => [(int) $row->ticket_id, $row->code])->all(), $when);
    }

    /** Five open tickets, and one that is not, under the first revision; the second one, which has no package of #1, is to be adopted. */
    private function adoption(): void
    {
        DB::table('sla_policy_revisions')->where('version', 2)->delete();
        $this->clockAt('2026-11-23 09:00');
        $this->opened('max', 'professional');
        foreach (['kim', 'lee', 'kim', 'lee', 'kim'] as $customer) {
            $this->opened($customer);
        }
        $this->tickets()->withdraw(6, Actor::customer('kim'));
        $draft = $this->app->make(PolicyDraft::class);
        $draft->removePackage('professional');
        $draft->package('starter', ['name' => 'Starter', 'rank' => 1, 'channels' => ['email', 'chat'], 'calendar' => 'office', 'priority' => 'normal', 'first_response' => '3h', 'resolution' => '24h']);
        // What is due by then, and the adoption, are stored in one step.
        $this->clockAt('2026-11-23 12:30');
        $this->app->forgetScopedInstances();
        $this->app->make(PolicyPublisher::class)->publish(Actor::admin('root'), 'faster');
        config(['queue.default' => 'database', 'sla.queue.connection' => 'database', 'sla.adoption.chunk' => 2]);
        $id = (int) $this->app->make(AdoptionStore::class)->start(Actor::admin('root'), Apply::FromNow, 'a new offer');
        $this->app->make(Dispatcher::class)->dispatch(new AdoptRevision($id));
    }

    private function dueTickets(): void
    {
        $this->clockAt('2026-11-23 09:00');
        $this->opened('kim');
        $this->opened('kim');
        // A warning, a breach and its escalation on each ticket.
        $this->clockAt('2026-11-23 14:30');
    }

    /** What the next process does, in this one: a process takes longer to start than to do it. */
    private function finish(string $kind): void
    {
        $this->app->forgetScopedInstances();
        match ($kind) {
            'monitor' => $this->monitor()->run(),
            'sender' => $this->app->make(NotificationSender::class)->run(),
            'rebuild' => $this->artisan('sla:rebuild-figures')->run(),
            'queue' => $this->artisan('queue:work', ['--queue' => 'sla-monitoring', '--stop-when-empty' => true, '--sleep' => 0])->run(),
        };
    }

    private function emptied(): void
    {
        foreach (['sla_notifications', 'support_escalations', 'support_responses', 'support_events', 'sla_ticket_states', 'support_tickets', 'sla_denials', 'jobs', 'sla_promises', 'sla_ticket_facts', 'sla_daily', 'sla_monthly', 'sla_figure_changes', 'sla_dirty_days', 'sla_adoptions', 'sla_adoption_refusals'] as $table) {
            DB::table($table)->delete();
        }
        DB::statement([
            'sqlite' => "delete from sqlite_sequence where name = 'support_tickets'",
            'pgsql' => 'alter sequence support_tickets_id_seq restart',
            'mysql' => 'alter table support_tickets auto_increment = 1',
        ][DB::getDriverName()]);
        if (is_file("{$this->folder}/deliveries")) {
            unlink("{$this->folder}/deliveries");
        }
        $this->app->forgetScopedInstances();
    }
}
