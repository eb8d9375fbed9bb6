<?php

declare(strict_types=1);

namespace Sla\Tests;

use PHPUnit\Framework\TestCase;
use Sla\Activity;
use Sla\Actor;
use Sla\Apply;
use Sla\Command;
use Sla\CycleClass;
use Sla\Engine;
use Sla\Event;
use Sla\Exceptions\InvalidArgument;
use Sla\Exceptions\InvalidInput;
use Sla\Exceptions\InvalidPolicy;
use Sla\History;
use Sla\Message;
use Sla\Opening;
use Sla\Outcome;
use Sla\PauseStatus;
use Sla\Policy;
use Sla\RecordedCommand;
use Sla\RefusalKind;
use Sla\Role;
use Sla\State;
use Sla\Status;
use Sla\Ticket;
use Sla\Time;

final class EngineTest extends TestCase
{
    public function test_a_ticket_is_opened_answered_and_resolved(): void
    {
        $engine = Desk::engine();
        $opened = Desk::opened($engine);
        self::assertTrue($opened->isAccepted());
        self::assertSame('opened', Desk::kinds($opened->events));
        self::assertEquals(new \DateTimeImmutable('2026-11-23T06:12:00Z'), $opened->nextCheckAt);
        $first = $opened->events[0];
        self::assertSame(['T-1', 0, 'c-7', Role::Customer], [$first->ticket, $first->seq, $first->actor->id, $first->actor->role]);
        self::assertSame('UTC', $first->at->getTimezone()->getName());
        self::assertSame('starter', $first->data()['package']);
        self::assertSame('first_response', $first->changes()[0]['timer']);

        $admin = Actor::admin('root');
        $answered = $engine->decide($opened->ticket, Command::reply('email', Message::of('m-2', 'hello')), $admin, Desk::monday(1));
        $assigned = $engine->decide($answered->ticket, Command::assign('ana'), $admin, Desk::monday(1));
        $resolved = $engine->decide($assigned->ticket, Command::resolve(Message::of('m-3', 'done')), Actor::agent('ana'), Desk::monday(2));
        $evaluation = $engine->evaluate($resolved->ticket, Desk::monday(3));
        self::assertSame(Status::Resolved, $evaluation->status);
        self::assertSame(2 * Time::HOUR, $engine->evaluate($resolved->ticket, Desk::monday(2))->ageUs);
        $timer = $evaluation->timer('first_response');
        self::assertSame([State::Met, 1], [$timer->state, count($timer->cycles)]);
        $cycle = $timer->cycle();
        self::assertSame([Outcome::Met, Activity::Stopped, 4 * Time::HOUR, Time::HOUR], [$cycle->outcome, $cycle->activity, $cycle->targetUs, $cycle->elapsedUs]);
        self::assertEquals(Desk::monday(5), $timer->dueAt());
        self::assertEquals(Desk::monday(1), $cycle->stoppedAt);
        self::assertNull($evaluation->timer('update'));
    }

    public function test_instants_are_there_in_microseconds(): void
    {
        $engine = Desk::engine();
        $opened = Desk::opened($engine);
        self::assertSame(Time::toUs(Desk::monday()), $opened->events[0]->atUs());
        self::assertSame(Time::toUs($opened->nextCheckAt), $opened->nextCheckAtUs());
        self::assertSame($opened->nextCheckAtUs(), $engine->nextCheckAtUs($opened->ticket));
        $cycle = $engine->evaluate($opened->ticket, Desk::monday(1))->timer('first_response')->cycle();
        self::assertSame([Time::toUs($cycle->dueAt), null], [$cycle->dueAtUs(), $cycle->stoppedAtUs()]);
    }

    public function test_an_engine_is_found_by_the_digests_of_its_revisions(): void
    {
        $first = Desk::policy();
        $second = str_replace('"version": 1', '"version": 2', $first);
        self::assertNotSame($first, $second);
        $asked = 0;
        $load = static function (array $digests) use (&$asked, $first, $second): array {
            $asked++;
            self::assertCount(2, $digests);

            return [$first, $second];
        };
        $digests = [Policy::fromJson($first)->digest(), Policy::fromJson($second)->digest()];
        $engine = Engine::ofRevisions($digests, $load);
        self::assertSame($digests, $engine->info()->policyDigests);
        self::assertSame($digests[1], Engine::ofRevisions($digests, $load)->info()->policyDigest);
        self::assertSame(1, $asked);
        try {
            Engine::ofRevisions(array_reverse($digests), $load);
            self::fail('documents of other digests');
        } catch (InvalidArgument $fault) {
            self::assertSame('unknown_revision', $fault->errorCode);
        }
        self::assertNull(Engine::known([$digests[1], $digests[0]]));

        $grown = Engine::compile($first)->withRevision($second);
        self::assertSame($digests, $grown->info()->policyDigests);
        // An older one comes before, and one that is there changes nothing.
        self::assertSame($digests, Engine::compile($second)->withRevision($first)->withRevision($second)->info()->policyDigests);
        $ticket = $engine->open(Desk::opening(), Actor::customer('c-7'), Desk::monday())->ticket;
        try {
            Engine::compile($first)->evaluate($ticket, Desk::monday());
            self::fail();
        } catch (InvalidInput $fault) {
            self::assertSame('unknown_revision', $fault->errorCode);
            self::assertStringContainsString($digests[1], $fault->getMessage());
        }
        $this->expectException(InvalidPolicy::class);
        $engine->withRevision(str_replace('"id": "talkabiz"', '"id": "other"', $first));
    }

    public function test_a_refusal_is_an_answer(): void
    {
        $engine = Desk::engine();
        $decision = $engine->open(Desk::opening('whatsapp'), Actor::customer('c-7'), Desk::monday());
        self::assertFalse($decision->isAccepted());
        self::assertSame([[], null, null], [$decision->events, $decision->ticket, $decision->nextCheckAt]);
        self::assertSame(['channel_not_entitled', 'open'], [$decision->refusal->code, $decision->refusal->action]);
        self::assertStringContainsString('email', $decision->refusal->accepted);
        self::assertNotSame('', $decision->refusal->message);
        $about = $decision->refusal->about('reopen');
        self::assertSame(['reopen', 'reopen', 'open'], [$about->action, json_decode($about->json())->action, $decision->refusal->action]);

        self::assertSame('role_not_permitted', $engine->authorize(Actor::customer('c-7'), 'manage_policy')->code);
        self::assertNull($engine->authorize(Actor::admin('root'), 'manage_policy'));
        $ticket = Desk::opened($engine)->ticket;
        self::assertSame('not_ticket_owner', $engine->authorize(Actor::customer('eve'), 'view_ticket', $ticket)->code);
        self::assertSame(RefusalKind::Permission, $engine->authorize(Actor::customer('eve'), 'view_ticket', $ticket)->kind);
        $visible = $engine->visibleTickets(Actor::customer('c-7'));
        self::assertSame([false, 'c-7', null, null, []], [$visible->tickets->everything, $visible->tickets->customer, $visible->tickets->organization, $visible->tickets->agent, $visible->tickets->teams]);
        self::assertSame([], $visible->under);
        self::assertTrue($engine->visibleTickets(Actor::admin('root'))->tickets->everything);
        self::assertSame('role_not_permitted', $engine->visibleTickets(new Actor(Role::System, 'x'))->code);
        $this->expectExceptionObject(self::refused('unknown_action'));
        $engine->authorize(Actor::admin('root'), 'fly');
    }

    public function test_time_makes_events_with_intents(): void
    {
        $engine = Desk::engine();
        $opened = Desk::opened($engine);
        $due = $engine->dueEvents($opened->ticket, Desk::monday(8));
        self::assertSame('warned breached escalated escalated', Desk::kinds($due->events));
        $warning = $due->events[0]->intent();
        self::assertSame(['first_response', 1, 'warning', ['agent'], null], [$warning->timer, $warning->cycle, $warning->step, $warning->notify, $warning->assignTo]);
        self::assertSame(64, strlen($warning->id));
        self::assertNull($due->events[1]->intent());
        self::assertSame('supervisor', $due->events[2]->intent()->assignTo);
        self::assertEquals(Desk::monday(4.2), $due->events[0]->at);
        self::assertSame([], $engine->dueEvents($due->ticket, Desk::monday(8))->events);
        self::assertEquals($due->nextCheckAt, $engine->nextCheckAt($due->ticket));
        self::assertSame($due->ticket->json(), $opened->ticket->fold($due->events)->json());
        $evaluation = $engine->evaluate($opened->ticket, Desk::monday(8));
        self::assertEquals($due->events, $evaluation->dueEvents);
        self::assertSame(3 * Time::HOUR, $evaluation->timer('first_response')->cycle()->overdueUs);
    }

    public function test_histories_and_tickets_are_stored_and_read(): void
    {
        $engine = Desk::engine();
        $history = Desk::late($engine);
        $ticket = Ticket::of($history);
        $evaluation = $engine->evaluate($history, Desk::monday(9));
        self::assertEquals($evaluation, $engine->evaluate(Ticket::fromJson($ticket->json()), Desk::monday(9)));
        self::assertEquals($evaluation, $engine->evaluate(History::fromJson($history->json()), Desk::monday(9)));
        foreach (json_decode($history->json())->events as $stored) {
            $text = json_encode($stored, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
            self::assertSame($text, Event::fromJson($text)->json());
        }
        $texts = array_map(static fn (\stdClass $event): string => json_encode($event), json_decode($history->json())->events);
        self::assertSame($ticket->json(), Ticket::of(History::of($texts))->json());
    }

    public function test_an_event_without_data_survives_storage(): void
    {
        $engine = Desk::engine();
        $opened = Desk::opened($engine);
        $withdrawn = $engine->decide($opened->ticket, Command::withdraw(), Actor::customer('c-7'), Desk::monday(1));
        self::assertSame('withdrawn', Desk::kinds($withdrawn->events));
        self::assertSame([], $withdrawn->events[0]->data());
        $stored = array_map(static fn (Event $event): string => $event->json(), [...$opened->events, ...$withdrawn->events]);
        self::assertSame($withdrawn->ticket->json(), Ticket::of(History::of(array_map(Event::fromJson(...), $stored)))->json());
        self::assertSame(State::Cancelled, $engine->evaluate($withdrawn->ticket, Desk::monday(2))->timer('first_response')->state);
    }

    public function test_every_command_has_a_document_that_the_engine_reads(): void
    {
        $engine = Desk::engine();
        $ticket = Desk::opened($engine)->ticket;
        $message = Message::of('m', 'text');
        $commands = [
            'assign' => Command::assign('ana', 'first'),
            'unassign' => Command::unassign('end of shift'),
            'reply' => Command::reply('email', $message, isAutomatic: true),
            'absorb' => Command::absorb('T-0', 'the same', Desk::monday()),
            'note' => Command::note($message),
            'customer_message' => Command::customerMessage('email', $message, Desk::monday()),
            'pause' => Command::pause(PauseStatus::OnHold, 'waiting', Desk::monday(5)),
            'resume' => Command::resume(),
            'resolve' => Command::resolve($message),
            'reopen' => Command::reopen('email'),
            'close' => Command::close(),
            'withdraw' => Command::withdraw(),
            'void' => Command::void('spam', 'T-0'),
            'request_escalation' => Command::requestEscalation('urgent', 'email'),
            'acknowledge_escalation' => Command::acknowledgeEscalation(1),
            'resolve_escalation' => Command::resolveEscalation(1),
            'rate' => Command::rate(5),
            'change_package' => Command::changePackage('enterprise', Apply::FromNow, 'upgrade'),
            'adopt_revision' => Command::adoptRevision($engine->info()->policyDigest, Apply::Keep, 'new'),
            'classify' => Command::classify(null, null, Apply::Keep, 'none'),
        ];
        foreach ($commands as $name => $command) {
            self::assertSame($name, $command->name);
            $decision = $engine->decide($ticket, $command->withId("id-{$name}"), Actor::admin('root'), Desk::monday(1));
            self::assertTrue($decision->isAccepted() || $decision->refusal->action === $name, $name);
        }
        $methods = array_filter((new \ReflectionClass(Command::class))->getMethods(\ReflectionMethod::IS_STATIC), static fn (\ReflectionMethod $one): bool => $one->isPublic() && $one->name !== 'read');
        self::assertCount(count($methods), $commands);
    }

    public function test_teams_and_organizations_are_those_of_the_actor(): void
    {
        $engine = Desk::engine();
        $opening = new Opening('T-1', 'c-7', 'starter', 'email', Message::of('m-1', 'help'), receivedAt: Desk::monday(), organization: 'acme');
        $other = $engine->open($opening, Actor::customer('c-7', 'other'), Desk::monday(1));
        self::assertSame('not_ticket_owner', $other->refusal->code);
        $opened = $engine->open($opening, Actor::customer('c-7', 'acme'), Desk::monday(1));
        self::assertNull($opened->refusal);
        $cycle = $engine->evaluate($opened->ticket, Desk::monday(1))->timer('first_response')->cycle();
        self::assertEquals(Desk::monday(), $cycle->startedAt);
        self::assertSame([CycleClass::Running, null, 'email'], [$cycle->class, $cycle->cancelledBy, $cycle->channel]);
        $assigned = $engine->decide($opened->ticket, Command::assign(team: 'first'), Actor::admin('root'), Desk::monday(1));
        self::assertSame(['team' => 'first', 'cause' => 'command'], $assigned->events[0]->data());
        $bob = Actor::agent('bob', ['first']);
        // This policy lets only the assigned agent act.
        self::assertSame('not_assigned_agent', $engine->decide($assigned->ticket, Command::reply('email', Message::of('m-2', 'hello')), $bob, Desk::monday(1))->refusal->code);
    }

    public function test_a_repeated_command_adds_nothing(): void
    {
        $engine = Desk::engine();
        $ticket = Desk::opened($engine)->ticket;
        $command = Command::assign('ana')->withId('cmd-1');
        $first = $engine->decide($ticket, $command, Actor::admin('root'), Desk::monday(1));
        $again = $engine->decide($first->ticket, $command, Actor::admin('root'), Desk::monday(2));
        self::assertTrue($again->isAccepted());
        self::assertSame([], $again->events);
        $other = $engine->decide($first->ticket, Command::assign('bob')->withId('cmd-1'), Actor::admin('root'), Desk::monday(2));
        self::assertSame('duplicate_command', $other->refusal->code);
    }

    public function test_a_paused_timer_has_no_due(): void
    {
        $engine = Desk::engine();
        $admin = Actor::admin('root');
        $ticket = $engine->decide(Desk::opened($engine)->ticket, Command::assign('ana'), $admin, Desk::monday())->ticket;
        $ticket = $engine->decide($ticket, Command::pause(PauseStatus::Pending, 'waiting for the customer'), $admin, Desk::monday(1))->ticket;
        $timer = $engine->evaluate($ticket, Desk::monday(2))->timer('resolution');
        self::assertSame([State::Paused, Activity::Paused], [$timer->state, $timer->cycle()->activity]);
        self::assertNull($timer->dueAt());
        self::assertNotNull($timer->cycle()->dueIfResumedNow);
        self::assertFalse($timer->cycle()->isDueBeyondHorizon);
    }

    public function test_entitlements_are_asked_by_name(): void
    {
        $engine = Desk::engine();
        for ($round = 0; $round < 2; $round++) {
            self::assertTrue($engine->entitles('starter', 'email'));
            self::assertFalse($engine->entitles('starter', 'whatsapp'));
            self::assertTrue($engine->entitles('enterprise', 'whatsapp'));
        }
        $this->expectExceptionObject(self::refused('unknown_package'));
        $engine->entitles('gold', 'email');
    }

    public function test_other_systems_are_imported(): void
    {
        $engine = Desk::engine();
        $import = $engine->import([
            new RecordedCommand(Desk::monday(), Actor::customer('c-7'), Desk::opening()),
            new RecordedCommand(Desk::monday(1), Actor::customer('c-7'), Command::assign('ana')),
            new RecordedCommand(Desk::monday(6), Actor::admin('root'), Command::reply('email', Message::of('m-2', 'late'))),
        ]);
        self::assertSame('opened warned breached escalated replied', Desk::kinds($import->events));
        self::assertSame([1], array_keys($import->refused));
        self::assertSame('role_not_permitted', $import->refused[1]->code);
        self::assertSame($import->ticket->json(), Ticket::of(History::of($import->events))->json());
        $refused = $engine->import([new RecordedCommand(Desk::monday(), Actor::customer('c-7'), Desk::opening('whatsapp'))]);
        self::assertNull($refused->ticket);
        self::assertSame('channel_not_entitled', $refused->refused[0]->code);
    }

    public function test_a_revision_is_tried_before_it_is_adopted(): void
    {
        $old = Desk::policy();
        $new = str_replace(['"version": 1', '"first_response": "4h"'], ['"version": 2', '"first_response": "1h"'], $old);
        self::assertNotSame($old, $new);
        $ticket = Desk::opened(Desk::engine())->ticket;
        $engine = Engine::compile([$old, Policy::fromJson($new)]);
        self::assertSame(2, $engine->info()->version);
        self::assertSame($engine->info()->policyDigest, $engine->policy()->digest());
        self::assertSame($engine->info()->rulesDigest, $engine->policy()->rulesDigest());
        $run = $engine->dryRun([$ticket], Apply::FromNow, Desk::monday(0.5));
        self::assertSame([1, [], [], []], [$run->tickets, $run->breached, $run->unbreached, $run->refused]);
        self::assertEquals([Desk::monday(5), Desk::monday(1)], [$run->moved[0]->before, $run->moved[0]->after]);
        $broken = $engine->dryRun([$ticket], Apply::Retroactive, Desk::monday(2));
        self::assertSame('first_response', $broken->moved[0]->timer);
        $adopt = Command::adoptRevision($engine->info()->policyDigest, Apply::FromNow, 'the new contract');
        $decision = $engine->decide($ticket, $adopt, Actor::admin('root'), Desk::monday(0.5));
        self::assertEquals(Desk::monday(1), $engine->evaluate($decision->ticket, Desk::monday(0.5))->timer('first_response')->dueAt());
        $this->expectExceptionObject(self::refused('unknown_revision'));
        Desk::engine()->evaluate($decision->ticket, Desk::monday(1));
    }

    public function test_a_history_is_verified_by_re_execution(): void
    {
        $engine = Desk::engine();
        $history = Desk::late($engine);
        $found = $engine->verify($history, Ticket::of($history));
        self::assertTrue($found->isSound());
        self::assertSame([count(json_decode($history->json())->events), [], 0], [$found->verified, $found->rulesChanged, $found->otherRules]);
        $altered = History::fromJson(str_replace('"channel":"email"', '"channel":"fax"', $history->json()));
        $found = $engine->verify($altered);
        self::assertFalse($found->isSound());
        self::assertSame([0, 'refused', '/data/channel', 'fax', null], [$found->difference->seq, $found->difference->what, $found->difference->path, $found->difference->recorded, $found->difference->expected]);
        self::assertSame('unknown_channel', $found->difference->refusal->code);
    }

    public function test_deadlines_are_explained_and_time_is_booked(): void
    {
        $engine = Desk::engine();
        $history = Desk::late($engine);
        $explanation = $engine->explain($history, 'first_response', Desk::monday(8));
        self::assertSame(['T-1', 'first_response', 'Asia/Jakarta'], [$explanation->ticket, $explanation->timer, $explanation->timeZone]);
        self::assertSame('+07:00', $explanation->passed[0]->from->getTimezone()->getName());
        self::assertSame(['counted', 'closed', 'counted'], array_column($explanation->passed, 'kind'));
        self::assertEquals(['reason' => 'lunch_break', 'name' => null], $explanation->passed[1]->details);
        self::assertSame($explanation->cycle->elapsedUs, array_sum(array_column($explanation->passed, 'countedUs')));
        self::assertSame([], $explanation->ahead);
        self::assertStringContainsString('lunch break', $explanation->text);
        self::assertEquals($explanation, $engine->explain($history, 'first_response', Desk::monday(8), 1));
        $ledger = $engine->ledger($history, Desk::monday(8));
        $entry = $ledger->entries[0];
        self::assertSame(['T-1', 1, Status::New, null, null], [$ledger->ticket, count($ledger->entries), $entry->status, $entry->agent, $entry->waitReason]);
        self::assertSame([7 * Time::HOUR, Time::HOUR], [$entry->openUs, $entry->closedUs]);
        foreach ([0, -1, PHP_INT_MAX] as $cycle) {
            try {
                $engine->explain($history, 'first_response', Desk::monday(8), $cycle);
                self::fail("cycle {$cycle}");
            } catch (InvalidArgument $fault) {
                self::assertSame('out_of_range', $fault->errorCode);
            }
        }
        $this->expectExceptionObject(self::refused('unknown_timer'));
        $engine->explain($history, 'first_response', Desk::monday(8), 7);
    }

    public function test_policies_are_checked_compared_and_published(): void
    {
        $old = Policy::fromJson(Desk::policy());
        $new = Policy::fromJson(str_replace(['"version": 1', '"first_response": "4h"'], ['"version": 2', '"first_response": "3h"'], Desk::policy()));
        self::assertSame($old->digest(), Policy::fromJson($old->json())->digest());
        $changes = $new->changesSince($old);
        self::assertSame(['/packages/0/targets/first_response', '/version'], array_column($changes, 'path'));
        self::assertSame(['"4h"', '"3h"'], [$changes[0]->before, $changes[0]->after]);
        self::assertSame([], $old->changesSince($old));
        $warning = $old->lint(new \DateTimeImmutable('2099-01-01Z'))[0];
        self::assertSame(['holidays_end_soon', '/calendars/office/holidays_known_until'], [$warning->code, $warning->path]);
        self::assertNotSame(['', ''], [$warning->message, $warning->help]);
        $first = $old->publish(Actor::admin('root'), 'begin', Desk::monday());
        self::assertNull($first->refusal);
        $second = $new->publish(Actor::admin('root'), 'faster', Desk::monday(1), $old, $first->entry);
        self::assertCount(2, json_decode($second->entry)->changes);
        $refused = $new->publish(Actor::agent('ana'), 'faster', Desk::monday(1), $old, $first->entry);
        self::assertSame([null, 'role_not_permitted'], [$refused->entry, $refused->refusal->code]);
    }

    public function test_an_instant_before_the_last_event_is_refused(): void
    {
        $engine = Desk::engine();
        $ticket = Desk::opened($engine)->ticket;
        $this->expectExceptionObject(self::refused('time_went_back'));
        $engine->evaluate($ticket, Desk::monday()->modify('-1 microsecond'));
    }

    private static function refused(string $code): InvalidInput
    {
        return new InvalidInput(new \Sla\Exceptions\Problem($code, '', '', ''));
    }
}
