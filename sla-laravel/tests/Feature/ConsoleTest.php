<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Feature;

use Illuminate\Http\Client\Request;
use Illuminate\Support\Facades\Artisan;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Http;
use Sla\Actor;
use Sla\Audit;
use Sla\Event;
use Sla\History;
use Sla\Laravel\SlaServiceProvider;
use Sla\Laravel\Store\Memory;
use Sla\Laravel\Support\HealthToken;
use Sla\Laravel\Tests\TestCase;
use Sla\Ticket;
use Sla\Time;

final class ConsoleTest extends TestCase
{
    public function test_install_publishes_the_settings_and_says_what_to_do(): void
    {
        $file = config_path('sla.php');
        self::assertFileDoesNotExist($file);
        try {
            $this->artisan('sla:install')->expectsOutput('  php artisan migrate')
                ->expectsOutput("  \$schedule->command('sla:monitor-compliance --reports')->dailyAt('00:10')->timezone(config('sla.time_zone'));")->assertExitCode(0);
            self::assertFileExists($file);
            self::assertSame('Asia/Jakarta', (require $file)['time_zone']);
        } finally {
            unlink($file);
        }
    }

    public function test_what_is_published_lies_where_laravel_looks_for_it(): void
    {
        self::assertSame([$this->app->langPath() . '/vendor/sla'], array_values(SlaServiceProvider::pathsToPublish(SlaServiceProvider::class, 'sla-lang')));
        self::assertSame([resource_path('views/vendor/sla')], array_values(SlaServiceProvider::pathsToPublish(SlaServiceProvider::class, 'sla-views')));
        self::assertSame([database_path('migrations')], array_values(SlaServiceProvider::pathsToPublish(SlaServiceProvider::class, 'sla-migrations')));
        self::assertSame([config_path('sla.php')], array_values(SlaServiceProvider::pathsToPublish(SlaServiceProvider::class, 'sla-config')));
    }

    public function test_the_doctor_says_which_audiences_are_empty(): void
    {
        $this->seedPolicy();
        config(['sla.notifications.channels' => 'email', 'sla.notifications.audiences' => ['supervisor' => ['sue@example.test']]]);
        $this->artisan('sla:doctor')->expectsOutput('  audiences  no mail address for operations (sla.notifications.audiences); what is for nobody else waits until there is one')->assertExitCode(0)->run();
        config(['sla.notifications.audiences.operations' => ['ops@example.test']]);
        $this->app->forgetScopedInstances();
        self::assertSame(0, Artisan::call('sla:doctor'));
        self::assertStringNotContainsString('audiences', Artisan::output());
    }

    public function test_the_settings_have_the_names_of_the_environment(): void
    {
        $names = [
            'SLA_MONITORING_ENABLED', 'SLA_ESCALATION_THRESHOLD', 'SLA_NOTIFICATION_CHANNELS', 'SLA_QUEUE_NAME', 'SLA_DASHBOARD_REFRESH', 'SLA_TIMEZONE',
            'SLA_DB_CONNECTION', 'SLA_CACHE_STORE', 'SLA_SLACK_WEBHOOK', 'SLA_LIBRARY',
        ];
        $settings = (string) file_get_contents(dirname(__DIR__, 2) . '/config/sla.php');
        foreach ($names as $name) {
            self::assertStringContainsString("env('{$name}'", $settings);
        }
    }

    public function test_doctor_looks_at_the_time_zone(): void
    {
        $this->seedPolicy();
        foreach (['+07:00', 'Mars/Base', '', 'asia/jakarta'] as $zone) {
            config(['sla.time_zone' => $zone]);
            $this->artisan('sla:doctor')->expectsOutput("! time zone  SLA_TIMEZONE is `{$zone}`; it must be a name of the IANA time-zone database, for example Asia/Jakarta")->assertExitCode(1);
        }
        config(['sla.time_zone' => 'Asia/Jakarta']);
        $this->artisan('sla:doctor')->expectsOutput('  time zone  Asia/Jakarta');
    }

    public function test_verify_looks_at_one_ticket_or_all(): void
    {
        $this->seedPolicy();
        $first = (int) $this->opened()->ticketId;
        $second = (int) $this->opened('lee')->ticketId;
        $this->opened('lee', channel: 'phone');
        $this->artisan('sla:verify', ['ticket' => $first])->expectsOutput('1 chains verified, 0 at fault')->assertExitCode(0);
        $this->artisan('sla:verify')->expectsOutput('4 chains verified, 0 at fault')->assertExitCode(0);
        $this->artisan('sla:verify', ['ticket' => $first - 1])->expectsOutput('1 chains verified, 1 at fault')->assertExitCode(1);
        DB::table('sla_denials')->update(['entry' => DB::raw("replace(entry, 'lee', 'eve')")]);
        $this->artisan('sla:verify')->expectsOutput('4 chains verified, 1 at fault')->assertExitCode(1);
        DB::table('sla_ticket_states')->where('ticket_id', $second)->update(['events' => 7]);
        $this->artisan('sla:verify', ['--skip-denials' => true])->expectsOutput('3 chains verified, 1 at fault')->assertExitCode(1);
    }

    public function test_verify_finds_an_altered_publication(): void
    {
        $this->seedPolicy();
        $this->artisan('sla:verify')->expectsOutput('1 chains verified, 0 at fault')->assertExitCode(0);
        DB::table('sla_policy_revisions')->update(['entry' => DB::raw("replace(entry, 'the first revision', 'another reason')")]);
        $this->artisan('sla:verify')->expectsOutput('the chain of the policy: altered at entry 0')->expectsOutput('1 chains verified, 1 at fault')->assertExitCode(1);
    }

    public function test_verify_compares_states_and_texts_with_the_events(): void
    {
        $this->seedPolicy();
        $id = (int) $this->opened()->ticketId;
        $this->artisan('sla:verify', ['--states' => true])->expectsOutput('2 chains verified, 0 at fault')->assertExitCode(0);
        $response = DB::table('support_responses')->value('id');
        DB::table('support_responses')->update(['body' => 'Please hurry.']);
        $this->artisan('sla:verify')->assertExitCode(0);
        $this->artisan('sla:verify', ['--states' => true])->expectsOutput("ticket #{$id}: the text of response {$response} is not what was written")->assertExitCode(1);
        DB::table('support_responses')->delete();
        $this->artisan('sla:verify', ['--states' => true])->expectsOutput("ticket #{$id}: 1 texts are missing")->assertExitCode(1);
        DB::table('sla_ticket_states')->update(['snapshot' => DB::raw("replace(snapshot, 'starter', 'enterprise')")]);
        $this->artisan('sla:verify', ['--states' => true])->expectsOutput("ticket #{$id}: the snapshot is not what the events fold to")->assertExitCode(1);
    }

    public function test_verify_finds_every_row_that_is_not_what_the_events_say(): void
    {
        $this->seedPolicy();
        $this->opened('lee');
        $id = (int) $this->opened()->ticketId;
        $this->clockAt('2026-11-23 14:30');
        $this->monitor()->run();
        $this->artisan('sla:verify', ['--states' => true])->expectsOutput('3 chains verified, 0 at fault')->assertExitCode(0);
        $altered = [
            ['support_tickets', ['status' => 'voided'], "support_tickets: `status` of the row `{$id}` is not what the events say"],
            ['support_tickets', ['customer' => 'eve'], "support_tickets: `customer` of the row `{$id}` is not what the events say"],
            ['support_tickets', ['first_response_due_at' => null], "support_tickets: `first_response_due_at` of the row `{$id}` is not what the events say"],
            ['support_tickets', ['reference' => 'another'], "support_tickets: `reference` of the row `{$id}` is not what the events say"],
            ['sla_ticket_states', ['last_at' => 5], "sla_ticket_states: `last_at` of the row `{$id}` is not what the events say"],
            ['sla_ticket_states', ['next_check_at' => 5], "sla_ticket_states: `next_check_at` of the row `{$id}` is not what the events say"],
            ['sla_ticket_states', ['row_state' => '{}'], 'sla_ticket_states: `row_state` is not what the events say'],
            ['support_events', ['seq' => 1, 'kind' => 'noted'], 'support_events: `kind` of the row `1` is not what the events say'],
            ['support_events', ['seq' => 1, 'actor_id' => 'eve'], 'support_events: `actor_id` of the row `1` is not what the events say'],
            ['support_responses', ['is_public' => false], null],
            ['support_escalations', ['level' => 9], 'support_escalations: `level` of the row `1` is not what the events say'],
            ['support_escalations', null, 'support_escalations: the row `1` is missing'],
            ['sla_promises', ['timer' => 'first_response', 'class' => 'met'], 'sla_promises: `class` of the row `first_response 1` is not what the events say'],
            ['sla_promises', null, 'sla_promises: the row `first_response 1` is missing'],
            ['sla_ticket_facts', ['figure' => 'opened', 'n' => 99], null],
        ];
        foreach ($altered as [$table, $change, $message]) {
            $rows = DB::table($table)->where($table === 'support_tickets' ? 'id' : 'ticket_id', $id);
            $before = $rows->get()->map(static fn (\stdClass $row): array => (array) $row)->all();
            if ($change === null) {
                (clone $rows)->delete();
            } else {
                $keys = array_intersect_key($change, ['seq' => 1, 'timer' => 1, 'figure' => 1]);
                (clone $rows)->where($keys)->update(array_diff_key($change, $keys));
            }
            $answer = $this->artisan('sla:verify', ['--states' => true, 'ticket' => $id])->assertExitCode(1);
            if ($message !== null) {
                $answer->expectsOutput("ticket #{$id}: {$message}");
            }
            $answer->run();
            (clone $rows)->delete();
            DB::table($table)->insert($before);
            $this->app->forgetScopedInstances();
            $this->artisan('sla:verify', ['--states' => true])->assertExitCode(0)->run();
        }
    }

    public function test_heads_that_are_kept_elsewhere_show_what_was_cut_off(): void
    {
        $this->seedPolicy();
        $id = (int) $this->opened()->ticketId;
        $this->opened('lee', channel: 'phone');
        $this->tickets()->note($id, Actor::admin('root'), 'A note.');
        $file = sys_get_temp_dir() . '/sla-heads-' . bin2hex(random_bytes(6));
        try {
            $this->artisan('sla:verify', ['--write-heads' => $file])->expectsOutput('the heads of 3 chains were written')->assertExitCode(0)->run();
            $this->tickets()->note($id, Actor::admin('root'), 'Another note.');
            $this->opened();
            $this->artisan('sla:verify', ['--heads' => $file])->expectsOutput('4 chains verified, 0 at fault')->assertExitCode(0)->run();
            // Its end is cut off, and its state made to fit.
            foreach (['support_events', 'support_responses'] as $table) {
                DB::table($table)->where('ticket_id', $id)->where('at', '>=', 0)->when($table === 'support_events', static fn ($rows) => $rows->where('seq', '>', 0))->delete();
            }
            $entries = DB::table('support_events')->where('ticket_id', $id)->pluck('entry')->all();
            $head = Audit::verifyEntries('ticket', (string) DB::table('support_tickets')->where('id', $id)->value('reference'), $entries)->head;
            DB::table('sla_ticket_states')->where('ticket_id', $id)->update(['events' => 1, 'head' => $head?->hash, 'snapshot' => Ticket::of(History::ofEntries($entries))->json()]);
            DB::table('sla_denials')->delete();
            $this->artisan('sla:verify')->expectsOutput('3 chains verified, 0 at fault')->assertExitCode(0)->run();
            $this->artisan('sla:verify', ['--heads' => $file])->expectsOutput("ticket #{$id}: removed at entry 1")->expectsOutput('the chain `access access-2026-11-23` is in the file of heads, and nowhere else')
                ->expectsOutput('3 chains verified, 2 at fault')->assertExitCode(1)->run();
            DB::table('sla_ticket_states')->where('ticket_id', $id)->update(['events' => 7]);
            $this->artisan('sla:verify', ['--write-heads' => $file])->expectsOutput('the heads were not written: 1 at fault')->assertExitCode(1)->run();
            file_put_contents($file, '{}');
            $this->artisan('sla:verify', ['--heads' => $file])->expectsOutput("`{$file}` is no file of heads")->assertExitCode(1)->run();
        } finally {
            unlink($file);
        }
    }

    public function test_verify_reports_what_it_cannot_read_and_continues(): void
    {
        $this->seedPolicy();
        $broken = (int) $this->opened()->ticketId;
        $gone = (int) $this->opened()->ticketId;
        DB::table('support_events')->where('ticket_id', $broken)->update(['entry' => '{']);
        DB::table('support_tickets')->where('id', $gone)->delete();
        $this->artisan('sla:verify')->expectsOutput("ticket #{$gone}: it has events and is not in support_tickets")->expectsOutput('2 chains verified, 2 at fault')->assertExitCode(1)->run();
        DB::table('sla_policy_revisions')->update(['document' => DB::raw("replace(document, '\"4h\"', '\"9h\"')")]);
        $this->artisan('sla:verify')->expectsOutput('revision 1 of the policy is not what was published')->expectsOutput('2 chains verified, 3 at fault')->assertExitCode(1)->run();
        DB::table('sla_policy_revisions')->delete();
        $this->app->forgetScopedInstances();
        $this->artisan('sla:verify')->expectsOutput('no revision of the policy is left; nothing can be executed again')->assertExitCode(1)->run();
    }

    public function test_verify_executes_every_history_again(): void
    {
        $this->seedPolicy();
        $id = (int) $this->opened()->ticketId;
        $other = (int) $this->opened('lee')->ticketId;
        $this->clockAt('2026-11-23 14:30');
        $this->monitor()->run();
        $this->artisan('sla:verify')->expectsOutput('3 chains verified, 0 at fault')->assertExitCode(0);
        // A chain that is sound, of an event that no rule makes: the escalation has another level.
        $rows = DB::table('support_events')->where('ticket_id', $id)->orderBy('seq')->get();
        self::assertSame(['opened', 'warned', 'breached', 'escalated'], $rows->pluck('kind')->all());
        $events = $rows->pluck('entry')->map(static function (string $entry): Event {
            $event = json_decode(Event::ofEntry($entry)->json());
            if ($event->kind === 'escalated') {
                $event->data->level = 7;
            }

            return Event::fromJson(json_encode($event));
        })->all();
        $linked = Audit::link(null, $events, Time::fromUs((int) $rows->last()->detected_at));
        $entries = $linked->entries;
        foreach ($entries as $seq => $entry) {
            DB::table('support_events')->where('ticket_id', $id)->where('seq', $seq)->update(['entry' => $entry]);
        }
        DB::table('sla_ticket_states')->where('ticket_id', $id)->update(['head' => $linked->head->hash, 'snapshot' => Ticket::of(History::ofEntries($entries))->json()]);
        $this->artisan('sla:verify', ['--chains' => true])->expectsOutput('3 chains verified, 0 at fault')->assertExitCode(0);
        $this->artisan('sla:verify')->expectsOutput('3 chains verified, 1 at fault')->assertExitCode(1);
        DB::table('sla_ticket_states')->where('ticket_id', $other)->update(['snapshot' => DB::raw("replace(snapshot, 'starter', 'enterprise')")]);
        $this->artisan('sla:verify')->expectsOutput('3 chains verified, 2 at fault')->assertExitCode(1);
    }

    public function test_an_interrupted_verification_resumes(): void
    {
        $this->seedPolicy();
        $first = (int) $this->opened()->ticketId;
        $this->opened('lee');
        self::assertSame(0, DB::table('sla_memories')->count());
        $this->app->make(Memory::class)->keep('verify', ['after' => $first, 'checked' => 1, 'faults' => 1]);
        $this->artisan('sla:verify', ['--resume' => true])->expectsOutput("resumed after ticket #{$first}, 1 at fault before")->expectsOutput('3 chains verified, 1 at fault')->assertExitCode(1);
        $this->artisan('sla:verify', ['--resume' => true])->expectsOutput('3 chains verified, 0 at fault')->assertExitCode(0);
        self::assertSame(0, DB::table('sla_memories')->count());
    }

    public function test_the_doctor_asks_the_web(): void
    {
        $this->seedPolicy();
        config(['sla.notifications.channels' => 'email', 'sla.doctor.url' => 'http://127.0.0.1:1/']);
        Http::fake(function (Request $request) {
            $answer = $this->get(substr($request->url(), strlen('http://127.0.0.1:1')), array_map(static fn (array $values): string => $values[0], $request->headers()));

            return Http::response($answer->getContent(), $answer->getStatusCode());
        });
        $this->artisan('sla:doctor')->assertExitCode(0);
        foreach (['', '1', time() . '.' . str_repeat('0', 64), (time() - 120) . '.' . hash_hmac('sha256', 'sla-doctor/' . (time() - 120), config('app.key'))] as $token) {
            $this->get('/sla-health', ['X-Sla-Doctor' => $token])->assertStatus(404);
        }
        $sound = ['php' => '8.1', 'sapi' => 'fpm-fcgi', 'library' => \Sla\Native\Library::get()->version(), 'file' => 'x', 'revision' => DB::table('sla_policy_revisions')->value('policy_digest'), 'fault' => null];
        foreach ([[$sound, 200, 0], [['library' => '0.0.9'] + $sound, 200, 1], [['revision' => 'other'] + $sound, 200, 1], [['fault' => 'no FFI'] + $sound, 200, 1], [$sound, 302, 1], [[], 200, 1]] as [$seen, $status, $code]) {
            Http::swap(new \Illuminate\Http\Client\Factory());
            Http::fake(['*' => Http::response($seen, $status)]);
            $this->artisan('sla:doctor')->assertExitCode($code);
        }
    }

    public function test_a_health_token_is_valid_whatever_its_hash_begins_with(): void
    {
        $tokens = $this->app->make(HealthToken::class);
        $exponents = 0;
        for ($key = 0; $exponents < 10; $key++) {
            config(['app.key' => "key {$key}"]);
            $token = $tokens->make();
            $exponents += preg_match('/\.\d*e\d/', $token);
            self::assertTrue($tokens->isValid($token), $token);
        }
    }

    public function test_the_doctor_without_tables_or_policy(): void
    {
        $this->artisan('sla:doctor')->assertExitCode(1);
        $this->artisan('migrate:rollback', ['--force' => true]);
        $this->artisan('sla:doctor')->assertExitCode(1);
        $this->artisan('migrate', ['--force' => true]);
    }
}
