<?php

// Everything once, good and bad, for valgrind: what the package allocates is freed, and nothing else is touched.

declare(strict_types=1);

use Sla\Actor;
use Sla\Aggregate;
use Sla\Alerts;
use Sla\Apply;
use Sla\AtRisk;
use Sla\Audit;
use Sla\Column;
use Sla\Command;
use Sla\Dimension;
use Sla\Engine;
use Sla\Exceptions\SlaThrowable;
use Sla\Grouping;
use Sla\History;
use Sla\Kind;
use Sla\Message;
use Sla\Opening;
use Sla\Plan;
use Sla\Policy;
use Sla\Rows;
use Sla\Ticket;
use Sla\Time;
use Sla\WhatIf;

require __DIR__ . '/../../vendor/autoload.php';

$json = (string) file_get_contents(__DIR__ . '/../../../examples/talkabiz.json');
$now = new DateTimeImmutable('2026-11-23T09:00:00+07:00');
$late = $now->modify('+8 hours');
$calls = 0;
$faults = 0;

for ($round = 0; $round < 3; $round++) {
    $engine = Engine::compile($json);
    $office = $engine->calendar('office');
    $office->add($now, Time::HOUR);
    $office->windows($now, $late);
    $office->elapsedColumn(Column::of([0, 1, null]), Column::of([Time::DAY, 0, 2]))->values->values();
    $opened = $engine->open(new Opening('T-1', 'kim', 'starter', 'email', Message::of('m', 'help')), Actor::customer('kim'), $now);
    $due = $engine->dueEvents($opened->ticket, $late);
    $history = History::of([...$opened->events, ...$due->events]);
    $engine->evaluate($history, $late);
    $engine->explain($history, 'first_response', $late);
    $engine->ledger($history, $late);
    $engine->entitles('starter', 'email');
    $engine->authorize(Actor::customer('eve'), 'manage_users');
    $engine->dryRun([$due->ticket, $history], Apply::Keep, $late);
    $policy = Policy::fromJson($json);
    $policy->lint($now);
    $policy->publish(Actor::admin('root'), 'begin', $now);
    $linked = Audit::link(null, $opened->events, $now);
    Audit::verify(Audit::chain('ticket', 'T-1', $linked->entries), [$linked->head]);
    $aggregate = Aggregate::by(Grouping::by(Dimension::Package));
    $aggregate->add($engine, $history, $late);
    $plan = new Plan($engine, ['first_response'], [new Kind('starter', 'email')]);
    $rows = new Rows([0, 1], Column::of([Time::toUs($now), null]));
    $plan->evaluate($rows, $late);
    $plan->aggregate($rows, $late, $aggregate);
    $aggregate->report();
    $whatIf = new WhatIf($engine, $engine);
    $whatIf->add($history, $late);
    (new Alerts($engine))->observe($due->events);
    $atRisk = new AtRisk(3);
    $atRisk->add($engine, $due->ticket, $late);
    $atRisk->promises();
    $calls += 24;
    foreach ([
        static fn () => Engine::compile('{"schema": "sla-policy/2"}'),
        static fn () => $engine->evaluate(Ticket::fromJson('{'), $now),
        static fn () => $engine->evaluate($due->ticket, $now),
        static fn () => $engine->calendar('nowhere'),
        static fn () => $office->add($now, -1),
        static fn () => $engine->decide($due->ticket, Command::assign("\0"), Actor::admin(''), $late)->refusal ?? throw new LogicException(),
        static fn () => $aggregate->merge($aggregate),
        static fn () => Aggregate::fromJson('[]'),
    ] as $call) {
        try {
            $call();
        } catch (SlaThrowable) {
            $faults++;
        }
    }
}
echo "valgrind: {$calls} calls and {$faults} faults, no leak and no invalid access\n";
