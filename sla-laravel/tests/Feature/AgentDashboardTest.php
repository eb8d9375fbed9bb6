<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Feature;

use Illuminate\Support\Carbon;
use Illuminate\Support\Facades\DB;
use Illuminate\Testing\TestResponse;
use Sla\Actor;
use Sla\Aggregate;
use Sla\Grouping;
use Sla\History;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Figures\DayTable;
use Sla\Laravel\Figures\FigureDimension;
use Sla\Laravel\Figures\ReportPeriod;
use Sla\Laravel\Figures\ReportUnit;
use Sla\Laravel\Http\FigureText;
use Sla\Laravel\Models\SlaDenial;
use Sla\Laravel\Services\EscalationService;
use Sla\Laravel\Store\TicketStore;
use Sla\Laravel\Support\Tables;
use Sla\Laravel\Tests\PlaysTickets;
use Sla\Laravel\Tests\TestCase;
use Sla\PauseStatus;
use Sla\Time;

/** The page of an agent's own work. */
final class AgentDashboardTest extends TestCase
{
    use PlaysTickets;

    private const PATHS = ['/agent/dashboard', '/agent/dashboard/live', '/api/sla/agent/dashboard'];
    private const ZONE = 'Asia/Jakarta';

    protected function setUp(): void
    {
        parent::setUp();
        $this->seedPolicy();
        config(['sla.notifications.channels' => 'database', 'sla.reports.notify' => []]);
    }

    public function test_open_tickets_stand_by_their_next_due_with_what_is_left(): void
    {
        $root = Actor::admin('root');
        $ana = Actor::agent('ana');
        // At nine: answered late, so that only its resolution is due; never answered; on hold; waiting for the customer.
        $late = $this->assigned('kim', 'starter', 'ana');
        $breached = $this->assigned('kim', 'starter', 'ana');
        $held = $this->assigned('max', 'enterprise', 'ana');
        $this->tickets()->reply($held, $ana, 'email', 'On it.');
        $this->tickets()->pause($held, $ana, PauseStatus::OnHold, 'the supplier');
        $waiting = $this->assigned('max', 'enterprise', 'ana');
        $this->tickets()->reply($waiting, $ana, 'email', 'Which one?');
        $this->tickets()->pause($waiting, $ana, PauseStatus::Pending, 'a question');
        $this->clockAt('2026-11-23 14:30');
        $this->monitor()->run();
        $this->tickets()->reply($late, $ana, 'email', 'Sorry.');
        $warned = $this->assigned('lee', 'enterprise', 'ana');
        $this->clockAt('2026-11-23 15:20');
        $this->monitor()->run();
        $running = $this->assigned('lee', 'enterprise', 'ana');
        $resolved = $this->assigned('lee', 'enterprise', 'ana');
        $this->tickets()->resolve($resolved, $ana, 'Solved.');
        $other = $this->assigned('lee', 'enterprise', 'bob');
        $this->tickets()->note($other, $root, 'Not of ana.');

        $seen = $this->seen('ana')
            ->assertJsonPath('agent', 'ana')
            ->assertJsonPath('counts', ['open' => 5, 'waiting' => 1, 'unassigned' => 0, 'escalations' => 2])
            ->assertJsonPath('open.0.next', ['timer' => 'first_response', 'due_at' => '2026-11-23T07:00:00.000000Z', 'remaining_us' => 0, 'overdue_us' => 80 * 60_000_000])
            ->assertJsonPath('open.1.next', ['timer' => 'first_response', 'due_at' => '2026-11-23T08:30:00.000000Z', 'remaining_us' => 10 * 60_000_000, 'overdue_us' => 0])
            ->assertJsonPath('open.3.next.timer', 'resolution')
            ->assertJsonPath('open.4.next.due_at', null)
            ->assertJsonPath('waiting.0.id', $waiting)->assertJsonPath('waiting.0.state', 'paused');
        self::assertSame(
            [[$breached, 'breached'], [$warned, 'at_risk'], [$running, 'running'], [$late, 'running'], [$held, 'paused']],
            array_map(static fn (array $row): array => [$row['id'], $row['state']], $seen->json('open')),
        );
        $this->get('/agent/dashboard')->assertOk()->assertSee('data-refresh="30000"', false)->assertSee('My work</a>', false)
            ->assertSeeInOrder(['My open tickets', '-1 h 20 min', 'Breached', 'First response', "#{$breached} Nothing works", '10 min', 'At risk', "#{$running}", "#{$held}", 'Waiting for the customer', "#{$waiting}"])
            ->assertSee('-1 h 20 min</td><td class="bad">Breached<small class="dim">First response</small>', false)->assertDontSee("#{$resolved}")->assertDontSee("#{$other}");
        // What the ticket's page says is left.
        $this->getJson("/api/sla/tickets/{$breached}")->assertJsonPath('timers.0.overdue_us', 80 * 60_000_000);
    }

    public function test_tickets_without_agent_are_those_that_may_be_seen(): void
    {
        $ids = [];
        foreach (['billing', 'sales', null] as $team) {
            $ids[$team ?? ''] = $id = (int) $this->opened()->ticketId;
            $team === null || $this->tickets()->assign($id, Actor::admin('root'), null, $team);
        }
        $of = fn (string $user, string $role, ?string $teams): array => array_column($this->seen($user, $role, $teams)->json('unassigned'), 'id');
        self::assertSame([$ids['billing']], $of('ana', 'agent', 'billing'));
        self::assertSame([], $of('bob', 'agent', null));
        self::assertSame(array_values($ids), $of('root', 'admin', null));
        $this->get('/agent/dashboard')->assertSee("#{$ids['']}");
        $this->tickets()->assign($ids['billing'], Actor::admin('root'), 'ana');
        self::assertSame([], $of('ana', 'agent', 'billing'));
        self::assertSame([$ids['billing']], array_column($this->seen('ana', teams: 'billing')->json('open'), 'id'));
    }

    public function test_escalations_of_their_tickets_that_are_not_resolved(): void
    {
        $mine = $this->assigned('kim', 'starter', 'ana');
        $other = $this->assigned('kim', 'starter', 'bob');
        $escalations = $this->app->make(EscalationService::class);
        foreach ([$mine, $mine, $other] as $id) {
            $escalations->request($id, Actor::customer('kim'), "hurry with {$id}", 'email');
        }
        $escalations->resolve($mine, 1, Actor::agent('ana'));
        $this->seen('ana')->assertJsonPath('counts.escalations', 1)->assertJsonCount(1, 'escalations')->assertJsonPath('escalations.0.ticket', $mine)->assertJsonPath('escalations.0.number', 2);
        $this->get('/agent/dashboard')->assertSee("hurry with {$mine}")->assertDontSee("hurry with {$other}");
    }

    public function test_who_may_look(): void
    {
        foreach (self::PATHS as $path) {
            $this->getJson($path)->assertStatus(401);
        }
        foreach (self::PATHS as $path) {
            $this->actingAs($this->user('kim', 'customer', 'starter'))->get($path)->assertStatus(403);
        }
        self::assertSame(3, SlaDenial::query()->where('action', 'view_metrics')->count());
        $this->get('/support/tickets')->assertDontSee('/agent/dashboard');
        // An admin sees what they are the agent of.
        $own = $this->assigned('kim', 'starter', 'root');
        $this->assigned('kim', 'starter', 'ana');
        self::assertSame([$own], array_column($this->seen('root', 'admin')->json('open'), 'id'));
    }

    public function test_the_part_that_changes_is_sent_when_it_has(): void
    {
        $this->assigned('kim', 'starter', 'ana');
        $this->actingAs($this->user('ana', 'agent'))->get('/agent/dashboard')->assertOk()->assertSee('Nothing works');
        $etag = fn (TestResponse $part): array => ['If-None-Match' => (string) $part->headers->get('ETag')];
        $part = $this->get('/agent/dashboard/live')->assertOk()->assertDontSee('<html', false)->assertSee('4 h 0 min');
        $this->get('/agent/dashboard/live', $etag($part))->assertStatus(304);
        // A minute of opening hours is a minute less.
        $this->clockAt('2026-11-23 09:01');
        $part = $this->get('/agent/dashboard/live', $etag($part))->assertOk()->assertSee('3 h 59 min');
        $this->clockAt('2026-11-23 12:00');
        $part = $this->get('/agent/dashboard/live', $etag($part))->assertOk();
        $this->clockAt('2026-11-23 12:30');
        $this->get('/agent/dashboard/live', $etag($part))->assertStatus(304);
        $this->assigned('lee', 'enterprise', 'ana');
        $this->get('/agent/dashboard/live', $etag($part))->assertOk();
    }

    public function test_figures_are_the_engines_beside_those_of_the_team(): void
    {
        $this->playWithTeams();
        foreach (['from rows', 'from days'] as $when) {
            foreach ([['ana', 'billing', ['billing']], ['bob', 'billing,sales', ['billing', 'sales']], ['ana', null, []], ['zoe', null, []]] as [$agent, $of, $teams]) {
                $seen = $this->seen($agent, teams: $of)->assertJsonPath('teams', $teams)->assertJsonPath('periods.0.period', '2026-W49')->assertJsonPath('periods.1.period', '2026-12');
                foreach ([ReportUnit::Week, ReportUnit::Month] as $number => $unit) {
                    $shown = $seen->json("periods.{$number}");
                    $period = ReportPeriod::at($unit, Carbon::now(), new \DateTimeZone(self::ZONE));
                    $own = array_values(array_filter($this->engines($period, FigureDimension::Agent)->agents($this->app->make(Gateway::class)->engine()), static fn ($one): bool => $one->agent === $agent))[0] ?? null;
                    $what = "{$agent} of {$of}, {$unit->value}, {$when}";
                    self::assertSame($own === null ? null : self::document($own), $shown['own'], $what);
                    // The engine counts the holdings that are not over, too.
                    unset($shown['others']['tickets']['held']);
                    $others = $teams === [] ? $this->engines($period, FigureDimension::Package) : $this->engines($period, FigureDimension::Team, $teams);
                    self::assertSame(self::document($others->report()->total), $shown['others'], $what);
                    // And those of the reports' page of agents.
                    $agents = array_column($this->getJson("/api/sla/agents/{$unit->value}")->json('agents'), null, 'agent');
                    self::assertSame($own === null, !isset($agents[$agent]), $what);
                    foreach ($shown['own']['timers'] ?? [] as $timer => $figures) {
                        foreach (['met', 'decided', 'compliance_millionths'] as $field) {
                            self::assertSame($agents[$agent]['timers'][$timer][$field], $figures[$field], "{$what}, {$field}");
                        }
                        self::assertSame($agents[$agent]['timers'][$timer]['business_time']['mean_us'], $figures['business_time']['mean_us'], $what);
                    }
                }
            }
            $this->app->make(DayTable::class)->refresh();
        }
        $this->actingAs($this->user('ana', 'agent', teams: 'billing'))->get('/agent/dashboard')->assertSee('Team billing')->assertSee('This month')->assertSee('/sla-dashboard/agents/week/2026-W49', false);
        $seen = $this->seen('ana', teams: 'billing');
        self::assertGreaterThan(0, $seen->json('periods.1.own.timers.first_response.decided'));
        self::assertGreaterThan($seen->json('periods.1.own.timers.first_response.decided'), $seen->json('periods.1.others.timers.first_response.decided'));
        self::assertGreaterThan($seen->json('periods.1.others.timers.first_response.decided'), $this->seen('zoe')->json('periods.1.others.timers.first_response.decided'));
    }

    public function test_of_many_tickets_those_that_are_due_first(): void
    {
        // Answered late: nothing of them is due before their resolution.
        for ($i = 0; $i < 51; $i++) {
            $answered[] = $this->assigned('kim', 'starter', 'ana');
        }
        $this->clockAt('2026-11-23 14:30');
        $this->monitor()->run();
        foreach ($answered as $id) {
            $this->tickets()->reply($id, Actor::agent('ana'), 'email', 'Sorry.');
        }
        $urgent = $this->assigned('max', 'enterprise', 'ana');
        $this->tickets()->pause($answered[0], Actor::agent('ana'), PauseStatus::Pending, 'a question');
        $seen = $this->seen('ana')->assertJsonPath('counts', ['open' => 51, 'waiting' => 1, 'unassigned' => 0, 'escalations' => 51])->assertJsonCount(50, 'open')->assertJsonPath('open.0.id', $urgent);
        self::assertSame($answered[1], $seen->json('open.1.id'));
        $this->get('/agent/dashboard')->assertSee('The first 50 of 51.')->assertSee('51 are not resolved; 20 are shown');
        for ($i = 0; $i < 21; $i++) {
            $this->opened('kim', 'starter');
        }
        $this->seen('root', 'admin')->assertJsonPath('counts.unassigned', 21)->assertJsonCount(20, 'unassigned');
    }

    public function test_a_ticket_that_cannot_be_read_hides_no_other(): void
    {
        $broken = $this->assigned('kim', 'starter', 'ana');
        $fine = $this->assigned('kim', 'starter', 'ana');
        DB::table('sla_ticket_states')->where('ticket_id', $broken)->update(['snapshot' => '{}']);
        self::assertSame([[$fine, 'running'], [$broken, 'unreadable']], array_map(static fn (array $row): array => [$row['id'], $row['state']], $this->seen('ana')->json('open')));
        $this->get('/agent/dashboard')->assertOk()->assertSee('Cannot be read');
    }

    public function test_nothing_to_do_is_said(): void
    {
        $this->actingAs($this->user('ana', 'agent'))->get('/agent/dashboard')->assertOk()->assertSee('You have no open ticket.')->assertSee('Every ticket that you may see has an agent.')->assertSee('–')->assertDontSee('100.0 %');
        $this->app->setLocale('id');
        $this->get('/agent/dashboard')->assertSee('Pekerjaan saya')->assertSee('Anda tidak punya tiket terbuka.')->assertDontSee('sla::');
        self::assertSame(...array_map(static fn (string $of): array => array_keys((require dirname(__DIR__, 2) . "/lang/{$of}/sla.php")['work']), ['en', 'id']));
    }

    public function test_it_asks_the_database_no_more_than_the_dashboard(): void
    {
        $this->playWithTeams();
        $this->assigned('kim', 'starter', 'ana');
        $this->opened('kim', 'starter');
        $asked = function (string $path): int {
            $count = 0;
            DB::listen(static function () use (&$count): void {
                $count++;
            });
            $this->app->forgetScopedInstances();
            $this->actingAs($this->user('ana', 'agent', teams: 'billing'));
            $count = 0;
            $this->get($path)->assertOk();
            $asked = $count;
            $count = PHP_INT_MIN;

            return $asked;
        };
        foreach (['', '/live'] as $part) {
            self::assertLessThanOrEqual($asked("/sla-dashboard{$part}"), $asked("/agent/dashboard{$part}"));
        }
    }

    private function assigned(string $customer, string $package, string $agent): int
    {
        $id = (int) $this->opened($customer, $package)->ticketId;
        self::assertTrue($this->tickets()->assign($id, Actor::admin('root'), $agent)->isAccepted());

        return $id;
    }

    private function seen(string $user, string $role = 'agent', ?string $teams = null): TestResponse
    {
        $this->app->forgetScopedInstances();

        return $this->actingAs($this->user($user, $role, teams: $teams))->getJson('/api/sla/agent/dashboard')->assertOk();
    }

    /** Plays tickets of ana and bob of two months, some in the queues of teams; the week of the last ones began in the earlier month. */
    private function playWithTeams(): void
    {
        $this->play();
        $root = Actor::admin('root');
        foreach (['2026-11-30 10:00' => ['ana', 'billing'], '2026-12-01 09:00' => ['ana', 'billing'], '2026-12-01 09:30' => ['bob', 'billing'], '2026-12-01 10:00' => ['bob', 'sales'], '2026-12-01 10:30' => ['ana', null], '2026-12-01 11:00' => ['bob', 'billing']] as $at => [$agent, $team]) {
            $this->clockAt($at);
            $id = (int) $this->opened('kim', 'starter')->ticketId;
            $this->tickets()->assign($id, $root, $agent, $team);
            $this->clockAt(substr($at, 0, 14) . '50');
            $this->tickets()->reply($id, Actor::agent($agent), 'email', 'On it.');
            $this->tickets()->resolve($id, Actor::agent($agent), 'Solved.');
        }
        $this->clockAt('2026-12-02 10:00');
        $this->monitor()->run();
        $this->assigned('kim', 'starter', 'bob');
    }

    /**
     * Returns the engine's figures of every history in a period, without what is as of now.
     *
     * @param ?list<string> $values of the dimension
     */
    private function engines(ReportPeriod $period, FigureDimension $dimension, ?array $values = null): Aggregate
    {
        $gateway = $this->app->make(Gateway::class);
        $store = $this->app->make(TicketStore::class);
        $aggregate = Aggregate::by(Grouping::by($dimension->engine())->per($period->unit->kept(), self::ZONE));
        foreach (DB::table('support_tickets')->orderBy('id')->pluck('id') as $id) {
            $aggregate->add($gateway->engine(), History::ofEntries($store->entries((int) $id)), Carbon::now());
        }
        $document = json_decode($aggregate->json(), true, 512, JSON_THROW_ON_ERROR);
        $start = Time::fromUs($period->startUs());
        $rows = array_filter($document['rows'], static fn (array $row): bool => new \DateTimeImmutable($row['period']) == $start && ($values === null || in_array($row[$dimension->value], $values, true))
            && !in_array($row['outcome'], ['open', 'paused', 'running', 'unpromised'], true));
        $empty = json_decode(Aggregate::by(Grouping::by($dimension->engine()))->json(), true);
        $rows = array_map(static fn (array $row): array => array_diff_key($row, ['period' => true]), array_values($rows));

        return Aggregate::fromJson(json_encode(['as_of' => $document['as_of'], 'rows' => $rows] + $empty, JSON_THROW_ON_ERROR));
    }

    /** @return array<string, mixed> */
    private static function document(object $figures): array
    {
        $document = json_decode(json_encode(FigureText::document($figures, false), JSON_THROW_ON_ERROR), true);
        unset($document['tickets']['held']);

        return $document;
    }

    public function test_a_statement_names_tables_with_the_prefix_of_the_connection(): void
    {
        $connection = DB::connection();
        $connection->setTablePrefix('desk_');
        try {
            $tables = app(Tables::class);
            $this->assertStringContainsString('desk_sla_promises', $tables->quotedTable('sla_promises'));
        } finally {
            $connection->setTablePrefix('');
        }
    }
}
