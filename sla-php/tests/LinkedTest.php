<?php

declare(strict_types=1);

namespace Sla\Tests;

use PHPUnit\Framework\TestCase;
use Sla\Activity;
use Sla\Actor;
use Sla\Audit;
use Sla\Command;
use Sla\Direction;
use Sla\EscalationStage;
use Sla\Exceptions\InvalidInput;
use Sla\History;
use Sla\LinkedDecision;
use Sla\Message;
use Sla\Outcome;
use Sla\Request;
use Sla\State;
use Sla\Status;
use Sla\Ticket;
use Sla\Time;

/** What a host with a database stores, in one call. */
final class LinkedTest extends TestCase
{
    public function test_a_decision_is_linked_as_the_separate_calls_link_it(): void
    {
        $engine = Desk::engine();
        $now = Desk::monday(8);
        $opened = $engine->openLinked(Desk::opening(), Actor::customer('c-7'), Desk::monday());
        $plain = Desk::opened($engine);
        self::assertTrue($opened->isAccepted());
        self::assertSame(Audit::link(null, $plain->events, Desk::monday())->entries, $opened->entries);
        self::assertSame($plain->ticket->json(), $opened->ticket->json());
        self::assertEquals($plain->nextCheckAt, $opened->nextCheckAt());
        self::assertSame(Time::toUs($plain->nextCheckAt), $opened->nextCheckAtUs);
        self::assertEquals($plain->events, $opened->events());

        $reply = Command::reply('email', Message::of('m-2', 'On it'));
        $decided = $engine->decide($opened->ticket, $reply, Actor::admin('root'), $now);
        $linked = $engine->decideLinked($opened->ticket, $opened->head, $reply, Actor::admin('root'), $now, Desk::monday(9));
        $apart = Audit::link($opened->head, $decided->events, Desk::monday(9));
        self::assertSame($apart->entries, $linked->entries);
        self::assertEquals($apart->head, $linked->head);
        self::assertSame($decided->ticket->json(), $linked->ticket->json());

        $due = $engine->dueEventsLinked($opened->ticket, $opened->head, $now);
        self::assertSame(Audit::link($opened->head, $engine->dueEvents($opened->ticket, $now)->events, $now)->entries, $due->entries);
        // Nothing more is due.
        self::assertSame([], $engine->dueEventsLinked($due->ticket, $due->head, $now)->entries);

        $refused = $engine->decideLinked($due->ticket, $due->head, $reply, Actor::agent('bob'), $now);
        self::assertSame([false, [], null, null, null, null], [$refused->isAccepted(), $refused->entries, $refused->head, $refused->ticket, $refused->nextCheckAt(), $refused->values()]);
        self::assertSame('not_assigned_agent', $refused->refusal->code);
        $this->expectException(InvalidInput::class);
        $engine->dueEventsLinked($due->ticket, $opened->head, $now);
    }

    public function test_the_fault_of_one_request_does_not_stop_the_others(): void
    {
        $engine = Desk::engine();
        $opened = $engine->openLinked(Desk::opening(), Actor::customer('c-7'), Desk::monday());
        $now = Desk::monday(8);
        $close = Command::reply('email', Message::of('m-2', 'x'));
        $answers = $engine->batch([
            'due' => Request::dueEvents($opened->ticket, $opened->head),
            'unreadable' => Request::dueEvents(Ticket::fromJson(substr($opened->ticket->json(), 0, -1)), $opened->head),
            'refused' => Request::command($opened->ticket, $opened->head, $close, Actor::agent('bob')),
            7 => Request::command($opened->ticket, $opened->head, $close, Actor::admin('root')),
        ], $now);
        self::assertSame(['due', 'unreadable', 'refused', 7], array_keys($answers));
        self::assertEquals($engine->dueEventsLinked($opened->ticket, $opened->head, $now), $answers['due']);
        self::assertInstanceOf(InvalidInput::class, $answers['unreadable']);
        self::assertSame('invalid_json', $answers['unreadable']->errorCode);
        self::assertSame('not_assigned_agent', $answers['refused']->refusal->code);
        self::assertInstanceOf(LinkedDecision::class, $answers[7]);
        self::assertEquals($engine->decideLinked($opened->ticket, $opened->head, $close, Actor::admin('root'), $now), $answers[7]);
        self::assertSame([], $engine->batch([], $now));
        $this->expectExceptionMessage('request `k` is no `Request`, but string');
        $engine->batch(['k' => 'x'], $now);
    }

    public function test_stored_entries_are_read_as_they_are(): void
    {
        $engine = Desk::engine();
        $opened = $engine->openLinked(Desk::opening(), Actor::customer('c-7'), Desk::monday());
        $due = $engine->dueEventsLinked($opened->ticket, $opened->head, Desk::monday(8));
        $entries = [...$opened->entries, ...$due->entries];
        $history = History::ofEntries($entries);
        self::assertSame($due->ticket->json(), Ticket::of($history)->json());
        $other = History::of([...$opened->events(), ...$due->events()]);
        $now = Desk::monday(9);
        self::assertEquals($engine->explain($other, 'first_response', $now), $engine->explain($history, 'first_response', $now));
        self::assertEquals($engine->ledger($other, $now), $engine->ledger($history, $now));

        self::assertEquals($due->head, Audit::verifyEntries('ticket', 'T-1', $entries)->head);
        self::assertEquals(Audit::verify(Audit::chain('ticket', 'T-1', $entries)), Audit::verifyEntries('ticket', 'T-1', $entries));
        self::assertSame('removed', Audit::verifyEntries('ticket', 'T-1', $opened->entries, [$due->head])->tampering);
        $this->expectException(InvalidInput::class);
        $engine->explain(History::ofEntries(['{']), 'first_response', $now);
    }

    public function test_a_ticket_is_read_as_values(): void
    {
        $engine = Desk::engine();
        $opened = $engine->openLinked(Desk::opening(), Actor::customer('c-7'), Desk::monday());
        $due = $engine->dueEventsLinked($opened->ticket, $opened->head, Desk::monday(8));
        $values = $due->values();
        self::assertEquals($values, $engine->ticketValues($due->ticket));
        self::assertSame(['T-1', Status::New, 'c-7', null, Direction::Inbound], [$values->id, $values->status, $values->customer, $values->organization, $values->direction]);
        self::assertSame([null, null, 'starter', 'normal', 'email'], [$values->agent, $values->team, $values->package, $values->priority, $values->channel]);
        self::assertSame([null, null, null], [$values->severity, $values->category, $values->closedAtUs]);
        self::assertSame($engine->info()->policyDigest, $values->policyDigest);
        self::assertSame(count($opened->entries) + count($due->entries), $values->events);
        self::assertSame(Time::toUs(Desk::monday()), $values->openedAtUs);
        self::assertGreaterThan($values->openedAtUs, $values->lastAtUs);
        $first = $values->escalations[0];
        self::assertSame([1, EscalationStage::Open], [$first->number, $first->stage]);
        self::assertContains($first->trigger, ['breach', 'step']);
        self::assertNotNull($first->timer);
        self::assertGreaterThan($values->openedAtUs, $first->atUs);
        self::assertGreaterThan(0, $first->level);
        $timer = $values->timer('first_response');
        $evaluated = $engine->evaluate($due->ticket, Time::fromUs($values->lastAtUs))->timer('first_response');
        self::assertSame(['first_response', 1, State::Breached, Outcome::Breached, Activity::Running], [$timer->timer, $timer->cycle, $timer->state, $timer->outcome, $timer->activity]);
        self::assertSame(Time::toUs($evaluated->dueAt()), $timer->dueAtUs);
        self::assertSame($evaluated->cycle()->targetUs, $timer->targetUs);
        self::assertGreaterThanOrEqual(0, $timer->remainingUs);
        self::assertSame($values->openedAtUs, $timer->sinceUs);
        self::assertNull($values->timer('resolution'));
    }

    public function test_rows_put_together_step_by_step_are_those_of_the_history(): void
    {
        $engine = Desk::engine();
        $zone = 'Asia/Jakarta';
        $root = Actor::admin('root');
        $opened = $engine->openLinked(Desk::opening(), Actor::customer('c-7'), Desk::monday(), timeZone: $zone);
        $rows = $opened->rows();
        $steps = [$opened, $due = $engine->dueEventsLinked($opened->ticket, $opened->head, Desk::monday(8), timeZone: $zone, rowState: $rows->state)];
        $reply = Command::reply('email', Message::of('m-2', 'x'));
        $steps[] = $replied = $engine->decideLinked($due->ticket, $due->head, $reply, $root, Desk::monday(8), timeZone: $zone, rowState: $due->rows()->state);
        $request = Request::command($due->ticket, $due->head, $reply, $root, $due->rows()->state);
        self::assertEquals([$replied], $engine->batch([$request], Desk::monday(8), timeZone: $zone));
        [$cycles, $facts, $entries] = [[], [], []];
        foreach ($steps as $step) {
            foreach ($step->rows()->cycles as $row) {
                $cycles["{$row->timer} {$row->cycle}"] = $row;
            }
            foreach ($step->rows()->facts as $row) {
                $facts[$row->key] = $row;
            }
            array_push($entries, ...$step->entries);
        }
        $whole = $engine->ticketRows(History::ofEntries($entries), Desk::monday(8), $zone);
        self::assertEquals(array_column($whole->facts, null, 'key'), $facts);
        self::assertCount(count($whole->cycles), $cycles);
        self::assertContainsEquals($cycles['first_response 1'], $whole->cycles);
        self::assertSame($replied->rows()->state, $whole->state);

        $first = $cycles['first_response 1'];
        self::assertSame(['breached_answered', false, '2026-11-23', null], [$first->class, $first->asOfNow, $first->place->day, $first->place->agent]);
        self::assertSame(['business_time', 'wall_time', 'overdue'], [$first->businessFigure, $first->wallFigure, $first->overdueFigure]);
        self::assertSame($first->dueAtUs, $first->place->atUs);
        self::assertSame(Time::toUs(Desk::monday(8)), $first->ended->atUs);
        self::assertSame($first->wallUs, $first->ended->atUs - $first->startedAtUs);
        self::assertSame(['root', 0, 1, null], [$facts['handled/root']->place->agent, $facts['handled/root']->bucket, $facts['handled/root']->n, $facts['handled/root']->seq]);
        self::assertSame(['open', true], [$facts['status']->figure, $facts['status']->asOfNow]);

        // As of now: what lasts, without events.
        $later = $engine->ticketRows($replied->ticket, Desk::monday(9), $zone, $replied->rows()->state);
        self::assertSame($whole->state, $later->state);
        self::assertSame(['held/1/held_working_business_time', 'held/1/held_working_wall_time', 'held/1/held_waiting_business_time', 'held/1/held_waiting_wall_time', 'status'], array_column($later->facts, 'key'));
        self::assertSame(9 * 3_600_000_000, $later->facts[1]->durationUs);
        self::assertNull($engine->dueEventsLinked($replied->ticket, $replied->head, Desk::monday(8))->rows());
        self::assertNull($engine->decideLinked($due->ticket, $due->head, $reply, Actor::agent('bob'), Desk::monday(8), timeZone: $zone)->rows());
        $this->expectException(InvalidInput::class);
        $this->expectExceptionMessage('the row state');
        $engine->ticketRows($replied->ticket, Desk::monday(9), $zone, $rows->state);
    }
}
