<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Feature;

use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Event;
use Sla\Actor;
use Sla\Apply;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Engine\MadeEvent;
use Sla\Laravel\Engine\Step;
use Sla\Laravel\Events\AccessDenied;
use Sla\Laravel\Events\TicketAssigned;
use Sla\Laravel\Events\TicketOpened;
use Sla\Laravel\Events\TicketReplied;
use Sla\Laravel\Models\SlaDenial;
use Sla\Laravel\Models\SupportEscalation;
use Sla\Laravel\Models\SupportEvent;
use Sla\Laravel\Models\SupportResponse;
use Sla\Laravel\Models\SupportTicket;
use Sla\Laravel\Policy\PolicyPublisher;
use Sla\Laravel\Policy\PolicyRepository;
use Sla\Laravel\Services\ChannelAccessService;
use Sla\Laravel\Services\EscalationService;
use Sla\Laravel\Services\NewTicket;
use Sla\Laravel\Store\AccessLog;
use Sla\Laravel\Store\TicketStore;
use Sla\Laravel\Store\UnknownTicket;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Settings;
use Sla\Laravel\Support\Tables;
use Sla\Laravel\Tests\TestCase;
use Sla\PauseStatus;

final class TicketTest extends TestCase
{
    protected function setUp(): void
    {
        parent::setUp();
        $this->seedPolicy();
    }

    public function test_a_ticket_from_opening_to_rating(): void
    {
        $outcome = $this->opened();
        self::assertNull($outcome->refusal);
        $id = (int) $outcome->ticketId;
        $ticket = SupportTicket::query()->findOrFail($id);
        self::assertSame(['kim', 'starter', 'email', 'new', 'normal', null], [
            $ticket->customer, $ticket->package, $ticket->channel, $ticket->status, $ticket->priority, $ticket->agent,
        ]);
        // 9:00 plus four hours, with lunch from 12 to 13.
        self::assertSame('2026-11-23T07:00:00.000000Z', $ticket->first_response_due_at->format('Y-m-d\TH:i:s.u\Z'));
        self::assertNull($ticket->resolution_due_at);

        $this->clockAt('2026-11-23 10:00');
        $ana = Actor::agent('ana');
        self::assertTrue($this->tickets()->assign($id, $ana, 'ana')->isAccepted());
        self::assertTrue($this->tickets()->reply($id, $ana, 'email', 'On it.')->isAccepted());
        self::assertTrue($this->tickets()->note($id, $ana, 'The gateway again.')->isAccepted());
        self::assertTrue($this->tickets()->pause($id, $ana, PauseStatus::Pending, 'waiting for a log file')->isAccepted());
        self::assertSame('pending', SupportTicket::query()->value('status'));
        self::assertTrue($this->tickets()->customerMessage($id, Actor::customer('kim'), 'chat', 'Here it is.')->isAccepted());
        self::assertTrue($this->tickets()->resolve($id, $ana, 'Solved.')->isAccepted());
        self::assertTrue($this->tickets()->rate($id, Actor::customer('kim'), 5)->isAccepted());
        self::assertTrue($this->tickets()->close($id, Actor::admin('root'))->isAccepted());

        $ticket = SupportTicket::query()->findOrFail($id);
        self::assertSame(['closed', 'ana'], [$ticket->status, $ticket->agent]);
        self::assertNotNull($ticket->closed_at);
        self::assertSame(
            [['opened', 0], ['assigned', 1], ['replied', 2], ['noted', 3], ['paused', 4], ['customer_messaged', 5], ['resolved', 6], ['rated', 7], ['closed', 8]],
            $ticket->events->map(static fn (SupportEvent $event): array => [$event->kind, (int) $event->seq])->all(),
        );
        self::assertSame(
            [['Please help.', 'email', true], ['On it.', 'email', true], ['The gateway again.', null, false], ['Here it is.', 'chat', true], ['Solved.', null, true]],
            $ticket->responses->map(static fn (SupportResponse $response): array => [$response->body, $response->channel, $response->is_public])->all(),
        );
        foreach ($ticket->responses as $response) {
            self::assertSame(hash('sha256', $response->body), $response->content_sha256);
        }
        $this->artisan('sla:verify')->expectsOutput('2 chains verified, 0 at fault')->assertExitCode(0);
        self::assertSame('met', $this->tickets()->evaluate($id)->timer('first_response')?->state->value);
    }

    public function test_a_channel_outside_the_package_is_refused_on_record(): void
    {
        Event::fake([AccessDenied::class]);
        $outcome = $this->opened(channel: 'whatsapp');
        self::assertSame('channel_not_entitled', $outcome->refusal?->code);
        self::assertNull($outcome->ticketId);
        self::assertSame(0, SupportTicket::query()->count());
        self::assertSame(['kim', 'channel_not_entitled', 'open'], array_values(SlaDenial::query()->sole()->only('actor_id', 'code', 'action')));
        Event::assertDispatched(AccessDenied::class, static fn (AccessDenied $event): bool => $event->code === 'channel_not_entitled');

        $id = (int) $this->opened()->ticketId;
        self::assertSame('channel_not_entitled', $this->tickets()->reply($id, Actor::admin('root'), 'phone', 'Hello')->refusal?->code, 'admins neither');
        self::assertSame(2, SlaDenial::query()->count());
        $entries = $this->app->make(AccessLog::class)->entries('access-2026-11-23');
        self::assertTrue($this->app->make(Gateway::class)->verify('access', 'access-2026-11-23', $entries)->isSound());
        self::assertSame(1, SupportEvent::query()->count(), 'a refusal adds no event');
    }

    public function test_a_customer_without_package_is_refused(): void
    {
        $outcome = $this->tickets()->open(new NewTicket('Hi', 'Hi', 'email'), Actor::customer('nobody'));
        self::assertSame('unknown_package', $outcome->refusal?->code);
    }

    public function test_the_channels_of_a_customer(): void
    {
        $this->user('kim', 'customer', 'professional');
        $access = $this->app->make(ChannelAccessService::class);
        self::assertSame(['email' => 'Email', 'chat' => 'Live chat', 'phone' => 'Phone'], $access->channelsOf('kim'));
        self::assertTrue($access->allows('kim', 'phone'));
        self::assertFalse($access->allows('kim', 'whatsapp'));
        self::assertFalse($access->allows('unknown', 'email'));
        self::assertSame([], $access->channelsIn('unknown'));
    }

    public function test_events_are_dispatched_after_the_commit(): void
    {
        $seen = [];
        Event::listen(TicketOpened::class, static function (TicketOpened $event) use (&$seen): void {
            $seen[] = [$event->ticketId, DB::transactionLevel(), SupportTicket::query()->whereKey($event->ticketId)->exists()];
        });
        $id = $this->opened()->ticketId;
        self::assertSame([[$id, 0, true]], $seen);

        Event::fake([TicketOpened::class]);
        try {
            DB::transaction(function (): void {
                $this->opened();
                throw new \DomainException('the host changes its mind');
            });
        } catch (\DomainException) {
            Event::assertNotDispatched(TicketOpened::class);
            self::assertSame(1, SupportTicket::query()->count());
        }
    }

    public function test_a_repeated_command_adds_nothing(): void
    {
        Event::fake([TicketReplied::class, TicketAssigned::class]);
        $first = $this->opened(commandId: 'k-1');
        $again = $this->opened(commandId: 'k-1');
        self::assertSame($first->ticketId, $again->ticketId);
        self::assertSame([], $again->events);
        self::assertSame(1, SupportTicket::query()->count());
        self::assertSame('duplicate_command', $this->opened(channel: 'chat', commandId: 'k-1')->refusal?->code);
        self::assertNotSame($first->ticketId, $this->opened(customer: 'lee', commandId: 'k-1')->ticketId, 'ids of another customer are others');

        $id = (int) $first->ticketId;
        $root = Actor::admin('root');
        self::assertCount(1, $this->tickets()->reply($id, $root, 'email', 'On it.', commandId: 'k-2')->events);
        self::assertCount(0, $this->tickets()->reply($id, $root, 'email', 'On it.', commandId: 'k-2')->events);
        self::assertSame('duplicate_command', $this->tickets()->reply($id, $root, 'email', 'Sorry.', commandId: 'k-2')->refusal?->code);
        Event::assertDispatchedTimes(TicketReplied::class, 1);
        self::assertSame(2, SupportResponse::query()->where('ticket_id', $id)->count());
    }

    public function test_nothing_is_stored_when_the_ticket_was_changed_meanwhile(): void
    {
        $id = (int) $this->opened()->ticketId;
        $store = $this->app->make(TicketStore::class);
        $isFirst = true;
        // What another process does between our reading and our writing.
        DB::listen(function ($query) use (&$isFirst, $id): void {
            if ($isFirst && str_starts_with($query->sql, 'select') && str_contains($query->sql, 'sla_ticket_states')) {
                $isFirst = false;
                $this->tickets()->assign($id, Actor::admin('root'), 'ana');
            }
        });
        $outcome = $this->tickets()->reply($id, Actor::admin('root'), 'email', 'On it.');
        self::assertTrue($outcome->isAccepted());
        self::assertSame(2, $outcome->events[0]->seq, 'decided again on what the other one stored');
        self::assertSame(['opened', 'assigned', 'replied'], SupportEvent::query()->orderBy('seq')->pluck('kind')->all());
        self::assertCount(3, $store->entries($id));
        $this->artisan('sla:verify')->assertExitCode(0);
    }

    public function test_a_clock_that_is_behind_counts_as_the_instant_of_the_last_event(): void
    {
        $id = (int) $this->opened()->ticketId;
        $openedUs = $this->app->make(Clock::class)->nowUs();
        $this->clockAt('2026-11-23 08:59');
        self::assertSame($openedUs, $this->tickets()->note($id, Actor::admin('root'), 'Early.')->events[0]->atUs);
        self::assertSame('new', $this->tickets()->evaluate($id)->status->value);
        self::assertSame([], $this->app->make(TicketStore::class)->storeDue([$id], $openedUs - 60_000_000)->failed);
        $this->artisan('sla:verify')->assertExitCode(0);
    }

    public function test_a_refusal_of_a_long_id_is_on_record(): void
    {
        $id = (int) $this->opened()->ticketId;
        self::assertSame('invalid_reference', $this->tickets()->withdraw($id, Actor::customer(str_repeat('ä', 100)))->refusal?->code);
        self::assertSame(str_repeat('ä', 64), SlaDenial::query()->value('actor_id'));
    }

    public function test_an_escalation_is_requested_acknowledged_and_resolved(): void
    {
        $id = (int) $this->opened()->ticketId;
        $escalations = $this->app->make(EscalationService::class);
        self::assertSame('reason_required', $escalations->request($id, Actor::customer('kim'), ' ', 'email')->refusal?->code);
        self::assertTrue($escalations->request($id, Actor::customer('kim'), 'we cannot sell', 'email')->isAccepted());
        $row = SupportEscalation::query()->sole();
        self::assertSame(['request', 'open', 'customer', 'kim', 'we cannot sell', 1], [$row->trigger, $row->status, $row->by_role, $row->by_id, $row->reason, (int) $row->level]);
        self::assertSame(1, $escalations->unresolved()->count());
        self::assertSame('role_not_permitted', $escalations->acknowledge($id, 1, Actor::customer('kim'))->refusal?->code);
        self::assertTrue($escalations->acknowledge($id, 1, Actor::admin('root'))->isAccepted());
        self::assertSame('escalation_not_open', $escalations->acknowledge($id, 1, Actor::admin('root'))->refusal?->code);
        self::assertTrue($escalations->resolve($id, 1, Actor::admin('root'))->isAccepted());
        $row = SupportEscalation::query()->sole();
        self::assertSame(['resolved', 'root', 'root'], [$row->status, $row->acknowledged_by, $row->resolved_by]);
        self::assertSame(0, $escalations->unresolved()->count());
    }

    public function test_a_foreign_ticket_cannot_be_seen(): void
    {
        $id = (int) $this->opened()->ticketId;
        self::assertNull($this->tickets()->refusalToView($id, Actor::customer('kim')));
        self::assertNull($this->tickets()->refusalToView($id, Actor::admin('root')));
        self::assertSame('not_ticket_owner', $this->tickets()->refusalToView($id, Actor::customer('lee'))?->code);
        self::assertSame('not_assigned_agent', $this->tickets()->refusalToView($id, Actor::agent('ana'))?->code);
        self::assertSame(2, SlaDenial::query()->count());
        $this->expectException(UnknownTicket::class);
        $this->tickets()->refusalToView(99, Actor::admin('root'));
    }

    public function test_a_duplicate_is_voided_and_absorbed(): void
    {
        $first = (int) $this->opened()->ticketId;
        $this->clockAt('2026-11-23 10:00');
        $second = (int) $this->opened()->ticketId;
        self::assertTrue($this->tickets()->absorb($first, Actor::admin('root'), $second, 'the same question')->isAccepted());
        self::assertSame('voided', SupportTicket::query()->find($second)->status);
        self::assertSame('absorbed', SupportEvent::query()->where('ticket_id', $first)->orderByDesc('seq')->value('kind'));
        $this->artisan('sla:verify')->assertExitCode(0);
    }

    public function test_a_revision_that_was_published_meanwhile_is_read(): void
    {
        $this->app->make(Gateway::class)->engine();
        // Another process publishes, and opens a ticket under the new revision.
        DB::table('sla_definitions')->where('package', 'starter')->update(['first_response' => '3h']);
        $stale = $this->app->make(Gateway::class);
        $monitor = new Gateway(new PolicyRepository($this->app->make(Tables::class)), $this->app->make(Settings::class));
        $monitor->engine();
        $this->app->forgetScopedInstances();
        $this->app->make(PolicyPublisher::class)->publish(Actor::admin('root'), 'faster');
        $id = (int) $this->opened()->ticketId;
        $ticket = $this->app->make(TicketStore::class)->find($id);
        self::assertNotNull($ticket);
        self::assertSame('new', $stale->evaluate($ticket, $ticket->lastUs)->status->value);
        $due = $monitor->due([$ticket], $ticket->lastUs + 3 * 3_600_000_000)[$id];
        self::assertInstanceOf(Step::class, $due);
        self::assertSame(['warned'], array_map(static fn (MadeEvent $event): string => $event->kind, $due->events));
    }

    public function test_an_open_ticket_adopts_a_revision(): void
    {
        $id = (int) $this->opened()->ticketId;
        DB::table('sla_definitions')->where('package', 'starter')->update(['first_response' => '3h', 'other_targets' => '{"assignment":"1h"}']);
        $published = $this->app->make(PolicyPublisher::class)->publish(Actor::admin('root'), 'faster');
        self::assertNotNull($published->policyDigest);
        $this->app->forgetScopedInstances();
        $outcome = $this->tickets()->adoptRevision($id, Actor::admin('root'), $published->policyDigest, Apply::Retroactive, 'all shall have it');
        self::assertNull($outcome->refusal);
        self::assertSame('2026-11-23 05:00', SupportTicket::query()->find($id)->first_response_due_at->format('Y-m-d H:i'));
        self::assertSame($published->policyDigest, SupportTicket::query()->value('policy_digest'));
    }

    public function test_a_ticket_that_is_changed_while_it_is_verified_is_no_fault(): void
    {
        $id = (int) $this->opened()->ticketId;
        $this->actingAs($this->user('root', 'admin'));
        $reads = 0;
        // What another process does between the reading of the state and that of the events.
        DB::listen(function ($query) use (&$reads, $id): void {
            if (str_starts_with($query->sql, 'select') && str_contains($query->sql, 'sla_ticket_states') && --$reads === 0) {
                $this->tickets()->note($id, Actor::admin('root'), 'Meanwhile.');
            }
        });
        $reads = 1;
        $this->artisan('sla:verify', ['ticket' => $id])->expectsOutput('1 chains verified, 0 at fault')->assertExitCode(0);
        // The first reading is for the permission.
        $reads = 2;
        $this->getJson("/api/sla/tickets/{$id}/audit")->assertJsonPath('chain', ['sound' => true, 'finding' => null, 'at' => null, 'entries' => 3]);
    }

    public function test_tampering_is_found(): void
    {
        $id = (int) $this->opened()->ticketId;
        $this->tickets()->assign($id, Actor::admin('root'), 'ana');
        $entry = DB::table('support_events')->where('seq', 1)->value('entry');
        DB::table('support_events')->where('seq', 1)->update(['entry' => str_replace('"ana"', '"eve"', $entry)]);
        $this->artisan('sla:verify')->expectsOutput("ticket #{$id}: altered at entry 1")->assertExitCode(1);
        DB::table('support_events')->where('seq', 1)->delete();
        $this->artisan('sla:verify')->expectsOutput("ticket #{$id}: the state does not fit the events")->assertExitCode(1);
    }
}
