<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Feature;

use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Log;
use Psr\Log\NullLogger;
use Sla\Actor;
use Sla\Laravel\Models\SlaDenial;
use Sla\Laravel\Models\SupportResponse;
use Sla\Laravel\Models\SupportTicket;
use Sla\Laravel\Services\EscalationService;
use Sla\Laravel\Tests\TestCase;

final class PagesTest extends TestCase
{
    protected function setUp(): void
    {
        parent::setUp();
        $this->seedPolicy();
    }

    public function test_pages_of_each_role(): void
    {
        $id = (int) $this->opened()->ticketId;
        $this->tickets()->assign($id, Actor::admin('root'), 'ana');
        $this->tickets()->note($id, Actor::agent('ana'), 'a secret');
        $users = ['kim' => $this->user('kim', 'customer', 'starter'), 'ana' => $this->user('ana', 'agent'), 'root' => $this->user('root', 'admin')];
        foreach ($users as $name => $user) {
            $this->actingAs($user);
            $this->get('/support/tickets')->assertOk()->assertSee('Nothing works')->assertSee("#{$id}");
            $page = $this->get("/support/tickets/{$id}")->assertOk()->assertSee('Please help.')->assertSee('First response')->assertSee('4 h 0 min');
            $name === 'kim' ? $page->assertDontSee('a secret')->assertDontSee('/audit') : $page->assertSee('a secret')->assertSee('/audit');
            $this->get('/support/tickets/new')->assertOk()->assertSee('Live chat');
            $this->get('/agent/tickets/assigned')->assertOk();
            $name === 'kim' ? $this->get("/support/tickets/{$id}/audit")->assertStatus(403) : $this->get("/support/tickets/{$id}/audit")->assertOk()->assertSee('Chain verified: 3 entries');
        }
        $this->actingAs($users['kim'])->get('/support/tickets/new')->assertDontSee('WhatsApp');
    }

    public function test_forms_work_without_script(): void
    {
        $kim = $this->user('kim', 'customer', 'starter');
        $this->actingAs($kim)->post('/support/tickets', ['subject' => 'Nothing works', 'message' => 'Please help.', 'channel' => 'email', '_command_id' => 'f-1'])
            ->assertStatus(303)->assertRedirect('/support/tickets/1');
        $this->post('/support/tickets', ['subject' => 'Nothing works', 'message' => 'Please help.', 'channel' => 'email', '_command_id' => 'f-1'])->assertRedirect('/support/tickets/1');
        self::assertSame(1, SupportTicket::query()->count(), 'sent twice, opened once');
        $this->from('/support/tickets/1')->post('/support/tickets/1/response', ['channel' => 'phone', 'message' => 'typed'])
            ->assertStatus(303)->assertRedirect('/support/tickets/1')->assertSessionHasErrors('channel_not_entitled');
        $this->get('/support/tickets/1')->assertSee('role="alert"', false)->assertSee('typed');
        self::assertSame(1, SlaDenial::query()->count());
        $this->post('/support/tickets/1/response', ['channel' => 'chat', 'message' => 'Hello?'])->assertRedirect('/support/tickets/1');
        self::assertSame('Hello?', SupportResponse::query()->orderByDesc('id')->value('body'));
        $this->from('/support/tickets/1')->post('/support/tickets/1/response', ['channel' => 'chat'])->assertSessionHasErrors('message');
        $this->actingAs($this->user('root', 'admin'))->post('/agent/tickets/1/resolve', ['message' => 'Solved.'])->assertRedirect('/support/tickets/1');
        $this->actingAs($kim)->get('/support/tickets/1')->assertSee('name="score"', false);
        $this->post('/support/tickets/1/rating', ['score' => 5])->assertRedirect('/support/tickets/1');
    }

    public function test_refusals_of_pages(): void
    {
        $id = (int) $this->opened()->ticketId;
        $this->get("/support/tickets/{$id}")->assertStatus(401)->assertSee('sign in');
        $this->actingAs($this->user('max', 'visitor'))->get('/support/tickets')->assertStatus(403)->assertSee('this user has no role');
        $this->actingAs($this->user('lee', 'customer', 'starter'))->get("/support/tickets/{$id}")->assertStatus(403)->assertDontSee('Please help.');
    }

    public function test_what_fails_without_a_refusal_is_a_page_too(): void
    {
        $this->actingAs($this->user('root', 'admin'));
        $this->get('/support/tickets/99')->assertStatus(404)->assertSee('<h1>Not possible</h1>', false)->assertSee('there is no ticket #99');
        $this->getJson('/support/tickets/99')->assertStatus(404)->assertExactJson(['message' => 'there is no ticket #99']);
        DB::table('sla_policy_revisions')->delete();
        Log::swap(new NullLogger());
        $this->app->forgetScopedInstances();
        $this->get('/support/tickets')->assertStatus(503)->assertSee('no policy is published')->assertSee('<html', false);
    }

    public function test_a_ticket_whose_state_cannot_be_read_shows_what_was_written(): void
    {
        $id = (int) $this->opened()->ticketId;
        $this->tickets()->assign($id, Actor::admin('root'), 'ana');
        $this->tickets()->note($id, Actor::agent('ana'), 'a secret');
        $this->app->make(EscalationService::class)->request($id, Actor::customer('kim'), 'hurry', 'email');
        DB::table('sla_ticket_states')->update(['snapshot' => '{}']);
        foreach (['kim' => $this->user('kim', 'customer', 'starter'), 'ana' => $this->user('ana', 'agent'), 'root' => $this->user('root', 'admin')] as $name => $user) {
            $page = $this->actingAs($user)->get("/support/tickets/{$id}")->assertOk()->assertSee('The state of this ticket cannot be read')->assertSee('Please help.')->assertSee('hurry')->assertDontSee('<form', false);
            $name === 'kim' ? $page->assertDontSee('a secret') : $page->assertSee('a secret');
            $this->getJson("/api/sla/tickets/{$id}")->assertOk()->assertJsonPath('readable', false)->assertJsonPath('timers', [])->assertJsonPath('conversation.0.body', 'Please help.');
        }
        $this->actingAs($this->user('lee', 'customer', 'starter'))->get("/support/tickets/{$id}")->assertStatus(403)->assertDontSee('Please help.');
    }

    public function test_what_people_write_is_text(): void
    {
        $kim = $this->user('kim', 'customer', 'starter');
        $nasty = '<script>alert(1)</script>"><img src=x onerror=alert(1)>';
        $this->actingAs($kim)->post('/support/tickets', ['subject' => $nasty, 'message' => $nasty, 'channel' => 'email']);
        $this->post('/support/tickets/1/escalation', ['reason' => $nasty, 'channel' => 'email']);
        foreach (['/support/tickets', '/support/tickets/1'] as $path) {
            $this->get($path)->assertOk()->assertDontSee('<script>alert', false)->assertDontSee('<img', false)->assertSee('&lt;script&gt;alert', false);
        }
    }

    public function test_pages_load_nothing_from_elsewhere_and_run_nothing_inline(): void
    {
        $id = (int) $this->opened()->ticketId;
        $this->actingAs($this->user('root', 'admin'));
        foreach (['/support/tickets', '/support/tickets/new', "/support/tickets/{$id}", "/support/tickets/{$id}/audit", '/sla-dashboard', '/agent/dashboard', '/sla-dashboard/escalations', '/admin/sla/definitions', '/admin/sla/definitions/calendars?id=office', '/admin/sla/definitions/packages?id=starter', '/admin/sla/definitions/objectives', '/admin/sla/definitions/preview', '/admin/sla/definitions/what-if', '/admin/sla/definitions/revisions', '/admin/sla/adoptions'] as $path) {
            $page = $this->get($path)->assertOk()->assertHeader('Content-Security-Policy')->assertHeader('X-Content-Type-Options', 'nosniff');
            self::assertStringContainsString("default-src 'none'", $page->headers->get('Content-Security-Policy'));
            self::assertStringContainsString('no-store', $page->headers->get('Cache-Control'));
            $html = $page->getContent();
            self::assertSame(0, preg_match('/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=|javascript:/i', $html), $path);
            preg_match_all('/(?:src|href|action)="([^"]*)"/', $html, $found);
            foreach ($found[1] as $address) {
                self::assertTrue(str_starts_with($address, 'http://support.test/') || str_starts_with($address, '#') || $address === 'data:,', "{$path}: {$address}");
            }
            preg_match_all('~http://support.test(/sla-assets/[^"]*)~', $html, $assets);
            self::assertCount(2, $assets[1]);
            foreach ($assets[1] as $asset) {
                $this->get($asset)->assertOk()->assertHeader('Cache-Control', 'immutable, max-age=31536000, public');
            }
        }
        $this->get('/sla-assets/0000000000000000/style')->assertStatus(404);
    }

    public function test_pages_in_indonesian(): void
    {
        $this->app->setLocale('id');
        $this->opened();
        $this->actingAs($this->user('root', 'admin'))->get('/support/tickets')->assertSee('<html lang="id">', false)->assertSee('Tiket baru');
        self::assertSame(array_keys(require dirname(__DIR__, 2) . '/lang/en/sla.php'), array_keys(require dirname(__DIR__, 2) . '/lang/id/sla.php'));
    }
}
