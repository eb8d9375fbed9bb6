<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Feature;

use Illuminate\Support\Facades\DB;
use Sla\Actor;
use Sla\Aggregate;
use Sla\Apply;
use Sla\Laravel\Figures\DayAudit;
use Sla\Laravel\Figures\DayTable;
use Sla\Laravel\Figures\FigureDimension;
use Sla\Laravel\Figures\Figures;
use Sla\Laravel\Figures\ReportPeriod;
use Sla\Laravel\Figures\ReportUnit;
use Sla\Laravel\Services\EscalationService;
use Sla\Laravel\Store\TicketStore;
use Sla\Laravel\Tests\TestCase;
use Sla\PauseStatus;
use Sla\PeriodUnit;

/** Random commands, and after them sums with what changed beside sums that are made anew. */
final class FigureSumsTest extends TestCase
{
    private const CUSTOMERS = ['kim' => 'starter', 'lee' => 'professional', 'max' => 'enterprise'];
    private const TURNS = 600;

    /** @var array<int, string> customers by ticket */
    private array $opened = [];

    public function test_sums_and_what_changed_are_together_what_the_rows_count(): void
    {
        $this->seedPolicy();
        foreach (self::CUSTOMERS as $customer => $package) {
            $this->user($customer, 'customer', $package);
        }
        mt_srand((int) (getenv('SLA_SEED') ?: 1));
        $days = $this->app->make(DayTable::class);
        $minutes = 0;
        for ($turn = 1; $turn <= self::TURNS; $turn++) {
            $minutes += mt_rand(0, 3) === 0 ? mt_rand(1, mt_rand(0, 20) === 0 ? 6000 : 200) : 0;
            $this->clockAt((new \DateTimeImmutable('2026-11-20 08:00'))->modify("+{$minutes} minutes")->format('Y-m-d H:i'));
            $this->turned();
            if ($turn % 12 !== 0) {
                continue;
            }
            $found = $this->figures();
            self::assertSame([], iterator_to_array($this->app->make(DayAudit::class)->faults()), "turn {$turn}");
            if (mt_rand(0, 2) === 0) {
                $days->markAll();
                self::assertSame($found, $this->figures(), "marked at {$turn}");
                $days->refresh();
                self::assertSame($found, $this->figures(), "added up at {$turn}");
                self::assertSame([0, 0, 0], [DB::table('sla_figure_changes')->count(), DB::table('sla_daily')->where('n', '<=', 0)->count(), DB::table('sla_monthly')->where('n', '<=', 0)->count()]);
            }
        }
        self::assertGreaterThan(10, count($this->opened));
        $this->artisan('sla:verify', ['--states' => true])->assertExitCode(0)->run();
    }

    /** Does one thing, in a transaction of the application now and then, of which some are rolled back. */
    private function turned(): void
    {
        if (mt_rand(0, 9) > 0) {
            $this->act();
        } elseif (mt_rand(0, 1) === 0) {
            DB::transaction(fn () => $this->act());
        } else {
            $before = [$this->figures(), $this->opened];
            DB::beginTransaction();
            $this->act();
            DB::rollBack();
            $this->opened = $before[1];
            self::assertSame($before[0], $this->figures());
        }
    }

    private function act(): void
    {
        $tickets = $this->tickets();
        $days = $this->app->make(DayTable::class);
        $root = Actor::admin('root');
        $channel = ['email', 'chat', 'whatsapp'][mt_rand(0, 2)];
        if ($this->opened === [] || (mt_rand(0, 12) === 0 && count($this->opened) < 25)) {
            $customer = array_rand(self::CUSTOMERS);
            $outcome = $this->opened($customer, self::CUSTOMERS[$customer], 'email');
            $this->opened[(int) $outcome->ticketId] = $customer;

            return;
        }
        $id = array_rand($this->opened);
        $customer = Actor::customer($this->opened[$id]);
        match (mt_rand(0, 22)) {
            0 => $tickets->assign($id, $root, ['ana', 'bob'][mt_rand(0, 1)]),
            1 => $tickets->assign($id, $root, null, 'desk'),
            2 => $tickets->unassign($id, $root, 'not mine'),
            3, 4 => $tickets->reply($id, $root, $channel, 'On it.'),
            5 => $tickets->note($id, $root, 'A note.'),
            6, 7 => $tickets->customerMessage($id, $customer, $channel, 'Hello?'),
            8, 9 => $tickets->resolve($id, $root, 'Solved.'),
            10 => $tickets->pause($id, $root, PauseStatus::Pending, 'a question'),
            11 => $tickets->resume($id, $root),
            12 => $tickets->reopen($id, $root, null, 'not solved'),
            13 => mt_rand(0, 3) === 0 ? $tickets->close($id, $root) : $tickets->rate($id, $customer, mt_rand(1, 5)),
            14 => mt_rand(0, 3) === 0 ? $tickets->withdraw($id, $customer) : $tickets->rate($id, $customer, mt_rand(1, 5)),
            15 => mt_rand(0, 3) === 0 ? $tickets->void($id, $root, 'spam') : $tickets->note($id, $root, 'Another note.'),
            16 => $tickets->changePackage($id, $root, array_values(self::CUSTOMERS)[mt_rand(0, 2)], Apply::cases()[mt_rand(0, 2)], 'another offer'),
            17 => $this->app->make(EscalationService::class)->request($id, $customer, 'hurry', $channel),
            18, 19 => $this->monitor()->run(),
            20 => $days->refresh(),
            21 => $days->markAll(),
            22 => $this->app->make(TicketStore::class)->rebuildRows(array_slice(array_keys($this->opened), 0, mt_rand(1, 25))),
        };
    }

    /** @return array<string, list<array<string, mixed>>> what pages and reports are made of, in a fixed order */
    private function figures(): array
    {
        $figures = $this->app->make(Figures::class);
        $zone = $figures->zone();
        $rows = static function (Aggregate $aggregate): array {
            $rows = json_decode($aggregate->json(), true, 512, JSON_THROW_ON_ERROR)['rows'];
            sort($rows);

            return $rows;
        };
        $periods = [ReportPeriod::on(ReportUnit::Day, '2026-11-30', $zone), ReportPeriod::on(ReportUnit::Week, '2026-11-30', $zone), ReportPeriod::on(ReportUnit::Month, '2026-12-01', $zone)];
        $found = [];
        foreach (FigureDimension::cases() as $dimension) {
            foreach ([['2026-01-01', '2027-01-01', null], ['2026-11-13', '2026-12-10', null], ['2026-12-01', '2027-02-01', Figures::OF_TIMERS]] as [$first, $end, $wanted]) {
                $found["{$dimension->value} from {$first} to {$end}"] = $rows($figures->added($first, $end, $dimension, $wanted));
            }
            foreach ([null, ['ana', 'starter', 'email', 'unassigned']] as $values) {
                foreach ($figures->each($periods, $dimension, $values) as $number => $aggregate) {
                    $found["{$dimension->value} of period {$number}" . ($values === null ? '' : ', some')] = $rows($aggregate);
                }
            }
        }
        foreach ([['2026-11-01', '2026-12-31', PeriodUnit::Day], ['2026-01-01', '2027-03-01', PeriodUnit::Month], ['2026-01-15', '2027-03-02', PeriodUnit::Month]] as [$first, $end, $unit]) {
            $found["each {$unit->value} from {$first} to {$end}"] = $rows($figures->course($first, $end, $unit));
        }

        return $found;
    }
}
