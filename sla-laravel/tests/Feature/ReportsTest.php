<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Feature;

use Illuminate\Support\Facades\DB;
use Sla\Actor;
use Sla\Engine;
use Sla\History;
use Sla\Laravel\Figures\ReportPeriod;
use Sla\Laravel\Figures\ReportUnit;
use Sla\Laravel\Http\Csv;
use Sla\Laravel\Models\SlaDenial;
use Sla\Laravel\Tests\PlaysTickets;
use Sla\Laravel\Tests\TestCase;
use Sla\Message;
use Sla\Opening;

/** Reports as pages, as JSON and as tables for spreadsheets. */
final class ReportsTest extends TestCase
{
    use PlaysTickets;

    private const PAGES = ['/sla-dashboard/reports', '/sla-dashboard/packages', '/sla-dashboard/agents'];

    protected function setUp(): void
    {
        parent::setUp();
        $this->seedPolicy();
        config(['sla.reports.notify' => []]);
    }

    public function test_customers_see_no_reports(): void
    {
        foreach ([...self::PAGES, '/sla-dashboard/agents/month/2026-11?format=csv', '/api/sla/reports', '/api/sla/packages', '/api/sla/agents'] as $path) {
            $this->actingAs($this->user('kim', 'customer', 'starter'))->get($path)->assertStatus(403);
        }
        self::assertSame(7, SlaDenial::query()->where('action', 'view_metrics')->count());
    }

    public function test_a_period_without_tickets_says_so(): void
    {
        $this->actingAs($this->user('root', 'admin'));
        foreach (self::PAGES as $path) {
            foreach (ReportUnit::cases() as $unit) {
                $this->get("{$path}/{$unit->value}")->assertOk()->assertSee('Nothing happened in this period.')->assertDontSee('100.0 %');
            }
        }
        // No decided promise: no compliance, which is neither 0 nor 100 %.
        $this->opened();
        $this->get('/sla-dashboard/reports/day')->assertOk()->assertSee('–')->assertDontSee('100.0 %')->assertDontSee('0.0 %');
        $this->getJson('/api/sla/reports/day')->assertOk()->assertJsonPath('total.tickets.opened', 1)->assertJsonPath('total.timers', []);
    }

    public function test_pages_of_each_length_show_the_figures(): void
    {
        $this->play();
        $this->actingAs($this->user('ana', 'agent'));
        foreach (['day/2026-11-19', 'week/2026-W47', 'month/2026-11', 'year/2026'] as $period) {
            $this->get("/sla-dashboard/reports/{$period}")->assertOk()->assertSee('Starter')->assertSee('WhatsApp')->assertSee('Compliance, First response');
            $this->get("/sla-dashboard/packages/{$period}")->assertOk()->assertSee('Enterprise')->assertSee('<svg viewBox', false)->assertSee('50.0 %');
            $this->get("/sla-dashboard/agents/{$period}")->assertOk()->assertSee('ana')->assertSee('Score')->assertSee('weight 3');
        }
        $this->get('/sla-dashboard/reports/month/2026-11')->assertSee('rel="prev"', false)->assertSee('month/2026-10', false)->assertSee('rel="next"', false)->assertSee('How late breached promises ended');
        $this->get('/sla-dashboard/reports/month/2026-12')->assertSee('This period is not over')->assertDontSee('rel="next"', false);
        $this->get('/sla-dashboard/reports/year/2026')->assertSee('Medians are in the reports')->assertDontSee('How late breached promises ended');
        app()->setLocale('id');
        $this->get('/sla-dashboard/agents/month/2026-11')->assertSee('Nilai')->assertSee('Unduh sebagai CSV');
    }

    public function test_json_has_the_names_of_the_engines_documents(): void
    {
        $this->play();
        $this->actingAs($this->user('root', 'admin'));
        $month = $this->getJson('/api/sla/reports/month/2026-11')->assertOk()
            ->assertJsonPath('period', '2026-11')->assertJsonPath('first_day', '2026-11-01')->assertJsonPath('last_day', '2026-11-30')->assertJsonPath('is_over', true)
            ->assertJsonPath('packages.0.key.package', 'enterprise')
            ->assertJsonPath('total.tickets.csat', ['count' => 2, 'sum' => 6, 'distribution' => [0, 1, 0, 1, 0], 'mean_millionths' => 3_000_000, 'ratio_millionths' => 500_000])
            ->assertJsonCount(7, 'course');
        self::assertIsInt($month->json('total.timers.first_response.business_time.p90_us'));
        self::assertIsInt($month->json('total.tickets.escalations_per_100_tickets_millionths'));
        $year = $this->getJson('/sla-dashboard/reports/year/2026')->assertOk()->assertJsonPath('course.0.key.period', '2026-11');
        self::assertArrayNotHasKey('p90_us', $year->json('total.timers.first_response.business_time'));
        self::assertSame($month->json('total.timers.first_response.business_time.mean_us'), $year->json('total.timers.first_response.business_time.mean_us'));
        self::assertSame($month->json('total.timers.first_response.compliance_millionths'), $year->json('total.timers.first_response.compliance_millionths'));
        $agents = $this->getJson('/api/sla/agents/month/2026-11')->assertOk()->json('agents');
        self::assertEqualsCanonicalizing(['ana', 'bob', 'unassigned'], array_column($agents, 'agent'));
        foreach (['month/2026-13', 'week/2026-W54', 'day/2026-02-30', 'day/1969-12-31', 'day/2200-01-01', 'month/x', 'hour/1'] as $unknown) {
            $this->getJson("/api/sla/reports/{$unknown}")->assertStatus(404);
        }
        $this->getJson('/api/sla/reports/month/2026-11?format=xls')->assertStatus(422);
    }

    public function test_tables_for_spreadsheets_hold_no_formula(): void
    {
        $this->play();
        $this->actingAs($this->user('root', 'admin'));
        $answer = $this->get('/sla-dashboard/packages/month/2026-11?format=csv')->assertOk()->assertHeader('Content-Disposition', 'attachment; filename="sla-packages-2026-11.csv"');
        $lines = explode("\r\n", trim((string) $answer->getContent()));
        self::assertCount(5, $lines);
        self::assertStringStartsWith('package,opened,', $lines[0]);
        self::assertStringStartsWith('enterprise,2,', $lines[1]);
        self::assertStringStartsWith('total,6,', $lines[4]);
        self::assertCount(count(str_getcsv($lines[0])), str_getcsv($lines[4]));
        $this->get('/sla-dashboard/agents/month/2026-11?format=csv')->assertSee('ana,')->assertHeader('X-Content-Type-Options', 'nosniff');
        foreach (['=1+1', '+1', '-1', '@SUM(A1)', "\t=1", "\r=1", '＝1', ' =1'] as $formula) {
            self::assertSame("'{$formula}", Csv::cell($formula));
        }
        self::assertSame(['ana', '', '-1', 'a=b', '1-2'], array_map(Csv::cell(...), ['ana', null, -1, 'a=b', '1-2']));
    }

    public function test_days_begin_when_the_engine_says_so(): void
    {
        // Changes at midnight, of half an hour, of a whole day, and rules that PHP may not know yet.
        foreach (['America/New_York', 'America/Havana', 'America/Vancouver', 'Asia/Beirut', 'Africa/Cairo', 'America/Santiago', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Pacific/Apia'] as $zone) {
            $starts = self::starts($zone);
            self::assertSame($starts['engine'], $starts['here'], $zone);
        }
    }

    public function test_a_day_on_which_the_clock_changes_has_its_report(): void
    {
        config(['sla.time_zone' => 'America/Havana']);
        foreach (['2026-10-31T12:00Z', '2026-11-01T04:30Z', '2026-11-01T05:30Z', '2026-11-02T04:30Z', '2026-11-02T05:30Z'] as $at) {
            $this->travelTo(new \DateTimeImmutable($at));
            $this->opened();
        }
        $this->travelTo(new \DateTimeImmutable('2026-12-02T12:00Z'));
        $this->artisan('sla:monitor-compliance', ['--reports' => true])->assertExitCode(0);
        $this->actingAs($this->user('root', 'admin'));
        foreach (['day/2026-11-02', 'week/2026-W45', 'month/2026-11', 'year/2026'] as $period) {
            $this->get("/sla-dashboard/reports/{$period}")->assertOk();
        }
        self::assertSame(5, $this->getJson('/api/sla/reports/year/2026')->json('total.tickets.opened'));
    }

    /** @return array{engine: array<string, int>, here: array<string, int>} when days, weeks and months begin in which an hour of some years lies */
    private static function starts(string $zone): array
    {
        $engine = Engine::compile((string) DB::table('sla_policy_revisions')->value('document'));
        $starts = ['engine' => [], 'here' => []];
        foreach (['2011-12-29T00:00Z', '2018-02-17T00:00Z', '2018-11-03T00:00Z', '2026-03-07T00:00Z', '2026-03-28T00:00Z', '2026-04-04T00:00Z', '2026-04-23T00:00Z', '2026-09-05T00:00Z', '2026-10-03T00:00Z', '2026-10-24T00:00Z', '2026-10-29T00:00Z', '2026-10-31T00:00Z', '2027-03-13T00:00Z'] as $from) {
            for ($hour = 0; $hour < 84; $hour += 3) {
                $at = (new \DateTimeImmutable($from))->modify("+{$hour} hours");
                $decision = $engine->open(new Opening(ticket: 'x', customer: 'x', package: 'starter', channel: 'email', message: Message::of('x', '')), Actor::customer('x'), $at);
                $place = $engine->ticketRows(History::of($decision->events), $at, $zone)->facts[0]->place;
                $starts['engine'] += ["day {$place->day}" => $place->dayUs, "week {$place->week}" => $place->weekUs, "month {$place->month}" => $place->monthUs];
                foreach (ReportUnit::keptOnes() as $unit) {
                    $period = ReportPeriod::at($unit, $at, new \DateTimeZone($zone));
                    $starts['here']["{$unit->value} {$period->firstDay}"] = $period->startUs();
                }
            }
        }

        return $starts;
    }

    public function test_periods_are_local_dates(): void
    {
        $zone = new \DateTimeZone('Asia/Jakarta');
        $at = new \DateTimeImmutable('2026-12-31T18:00:00Z');
        self::assertSame(['2027-01-01', '2026-W53', '2027-01', '2027'], array_map(static fn (ReportUnit $unit): string => ReportPeriod::at($unit, $at, $zone)->name(), ReportUnit::cases()));
        foreach (ReportUnit::cases() as $unit) {
            $period = ReportPeriod::at($unit, $at, $zone);
            self::assertEquals($period, ReportPeriod::named($unit, $period->name(), $zone));
            self::assertEquals($period, $period->previous()->next());
            self::assertSame($period->endUs(), $period->next()->startUs());
            self::assertCount(intdiv($period->endUs() - $period->startUs(), 86_400_000_000), $period->days());
        }
        // A day of 23 hours, and one that begins at one o'clock.
        $berlin = ReportPeriod::named(ReportUnit::Day, '2026-03-29', new \DateTimeZone('Europe/Berlin'));
        self::assertSame(23 * 3_600_000_000, $berlin?->endUs() - $berlin?->startUs());
    }
}
