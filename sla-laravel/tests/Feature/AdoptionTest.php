<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Feature;

use Illuminate\Support\Facades\Bus;
use Illuminate\Support\Facades\DB;
use Sla\Actor;
use Sla\Apply;
use Sla\Laravel\Jobs\AdoptRevision;
use Sla\Laravel\Models\SlaAdoption;
use Sla\Laravel\Models\SupportTicket;
use Sla\Laravel\Policy\PolicyPublisher;
use Sla\Laravel\Policy\PolicyRepository;
use Sla\Laravel\Store\AdoptionStore;
use Sla\Laravel\Tests\TestCase;

final class AdoptionTest extends TestCase
{
    private const PACKAGE = ['name' => 'Starter', 'rank' => 1, 'channels' => ['email', 'chat'], 'calendar' => 'office', 'priority' => 'normal', 'first_response' => '3h', 'resolution' => '24h'];

    protected function setUp(): void
    {
        parent::setUp();
        $this->seedPolicy();
        $this->actingAs($this->user('root', 'admin'));
    }

    public function test_open_tickets_adopt_the_newest_revision(): void
    {
        [$open, $closed] = [(int) $this->opened('kim')->ticketId, (int) $this->opened('lee')->ticketId];
        $this->tickets()->withdraw($closed, Actor::customer('lee'));
        $this->publish();
        $new = (int) $this->opened('max')->ticketId;
        $this->get('/admin/sla/adoptions')->assertOk()->assertSee('1 open ticket is under an older revision.');
        $this->postJson('/api/sla/policy/adoptions', ['apply' => 'soon', 'reason' => 'x'])->assertStatus(422);
        $this->postJson('/api/sla/policy/adoptions', ['apply' => 'retroactive', 'reason' => ' '])->assertStatus(422);
        $this->postJson('/api/sla/policy/adoptions', ['apply' => 'retroactive', 'reason' => 'agreed with all'])->assertStatus(201)
            ->assertJsonPath('adoption.tickets', 1)->assertJsonPath('adoption.looked', 1)->assertJsonPath('adoption.refused', 0)->assertJsonPath('adoption.status', 'finished');
        self::assertSame(['05:00', '07:00', '05:00'], array_map(static fn (int $id): string => SupportTicket::query()->findOrFail($id)->first_response_due_at->format('H:i'), [$open, $closed, $new]));
        $event = DB::table('support_events')->where('kind', 'revision_adopted')->sole();
        self::assertSame([$open, 'root', 'agreed with all'], [(int) $event->ticket_id, $event->actor_id, json_decode($event->entry)->data->reason]);
        $this->get('/admin/sla/adoptions')->assertSee('Every open ticket is under the newest revision.')->assertDontSee('name="reason"', false);
        $this->get('/admin/sla/definitions/revisions')->assertOk()->assertSee('Revision 2')->assertSee('/packages/0/targets/first_response');
        $this->artisan('sla:verify')->assertExitCode(0);
    }

    public function test_refused_tickets_are_listed_with_the_reason(): void
    {
        $good = (int) $this->opened('kim')->ticketId;
        $bad = (int) $this->opened('lee', 'professional')->ticketId;
        $broken = (int) $this->opened('max')->ticketId;
        // The next revision has no package of this ticket.
        $this->deleteJson('/api/sla/policy/draft/packages/professional')->assertOk();
        $this->publish();
        DB::table('sla_ticket_states')->where('ticket_id', $broken)->update(['snapshot' => '{']);
        $id = $this->post('/admin/sla/adoptions', ['apply' => 'from_now', 'reason' => 'a new offer'])->assertStatus(303)->headers->get('Location');
        $this->get($id)->assertOk()->assertSee('Finished')->assertSee("#{$bad}")->assertSee("#{$broken}")->assertDontSee("#{$good}")->assertDontSee('sla::');
        $found = $this->getJson('/api/sla/policy/adoptions/1')->assertOk()->assertJsonPath('adoption.refused', 2)->json('refusals');
        self::assertSame([$bad, $broken], array_column($found, 'ticket'));
        self::assertSame('unknown_package', $found[0]['code']);
        $this->getJson("/api/sla/policy/adoptions/1?after={$bad}")->assertJsonCount(1, 'refusals');
        self::assertSame(1, DB::table('support_events')->where('kind', 'revision_adopted')->count());
        $this->postJson('/api/sla/policy/adoptions/1/stop')->assertStatus(409);
        $this->postJson('/api/sla/policy/adoptions/2/stop')->assertStatus(404);
        $this->get('/admin/sla/adoptions/2')->assertStatus(404);
    }

    public function test_an_adoption_that_is_interrupted_goes_on(): void
    {
        for ($count = 0; $count < 120; $count++) {
            $this->opened();
        }
        $this->publish();
        $store = $this->app->make(AdoptionStore::class);
        $id = (int) $store->start(Actor::admin('root'), Apply::FromNow, 'a new offer');
        self::assertTrue($store->step($id));
        $this->postJson('/api/sla/policy/adoptions', ['apply' => 'keep', 'reason' => 'x'])->assertStatus(409)->assertJsonPath('refusal.code', 'adoption_not_finished');
        $this->artisan('sla:adopt', ['--reason' => 'x'])->expectsOutput('another adoption is not finished: 1')->assertExitCode(1);
        // A process that ended after its tickets adopted and before it said so.
        DB::table('sla_adoptions')->update(['after_ticket' => 0, 'looked' => 0]);
        $this->get("/admin/sla/adoptions/{$id}")->assertSee('data-live', false)->assertSee('0 of 120 tickets');
        $this->postJson("/api/sla/policy/adoptions/{$id}/stop")->assertOk()->assertJsonPath('adoption.status', 'stopped');
        self::assertFalse($store->step($id));
        $this->postJson("/api/sla/policy/adoptions/{$id}/resume")->assertOk();
        self::assertSame(120, DB::table('support_events')->where('kind', 'revision_adopted')->count(), 'each adopted it once');
        self::assertSame('finished', SlaAdoption::query()->sole()->status);
        self::assertSame(0, DB::table('sla_adoption_refusals')->count());
    }

    public function test_the_monitor_goes_on_with_what_has_ended_in_the_middle(): void
    {
        $this->opened();
        $this->publish();
        $this->app->make(AdoptionStore::class)->start(Actor::admin('root'), Apply::Keep, 'a new offer');
        Bus::fake([AdoptRevision::class]);
        $this->artisan('sla:monitor-compliance')->assertExitCode(0);
        Bus::assertNothingDispatched();
        $this->clockAt('2026-11-23 09:03');
        $this->get('/admin/sla/adoptions/1')->assertSee('has ended')->assertSee('Go on');
        $this->get('/admin/sla/adoptions/1/live')->assertOk()->assertDontSee('<html', false);
        $this->artisan('sla:monitor-compliance')->assertExitCode(0);
        Bus::assertDispatched(AdoptRevision::class, static fn (AdoptRevision $job): bool => $job->adoptionId === 1);
        // While no worker takes the job, no other is queued, except that it may be lost.
        foreach (['2026-11-23 09:04' => 1, '2026-11-23 09:50' => 1, '2026-11-23 10:03' => 2, '2026-11-23 10:04' => 2] as $at => $jobs) {
            $this->clockAt($at);
            $this->artisan('sla:monitor-compliance')->assertExitCode(0);
            Bus::assertDispatchedTimes(AdoptRevision::class, $jobs);
        }
        // A job that began and ended in the middle is followed by another.
        DB::table('sla_adoptions')->update(['updated_at' => DB::raw('queued_at + 1')]);
        $this->clockAt('2026-11-23 10:06');
        $this->artisan('sla:monitor-compliance')->assertExitCode(0);
        Bus::assertDispatchedTimes(AdoptRevision::class, 3);
    }

    public function test_a_job_queues_the_next_one(): void
    {
        config(['queue.default' => 'database']);
        for ($count = 0; $count < 60; $count++) {
            $this->opened();
        }
        $this->publish();
        $store = $this->app->make(AdoptionStore::class);
        $id = (int) $store->start(Actor::admin('root'), Apply::Keep, 'a new offer');
        self::assertNull($store->start(Actor::admin('root'), Apply::Keep, 'another one'));
        $this->app->call([new AdoptRevision($id, 0), 'handle']);
        self::assertSame([50, 1], [(int) SlaAdoption::query()->sole()->looked, DB::table('jobs')->where('queue', 'sla-monitoring')->count()]);
        $this->artisan('queue:work', ['--queue' => 'sla-monitoring', '--stop-when-empty' => true, '--sleep' => 0])->assertExitCode(0);
        self::assertSame([60, 'finished', 0], [(int) SlaAdoption::query()->sole()->looked, SlaAdoption::query()->sole()->status, DB::table('jobs')->count()]);
    }

    public function test_the_command_adopts(): void
    {
        $this->opened();
        $this->publish();
        $this->artisan('sla:adopt', ['--apply' => 'soon', '--reason' => 'x'])->assertExitCode(1);
        $this->artisan('sla:adopt')->expectsOutput('--reason says why')->assertExitCode(1);
        $this->artisan('sla:adopt', ['adoption' => 7])->expectsOutput('there is no adoption 7')->assertExitCode(1);
        $this->artisan('sla:adopt', ['--apply' => 'retroactive', '--reason' => 'agreed', '--by' => 'root'])->expectsOutput('1 tickets adopted the revision, 0 refused')->assertExitCode(0);
        self::assertSame('05:00', SupportTicket::query()->sole()->first_response_due_at->format('H:i'));
    }

    public function test_a_stopped_adoption_does_not_block_another(): void
    {
        $ids = [(int) $this->opened()->ticketId, (int) $this->opened()->ticketId];
        $this->publish();
        $store = $this->app->make(AdoptionStore::class);
        $older = (int) $store->start(Actor::admin('root'), Apply::Keep, 'a new offer');
        self::assertTrue($store->stop($older));
        $this->publish('2h');
        $newest = $this->app->make(PolicyRepository::class)->newest();
        $this->tickets()->adoptRevision($ids[1], Actor::admin('root'), $newest, Apply::Keep, 'this one first');
        $newer = (int) $store->start(Actor::admin('root'), Apply::FromNow, 'an even newer one');
        self::assertGreaterThan($older, $newer);
        // It could run beside no other.
        $this->postJson("/api/sla/policy/adoptions/{$older}/resume")->assertStatus(409)->assertJsonPath('refusal.code', 'adoption_not_finished');
        $this->artisan('sla:adopt', ['adoption' => $older])->expectsOutput("another adoption is not finished: {$newer}")->assertExitCode(1);
        self::assertTrue($store->stop($newer));
        // No ticket goes back to the older revision.
        $this->postJson("/api/sla/policy/adoptions/{$older}/resume")->assertOk()->assertJsonPath('adoption.status', 'finished')->assertJsonPath('adoption.looked', 1);
        self::assertSame($newest, SupportTicket::query()->findOrFail($ids[1])->policy_digest);
        $this->artisan('sla:adopt', ['adoption' => $newer])->expectsOutput('1 tickets adopted the revision, 0 refused')->assertExitCode(0);
        self::assertSame([$newest], SupportTicket::query()->distinct()->pluck('policy_digest')->all());
        $this->artisan('sla:verify')->assertExitCode(0);
    }

    public function test_a_chunk_of_which_others_did_a_part_counts_each_ticket_once(): void
    {
        $ids = [];
        for ($count = 0; $count < 3; $count++) {
            $ids[] = (int) $this->opened()->ticketId;
        }
        $this->publish();
        $store = $this->app->make(AdoptionStore::class);
        $id = (int) $store->start(Actor::admin('root'), Apply::Keep, 'a new offer');
        // A process that ended after the first of three, which it had recorded; then one was closed, and one went further.
        DB::table('sla_adoptions')->update(['chunk' => implode(',', $ids)]);
        $this->tickets()->withdraw($ids[1], Actor::customer('kim'));
        $this->publish('2h');
        $this->tickets()->adoptRevision($ids[2], Actor::admin('root'), $this->app->make(PolicyRepository::class)->newest(), Apply::Keep, 'this one first');
        self::assertTrue($store->step($id));
        self::assertFalse($store->step($id));
        $adoption = SlaAdoption::query()->sole();
        self::assertSame(['finished', 3, 3], [$adoption->status, (int) $adoption->tickets, (int) $adoption->looked]);
        self::assertSame([$ids[1] => 'wrong_status', $ids[2] => 'newer_revision'], DB::table('sla_adoption_refusals')->orderBy('ticket_id')->pluck('code', 'ticket_id')->all());
    }

    public function test_a_request_cannot_take_the_command_of_an_adoption(): void
    {
        $id = (int) $this->opened()->ticketId;
        $this->publish();
        foreach (['adoption-1', 'adoption 1', 'adoption_1'] as $key) {
            $this->actingAs($this->user('kim', 'customer', 'starter'))->postJson("/support/tickets/{$id}/response", ['channel' => 'email', 'message' => 'x'], ['Idempotency-Key' => $key]);
        }
        $store = $this->app->make(AdoptionStore::class);
        self::assertSame(1, (int) $store->start(Actor::admin('root'), Apply::Keep, 'a new offer'));
        $store->step(1);
        self::assertSame(0, DB::table('sla_adoption_refusals')->count());
        self::assertSame(1, DB::table('support_events')->where('kind', 'revision_adopted')->count());
    }

    public function test_a_reason_that_no_ticket_would_accept_begins_nothing(): void
    {
        $this->opened();
        $this->publish();
        foreach (["\u{a0}", str_repeat("\u{e9}", 5001)] as $reason) {
            $this->postJson('/api/sla/policy/adoptions', ['apply' => 'keep', 'reason' => $reason])->assertStatus(422)->assertJsonPath('refusal.code', 'reason_required');
            $this->artisan('sla:adopt', ['--reason' => $reason])->assertExitCode(1);
        }
        self::assertSame(0, SlaAdoption::query()->count());
        self::assertSame(4, DB::table('sla_denials')->where('code', 'reason_required')->count());
    }

    public function test_only_admins(): void
    {
        foreach ([$this->user('ana', 'agent'), $this->user('kim', 'customer', 'starter')] as $user) {
            $this->actingAs($user)->get('/admin/sla/adoptions')->assertStatus(403);
            $this->postJson('/api/sla/policy/adoptions', ['apply' => 'keep', 'reason' => 'x'])->assertStatus(403);
        }
        self::assertSame(0, SlaAdoption::query()->count());
    }

    private function publish(string $target = '3h'): void
    {
        $this->putJson('/api/sla/policy/draft/packages/starter', ['first_response' => $target] + self::PACKAGE)->assertOk();
        $this->app->make(PolicyPublisher::class)->publish(Actor::admin('root'), 'faster');
    }
}
