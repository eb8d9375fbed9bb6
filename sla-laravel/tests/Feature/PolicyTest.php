<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Feature;

use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Event;
use Illuminate\Support\Facades\Schema;
use Sla\Actor;
use Sla\Exceptions\InvalidPolicy;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Events\PolicyPublished;
use Sla\Laravel\Models\PolicyRevision;
use Sla\Laravel\Models\ReadOnlyRow;
use Sla\Laravel\Models\SlaDefinition;
use Sla\Laravel\Models\SlaDenial;
use Sla\Laravel\Models\SupportChannel;
use Sla\Laravel\Policy\NoPolicy;
use Sla\Laravel\Policy\PolicyDraft;
use Sla\Laravel\Policy\PolicyPublisher;
use Sla\Laravel\Policy\PolicyRepository;
use Sla\Laravel\Support\InvalidSetting;
use Sla\Laravel\Tests\TestCase;

final class PolicyTest extends TestCase
{
    public function test_the_seeder_publishes_three_packages(): void
    {
        $this->seedPolicy();
        $engine = $this->app->make(Gateway::class)->engine();
        $channels = [
            'starter' => ['email', 'chat'],
            'professional' => ['email', 'chat', 'phone'],
            'enterprise' => ['email', 'chat', 'phone', 'whatsapp'],
        ];
        foreach ($channels as $package => $included) {
            foreach (['email', 'chat', 'phone', 'whatsapp'] as $channel) {
                self::assertSame(in_array($channel, $included, true), $engine->entitles($package, $channel), "{$package}, {$channel}");
            }
        }
        $targets = SlaDefinition::query()->orderBy('rank')->get()->map(static fn ($row): array => [$row->package, $row->first_response, $row->resolution])->all();
        self::assertSame([['starter', '4h', '24h'], ['professional', '2h', '12h'], ['enterprise', '1h', '8h']], $targets);
        self::assertSame(['email', 'chat', 'phone', 'whatsapp'], SupportChannel::query()->orderBy('position')->pluck('key')->all());
        $revision = PolicyRevision::query()->sole();
        self::assertSame([1, 'seeder'], [(int) $revision->version, $revision->published_by]);
        self::assertSame($revision->policy_digest, $engine->info()->policyDigest);
        self::assertSame('80%', json_decode($revision->document, true)['steps']['first_response'][0]['at']);
        self::assertSame([], $engine->policy()->lint(new \DateTimeImmutable('2026-11-23')), 'the seeded policy has no warnings');
    }

    public function test_the_office_is_closed_on_holidays_of_indonesia(): void
    {
        $this->seedPolicy();
        $office = $this->app->make(Gateway::class)->engine()->calendar('office');
        self::assertFalse($office->isOpen(new \DateTimeImmutable('2026-08-17T10:00:00+07:00')), 'Independence Day, a Monday');
        self::assertTrue($office->isOpen(new \DateTimeImmutable('2026-08-18T10:00:00+07:00')));
    }

    public function test_seeding_again_changes_nothing(): void
    {
        $this->seedPolicy();
        $this->app->make(PolicyDraft::class)->package('starter', ['name' => 'Basic', 'rank' => 1, 'channels' => ['email'], 'calendar' => 'office', 'first_response' => '5h']);
        $this->seedPolicy();
        self::assertSame('Basic', SlaDefinition::query()->where('package', 'starter')->value('name'));
        self::assertSame(1, PolicyRevision::query()->count());
    }

    public function test_the_threshold_seeds_the_warning(): void
    {
        config(['sla.escalation.threshold' => '0.755']);
        $this->seedPolicy();
        self::assertSame('75.5%', json_decode(PolicyRevision::query()->value('document'), true)['steps']['resolution'][0]['at']);
    }

    public function test_a_threshold_that_is_no_share_is_refused(): void
    {
        config(['sla.escalation.threshold' => '80']);
        $this->expectException(InvalidSetting::class);
        $this->expectExceptionMessage('SLA_ESCALATION_THRESHOLD is `80`');
        $this->artisan('db:seed', ['--class' => 'SlaDefinitionSeeder', '--force' => true])->run();
    }

    public function test_without_a_revision_nothing_is_decided(): void
    {
        $this->expectException(NoPolicy::class);
        $this->app->make(Gateway::class)->engine();
    }

    public function test_a_changed_draft_is_published_with_its_changes(): void
    {
        $this->seedPolicy();
        Event::fake([PolicyPublished::class]);
        $publisher = $this->app->make(PolicyPublisher::class);
        self::assertFalse($publisher->isChanged());
        DB::table('sla_definitions')->where('package', 'starter')->update(['first_response' => '3h']);
        self::assertTrue($publisher->isChanged());
        $published = $publisher->publish(Actor::admin('root'), 'customers asked for it');
        self::assertNull($published->refusal);
        self::assertSame(2, $published->version);
        $changes = array_map(static fn ($change): array => [$change->path, $change->before, $change->after], $published->changes);
        self::assertContains(['/packages/0/targets/first_response', '"4h"', '"3h"'], $changes);
        Event::assertDispatched(PolicyPublished::class, static fn (PolicyPublished $event): bool => $event->version === 2 && $event->by === 'root');
        $entries = PolicyRevision::query()->orderBy('version')->pluck('entry')->all();
        self::assertTrue($this->app->make(Gateway::class)->verify('policy', 'support', $entries)->isSound());
        self::assertCount(2, $this->app->make(PolicyRepository::class)->digests());
    }

    public function test_problems_of_a_draft_have_the_place_of_their_row(): void
    {
        $this->seedPolicy();
        DB::table('sla_definitions')->where('package', 'professional')->update(['first_response' => '2 hours', 'calendar' => 'office hours']);
        DB::table('sla_definitions')->where('package', 'enterprise')->update(['channels' => '["email","fax"]']);
        try {
            $this->app->make(PolicyPublisher::class)->publish(Actor::admin('root'), 'why not');
            self::fail('an invalid draft was published');
        } catch (InvalidPolicy $fault) {
            $paths = array_map(static fn ($problem): string => $problem->path, $fault->related);
            self::assertContains('/packages/1/targets/first_response', $paths);
            self::assertContains('/packages/1/calendar', $paths);
            self::assertContains('/packages/2/channels/1', $paths);
        }
        self::assertSame(1, PolicyRevision::query()->count());
    }

    public function test_who_may_not_publish_is_refused_on_record(): void
    {
        $this->seedPolicy();
        DB::table('sla_definitions')->where('package', 'starter')->update(['first_response' => '3h']);
        $published = $this->app->make(PolicyPublisher::class)->publish(Actor::agent('ana'), 'quietly');
        self::assertSame('role_not_permitted', $published->refusal?->code);
        self::assertSame(1, PolicyRevision::query()->count());
        self::assertSame(['ana', 'role_not_permitted'], [SlaDenial::query()->sole()->actor_id, SlaDenial::query()->sole()->code]);
    }

    public function test_the_command_publishes_and_says_what_is_wrong(): void
    {
        $this->seedPolicy();
        $this->artisan('sla:publish', ['--check' => true])->expectsOutput('the draft is what is published')->assertExitCode(0);
        DB::table('sla_definitions')->where('package', 'starter')->update(['first_response' => '3h']);
        $this->artisan('sla:publish', ['--reason' => 'faster'])->expectsOutput('revision 2 is published')->assertExitCode(0);
        DB::table('sla_definitions')->where('package', 'starter')->update(['first_response' => 'soon']);
        $this->artisan('sla:publish', ['--reason' => 'faster'])->assertExitCode(1);
        $this->artisan('sla:publish', ['--reason' => ''])->assertExitCode(1);
    }

    public function test_models_do_not_write(): void
    {
        $this->seedPolicy();
        $package = SlaDefinition::query()->where('package', 'starter')->sole();
        $package->name = 'Cheap';
        $writes = [
            static fn () => $package->save(),
            static fn () => $package->delete(),
            static fn () => SlaDefinition::query()->update(['name' => 'Cheap']),
            static fn () => SlaDefinition::query()->delete(),
            static fn () => SlaDefinition::query()->insert(['name' => 'Cheap']),
            static fn () => SlaDefinition::query()->where('id', 1)->increment('rank'),
            static fn () => SlaDefinition::query()->forceCreate(['name' => 'Cheap']),
            static fn () => SlaDefinition::query()->create(['name' => 'Cheap']),
            static fn () => SlaDefinition::query()->updateOrCreate(['package' => 'starter'], ['name' => 'Cheap']),
            static fn () => SlaDefinition::query()->updateOrInsert(['package' => 'starter'], ['name' => 'Cheap']),
            static fn () => SlaDefinition::query()->incrementEach(['rank' => 1]),
            static fn () => SlaDefinition::query()->forceDelete(),
            static fn () => SlaDefinition::query()->truncate(),
        ];
        foreach ($writes as $index => $write) {
            try {
                $write();
                self::fail("write {$index} passed");
            } catch (ReadOnlyRow) {
                self::assertSame('Starter', SlaDefinition::query()->where('package', 'starter')->value('name'));
            }
        }
    }

    public function test_migrations_can_be_taken_back(): void
    {
        $this->artisan('migrate:rollback', ['--force' => true])->assertExitCode(0);
        self::assertFalse(Schema::hasTable('support_tickets'));
        self::assertFalse(Schema::hasTable('sla_definitions'));
        $this->artisan('migrate', ['--force' => true])->assertExitCode(0);
        self::assertTrue(Schema::hasTable('support_tickets'));
    }
}
