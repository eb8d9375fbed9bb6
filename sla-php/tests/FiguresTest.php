<?php

declare(strict_types=1);

namespace Sla\Tests;

use PHPUnit\Framework\TestCase;
use Sla\Actor;
use Sla\Aggregate;
use Sla\AggregateRow;
use Sla\Alerts;
use Sla\AtRisk;
use Sla\Column;
use Sla\Command;
use Sla\Dimension;
use Sla\Engine;
use Sla\Exceptions\InvalidArgument;
use Sla\Exceptions\InvalidInput;
use Sla\Grouping;
use Sla\History;
use Sla\Kind;
use Sla\Message;
use Sla\PeriodUnit;
use Sla\Plan;
use Sla\RowCode;
use Sla\Rows;
use Sla\State;
use Sla\Ticket;
use Sla\Time;
use Sla\WhatIf;

final class FiguresTest extends TestCase
{
    public function test_parts_are_merged_to_the_same_report(): void
    {
        $engine = Desk::engine();
        $history = Desk::late($engine);
        $grouping = Grouping::by(Dimension::Package, Dimension::Agent)->per(PeriodUnit::Week, 'Asia/Jakarta');
        [$one, $other, $both] = [Aggregate::by($grouping), Aggregate::by($grouping), Aggregate::by($grouping)];
        foreach ([[$one], [$other], [$both, $both]] as $aggregates) {
            foreach ($aggregates as $aggregate) {
                $aggregate->add($engine, $history, Desk::monday(8));
            }
        }
        $one->merge($other);
        self::assertSame($both->json(), $one->json());
        self::assertSame($both->json(), Aggregate::fromJson($both->json())->json());
        $report = $one->report();
        self::assertEquals($grouping, $report->grouping);
        self::assertEquals(Desk::monday(8), $report->asOf);
        $group = $report->groups[0];
        self::assertSame(['starter', 'unassigned', '2026-W48'], [$group->key['package'], $group->key['agent'], $group->key['period']]);
        self::assertSame([2, 0, 2], [$report->total->tickets->opened, $report->total->tickets->resolved, $report->total->tickets->active]);
        $timer = $report->total->timers['first_response'];
        self::assertSame([0, 2, 2, 0], [$timer->met, $timer->breachedOpen, $timer->decided, $timer->complianceMillionths]);
        self::assertSame(['breach', 1, 2], [$timer->escalations[0]->trigger, $timer->escalations[0]->level, $timer->escalations[0]->count]);
        self::assertSame([0, null], [$timer->businessTime->count, $timer->businessTime->meanUs]);
        self::assertSame([0, [0, 0, 0, 0, 0], null], [$report->total->tickets->csat->count, $report->total->tickets->csat->distribution, $report->total->tickets->csat->meanMillionths]);
        self::assertContains('enterprise', array_map(static fn ($group): ?string => $group->key['package'], $one->packages($engine)->groups));
        $agents = $one->agents($engine);
        self::assertSame(['unassigned', 0, 2], [$agents[0]->agent, $agents[0]->replies, $agents[0]->timers['first_response']->warnings]);
        try {
            $one->merge(Aggregate::by(new Grouping()));
            self::fail('merged what is kept apart otherwise');
        } catch (InvalidInput $fault) {
            self::assertSame('conflicting_fields', $fault->errorCode);
        }
        $this->expectException(InvalidArgument::class);
        $one->merge($one);
    }

    public function test_a_candidate_is_compared(): void
    {
        $engine = Desk::engine();
        $candidate = Engine::compile(str_replace('"first_response": "4h"', '"first_response": "9h"', Desk::policy()));
        $whatIf = new WhatIf($engine, $candidate);
        $history = Desk::late($engine);
        unset($engine, $candidate);
        $compared = $whatIf->add($history, Desk::monday(8));
        $flip = $compared->flips[0];
        self::assertSame(['T-1', 'starter', 'first_response', 1, ['target']], [$flip->ticket, $flip->package, $flip->timer, $flip->cycle, $flip->causes]);
        self::assertSame([4 * Time::HOUR, 9 * Time::HOUR], [$flip->before->targetUs, $flip->after->targetUs]);
        self::assertNotSame('', $flip->text);
        self::assertNull($compared->leftOut);
        $comparison = $whatIf->comparison();
        self::assertSame([1, 1, []], [$comparison->tickets, $comparison->flippedTickets, $comparison->leftOut]);
        $promise = current(array_filter($comparison->promises, static fn ($one): bool => $one->timer === 'first_response'));
        self::assertSame(['starter', 1, 1, 0, 1], [$promise->package, $promise->flips, $promise->before->breached, $promise->after->breached, $promise->after->running]);
    }

    public function test_a_candidate_that_does_not_know_a_package(): void
    {
        $engine = Desk::engine();
        $document = json_decode(Desk::policy());
        $document->packages = array_values(array_filter($document->packages, static fn (\stdClass $package): bool => $package->id !== 'starter'));
        $whatIf = new WhatIf($engine, Engine::compile((string) json_encode($document)));
        self::assertSame(['package' => 'starter'], $whatIf->add(Desk::late($engine), Desk::monday(8))->leftOut);
        self::assertSame([['package' => 'starter', 'tickets' => 1]], array_map(static function (array $row): array {
            ksort($row);

            return $row;
        }, $whatIf->comparison()->leftOut));
    }

    public function test_somebody_hears_of_it(): void
    {
        $engine = Desk::engine();
        $opened = Desk::opened($engine);
        $due = $engine->dueEvents($opened->ticket, Desk::monday(8));
        $alerts = new Alerts($engine);
        self::assertSame([], $alerts->observe($opened->events));
        $heard = $alerts->observe($due->events, Desk::monday(8));
        $names = array_column($heard, 'name');
        self::assertContains('breach_warning', $names);
        $warning = $heard[(int) array_search('breach_warning', $names, true)];
        self::assertSame(['T-1', 'first_response', 'warning'], [$warning->ticket, $warning->timer, $warning->details['step']]);
        self::assertEquals(Desk::monday(4.2), $warning->at);
        self::assertNotSame('', $warning->text);
        self::assertIsArray($alerts->advance(Desk::monday(9)));
        $stored = $alerts->json();
        self::assertSame($stored, Alerts::fromJson($engine, $stored)->json());
        $this->expectExceptionMessage('the document is in another format');
        Alerts::fromJson($engine, '{}');
    }

    public function test_rows_go_out_and_come_back_without_a_document(): void
    {
        $engine = Desk::engine();
        $grouping = Grouping::by(Dimension::Agent, Dimension::Package)->per(PeriodUnit::Week, 'Asia/Jakarta');
        $sum = Aggregate::by($grouping);
        self::assertSame([], $sum->rows());
        self::assertNull($sum->asOf());
        self::assertSame($sum->json(), Aggregate::fromRows($grouping, [])->json());
        $sum->add($engine, Desk::late($engine), Desk::monday(8));
        $rows = $sum->rows();
        self::assertEquals(Desk::monday(8), $sum->asOf());
        self::assertEquals([Dimension::Package, Dimension::Agent], $sum->grouping()->dimensions);
        self::assertSame(count(json_decode($sum->json())->rows), count($rows));
        $opened = array_values(array_filter($rows, static fn (AggregateRow $row): bool => $row->outcome === 'opened'))[0];
        self::assertEquals(new AggregateRow('opened', 1, ['package' => 'starter', 'agent' => null], Time::toUs(Desk::monday()) - 9 * Time::HOUR), $opened);
        self::assertSame($sum->json(), Aggregate::fromRows($grouping, array_reverse($rows), Desk::monday(8))->json());
        // Rows of two computations, as a table has them, are the sum of both.
        $other = Aggregate::by($grouping);
        $other->add($engine, Desk::late($engine), Desk::monday(8));
        $sum->merge($other);
        self::assertSame($sum->json(), Aggregate::fromRows($grouping, [...$rows, ...$other->rows()], Desk::monday(8))->json());

        $coarser = $sum->regroup(Grouping::by(Dimension::Package));
        self::assertSame([Dimension::Package], $coarser->grouping()->dimensions);
        self::assertSame($sum->report()->total->tickets->opened, $coarser->report()->total->tickets->opened);
        self::assertSame([0, 127, 3286], array_map(Aggregate::bucketNumber(...), [0, 127, Time::HOUR]));
    }

    public function test_rows_that_no_tickets_make_are_refused(): void
    {
        $grouping = Grouping::by(Dimension::Package);
        $faults = [
            'unknown_word' => new AggregateRow('open_ed', 1),
            'out_of_range' => new AggregateRow('opened', -1),
            'conflicting_fields' => new AggregateRow('opened', 1, ['agent' => 'ana']),
            'invalid_id' => new AggregateRow('opened', 1, ['package' => "a\nb"]),
            'wrong_type' => 'opened',
        ];
        foreach ($faults as $code => $row) {
            try {
                Aggregate::fromRows($grouping, [$row]);
                self::fail($code);
            } catch (InvalidInput|InvalidArgument $fault) {
                self::assertSame($code, $fault->errorCode);
            }
        }
        $this->expectException(InvalidInput::class);
        Aggregate::by($grouping)->regroup(Grouping::by(Dimension::Agent));
    }

    public function test_the_burn_of_counts_needs_no_memory(): void
    {
        $policy = json_decode(Desk::policy());
        $policy->objectives = json_decode('{"burn": [{"timer": "first_response", "objective": "90%", "long_window": "24h", "short_window": "1h", "threshold": "200%", "min_decided": 2}]}');
        $engine = Engine::compile((string) json_encode($policy));
        $at = Time::toUs(Desk::monday());
        $counts = ['first_response' => [[$at - Time::HOUR, 3, 0], [$at, 1, 1]]];
        $burn = $engine->burns($counts, Desk::monday())[0];
        self::assertSame(['first_response', Time::DAY, 4, 1, Time::HOUR, 1, 1, true], [$burn->timer, $burn->longWindowUs, $burn->longDecided, $burn->longBreached, $burn->shortWindowUs, $burn->shortDecided, $burn->shortBreached, $burn->isBurning]);
        self::assertFalse($engine->burns($counts, Desk::monday(1))[0]->isBurning);
        self::assertSame(0, $engine->burns([], Desk::monday())[0]->longDecided);
        self::assertSame([], Desk::engine()->burns([], Desk::monday()));
        try {
            $engine->burns(['first_reply' => []], Desk::monday());
            self::fail('a timer that no revision has');
        } catch (InvalidInput $fault) {
            self::assertSame('unknown_timer', $fault->errorCode);
        }
        $this->expectExceptionMessage('a count of `first_response` is no list of three numbers');
        $engine->burns(['first_response' => [[$at, 1]]], Desk::monday());
    }

    public function test_the_promises_with_the_least_left(): void
    {
        $engine = Desk::engine();
        $atRisk = new AtRisk(1);
        foreach ([Desk::opened($engine)->ticket, Ticket::of(History::of(Desk::opened($engine)->events))] as $ticket) {
            $atRisk->add($engine, $ticket, Desk::monday(1));
        }
        $promises = $atRisk->promises();
        self::assertCount(1, $promises);
        self::assertSame(['T-1', 'first_response', 1, 3 * Time::HOUR, false], [$promises[0]->ticket, $promises[0]->timer, $promises[0]->cycle, $promises[0]->remainingUs, $promises[0]->isPaused]);
        self::assertEquals(Desk::monday(5), $promises[0]->dueAt);
        self::assertSame([], (new AtRisk(0))->promises());
        $this->expectException(InvalidArgument::class);
        new AtRisk(-1);
    }

    public function test_rows_are_judged_as_tickets_are(): void
    {
        $engine = Desk::engine();
        $plan = new Plan($engine, ['first_response'], [new Kind('starter', 'email')]);
        $nine = Time::toUs(Desk::monday());
        $rows = new Rows([0, 0, 0, 9], Column::of([$nine, $nine, null, $nine]), null, Column::of([$nine + Time::HOUR, null, null, null]));
        $judged = $plan->evaluate($rows, Desk::monday(8));
        self::assertSame(2, $judged->refused);
        self::assertSame([RowCode::Ok, RowCode::Ok, RowCode::MissingField, RowCode::OutOfRange], array_map($judged->code(...), [0, 1, 2, 3]));
        $timer = $judged->timers['first_response'];
        self::assertSame([State::Met, State::Breached, null, null], array_map($timer->state(...), [0, 1, 2, 3]));
        self::assertSame([$nine + 5 * Time::HOUR, $nine + 5 * Time::HOUR, null, null], $timer->due->values());
        self::assertSame([Time::HOUR, 7 * Time::HOUR, null, null], $timer->elapsed->values());
        self::assertSame([0, 3 * Time::HOUR, null, null], $timer->overdue->values());
        self::assertSame(Time::toUs(Desk::monday(4.2)), $timer->warn->values()[1]);

        $aggregate = Aggregate::by(Grouping::by(Dimension::Package));
        $added = $plan->aggregate($rows, Desk::monday(8), $aggregate);
        self::assertSame([[], 2], [$added->timers, $added->refused]);
        self::assertSame(RowCode::OutOfRange, $added->code(3));
        self::assertSame([2, 500_000], [$aggregate->report()->total->tickets->opened, $aggregate->report()->total->timers['first_response']->complianceMillionths]);
        self::assertSame(0, $plan->evaluate(new Rows([], Column::of([])), Desk::monday(8))->refused);
        self::assertSame([], (new Plan($engine, [], []))->evaluate(new Rows([], Column::of([])), Desk::monday(8))->timers);
    }

    public function test_rows_that_do_not_fit_are_refused_before_the_library_sees_them(): void
    {
        $wrong = [
            'invalid_length' => fn () => new Rows([0, 0], Column::of([1])),
            'out_of_range' => fn () => new Rows([-1], Column::of([1])),
            'out_of_range ' => fn () => new Rows(['0'], Column::of([1])),
            'out_of_range  ' => fn () => new Rows([1 << 32], Column::of([1])),
        ];
        foreach ($wrong as $code => $make) {
            try {
                $make();
                self::fail($code);
            } catch (InvalidArgument $fault) {
                self::assertSame(trim($code), $fault->errorCode);
            }
        }
        $this->expectException(InvalidInput::class);
        new Plan(Desk::engine(), ['update'], []);
    }

    public function test_an_agent_has_a_score(): void
    {
        $engine = Desk::engine();
        $opened = Desk::opened($engine);
        $admin = Actor::admin('root');
        $assigned = $engine->decide($opened->ticket, Command::assign('ana'), $admin, Desk::monday());
        $replied = $engine->decide($assigned->ticket, Command::reply('email', Message::of('m', 'hello')), Actor::agent('ana'), Desk::monday(1));
        $aggregate = Aggregate::by(Grouping::by(Dimension::Agent));
        $aggregate->add($engine, History::of([...$opened->events, ...$assigned->events, ...$replied->events]), Desk::monday(2));
        $agents = array_filter($aggregate->agents($engine), static fn ($one): bool => $one->agent === 'ana');
        $ana = current($agents);
        self::assertSame([1, 1, 1], [$ana->handled, $ana->replies, $ana->timers['first_response']->met]);
        self::assertSame(Time::HOUR, $ana->timers['first_response']->businessTime->meanUs);
    }
}
