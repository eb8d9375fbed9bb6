<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Feature;

use Illuminate\Http\Client\Request;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Http;
use Illuminate\Support\Facades\Mail;
use Illuminate\Support\Facades\Route;
use Sla\Actor;
use Sla\Laravel\Models\SlaNotification;
use Sla\Laravel\Notifications\NotificationContent;
use Sla\Laravel\Notifications\NotificationSender;
use Sla\Laravel\Notifications\SlaStepFired;
use Sla\Laravel\Services\EscalationService;
use Sla\Laravel\Store\Outbox;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Tests\TestCase;

final class NotificationTest extends TestCase
{
    private const WEBHOOK = 'https://hooks.slack.com/services/T/B/secret';

    private int $ticket;

    protected function setUp(): void
    {
        parent::setUp();
        $this->seedPolicy();
        config([
            'sla.notifications.channels' => 'email,slack,database',
            'sla.notifications.slack.webhook' => self::WEBHOOK,
            'sla.notifications.audiences' => ['supervisor' => ['sue@example.test'], 'operations' => ['ops@example.test']],
        ]);
        $this->user('ana', 'agent');
        $this->ticket = (int) $this->opened()->ticketId;
        $this->tickets()->assign($this->ticket, Actor::admin('root'), 'ana');
        $this->clockAt('2026-11-23 14:30');
        $this->monitor()->run();
    }

    public function test_a_warning_and_a_breach_go_out_once_by_each_channel(): void
    {
        Http::fake();
        $this->artisan('sla:monitor-compliance', ['--escalations' => true])->expectsOutput('6 notifications sent, 0 failed')->assertExitCode(0);
        $this->artisan('sla:monitor-compliance', ['--escalations' => true])->expectsOutput('0 notifications sent, 0 failed')->assertExitCode(0);

        $mails = $this->mails();
        self::assertSame(
            [["Ticket #{$this->ticket}: first response is at risk", ['ana@example.test']], ["Ticket #{$this->ticket}: escalation to level 1, first response", ['ana@example.test', 'sue@example.test']]],
            array_map(static fn ($mail): array => [$mail->getSubject(), array_keys($mail->getTo())], $mails),
        );
        foreach (['Nothing works', 'first_response', '2026-11-23 14:00:00 WIB', "/support/tickets/{$this->ticket}"] as $part) {
            self::assertStringContainsString($part, $mails[1]->getBody());
        }
        self::assertStringContainsString(SlaNotification::query()->where('step', 'warning')->value('intent_id'), $mails[0]->getId());
        Http::assertSentCount(2);
        Http::assertSent(fn (Request $request): bool => $request->url() === self::WEBHOOK && str_contains($request['text'], "Ticket #{$this->ticket}"));
        self::assertSame(2, DB::table('notifications')->where('notifiable_id', 'ana')->count());
        self::assertSame(6, SlaNotification::query()->whereNotNull('sent_at')->count());
    }

    public function test_a_mail_links_to_the_page_where_the_routes_are(): void
    {
        config(['sla.notifications.channels' => 'email', 'sla.routes.web.prefix' => 'help']);
        require dirname(__DIR__, 2) . '/routes/sla.php';
        Route::getRoutes()->refreshNameLookups();
        DB::table('sla_notifications')->where('channel', '<>', 'email')->delete();
        $this->artisan('sla:monitor-compliance', ['--escalations' => true])->assertExitCode(0);
        self::assertStringContainsString("http://support.test/help/support/tickets/{$this->ticket}", $this->mails()[0]->getBody());
    }

    public function test_what_fails_waits_and_the_rest_goes_out(): void
    {
        Http::fake([self::WEBHOOK => Http::sequence()->pushStatus(500)->pushStatus(500)->whenEmpty(Http::response('ok'))]);
        $this->artisan('sla:monitor-compliance', ['--escalations' => true])->expectsOutput('4 notifications sent, 2 failed')->assertExitCode(1);
        $failed = SlaNotification::query()->whereNull('sent_at')->get();
        self::assertSame(['slack', 'slack'], $failed->pluck('channel')->all());
        self::assertSame(['2026-11-23 07:31'], $failed->map(static fn ($row): string => $row->available_at->format('Y-m-d H:i'))->unique()->all());
        self::assertStringContainsString('500', $failed[0]->error);
        $this->artisan('sla:monitor-compliance', ['--escalations' => true])->expectsOutput('0 notifications sent, 0 failed')->assertExitCode(0);
        $this->clockAt('2026-11-23 14:32');
        $this->artisan('sla:monitor-compliance', ['--escalations' => true])->expectsOutput('2 notifications sent, 0 failed')->assertExitCode(0);
        self::assertCount(2, $this->mails());
    }

    public function test_without_recipient_a_notification_waits(): void
    {
        config(['sla.notifications.channels' => 'email', 'sla.notifications.audiences' => []]);
        DB::table('users')->where('id', 'ana')->delete();
        Http::fake();
        $this->artisan('sla:monitor-compliance', ['--escalations' => true])->assertExitCode(1);
        self::assertSame(2, SlaNotification::query()->whereNull('sent_at')->count());
        $this->user('ana', 'agent');
        $this->clockAt('2026-11-23 14:40');
        $this->artisan('sla:monitor-compliance', ['--escalations' => true])->assertExitCode(0);
        self::assertSame(0, SlaNotification::query()->whereNull('sent_at')->count());
    }

    public function test_for_an_unassigned_ticket_the_supervisor_is_notified_in_place_of_the_agent(): void
    {
        config(['sla.notifications.channels' => 'email']);
        DB::table('sla_notifications')->delete();
        $this->opened('lee');
        $this->clockAt('2026-11-24 09:00');
        $this->monitor()->run();
        DB::table('sla_notifications')->where('step', '<>', 'warning')->delete();
        $this->artisan('sla:monitor-compliance', ['--escalations' => true])->expectsOutput('1 notifications sent, 0 failed')->assertExitCode(0);
        self::assertSame(['sue@example.test'], array_keys($this->mails()[0]->getTo()));
    }

    public function test_the_supervisor_is_notified_in_place_of_an_agent_who_has_no_address(): void
    {
        config(['sla.notifications.channels' => 'email']);
        DB::table('sla_notifications')->delete();
        $this->opened('lee');
        $this->clockAt('2026-11-24 09:00');
        $this->monitor()->run();
        DB::table('sla_notifications')->where('step', '<>', 'warning')->delete();
        DB::table('support_tickets')->update(['agent' => 'left the company']);
        $this->artisan('sla:monitor-compliance', ['--escalations' => true])->expectsOutput('1 notifications sent, 0 failed')->assertExitCode(0);
        self::assertSame(['sue@example.test'], array_keys($this->mails()[0]->getTo()));
    }

    public function test_a_claim_keeps_others_away_until_it_is_void(): void
    {
        $outbox = $this->app->make(Outbox::class);
        $now = $this->app->make(Clock::class)->nowUs();
        $row = $outbox->available($now, 1)[0];
        $claim = $outbox->claim($row['intent_id'], $row['channel'], $now);
        self::assertNotNull($claim);
        self::assertNull($outbox->claim($row['intent_id'], $row['channel'], $now));
        self::assertNotContains($row, $outbox->available($now, 100));
        $later = $now + 301 * 1_000_000;
        self::assertContains($row, $outbox->available($later, 100));
        $other = $outbox->claim($row['intent_id'], $row['channel'], $later);
        self::assertSame(2, $other?->attempt);
        self::assertFalse($outbox->sent($claim, $later), 'the first claim is void');
        $outbox->failed($claim, 'late', $later);
        self::assertTrue($outbox->sent($other, $later));
        self::assertNull($outbox->claim($row['intent_id'], $row['channel'], $later + 10_000_000_000));
    }

    public function test_a_repeated_delivery_leaves_one_row_in_the_database_channel(): void
    {
        $sender = $this->app->make(NotificationSender::class);
        $intent = SlaNotification::query()->where('step', 'warning')->value('intent_id');
        self::assertSame(1, $sender->send($intent, 'database')->sent);
        // As if the sender had been killed before it marked the row.
        DB::table('sla_notifications')->where('channel', 'database')->update(['sent_at' => null]);
        self::assertSame(1, $sender->send($intent, 'database')->sent);
        self::assertSame(1, DB::table('notifications')->count());
    }

    public function test_a_requested_escalation_is_notified(): void
    {
        Http::fake();
        config(['sla.notifications.channels' => 'email']);
        $this->app->make(EscalationService::class)->request($this->ticket, Actor::customer('kim'), "we <b>cannot</b> sell\n\n[click](https://evil.test) ![x](https://evil.test/x.png)", 'email');
        DB::table('sla_notifications')->whereNotNull('step')->delete();
        $this->artisan('sla:monitor-compliance', ['--escalations' => true])->expectsOutput('1 notifications sent, 0 failed')->assertExitCode(0);
        self::assertSame("Ticket #{$this->ticket}: critical escalation to level 2", $this->mails()[0]->getSubject());
        self::assertSame([true], SlaNotification::query()->pluck('is_critical')->all());
        self::assertSame(['ana@example.test', 'sue@example.test', 'ops@example.test'], array_keys($this->mails()[0]->getTo()));
        self::assertEquals(1, $this->mails()[0]->getPriority());
        $content = new NotificationContent('i', $this->ticket, 'a & b', 'escalated', null, 1, null, '<!channel> <https://evil.test|click>', new \DateTimeImmutable('2026-11-23'));
        $slack = (new SlaStepFired($content, 'slack'))->toSlackWebhook($this)['text'];
        self::assertStringContainsString("a &amp; b\nReason: &lt;!channel&gt; &lt;https://evil.test|click&gt;", $slack);
        $body = $this->mails()[0]->getBody();
        self::assertStringContainsString('[click](https://evil.test)', $body, 'what people write is text');
        foreach (['<b>cannot', 'href="https://evil', 'src="https://evil'] as $part) {
            self::assertStringNotContainsString($part, $body);
        }
    }

    public function test_of_a_critical_escalation_more_are_notified(): void
    {
        $row = DB::table('sla_settings')->where('key', 'steps');
        $row->update(['document' => str_replace('["operations"]', '[]', $row->value('document'))]);
        $this->artisan('sla:publish', ['--reason' => 'quieter'])->assertExitCode(0);
        foreach ([['on-call'], []] as $audience) {
            $this->app->forgetScopedInstances();
            config(['sla.notifications.channels' => 'email', 'sla.notifications.critical_escalations' => $audience]);
            $this->clockAt('2026-11-24 08:00');
            $id = $this->opened('lee')->ticketId;
            $this->clockAt('2026-11-24 16:30');
            $this->monitor()->run();
            $found = SlaNotification::query()->where('ticket_id', $id)->orderBy('seq')->get();
            self::assertSame([['agent'], ['agent', 'supervisor'], ...($audience === [] ? [] : [$audience])], $found->pluck('audience')->all());
        }
    }

    public function test_a_step_may_name_its_channels(): void
    {
        $row = DB::table('sla_settings')->where('key', 'steps');
        $row->update(['document' => str_replace('["agent"]', '["slack","supervisor"]', $row->value('document'))]);
        $this->artisan('sla:publish', ['--reason' => 'louder'])->assertExitCode(0);
        $this->app->forgetScopedInstances();
        DB::table('sla_notifications')->delete();
        $this->clockAt('2026-11-24 08:00');
        $id = $this->opened('lee')->ticketId;
        $this->clockAt('2026-11-24 11:30');
        $this->monitor()->run();
        $rows = SlaNotification::query()->where('ticket_id', $id)->get();
        self::assertSame([['slack', ['supervisor']]], $rows->map(static fn ($row): array => [$row->channel, $row->audience])->all());
    }

    public function test_a_step_that_names_channels_only_is_for_the_agent_and_whom_it_assigns(): void
    {
        $row = DB::table('sla_settings')->where('key', 'steps');
        $row->update(['document' => str_replace('["agent","supervisor"]', '["slack"]', $row->value('document'))]);
        $this->artisan('sla:publish', ['--reason' => 'louder'])->assertExitCode(0);
        $this->app->forgetScopedInstances();
        $this->clockAt('2026-11-24 08:00');
        $id = $this->opened('lee')->ticketId;
        $this->clockAt('2026-11-24 13:30');
        $this->monitor()->run();
        $rows = SlaNotification::query()->where('ticket_id', $id)->where('step', 'breach')->get();
        self::assertSame([['slack', ['agent', 'supervisor']]], $rows->map(static fn ($row): array => [$row->channel, $row->audience])->all());
    }

    public function test_instants_are_in_the_zone_of_the_calendar(): void
    {
        config(['sla.notifications.channels' => 'email', 'sla.time_zone' => 'Europe/Berlin']);
        DB::table('sla_notifications')->where('channel', '<>', 'email')->delete();
        $this->artisan('sla:monitor-compliance', ['--escalations' => true])->assertExitCode(0);
        self::assertStringContainsString('Due: 2026-11-23 14:00:00 WIB', $this->mails()[1]->getBody());
    }

    public function test_a_webhook_points_to_a_known_host(): void
    {
        Http::fake();
        config(['sla.notifications.channels' => 'slack']);
        $addresses = [
            'http://169.254.169.254/latest', 'https://169.254.169.254/latest', 'https://127.0.0.1/x', 'http://127.0.0.1:6379/x', 'https://10.0.0.1/x', 'https://[::1]/x', 'https://2130706433/x',
            'https://localhost/x', 'https://hooks.slack.com.evil.test/x', 'https://evilhooks.slack.com/x', 'http://hooks.slack.com/x', 'HTTPS://HOOKS.SLACK.COM/x', 'file:///etc/passwd',
            'gopher://hooks.slack.com/x', '//hooks.slack.com/x', 'https://evil.test#hooks.slack.com', 'https://evil.test?@hooks.slack.com/x', 'https://hooks.slack.com@evil.test/x',
            'https://hooks.slack.com:x@evil.test/x', 'https://evil.test\\@hooks.slack.com/x', 'https://hooks.slack.com\\@evil.test/x', "https://hooks.slack.com/x\r\nHost: evil.test", ' https://hooks.slack.com/x',
            'https://hooks.slack.com', '',
        ];
        foreach ($addresses as $url) {
            config(['sla.notifications.slack.webhook' => $url]);
            $this->app->forgetScopedInstances();
            $run = $this->app->make(NotificationSender::class)->send(SlaNotification::query()->where('step', 'warning')->value('intent_id'), 'slack');
            self::assertSame(1, $run->failed, $url);
            DB::table('sla_notifications')->update(['available_at' => 0]);
        }
        Http::assertNothingSent();
        config(['sla.notifications.slack.webhook' => 'https://hooks.slack.com/services/T0/B0/x_Y-1']);
        $this->app->forgetScopedInstances();
        self::assertSame(1, $this->app->make(NotificationSender::class)->send(SlaNotification::query()->where('step', 'warning')->value('intent_id'), 'slack')->sent);
        Http::assertSentCount(1);
    }

    public function test_nothing_is_sent_while_monitoring_is_off(): void
    {
        Http::fake();
        config(['sla.monitoring.enabled' => false]);
        $this->artisan('sla:monitor-compliance', ['--escalations' => true])->assertExitCode(0);
        self::assertSame(6, SlaNotification::query()->whereNull('sent_at')->count());
    }

    public function test_jobs_send_too(): void
    {
        // The worker forgets faked HTTP.
        DB::table('sla_notifications')->where('channel', 'slack')->delete();
        config(['queue.default' => 'database']);
        $this->artisan('sla:monitor-compliance', ['--escalations' => true, '--queue' => true])->expectsOutput('4 notifications queued')->assertExitCode(0);
        $this->artisan('queue:work', ['--queue' => 'sla-monitoring', '--stop-when-empty' => true, '--sleep' => 0])->assertExitCode(0);
        self::assertSame([], SlaNotification::query()->whereNull('sent_at')->get()->map(static fn ($row): array => [$row->channel, $row->error])->all());
        self::assertCount(2, $this->mails());
    }

    /** @return list<object> */
    private function mails(): array
    {
        return Mail::mailer()->getSwiftMailer()->getTransport()->messages()->all();
    }
}
