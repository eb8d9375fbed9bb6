<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Feature;

use Illuminate\Support\Facades\DB;
use Sla\Actor;
use Sla\Laravel\Models\SlaDenial;
use Sla\Laravel\Tests\TestCase;
use Sla\PauseStatus;

final class DashboardTest extends TestCase
{
    protected function setUp(): void
    {
        parent::setUp();
        $this->seedPolicy();
        config(['sla.notifications.channels' => 'email']);
    }

    public function test_what_is_the_case_now(): void
    {
        $root = Actor::admin('root');
        $late = (int) $this->opened('kim')->ticketId;
        $this->clockAt('2026-11-23 14:30');
        $this->monitor()->run();
        $fresh = (int) $this->opened('lee', 'enterprise')->ticketId;
        $paused = (int) $this->opened('lee', 'enterprise')->ticketId;
        $this->tickets()->assign($paused, $root, 'ana');
        $this->tickets()->reply($paused, $root, 'email', 'On it.');
        $this->tickets()->pause($paused, $root, PauseStatus::Pending, 'a question');
        $this->opened('kim', 'starter', 'phone');

        $this->actingAs($this->user('root', 'admin'))->getJson('/api/sla/dashboard')->assertOk()
            ->assertJsonPath('active', ['new' => 2, 'open' => 0, 'pending' => 1, 'on_hold' => 0])
            ->assertJsonPath('breached', 1)
            ->assertJsonPath('escalations', ['1' => 1])
            ->assertJsonPath('refusals', 1)
            ->assertJsonPath('unsent', 2)
            ->assertJsonPath('monitor', ['enabled' => true, 'backlog' => 0, 'lag_us' => 0, 'failed' => []])
            ->assertJsonCount(1, 'next')
            ->assertJsonPath('next.0', ['ticket' => $fresh, 'subject' => 'Nothing works', 'timer' => 'first_response', 'due_at' => '2026-11-23T08:30:00.000000Z'])
            ->assertJsonPath('latest.0.ticket', $late);
        $states = DB::table('support_tickets')->orderBy('id')->get()->map(static fn ($row): array => [$row->first_response_state, $row->resolution_state])->all();
        self::assertSame([['breached', null], ['running', null], ['met', 'paused']], $states);

        // An agent sees the figures, and of the tickets those that are theirs.
        $this->actingAs($this->user('ana', 'agent'))->getJson('/api/sla/dashboard')->assertOk()->assertJsonPath('breached', 1)->assertJsonPath('next', [])->assertJsonPath('latest', []);
    }

    public function test_customers_see_no_figures(): void
    {
        foreach (['/api/sla/dashboard', '/sla-dashboard', '/sla-dashboard/live'] as $path) {
            $this->actingAs($this->user('kim', 'customer', 'starter'))->get($path)->assertStatus(403);
        }
        self::assertSame(3, SlaDenial::query()->where('action', 'view_metrics')->count());
    }

    public function test_the_page_and_its_part_that_changes(): void
    {
        $this->opened();
        $this->actingAs($this->user('root', 'admin'))->get('/sla-dashboard')->assertOk()->assertSee('data-refresh="30000"', false)->assertSee('Nothing works');
        $part = $this->get('/sla-dashboard/live')->assertOk()->assertDontSee('<html', false)->assertSee('Nothing works');
        $etag = (string) $part->headers->get('ETag');
        $this->clockAt('2026-11-23 09:01');
        $this->get('/sla-dashboard/live', ['If-None-Match' => $etag])->assertStatus(304);
        $this->opened('lee', 'enterprise');
        $this->get('/sla-dashboard/live', ['If-None-Match' => $etag])->assertOk();
    }

    public function test_escalations_are_acknowledged_and_resolved_on_their_page(): void
    {
        $this->actingAs($this->user('root', 'admin'))->get('/sla-dashboard/escalations')->assertOk()->assertSee('There is nothing here yet.');
        $id = (int) $this->opened()->ticketId;
        $this->tickets()->assign($id, Actor::admin('root'), 'ana');
        $this->clockAt('2026-11-23 14:30');
        $this->monitor()->run();
        $this->get('/sla-dashboard/escalations')->assertSee("#{$id}")->assertSee('1 are not resolved; 1 are shown')->assertSee('acknowledge_escalation');
        $form = ['number' => 1, '_list' => 'escalations'];
        $this->post("/agent/tickets/{$id}/acknowledge_escalation", $form)->assertStatus(303)->assertRedirect('/sla-dashboard/escalations');
        $this->get('/sla-dashboard/escalations')->assertSee('Acknowledged')->assertDontSee('acknowledge_escalation');
        $this->getJson('/sla-dashboard/escalations')->assertJsonPath('escalations.0.status', 'acknowledged');
        // An agent sees those of their own tickets, a customer none.
        $this->actingAs($this->user('bob', 'agent'))->get('/sla-dashboard/escalations')->assertOk()->assertDontSee("#{$id}");
        $this->actingAs($this->user('kim', 'customer', 'starter'))->get('/sla-dashboard/escalations')->assertStatus(403);
        self::assertSame(1, SlaDenial::query()->where('action', 'view_metrics')->count());
        $this->actingAs($this->user('ana', 'agent'))->post("/agent/tickets/{$id}/resolve_escalation", $form)->assertRedirect('/sla-dashboard/escalations');
        $this->get('/sla-dashboard/escalations')->assertSee('There is nothing here yet.');
    }

    public function test_a_late_monitor_and_failed_tickets_are_shown(): void
    {
        $id = (int) $this->opened()->ticketId;
        $this->clockAt('2026-11-23 16:30');
        $this->actingAs($this->user('root', 'admin'))->get('/sla-dashboard')->assertSee('The monitor is late: 1 tickets, the oldest for 3 h 18 min.');
        DB::table('sla_ticket_states')->update(['snapshot' => '{}']);
        $this->monitor()->run();
        config(['sla.monitoring.enabled' => false]);
        $this->get('/sla-dashboard')->assertSee("Tickets that cannot be read: #{$id}")->assertSee('The monitor is switched off');
    }
}
