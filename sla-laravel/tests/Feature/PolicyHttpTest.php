<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Feature;

use Illuminate\Support\Facades\DB;
use Sla\Actor;
use Sla\Laravel\Models\SlaDenial;
use Sla\Laravel\Models\SupportTicket;
use Sla\Laravel\Policy\PolicyDraft;
use Sla\Laravel\Policy\PolicyPublisher;
use Sla\Laravel\Policy\PolicyRepository;
use Sla\Laravel\Store\AccessLog;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Tables;
use Sla\Laravel\Tests\TestCase;

final class PolicyHttpTest extends TestCase
{
    private const PACKAGE = ['name' => 'Starter', 'rank' => 1, 'channels' => ['email', 'chat'], 'calendar' => 'office', 'priority' => 'normal', 'first_response' => '3h', 'resolution' => '24h'];

    protected function setUp(): void
    {
        parent::setUp();
        $this->seedPolicy();
        $this->actingAs($this->user('root', 'admin'));
    }

    public function test_a_draft_is_written_previewed_and_published(): void
    {
        $this->opened();
        $this->getJson('/api/sla/policy/draft')->assertOk()->assertJsonPath('can_be_published', false)->assertJsonPath('problems', [])->assertJsonPath('document.packages.0.id', 'starter');
        $this->putJson('/api/sla/policy/draft/packages/starter', self::PACKAGE)->assertOk()->assertJsonPath('can_be_published', true)
            ->assertJsonFragment(['path' => '/packages/0/targets/first_response', 'before' => '"4h"', 'after' => '"3h"']);
        $this->postJson('/api/sla/policy/preview', ['apply' => 'retroactive'])->assertOk()
            ->assertJsonPath('counts', ['tickets' => 1, 'moved' => 1, 'arrived' => 0, 'ended' => 0, 'breached' => 0, 'refused' => 0])
            ->assertJsonPath('moved.0', ['ticket' => 1, 'timer' => 'first_response', 'before' => '2026-11-23T07:00:00.000000Z', 'after' => '2026-11-23T05:00:00.000000Z']);
        $this->postJson('/api/sla/policy/preview', ['apply' => 'keep'])->assertJsonPath('counts.moved', 0);
        self::assertSame('07:00', SupportTicket::query()->sole()->first_response_due_at->format('H:i'), 'a preview changes nothing');
        $this->postJson('/api/sla/policy/revisions', ['reason' => ' '])->assertStatus(422)->assertJsonPath('refusal.code', 'reason_required');
        $this->postJson('/api/sla/policy/revisions', ['reason' => 'customers asked for it'])->assertStatus(201)->assertJsonPath('version', 2);
        $this->postJson('/api/sla/policy/revisions', ['reason' => 'again'])->assertStatus(409);
        $this->getJson('/api/sla/policy/revisions')->assertJsonPath('revisions.0.reason', 'customers asked for it')->assertJsonPath('revisions.0.published_by', 'root')
            ->assertJsonFragment(['path' => '/packages/0/targets/first_response', 'before' => '"4h"', 'after' => '"3h"']);
    }

    public function test_a_new_package_and_channel_need_no_code(): void
    {
        $this->putJson('/api/sla/policy/draft/channels/sms', ['name' => 'Text message', 'position' => 5])->assertOk();
        $this->putJson('/api/sla/policy/draft/packages/gold', ['name' => 'Gold', 'rank' => 4, 'channels' => ['sms', 'email'], 'calendar' => 'around_the_clock', 'first_response' => '10m', 'resolution' => '2h'])->assertOk();
        $this->putJson('/api/sla/policy/draft/settings/severities', ['low', 'high'])->assertOk()->assertJsonPath('document.severities', ['low', 'high']);
        $this->postJson('/api/sla/policy/revisions', ['reason' => 'a new offer'])->assertStatus(201);
        $id = $this->actingAs($this->user('max', 'customer', 'gold'))
            ->postJson('/api/sla/tickets', ['subject' => 'x', 'message' => 'x', 'channel' => 'sms', 'severity' => 'high'])->assertStatus(201)->json('ticket.id');
        self::assertSame('02:10', SupportTicket::query()->findOrFail($id)->first_response_due_at->format('H:i'));
    }

    public function test_an_id_is_any_text_that_the_tables_hold(): void
    {
        foreach (['100%', 'a/b', 'Starter', '<b>bold</b>'] as $id) {
            foreach (['packages' => self::PACKAGE, 'channels' => ['name' => 'X', 'position' => 9]] as $part => $body) {
                $this->putJson("/api/sla/policy/draft/{$part}/" . rawurlencode($id), $body)->assertOk();
                self::assertContains($id, array_column($this->getJson('/api/sla/policy/draft')->json("document.{$part}"), 'id'));
                $this->deleteJson("/api/sla/policy/draft/{$part}/" . rawurlencode($id))->assertOk();
                self::assertNotContains($id, array_column($this->getJson('/api/sla/policy/draft')->json("document.{$part}"), 'id'));
            }
        }
        foreach ([str_repeat('x', 129), str_repeat("\u{e9}", 65), "a\0b"] as $id) {
            $this->putJson('/api/sla/policy/draft/packages/' . rawurlencode($id), self::PACKAGE)->assertStatus(422);
            $this->putJson('/api/sla/policy/draft/channels/' . rawurlencode($id), ['name' => 'X', 'position' => 9])->assertStatus(422);
        }
        $this->putJson('/api/sla/policy/draft/packages/' . str_repeat('x', 128), self::PACKAGE)->assertOk();
    }

    public function test_a_document_that_cannot_be_written_is_refused(): void
    {
        $send = fn (string $path, string $text) => $this->call('PUT', "/api/sla/policy/draft/{$path}", [], [], [], ['CONTENT_TYPE' => 'application/json', 'HTTP_ACCEPT' => 'application/json'], $text);
        $send('settings/roles', '{"a":1e400}')->assertStatus(422);
        $send('settings/steps', str_repeat('{"a":', 511) . '1' . str_repeat('}', 511))->assertStatus(422);
        $send('packages/starter', '{"name":"x","rank":1,"channels":[],"other_targets":{"a":1e400}}')->assertStatus(422);
        $this->getJson('/api/sla/policy/draft')->assertOk()->assertJsonPath('changes', []);
        // A column of text holds 64 KiB on some databases.
        $this->putJson('/api/sla/policy/draft/packages/starter', ['variants' => [['when' => ['channel' => str_repeat('x', 70_000)]]]] + self::PACKAGE)->assertOk()->assertJsonPath('can_be_published', false);
        $this->get('/admin/sla/definitions')->assertOk();
    }

    public function test_two_admins_who_publish_one_draft_make_one_revision(): void
    {
        $this->putJson('/api/sla/policy/draft/packages/starter', self::PACKAGE)->assertOk();
        // The other admin publishes after this request has read what is published.
        $this->app->instance(Clock::class, new class (fn () => $this->publishedByAnother()) extends Clock {
            public function __construct(private ?\Closure $once)
            {
            }

            public function nowUs(): int
            {
                [$once, $this->once] = [$this->once, null];
                $once?->__invoke();

                return parent::nowUs();
            }
        });
        $this->app->forgetScopedInstances();
        $this->postJson('/api/sla/policy/revisions', ['reason' => 'mine'])->assertStatus(409)->assertJsonPath('refusal.code', 'nothing_to_change');
        self::assertSame(['the first revision, made by SlaDefinitionSeeder', 'of another'], DB::table('sla_policy_revisions')->orderBy('version')->pluck('reason')->all());
        $this->artisan('sla:verify')->assertExitCode(0)->run();
    }

    private function publishedByAnother(): void
    {
        $publisher = new PolicyPublisher($this->app->make(Tables::class), $this->app->make(PolicyDraft::class), $this->app->make(PolicyRepository::class), $this->app->make(AccessLog::class), new Clock());
        self::assertSame(2, $publisher->publish(Actor::admin('other'), 'of another')->version);
    }

    public function test_a_preview_names_the_ticket_that_cannot_be_read(): void
    {
        $broken = (int) $this->opened()->ticketId;
        $this->opened();
        DB::table('sla_ticket_states')->where('ticket_id', $broken)->update(['snapshot' => '{']);
        $this->putJson('/api/sla/policy/draft/packages/starter', self::PACKAGE)->assertOk();
        $this->postJson('/api/sla/policy/preview', ['apply' => 'retroactive'])->assertOk()->assertJsonPath('counts.tickets', 2)->assertJsonPath('counts.moved', 1)->assertJsonPath('counts.refused', 1)
            ->assertJsonPath('refused.0.ticket', $broken)->assertJsonPath('refused.0.code', 'invalid_json');
        $this->get('/admin/sla/definitions/preview')->assertOk();
    }

    public function test_a_preview_of_another_timer_reads_histories(): void
    {
        $id = (int) $this->opened()->ticketId;
        $this->clockAt('2026-11-23 11:00');
        $this->putJson('/api/sla/policy/draft/packages/starter', ['other_targets' => ['assignment' => '1h']] + self::PACKAGE)->assertOk()->assertJsonPath('problems', []);
        $preview = $this->postJson('/api/sla/policy/preview', ['apply' => 'retroactive'])->assertOk()->assertJsonPath('counts.refused', 0)->assertJsonPath('counts.arrived', 1);
        // What adopting it does is what was said.
        $this->postJson('/api/sla/policy/revisions', ['reason' => 'faster'])->assertStatus(201);
        $this->app->forgetScopedInstances();
        $this->artisan('sla:adopt', ['--apply' => 'retroactive', '--reason' => 'agreed'])->expectsOutput('1 tickets adopted the revision, 0 refused')->assertExitCode(0)->run();
        $this->monitor()->run();
        self::assertSame(count($preview->json('breached')), DB::table('support_events')->where('ticket_id', $id)->where('kind', 'breached')->count());
    }

    public function test_every_problem_at_once_and_nothing_published(): void
    {
        $draft = $this->putJson('/api/sla/policy/draft/packages/starter', ['first_response' => 'soon', 'channels' => ['email', 'fax'], 'calendar' => 'none'] + self::PACKAGE)->assertOk()->assertJsonPath('can_be_published', false);
        $paths = array_column($draft->json('problems'), 'path');
        foreach (['/packages/0/targets/first_response', '/packages/0/channels/1', '/packages/0/calendar'] as $path) {
            self::assertContains($path, $paths);
        }
        foreach (['preview', 'revisions'] as $what) {
            $this->postJson("/api/sla/policy/{$what}", ['reason' => 'x'])->assertStatus(422)->assertJsonCount(3, 'problems');
        }
        self::assertSame(1, DB::table('sla_policy_revisions')->count());
        $this->deleteJson('/api/sla/policy/draft/packages/starter')->assertOk()->assertJsonPath('problems', []);
        $this->deleteJson('/api/sla/policy/draft/channels/whatsapp')->assertOk()->assertJsonCount(1, 'problems');
        $this->call('PUT', '/api/sla/policy/draft/settings/roles', [], [], [], ['HTTP_ACCEPT' => 'application/json'], 'nonsense')->assertStatus(422);
        $this->putJson('/api/sla/policy/draft/settings/packages', [])->assertStatus(404);
    }

    public function test_the_page_of_the_policy(): void
    {
        $this->get('/admin/sla/definitions')->assertOk()->assertSee('Starter')->assertSee('packages?id=starter')->assertSee('Revision 1, published by seeder')->assertSee('The draft is what is published.');
        $this->putJson('/api/sla/policy/draft/packages/gold', ['name' => '<b>Gold</b>', 'rank' => 4] + self::PACKAGE)->assertOk();
        $this->get('/admin/sla/definitions')->assertSee('gold')->assertDontSee('<b>Gold', false)->assertSee('name="reason"', false);
        $this->from('/admin/sla/definitions')->post('/admin/sla/definitions/revisions', ['reason' => ' '])->assertSessionHasErrors('reason_required');
        $this->post('/admin/sla/definitions/revisions', ['reason' => 'faster'])->assertStatus(303);
        $this->get('/admin/sla/definitions')->assertSee('Revision 2, published by root: faster')->assertSee('The draft is what is published.');
        $this->actingAs($this->user('ana', 'agent'))->get('/admin/sla/definitions')->assertStatus(403);
    }

    public function test_a_package_that_extends_another(): void
    {
        $this->putJson('/api/sla/policy/draft/packages/starter_plus', ['name' => 'Starter plus', 'rank' => 1, 'extends' => 'starter', 'first_response' => '1h'])->assertOk()->assertJsonPath('problems', []);
        $this->putJson('/api/sla/policy/draft/packages/lone', ['name' => 'Lone', 'rank' => 1])->assertStatus(422);
        $this->postJson('/api/sla/policy/revisions', ['reason' => 'better terms for one'])->assertStatus(201);
        $this->actingAs($this->user('max', 'customer', 'starter_plus'))->postJson('/api/sla/tickets', ['subject' => 'x', 'message' => 'x', 'channel' => 'chat'])->assertStatus(201);
        self::assertSame('03:00', SupportTicket::query()->sole()->first_response_due_at->format('H:i'));
    }

    public function test_the_page_of_the_preview(): void
    {
        $id = (int) $this->opened()->ticketId;
        $this->get('/admin/sla/definitions/preview')->assertOk()->assertDontSee('name="reason"', false);
        $this->putJson('/api/sla/policy/draft/packages/starter', ['first_response' => '30m'] + self::PACKAGE)->assertOk();
        $this->get('/admin/sla/definitions')->assertSee('/admin/sla/definitions/preview');
        $this->clockAt('2026-11-23 10:00');
        $this->get('/admin/sla/definitions/preview?apply=retroactive')->assertOk()->assertSee('Would be breached')->assertSee("#{$id}")->assertSee('2026-11-23 10:00 WIB')->assertSee('name="reason"', false);
        $this->get('/admin/sla/definitions/preview?apply=keep')->assertOk()->assertDontSee("#{$id}");
        $this->from('/admin/sla/definitions')->get('/admin/sla/definitions/preview?apply=soon')->assertSessionHasErrors('apply');
        self::assertSame(1, DB::table('sla_policy_revisions')->count(), 'a preview publishes nothing');
        $this->putJson('/api/sla/policy/draft/packages/starter', ['first_response' => 'soon'] + self::PACKAGE)->assertOk();
        $this->get('/admin/sla/definitions/preview')->assertStatus(303)->assertRedirect('/admin/sla/definitions');
        $this->actingAs($this->user('ana', 'agent'))->get('/admin/sla/definitions/preview')->assertStatus(403);
    }

    public function test_what_if_over_the_last_days(): void
    {
        $old = (int) $this->opened('kim')->ticketId;
        $this->tickets()->withdraw($old, Actor::customer('kim'));
        $this->clockAt('2027-01-04 09:00');
        $late = (int) $this->opened('lee')->ticketId;
        $soon = (int) $this->opened('max')->ticketId;
        $this->tickets()->assign($late, Actor::admin('root'), 'ana');
        $this->tickets()->assign($soon, Actor::admin('root'), 'ana');
        $this->tickets()->reply($soon, Actor::agent('ana'), 'email', 'Done.');
        $this->clockAt('2027-01-04 12:30');
        $this->tickets()->reply($late, Actor::agent('ana'), 'email', 'Done.');
        $this->putJson('/api/sla/policy/draft/packages/starter', ['first_response' => '2h'] + self::PACKAGE)->assertOk();
        $events = DB::table('support_events')->count();
        $found = $this->postJson('/api/sla/policy/what-if')->assertOk()
            ->assertJsonPath('tickets', 2)->assertJsonPath('active', 2)->assertJsonPath('is_cut', false)->assertJsonPath('flipped_tickets', 1)->assertJsonPath('failed', [])
            ->assertJsonPath('flips.0.ticket', $late)->assertJsonPath('flips.0.before', 'met')->assertJsonPath('flips.0.after', 'breached')->assertJsonPath('flips.0.causes', ['target']);
        $response = array_values(array_filter($found->json('promises'), static fn (array $one): bool => $one['timer'] === 'first_response'))[0];
        self::assertSame([2, 0, 1, 1, 1], [$response['before']['met'], $response['before']['breached'], $response['after']['met'], $response['after']['breached'], $response['flips']]);
        $this->postJson('/api/sla/policy/what-if', ['days' => 60])->assertJsonPath('tickets', 3);
        $this->postJson('/api/sla/policy/what-if', ['days' => 'x'])->assertStatus(422);
        config(['sla.what_if.tickets' => 1]);
        $this->postJson('/api/sla/policy/what-if')->assertJsonPath('tickets', 1)->assertJsonPath('active', 2)->assertJsonPath('is_cut', true);
        $this->get('/admin/sla/definitions/what-if')->assertOk()->assertSee('Only the newest 1 of 2')->assertDontSee('sla::');
        config(['sla.what_if.tickets' => 2000]);
        $this->get('/admin/sla/definitions/what-if')->assertOk()->assertDontSee('Only the newest')->assertSee("/support/tickets/{$late}\"", false)->assertSee('the target');
        $this->artisan('sla:what-if', ['--days' => 60])->expectsOutput('3 of 3 tickets with an event in 60 days, 1 with another outcome')->assertExitCode(0);
        $this->artisan('sla:what-if', ['--days' => 0])->assertExitCode(1);
        self::assertSame($events, DB::table('support_events')->count(), 'nothing is changed');
        DB::table('support_events')->where('ticket_id', $soon)->where('seq', 1)->delete();
        $this->postJson('/api/sla/policy/what-if')->assertOk()->assertJsonPath('failed.0.ticket', $soon)->assertJsonPath('flipped_tickets', 1);
        $this->putJson('/api/sla/policy/draft/packages/starter', ['first_response' => 'soon'] + self::PACKAGE)->assertOk();
        $this->postJson('/api/sla/policy/what-if')->assertStatus(422);
        $this->get('/admin/sla/definitions/what-if')->assertStatus(303);
        $this->artisan('sla:what-if')->assertExitCode(1);
        $this->actingAs($this->user('ana', 'agent'))->get('/admin/sla/definitions/what-if')->assertStatus(403);
    }

    public function test_only_admins(): void
    {
        $before = DB::table('sla_definitions')->get()->all();
        $count = 0;
        foreach ([$this->user('ana', 'agent'), $this->user('kim', 'customer', 'starter')] as $user) {
            $this->actingAs($user);
            foreach (
                [
                    ['GET', 'draft'], ['PUT', 'draft/packages/starter'], ['DELETE', 'draft/packages/starter'], ['PUT', 'draft/channels/sms'], ['DELETE', 'draft/channels/email'],
                    ['PUT', 'draft/settings/roles'], ['POST', 'preview'], ['POST', 'what-if'], ['POST', 'revisions'], ['GET', 'revisions'],
                ] as [$method, $path]
            ) {
                $this->json($method, "/api/sla/policy/{$path}", self::PACKAGE + ['reason' => 'x'])->assertStatus(403);
                $count++;
            }
            // What the role is not permitted is refused on record before any field is read.
            foreach ([['POST', '/admin/sla/definitions/roles'], ['POST', '/admin/sla/definitions/revisions'], ['POST', '/api/sla/policy/revisions']] as [$method, $path]) {
                $this->json($method, $path, ['reason' => ['no text']])->assertStatus(403)->assertJsonPath('refusal.code', 'role_not_permitted');
                $count++;
            }
        }
        self::assertEquals($before, DB::table('sla_definitions')->get()->all());
        self::assertSame($count, SlaDenial::query()->count());
    }
}
