<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Feature;

use Illuminate\Contracts\Notifications\Dispatcher;
use Illuminate\Notifications\AnonymousNotifiable;
use Illuminate\Notifications\ChannelManager;
use Illuminate\Support\Carbon;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Notification;
use Sla\Actor;
use Sla\Aggregate;
use Sla\Grouping;
use Sla\History;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Figures\DayTable;
use Sla\Laravel\Figures\FigureDimension;
use Sla\Laravel\Figures\FigureRebuild;
use Sla\Laravel\Figures\Figures;
use Sla\Laravel\Figures\ReportPeriod;
use Sla\Laravel\Figures\Reports;
use Sla\Laravel\Figures\ReportUnit;
use Sla\Laravel\Http\FigureText;
use Sla\Laravel\Notifications\ReportReady;
use Sla\Laravel\Store\TicketStore;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Tests\PlaysTickets;
use Sla\Laravel\Tests\TestCase;
use Sla\PeriodUnit;
use Sla\Time;

/** The figures of dashboards and reports beside those that the engine makes of the same histories. */
final class FiguresTest extends TestCase
{
    use PlaysTickets;

    private const ZONE = 'Asia/Jakarta';

    protected function setUp(): void
    {
        parent::setUp();
        $this->seedPolicy();
        config(['sla.reports.notify' => []]);
    }

    public function test_every_kept_figure_is_that_of_the_engine_byte_for_byte(): void
    {
        $this->play();
        $this->artisan('sla:monitor-compliance', ['--reports' => true])->assertExitCode(0);
        $reports = $this->app->make(Reports::class);
        $compared = 0;
        foreach (ReportUnit::keptOnes() as $unit) {
            foreach (FigureDimension::cases() as $dimension) {
                $expected = $this->engines($unit->kept(), $dimension);
                foreach (DB::table('sla_reports')->where('unit', $unit->value)->where('dimension', $dimension->value)->get() as $row) {
                    $period = ReportPeriod::on($unit, (string) $row->first_day, new \DateTimeZone(self::ZONE));
                    $kept = (string) $reports->kept($period, $dimension);
                    self::assertSame(self::of($expected, $period), $kept, "{$unit->value} {$row->first_day} by {$dimension->value}");
                    $compared += substr_count($kept, '"outcome"');
                }
            }
        }
        self::assertGreaterThan(100, $compared);
        self::assertSame(['day' => 7, 'month' => 1, 'week' => 2], DB::table('sla_reports')->where('dimension', 'package')->orderBy('unit')->groupBy('unit')->selectRaw('unit, count(*) as n')->pluck('n', 'unit')->map(static fn ($n): int => (int) $n)->all());
    }

    public function test_sums_of_days_and_months_are_the_engines_figures_but_for_quantiles(): void
    {
        $this->play();
        $figures = $this->app->make(Figures::class);
        $check = function (string $when) use ($figures): void {
            foreach (FigureDimension::cases() as $dimension) {
                // A year, so that months are added up; and a month that begins in the middle of one.
                foreach ([['2026-01-01', '2027-01-01'], ['2026-11-15', '2026-12-15']] as [$first, $end]) {
                    $expected = $this->engines(PeriodUnit::Day, $dimension);
                    self::assertSame(self::summed($expected, $dimension->value, self::ZONE, $first, $end), self::summed($figures->added($first, $end, $dimension)->json(), $dimension->value), "{$dimension->value}, {$first}, {$when}");
                }
            }
            foreach ([[PeriodUnit::Day, '2026-11-01', '2026-12-01'], [PeriodUnit::Month, '2026-01-01', '2027-01-01']] as [$unit, $first, $end]) {
                $expected = $this->engines(PeriodUnit::Day, FigureDimension::Package);
                self::assertSame(self::summed($expected, 'period', self::ZONE, $first, $end, $unit), self::summed($figures->course($first, $end, $unit)->json(), 'period'), "{$unit->value}, {$when}");
            }
        };
        $check('from rows');
        self::assertGreaterThan(6, $this->app->make(DayTable::class)->refresh());
        self::assertSame([], $this->app->make(DayTable::class)->dirtyDays());
        $check('from days');
        // A reopening takes back what was counted days ago.
        $this->clockAt('2026-12-02 09:00');
        $this->tickets()->customerMessage(1, Actor::customer('kim'), 'email', 'It is back.');
        $this->monitor()->run();
        $check('with days that changed');
        $this->app->make(DayTable::class)->refresh();
        $check('added up again');
    }

    public function test_every_number_of_dashboard_and_reports_is_the_engines(): void
    {
        $this->play();
        $this->actingAs($this->user('root', 'admin'));
        $engine = $this->app->make(Gateway::class)->engine();
        $month = ReportPeriod::named(ReportUnit::Month, '2026-11', new \DateTimeZone(self::ZONE));
        self::assertNotNull($month);
        $of = fn (FigureDimension $dimension): Aggregate => Aggregate::fromJson(self::of($this->engines(PeriodUnit::Month, $dimension), $month));
        $expected = [
            'reports' => ['total' => $of(FigureDimension::Package)->packages($engine)->total, 'packages' => $of(FigureDimension::Package)->packages($engine)->groups, 'channels' => $of(FigureDimension::Channel)->report()->groups],
            'packages' => ['packages' => $of(FigureDimension::Package)->packages($engine)->groups],
            'agents' => ['agents' => $of(FigureDimension::Agent)->agents($engine)],
        ];
        // All of it is of November, and of the last 30 days.
        $days = $of(FigureDimension::Package)->report()->total->timers;
        foreach (['from rows', 'from days', 'from documents'] as $when) {
            foreach ($expected as $page => $figures) {
                $shown = $this->getJson("/api/sla/{$page}/month/2026-11")->json();
                $document = json_decode(json_encode(FigureText::document((object) $figures, true), JSON_THROW_ON_ERROR), true);
                self::assertSame($document, array_intersect_key($shown, $document), "{$page}, {$when}");
                // A year has the same means, and no quantiles.
                $shown = $this->getJson("/api/sla/{$page}/year/2026")->json();
                $document = json_decode(json_encode(FigureText::document((object) array_diff_key($figures, ['channels' => true]), false), JSON_THROW_ON_ERROR), true);
                $shown = array_intersect_key($shown, $document);
                self::assertSame(self::withoutPeriods($document), self::withoutPeriods($shown), "{$page} of the year, {$when}");
            }
            $total = $this->getJson('/api/sla/dashboard')->json('days.total.timers');
            foreach ($days as $timer => $figures) {
                self::assertSame([
                    'met' => $figures->met, 'decided' => $figures->decided, 'compliance_millionths' => $figures->complianceMillionths, 'business_mean_us' => $figures->businessTime->meanUs,
                ], $total[$timer], "the dashboard, {$when}");
            }
            $when === 'from rows' ? $this->app->make(DayTable::class)->refresh() : $this->artisan('sla:monitor-compliance', ['--reports' => true])->assertExitCode(0);
        }
    }

    public function test_verify_compares_the_sums_of_days_and_months_with_what_they_add_up(): void
    {
        $this->play();
        $this->artisan('sla:verify', ['--states' => true])->assertExitCode(0)->run();
        $this->app->make(DayTable::class)->refresh();
        $this->artisan('sla:verify', ['--states' => true])->assertExitCode(0)->run();
        $day = static fn (): \Illuminate\Database\Query\Builder => DB::table('sla_daily')->where('dimension', 'agent')->where('day', '2026-11-19')->where('figure', 'replies')->where('value', 'ana');
        $month = static fn (): \Illuminate\Database\Query\Builder => DB::table('sla_monthly')->where('dimension', 'agent')->where('day', '2026-11-01')->where('figure', 'replies')->where('value', 'ana');
        $ofDay = 'sla_daily: the sums of 2026-11-19 by agent are not those of its rows; run `php artisan sla:rebuild-figures`';
        $ofMonth = 'sla_monthly: the sums of 2026-11 by agent are not those of its days; run `php artisan sla:rebuild-figures`';
        foreach ([[$day, ['n' => 7], [$ofDay, $ofMonth]], [$month, ['sum_s' => 7], [$ofMonth]], [$day, null, [$ofDay, $ofMonth]], [$month, null, [$ofMonth]]] as [$of, $change, $faults]) {
            $row = (array) $of()->first();
            self::assertNotSame([], $row);
            $change === null ? $of()->delete() : $of()->update($change);
            $answer = $this->artisan('sla:verify', ['--states' => true])->assertExitCode(1);
            foreach ([...$faults, DB::table('support_tickets')->count() + 1 . ' chains verified, ' . count($faults) . ' at fault'] as $line) {
                $answer->expectsOutput($line);
            }
            $answer->run();
            $this->artisan('sla:verify')->assertExitCode(0)->run();
            $of()->delete();
            DB::table($of === $day ? 'sla_daily' : 'sla_monthly')->insert($row);
            $this->artisan('sla:verify', ['--states' => true])->assertExitCode(0)->run();
        }
        // A sum that is not needed any more, and one that is to be added up again.
        DB::table('sla_daily')->insert(['day' => '2026-10-05'] + (array) $day()->first());
        $this->artisan('sla:verify', ['--states' => true])->expectsOutput(str_replace('2026-11-19', '2026-10-05', $ofDay))->assertExitCode(1)->run();
        DB::table('sla_dirty_days')->insert(['day' => '2026-10-05']);
        $this->app->make(DayTable::class)->refresh();
        $this->artisan('sla:verify', ['--states' => true])->assertExitCode(0)->run();
    }

    public function test_a_rebuild_makes_the_same_rows_and_may_be_interrupted(): void
    {
        $this->play();
        $this->artisan('sla:monitor-compliance', ['--reports' => true])->assertExitCode(0);
        $before = self::rows();
        $rebuild = $this->app->make(FigureRebuild::class);
        self::assertNull($rebuild->reason());
        DB::table('sla_promises')->where('ticket_id', '<', 3)->delete();
        DB::table('sla_ticket_facts')->update(['n' => 2]);
        DB::table('sla_ticket_states')->where('ticket_id', 2)->update(['row_state' => null]);
        self::assertSame('1 tickets have no rows of figures', $rebuild->reason());
        config(['sla.monitoring.chunk' => 2]);
        $tickets = $rebuild->begin();
        try {
            $rebuild->run(static fn () => throw new \RuntimeException('interrupted'));
        } catch (\RuntimeException) {
            self::assertSame('a rebuild was interrupted', $rebuild->reason());
            self::assertSame($tickets - 2, $rebuild->begin());
        }
        $this->artisan('sla:doctor')->assertExitCode(1);
        $this->artisan('sla:rebuild-figures')->assertExitCode(0);
        self::assertNull($rebuild->reason());
        $this->artisan('sla:rebuild-figures', ['--restart' => true])->assertExitCode(0);
        self::assertEquals($before, self::rows());
        // A ticket without rows works, and has them after the next rebuild.
        DB::table('sla_ticket_states')->where('ticket_id', 2)->update(['row_state' => null]);
        $this->tickets()->note(2, Actor::admin('root'), 'A note.');
        $this->monitor()->run($this->app->make(Clock::class)->nowUs() + 86_400_000_000);
        self::assertNull(DB::table('sla_ticket_states')->where('ticket_id', 2)->value('row_state'));
        $this->artisan('sla:rebuild-figures')->assertExitCode(0);
        self::assertSame(1, DB::table('sla_ticket_facts')->where('ticket_id', 2)->where('figure', 'handled')->where('agent', 'root')->count());
        config(['sla.time_zone' => 'Europe/Berlin']);
        self::assertSame('they count the days of Asia/Jakarta', $rebuild->reason());
    }

    public function test_some_figures_of_changed_days_are_those_among_all(): void
    {
        $this->play();
        $figures = $this->app->make(Figures::class);
        $rows = static fn (Aggregate $aggregate): array => json_decode($aggregate->json(), true, 512, JSON_THROW_ON_ERROR)['rows'];
        $compared = 0;
        foreach (['as they changed', 'added up'] as $when) {
            foreach (FigureDimension::cases() as $dimension) {
                $all = $rows($figures->added('2026-11-01', '2026-12-15', $dimension));
                foreach ([Figures::OF_TIMERS, ['opened', 'resolved'], ['overdue'], ['wall_time', 'met'], ['held_working_business_time', 'rated'], ['none']] as $wanted) {
                    $expected = array_values(array_filter($all, static fn (array $row): bool => in_array($row['outcome'], $wanted, true)));
                    self::assertSame($expected, $rows($figures->added('2026-11-01', '2026-12-15', $dimension, $wanted)), "{$dimension->value}, {$when}");
                    $compared += count($expected);
                }
            }
            $this->app->make(DayTable::class)->refresh();
        }
        self::assertGreaterThan(50, $compared);
    }

    public function test_what_changed_is_counted_at_once_and_without_the_rows_of_tickets(): void
    {
        $this->clockAt('2026-11-19 10:00');
        $this->opened('kim', 'starter');
        $figures = $this->app->make(Figures::class);
        $days = $this->app->make(DayTable::class);
        $opened = static fn (FigureDimension $dimension): int => $figures->added('2026-11-01', '2026-12-01', $dimension)->report()->total->tickets->opened;
        $reads = 0;
        DB::listen(static function ($query) use (&$reads): void {
            $reads += preg_match('/sla_ticket_facts|sla_promises/', $query->sql) === 1 ? 1 : 0;
        });
        self::assertSame([1, 1], [$opened(FigureDimension::Package), $opened(FigureDimension::Channel)]);
        $days->refresh();
        self::assertSame([1, 1, 0], [$opened(FigureDimension::Package), $opened(FigureDimension::Channel), $reads]);
        $version = $days->version();
        $this->opened('kim', 'starter');
        self::assertSame([2, 2], [$opened(FigureDimension::Package), $opened(FigureDimension::Channel)]);
        self::assertNotSame($version, $days->version());
        // What is added up anew is counted once.
        $days->markAll();
        self::assertSame(2, $opened(FigureDimension::Package));
        $days->refresh();
        self::assertSame(2, $opened(FigureDimension::Package));
    }

    public function test_days_are_added_up_anew_beside_changes_that_are_not_added_yet(): void
    {
        $this->play();
        $days = $this->app->make(DayTable::class);
        $changes = DB::table('sla_figure_changes')->get()->map(static fn (\stdClass $row): array => (array) $row)->all();
        $days->refresh();
        $before = self::rows();
        // As if these changes came while the days were added up.
        DB::table('sla_figure_changes')->insert(array_slice($changes, 20));
        $days->markAll();
        $add = new \ReflectionMethod($days, 'addAnew');
        $add->setAccessible(true);
        while ($add->invoke($days, (int) DB::table('sla_dirty_days')->max('id')) !== []) {
        }
        self::assertNotEquals($before, self::rows(), 'the sums are those before the changes');
        $this->artisan('sla:verify', ['--states' => true])->assertExitCode(0)->run();
        $days->refresh();
        self::assertEquals($before, self::rows());
        self::assertSame(0, DB::table('sla_daily')->where('n', 0)->count());
    }

    public function test_a_cycle_has_a_row_while_it_is_decided_and_changes_the_days_where_it_counts(): void
    {
        $this->clockAt('2026-11-19 10:00');
        $id = (int) $this->opened('kim', 'starter')->ticketId;
        $this->tickets()->assign($id, Actor::admin('root'), 'ana');
        $classes = static fn (): array => DB::table('sla_promises')->where('ticket_id', $id)->orderBy('timer')->pluck('class', 'timer')->all();
        self::assertSame([], $classes(), 'nothing is decided');
        $this->clockAt('2026-11-23 12:00');
        $this->monitor()->run();
        self::assertSame(['first_response' => 'breached_open'], $classes());
        $days = $this->app->make(DayTable::class);
        $breached = (string) DB::table('sla_promises')->where('ticket_id', $id)->value('day');
        self::assertContains($breached, $days->dirtyDays());
        $days->refresh();
        $this->tickets()->note($id, Actor::agent('ana'), 'Looking into it.');
        self::assertSame(['first_response' => 'breached_open'], $classes());
        self::assertNotContains($breached, $days->dirtyDays(), 'the row is what it was');
        $this->tickets()->reply($id, Actor::agent('ana'), 'email', 'Sorry.');
        self::assertSame(['first_response' => 'breached_answered'], $classes());
        self::assertContains($breached, $days->dirtyDays(), 'the breach was answered');
        $this->tickets()->resolve($id, Actor::agent('ana'), 'Solved.');
        self::assertSame(['first_response' => 'breached_answered', 'resolution' => 'met'], $classes());
        $days->refresh();
        $this->clockAt('2026-11-24 12:00');
        $this->tickets()->customerMessage($id, Actor::customer('kim'), 'email', 'It is back.');
        self::assertSame(['first_response' => 'breached_answered'], $classes(), 'the resolution was taken back');
        self::assertContains('2026-11-23', $days->dirtyDays());
    }

    public function test_a_report_that_is_built_during_a_rebuild_is_built_again(): void
    {
        $this->play();
        $reports = $this->app->make(Reports::class);
        $this->artisan('sla:monitor-compliance', ['--reports' => true])->assertExitCode(0);
        $period = ReportPeriod::named(ReportUnit::Month, '2026-11', new \DateTimeZone(self::ZONE));
        self::assertNotNull($period);
        $before = $reports->kept($period, FigureDimension::Package);
        // Rows of a release that counts in other buckets change no sum.
        DB::table('sla_promises')->whereNotNull('business_bucket')->update(['business_bucket' => 1]);
        DB::table('sla_reports')->update(['is_stale' => true]);
        $rebuild = $this->app->make(FigureRebuild::class);
        $rebuild->begin();
        $this->artisan('sla:monitor-compliance', ['--reports' => true])->assertExitCode(0);
        self::assertNotSame($before, $reports->kept($period, FigureDimension::Package));
        self::assertSame([], $rebuild->run(static fn () => null));
        $days = [];
        self::assertSame($rebuild->daysToAdd(), $rebuild->addUp(static function (int $count) use (&$days): void {
            $days[] = $count;
        }));
        self::assertGreaterThan(6, array_sum($days));
        $this->artisan('sla:monitor-compliance', ['--reports' => true])->assertExitCode(0);
        self::assertSame($before, $reports->kept($period, FigureDimension::Package));
        // Nothing changed since.
        $version = $this->app->make(DayTable::class)->version();
        self::assertSame(0, $this->app->make(DayTable::class)->refresh());
        self::assertSame($version, $this->app->make(DayTable::class)->version());
    }

    public function test_a_command_on_a_ticket_that_is_rebuilt_meanwhile_is_decided_again(): void
    {
        $this->clockAt('2026-11-19 10:00');
        $id = (int) $this->opened('kim', 'starter')->ticketId;
        DB::table('sla_ticket_states')->where('ticket_id', $id)->update(['row_state' => null]);
        $isFirst = true;
        DB::listen(function ($query) use (&$isFirst, $id): void {
            if ($isFirst && str_starts_with($query->sql, 'select') && str_contains($query->sql, 'sla_ticket_states')) {
                $isFirst = false;
                self::assertSame([], $this->app->make(TicketStore::class)->rebuildRows([$id]));
            }
        });
        self::assertTrue($this->tickets()->note($id, Actor::admin('root'), 'A note.')->isAccepted());
        self::assertFalse($isFirst);
        // The engine refuses rows that are made of an older state.
        self::assertTrue($this->tickets()->reply($id, Actor::admin('root'), 'email', 'On it.')->isAccepted());
        self::assertSame(1, DB::table('sla_ticket_facts')->where('ticket_id', $id)->where('figure', 'replies')->count());
    }

    public function test_a_report_is_built_again_where_its_period_changed(): void
    {
        $this->play();
        $reports = $this->app->make(Reports::class);
        $this->artisan('sla:monitor-compliance', ['--reports' => true])->expectsOutput('10 reports built, 0 of them again; 0 notices sent, 0 failed')->assertExitCode(0);
        $this->artisan('sla:monitor-compliance', ['--reports' => true])->expectsOutput('0 reports built, 0 of them again; 0 notices sent, 0 failed');
        $period = ReportPeriod::named(ReportUnit::Day, '2026-11-26', new \DateTimeZone(self::ZONE));
        self::assertNotNull($period);
        $before = $reports->packages($period)->total->timers['resolution'];
        $this->clockAt('2026-12-02 09:00');
        // The customer reopens what was resolved that day.
        $this->tickets()->customerMessage(3, Actor::customer('lee'), 'chat', 'It is back.');
        self::assertSame($before->businessTime->count - 1, $reports->packages($period)->total->timers['resolution']->businessTime->count);
        $this->artisan('sla:monitor-compliance', ['--reports' => true])->assertExitCode(0);
        self::assertNotNull($reports->kept($period, FigureDimension::Package));
        self::assertSame($before->businessTime->count - 1, $reports->packages($period)->total->timers['resolution']->businessTime->count);
        self::assertSame(2, (int) DB::table('sla_reports')->where('unit', 'day')->where('first_day', '2026-11-26')->where('dimension', 'agent')->value('revision'));
    }

    public function test_a_report_is_announced_once(): void
    {
        config(['sla.reports.notify' => ['operations'], 'sla.notifications.audiences.operations' => ['ops@example.test'], 'sla.notifications.channels' => 'email,slack', 'sla.notifications.slack.webhook' => null]);
        Notification::fake();
        $this->play();
        // Slack has no address yet.
        $this->artisan('sla:monitor-compliance', ['--reports' => true])->expectsOutput('10 reports built, 0 of them again; 3 notices sent, 0 failed')->assertExitCode(0);
        Notification::assertSentTo(new AnonymousNotifiable(), ReportReady::class, static function (ReportReady $ready, array $channels, AnonymousNotifiable $to): bool {
            return $to->routes === ['mail' => ['ops@example.test']] && $channels === ['mail'] && in_array($ready->period, ['2026-11-30', '2026-W48', '2026-11'], true);
        });
        config(['sla.notifications.slack.webhook' => 'https://hooks.slack.com/services/x']);
        $this->artisan('sla:monitor-compliance', ['--reports' => true])->expectsOutput('0 reports built, 0 of them again; 3 notices sent, 0 failed')->assertExitCode(0);
        $this->artisan('sla:monitor-compliance', ['--reports' => true])->expectsOutput('0 reports built, 0 of them again; 0 notices sent, 0 failed')->assertExitCode(0);
        // What fails is tried again.
        DB::table('sla_report_notices')->where('channel', 'slack')->delete();
        config(['sla.notifications.slack.hosts' => []]);
        $this->app->instance(Dispatcher::class, new ChannelManager($this->app));
        $this->app->forgetScopedInstances();
        $this->artisan('sla:monitor-compliance', ['--reports' => true])->assertExitCode(1);
        self::assertSame(3, DB::table('sla_report_notices')->whereNull('claimed_at')->whereNull('sent_at')->count());
        $ready = new ReportReady('month', '2026-11', ['Opened: 6. <b>'], 'http://support.test/x', 'slack');
        self::assertSame("SLA report 2026-11\nOpened: 6. &lt;b&gt;\n<http://support.test/x|Open the report>", $ready->toSlackWebhook($this)['text']);
        self::assertStringContainsString('&lt;b&gt;', (string) $ready->toMail($this)->render());
    }

    public function test_the_queue_adds_up_days_and_builds_reports(): void
    {
        $this->play();
        config(['queue.default' => 'sync']);
        $this->artisan('sla:monitor-compliance', ['--queue' => true])->assertExitCode(0);
        self::assertSame([], $this->app->make(DayTable::class)->dirtyDays());
        $this->artisan('sla:monitor-compliance', ['--reports' => true, '--queue' => true])->assertExitCode(0);
        self::assertSame(30, DB::table('sla_reports')->count());
    }

    /** @return array<string, list<array<string, mixed>>> */
    private static function rows(): array
    {
        $rows = [];
        foreach (['sla_promises' => ['ticket_id', 'timer', 'cycle'], 'sla_ticket_facts' => ['ticket_id', 'key'], 'sla_daily' => ['dimension', 'day', 'value', 'timer', 'figure', 'bucket'], 'sla_monthly' => ['dimension', 'day', 'value', 'timer', 'figure', 'bucket']] as $table => $keys) {
            $query = DB::table($table);
            foreach ($keys as $key) {
                $query->orderBy($key);
            }
            $rows[$table] = $query->get()->map(static fn (\stdClass $row): array => (array) $row)->all();
        }

        return $rows;
    }

    /** Returns the engine's figures of every history as of now. */
    private function engines(PeriodUnit $unit, FigureDimension $dimension): string
    {
        $gateway = $this->app->make(Gateway::class);
        $store = $this->app->make(TicketStore::class);
        $aggregate = Aggregate::by(Grouping::by($dimension->engine())->per($unit, self::ZONE));
        foreach (DB::table('support_tickets')->orderBy('id')->pluck('id') as $id) {
            $aggregate->add($gateway->engine(), History::ofEntries($store->entries((int) $id)), Carbon::now());
        }

        return $aggregate->json();
    }

    /**
     * @param array<array-key, mixed> $document
     *
     * @return array<array-key, mixed> without the keys of periods
     */
    private static function withoutPeriods(array $document): array
    {
        unset($document['period'], $document['period_start']);

        return array_map(static fn (mixed $value): mixed => is_array($value) ? self::withoutPeriods($value) : $value, $document);
    }

    /** Returns the figures of one period. */
    private static function of(string $json, ReportPeriod $period): string
    {
        $document = json_decode($json, true, 512, JSON_THROW_ON_ERROR);
        $start = Time::fromUs($period->startUs());
        $document['rows'] = array_values(array_filter($document['rows'], static fn (array $row): bool => new \DateTimeImmutable($row['period']) == $start));

        return Aggregate::fromJson(json_encode($document, JSON_THROW_ON_ERROR))->json();
    }

    /**
     * Returns the sums of rows without the buckets of durations, and without what changes with time alone.
     *
     * @return array<string, array{int, int}>
     */
    private static function summed(string $json, string $key, ?string $zone = null, string $first = '', string $end = '', PeriodUnit $unit = PeriodUnit::Day): array
    {
        $sums = [];
        foreach (json_decode($json, true, 512, JSON_THROW_ON_ERROR)['rows'] as $row) {
            $day = $zone === null ? '' : (new \DateTimeImmutable($row['period']))->setTimezone(new \DateTimeZone($zone))->format('Y-m-d');
            $isAsOfNow = $zone !== null && new \DateTimeImmutable($row['period']) == new \DateTimeImmutable(Carbon::now()->setTimezone($zone)->format('Y-m-d'), new \DateTimeZone($zone))
                && (in_array($row['outcome'], ['open', 'paused', 'running', 'unpromised'], true) || str_starts_with($row['outcome'], 'held_'));
            if (($zone !== null && ($day < $first || $day >= $end)) || $isAsOfNow) {
                continue;
            }
            if ($unit === PeriodUnit::Month) {
                $row['period'] = str_replace('.000000', '', Time::toText(new \DateTimeImmutable(substr($day, 0, 7) . '-01', new \DateTimeZone(self::ZONE))));
            }
            $isDuration = $row['outcome'] === 'overdue' || str_ends_with($row['outcome'], '_time');
            $name = implode(' ', [$row[$key] ?? '', $row['timer'] ?? '', $row['outcome'], $isDuration ? 0 : $row['bucket']]);
            $sums[$name] ??= [0, 0];
            $sums[$name][0] += $row['n'];
            $sums[$name][1] += $row['sum_s'] * 1_000_000 + $row['sum_us_rest'];
        }
        ksort($sums);

        return $sums;
    }
}
