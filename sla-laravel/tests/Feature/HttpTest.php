<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Feature;

use App\Models\User;
use Illuminate\Support\Facades\DB;
use Illuminate\Testing\TestResponse;
use Sla\Actor;
use Sla\Laravel\Http\Controllers\CommandController;
use Sla\Laravel\Models\SlaDenial;
use Sla\Laravel\Models\SupportEvent;
use Sla\Laravel\Models\SupportTicket;
use Sla\Laravel\Store\UnknownTicket;
use Sla\Laravel\Tests\TestCase;

final class HttpTest extends TestCase
{
    private User $kim;
    private User $lee;
    private User $ana;
    private User $bob;
    private User $root;

    protected function setUp(): void
    {
        parent::setUp();
        $this->seedPolicy();
        $this->kim = $this->user('kim', 'customer', 'starter');
        $this->lee = $this->user('lee', 'customer', 'enterprise');
        $this->ana = $this->user('ana', 'agent', teams: 'billing,whatsapp');
        $this->bob = $this->user('bob', 'agent');
        $this->root = $this->user('root', 'admin');
    }

    public function test_who_acts_must_be_known_and_have_a_role(): void
    {
        foreach ([['get', '/api/sla/tickets'], ['post', '/api/sla/tickets'], ['get', '/support/tickets'], ['get', '/agent/tickets/assigned'], ['get', '/api/sla/agent/dashboard'], ['get', '/api/sla/escalations']] as [$method, $path]) {
            $this->json($method, $path)->assertStatus(401)->assertJsonPath('refusal.code', 'anonymous_actor');
            $this->actingAs($this->user('max', 'visitor'))->json($method, $path)->assertStatus(403)->assertJsonPath('refusal.code', 'role_not_permitted');
            $this->app['auth']->forgetGuards();
        }
        // A role that only the engine acts in is none for a user.
        $this->actingAs($this->user('sam', 'system'))->getJson('/api/sla/tickets')->assertStatus(403)->assertJsonPath('message', 'this user has no role');
    }

    public function test_a_customer_opens_a_ticket(): void
    {
        $response = $this->actingAs($this->kim)->postJson('/api/sla/tickets', ['subject' => 'Nothing works', 'message' => 'Please help.', 'channel' => 'email']);
        $response->assertStatus(201)->assertJsonPath('ticket.package', 'starter')->assertJsonPath('ticket.status', 'new')
            ->assertJsonPath('ticket.first_response_due_at', '2026-11-23T07:00:00.000000Z');
        $id = $response->json('ticket.id');
        $this->getJson("/api/sla/tickets/{$id}")->assertOk()
            ->assertJsonPath('conversation.0.body', 'Please help.')
            ->assertJsonPath('timers.0.timer', 'first_response')
            ->assertJsonPath('timers.0.state', 'running')
            ->assertJsonPath('timers.0.remaining_us', 4 * 3_600_000_000)
            ->assertJsonPath('channels', ['email' => 'Email', 'chat' => 'Live chat']);
    }

    public function test_a_request_cannot_name_terms(): void
    {
        $id = $this->actingAs($this->kim)->postJson('/api/sla/tickets', [
            'subject' => 'x', 'message' => 'x', 'channel' => 'email', 'package' => 'enterprise', 'priority' => 'urgent', 'organization' => 'acme',
            'first_response_due_at' => '2026-11-23T02:00:01Z', 'id' => 77, 'reference' => 'T', 'status' => 'closed', 'received_at' => '2026-11-01T00:00:00Z', 'agent' => 'kim',
        ])->assertStatus(201)->json('ticket.id');
        $ticket = SupportTicket::query()->findOrFail($id);
        self::assertSame([1, 'starter', 'normal', null, 'new', null], [(int) $ticket->id, $ticket->package, $ticket->priority, $ticket->organization, $ticket->status, $ticket->agent]);
        self::assertSame('07:00', $ticket->first_response_due_at->format('H:i'));
    }

    public function test_a_customer_opens_no_ticket_for_another(): void
    {
        foreach (['/api/sla/tickets', '/support/tickets'] as $path) {
            $this->actingAs($this->kim)->postJson($path, ['subject' => 'x', 'message' => 'x', 'channel' => 'whatsapp', 'customer' => 'lee'])
                ->assertStatus(403)->assertJsonPath('refusal.code', 'not_ticket_owner');
        }
        self::assertSame(0, SupportTicket::query()->count());
    }

    public function test_refusals_say_what_would_be_accepted_and_are_on_record(): void
    {
        $this->actingAs($this->kim)->postJson('/api/sla/tickets', ['subject' => 'x', 'message' => 'x', 'channel' => 'whatsapp'])
            ->assertStatus(422)->assertJsonPath('refusal.code', 'channel_not_entitled')->assertJsonStructure(['message', 'errors' => ['channel_not_entitled'], 'refusal' => ['accepted', 'action']]);
        $id = $this->ticket();
        $this->actingAs($this->lee)->getJson("/api/sla/tickets/{$id}")->assertStatus(403)->assertJsonPath('refusal.code', 'not_ticket_owner');
        $this->actingAs($this->bob)->postJson("/api/sla/tickets/{$id}/reply", ['channel' => 'email', 'message' => 'x'])->assertStatus(403)->assertJsonPath('refusal.code', 'not_assigned_agent');
        $this->actingAs($this->root)->postJson("/api/sla/tickets/{$id}/close")->assertStatus(409)->assertJsonPath('refusal.code', 'wrong_status');
        $this->actingAs($this->root)->postJson("/api/sla/tickets/{$id}/void")->assertStatus(422)->assertJsonPath('refusal.code', 'reason_required');
        self::assertSame(
            ['channel_not_entitled', 'not_ticket_owner', 'not_assigned_agent', 'wrong_status', 'reason_required'],
            SlaDenial::query()->orderBy('seq')->pluck('code')->all(),
        );
        $this->getJson('/api/sla/tickets/999')->assertStatus(404);
        $this->postJson('/api/sla/tickets/999/close')->assertStatus(404);
        $this->postJson("/api/sla/tickets/{$id}/explode")->assertStatus(404);
        $this->postJson("/api/sla/tickets/{$id}/reply", [])->assertStatus(422)->assertJsonValidationErrors(['channel', 'message']);
        $this->postJson("/api/sla/tickets/{$id}/adopt_revision", ['policy_digest' => str_repeat('x', 64), 'apply' => 'keep', 'reason' => 'x'])->assertStatus(422);
    }

    public function test_the_work_of_an_agent(): void
    {
        $id = $this->ticket();
        $this->actingAs($this->ana)->getJson('/agent/tickets/assigned')->assertOk()->assertJsonPath('tickets', []);
        $this->postJson("/agent/tickets/{$id}/assign", ['agent' => 'ana'])->assertOk()->assertJsonPath('ticket.agent', 'ana');
        $this->getJson('/agent/tickets/assigned')->assertJsonPath('tickets.0.id', $id);
        $this->postJson("/agent/tickets/{$id}/reply", ['channel' => 'email', 'message' => 'On it.'])->assertOk()->assertJsonPath('events.0.kind', 'replied');
        $this->postJson("/agent/tickets/{$id}/note", ['message' => 'a secret'])->assertOk();
        $this->postJson("/agent/tickets/{$id}/pause", ['status' => 'on_hold', 'reason' => 'supplier', 'until' => '2026-11-24 10:00'])->assertOk()->assertJsonPath('ticket.status', 'on_hold');
        $data = json_decode(SupportEvent::query()->where('kind', 'paused')->value('entry'), true)['data'];
        self::assertSame('2026-11-24T03:00:00Z', $data['until'], 'local time of the settings');
        $this->postJson("/agent/tickets/{$id}/resume")->assertOk();
        $this->actingAs($this->kim)->getJson("/support/tickets/{$id}")->assertOk()->assertJsonCount(2, 'conversation')->assertDontSee('secret');
        $this->postJson("/support/tickets/{$id}/response", ['channel' => 'chat', 'message' => 'Thanks!'])->assertOk()->assertJsonPath('events.0.kind', 'customer_messaged');
        $this->postJson("/support/tickets/{$id}/escalation", ['channel' => 'chat', 'reason' => 'we lose money'])->assertOk()->assertJsonPath('events.0.kind', 'escalated');
        $this->actingAs($this->ana)->getJson('/api/sla/escalations')->assertJsonPath('escalations.0.reason', 'we lose money');
        $this->actingAs($this->bob)->getJson('/api/sla/escalations')->assertJsonPath('escalations', []);
        $this->actingAs($this->ana)->postJson("/agent/tickets/{$id}/acknowledge_escalation", ['number' => 1])->assertOk();
        $this->postJson("/agent/tickets/{$id}/resolve", ['message' => 'Solved.'])->assertOk()->assertJsonPath('ticket.status', 'resolved');
        $this->actingAs($this->kim)->postJson("/support/tickets/{$id}/rating", ['score' => 9])->assertStatus(422)->assertJsonPath('refusal.code', 'invalid_rating');
        $this->postJson("/support/tickets/{$id}/rating", ['score' => 5])->assertOk();
        $this->postJson("/support/tickets/{$id}/rating", ['score' => 4])->assertStatus(409)->assertJsonPath('refusal.code', 'already_rated');
    }

    public function test_lists_show_what_may_be_seen_one_by_one(): void
    {
        $mine = $this->ticket();
        $foreign = (int) $this->opened('lee', 'enterprise')->ticketId;
        $ofTeam = (int) $this->opened('lee', 'enterprise')->ticketId;
        $this->tickets()->assign($ofTeam, Actor::admin('root'), team: 'billing');
        $ofBob = (int) $this->opened('kim')->ticketId;
        $this->tickets()->assign($ofBob, Actor::admin('root'), 'bob');
        $seen = fn (User $user): array => array_column($this->actingAs($user)->getJson('/api/sla/tickets')->assertOk()->json('tickets'), 'id');
        self::assertSame([$ofBob, $mine], $seen($this->kim));
        self::assertSame([$ofTeam, $foreign], $seen($this->lee));
        self::assertSame([$ofTeam], $seen($this->ana));
        self::assertSame([$ofBob], $seen($this->bob));
        self::assertSame([$ofBob, $ofTeam, $foreign, $mine], $seen($this->root));
        foreach ([$this->kim, $this->lee, $this->ana, $this->bob, $this->root] as $user) {
            $list = $seen($user);
            foreach ([$mine, $foreign, $ofTeam, $ofBob] as $id) {
                $this->actingAs($user)->getJson("/api/sla/tickets/{$id}")->assertStatus(in_array($id, $list, true) ? 200 : 403);
            }
        }
        $this->actingAs($this->root)->getJson('/api/sla/tickets?status=new')->assertJsonCount(3, 'tickets');
        $this->getJson("/api/sla/tickets?before={$ofTeam}")->assertJsonCount(2, 'tickets');
        $this->getJson('/api/sla/tickets?status=unknown')->assertStatus(422);
    }

    public function test_long_lists_have_pages(): void
    {
        for ($i = 0; $i < 53; $i++) {
            $this->opened();
        }
        $first = $this->actingAs($this->kim)->getJson('/api/sla/tickets')->assertJsonCount(50, 'tickets');
        $this->getJson('/api/sla/tickets?before=' . $first->json('next'))->assertJsonCount(3, 'tickets')->assertJsonPath('next', null);
    }

    public function test_an_idempotency_key_makes_a_request_safe_to_repeat(): void
    {
        $open = fn (string $text, string $key): TestResponse => $this->actingAs($this->kim)
            ->postJson('/api/sla/tickets', ['subject' => 'x', 'message' => $text, 'channel' => 'email'], ['Idempotency-Key' => $key]);
        $id = $open('Please help.', 'k-1')->assertStatus(201)->json('ticket.id');
        $open('Please help.', 'k-1')->assertStatus(200)->assertJsonPath('ticket.id', $id);
        $open('Something else.', 'k-1')->assertStatus(409)->assertJsonPath('refusal.code', 'duplicate_command')->assertJsonPath('refusal.action', 'open');
        self::assertSame(['open'], SlaDenial::query()->pluck('action')->all());
        $this->artisan('sla:verify')->assertExitCode(0)->run();
        $this->postJson('/api/sla/tickets', ['subject' => 'y', 'message' => 'Please help.', 'channel' => 'email'], ['Idempotency-Key' => 'k-1'])->assertStatus(409);
        $open('x', str_repeat('k', 101))->assertStatus(422);
        $open('x', 'ä')->assertStatus(422);
        $write = fn (): TestResponse => $this->postJson("/api/sla/tickets/{$id}/customer_message", ['channel' => 'email', 'message' => 'Hello?'], ['Idempotency-Key' => 'k-2']);
        $write()->assertOk()->assertJsonCount(1, 'events');
        $write()->assertOk()->assertJsonCount(0, 'events');
        self::assertSame(2, SupportEvent::query()->count());
    }

    public function test_the_audit_of_a_ticket(): void
    {
        $id = $this->ticket();
        $this->actingAs($this->root)->postJson("/api/sla/tickets/{$id}/assign", ['agent' => 'ana'])->assertOk();
        $audit = $this->getJson("/api/sla/tickets/{$id}/audit")->assertOk()->assertJsonPath('chain.sound', true)->assertJsonCount(2, 'entries');
        self::assertSame(64, strlen($audit->json('entries.1.hash')));
        self::assertStringContainsString('due', strtolower($audit->json('explanations.first_response')));
        $this->actingAs($this->ana)->getJson("/api/sla/tickets/{$id}/audit")->assertOk();
        $this->actingAs($this->bob)->getJson("/api/sla/tickets/{$id}/audit")->assertStatus(403);
        $this->actingAs($this->kim)->getJson("/api/sla/tickets/{$id}/audit")->assertStatus(403);
        // An auditor looks at what was altered, too.
        $this->actingAs($this->root)->getJson("/api/sla/tickets/{$id}/audit")->assertJsonPath('state.sound', true);
        $snapshot = DB::table('sla_ticket_states')->where('ticket_id', $id)->value('snapshot');
        DB::table('sla_ticket_states')->where('ticket_id', $id)->update(['snapshot' => '{']);
        $this->getJson("/api/sla/tickets/{$id}/audit")->assertOk()->assertJsonPath('chain.sound', true)->assertJsonPath('state.sound', false)->assertJsonPath('explanations', [])->assertJsonCount(2, 'entries');
        $this->get("/support/tickets/{$id}/audit")->assertOk()->assertSee('The stored state is not what the events say');
        $this->actingAs($this->bob)->getJson("/api/sla/tickets/{$id}/audit")->assertStatus(403);
        DB::table('sla_ticket_states')->where('ticket_id', $id)->update(['snapshot' => $snapshot]);
        $entry = DB::table('support_events')->where('seq', 1)->value('entry');
        DB::table('support_events')->where('seq', 1)->update(['entry' => '{']);
        $this->actingAs($this->root)->getJson("/api/sla/tickets/{$id}/audit")->assertOk()->assertJsonPath('chain.sound', false)->assertJsonPath('chain.finding', 'unreadable')->assertJsonCount(1, 'entries');
        $this->get("/support/tickets/{$id}/audit")->assertOk();
        DB::table('support_events')->where('seq', 1)->update(['entry' => $entry]);
        DB::table('support_events')->where('seq', 1)->delete();
        $this->getJson("/api/sla/tickets/{$id}/audit")->assertOk()->assertJsonPath('chain.sound', false);
    }

    public function test_every_command_on_a_foreign_ticket_is_refused(): void
    {
        $input = [
            'channel' => 'email', 'message' => 'x', 'reason' => 'x', 'status' => 'pending', 'number' => 1, 'score' => 5, 'package' => 'professional', 'apply' => 'keep',
            'policy_digest' => DB::table('sla_policy_revisions')->value('policy_digest'), 'ticket' => 2, 'team' => 'billing', 'severity' => 'x',
        ];
        $id = $this->ticket();
        $this->opened('kim');
        $before = SupportEvent::query()->count();
        foreach ([$this->lee, $this->bob] as $user) {
            foreach (CommandController::commands() as $command) {
                foreach (["/api/sla/tickets/{$id}/{$command}", "/agent/tickets/{$id}/{$command}"] as $path) {
                    $this->actingAs($user)->postJson($path, $input)->assertStatus(403);
                }
            }
            foreach (['response', 'escalation', 'rating'] as $what) {
                $this->actingAs($user)->postJson("/support/tickets/{$id}/{$what}", $input)->assertStatus(403);
            }
        }
        self::assertSame($before, SupportEvent::query()->count());
    }

    public function test_a_ticket_that_is_absent_is_anothers_also_under_a_policy_without_channels(): void
    {
        $id = $this->ticket();
        $publish = function (): void {
            $this->actingAs($this->root)->postJson('/api/sla/policy/revisions', ['reason' => 'an end'])->assertStatus(201);
            $this->app->forgetScopedInstances();
        };
        $this->actingAs($this->root)->putJson('/api/sla/policy/draft/packages/suspended', ['name' => 'Suspended', 'rank' => 0, 'channels' => [], 'extends' => 'starter'])->assertOk();
        $publish();
        foreach ([$id, 999] as $number) {
            $this->actingAs($this->lee)->getJson("/api/sla/tickets/{$number}")->assertStatus(403)->assertJsonPath('refusal.code', 'not_ticket_owner');
        }
        DB::table('sla_definitions')->delete();
        $publish();
        foreach ([$id, 999] as $number) {
            $this->actingAs($this->lee)->getJson("/api/sla/tickets/{$number}")->assertStatus(403)->assertJsonPath('refusal.code', 'not_ticket_owner');
            $this->postJson("/support/tickets/{$number}/response", ['channel' => 'email', 'message' => 'x'])->assertStatus(403);
        }
        $this->actingAs($this->root)->getJson('/api/sla/tickets/999')->assertStatus(404);
        // Where no revision ever had one, no ticket can exist.
        DB::table('sla_policy_revisions')->where('version', '<', 3)->delete();
        $this->app->forgetScopedInstances();
        $this->expectException(UnknownTicket::class);
        $this->tickets()->refusalToView(999, Actor::customer('lee'));
    }

    public function test_texts_are_data(): void
    {
        $nasty = "'); drop table support_tickets; -- <script>alert(1)</script> \u{202E}";
        $id = $this->actingAs($this->kim)->postJson('/api/sla/tickets', ['subject' => $nasty, 'message' => $nasty, 'channel' => 'email'])->assertStatus(201)->json('ticket.id');
        $this->getJson("/api/sla/tickets/{$id}")->assertJsonPath('ticket.subject', $nasty)->assertJsonPath('conversation.0.body', $nasty);
        $this->getJson("/api/sla/tickets?status=" . urlencode("new' or 1=1"))->assertStatus(422);
        $this->getJson('/api/sla/tickets/1%20or%201')->assertStatus(404);
        $this->getJson('/api/sla/tickets/' . str_repeat('9', 18))->assertStatus(403);
        $this->actingAs($this->root)->getJson('/api/sla/tickets/' . str_repeat('9', 18))->assertStatus(404);
        $this->getJson('/api/sla/tickets/' . str_repeat('9', 30))->assertStatus(404);
        foreach (["a\0b", "\xff\xfe"] as $text) {
            $this->actingAs($this->kim)->post('/api/sla/tickets', ['subject' => $text, 'message' => 'x', 'channel' => 'email'], ['Accept' => 'application/json'])->assertStatus(422)->assertJsonValidationErrors('subject');
        }
    }

    public function test_gates_ask_the_engine(): void
    {
        $permitted = ['kim' => [false, false, false], 'ana' => [true, false, false], 'root' => [true, true, true]];
        foreach ($permitted as $id => $answers) {
            $user = User::query()->findOrFail($id);
            self::assertSame($answers, array_map([$user, 'can'], ['sla.view-metrics', 'sla.manage-policy', 'sla.manage-users']), $id);
        }
        self::assertFalse($this->user('max', 'visitor')->can('sla.view-metrics'));
    }

    public function test_routes_can_be_cached(): void
    {
        foreach ($this->app['router']->getRoutes() as $route) {
            self::assertIsString($route->getAction('uses'), $route->uri());
        }
    }

    private function ticket(): int
    {
        return (int) $this->opened('kim')->ticketId;
    }
}
