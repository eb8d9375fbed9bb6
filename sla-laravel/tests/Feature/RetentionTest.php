<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Feature;

use Illuminate\Support\Facades\DB;
use Sla\Laravel\Tests\PlaysTickets;
use Sla\Laravel\Tests\TestCase;

/** Tickets that are deleted, whole as the README says, or in part as it does not. */
final class RetentionTest extends TestCase
{
    use PlaysTickets;

    private const REPORTS = ['reports/day/2026-11-19', 'reports/month/2026-11', 'packages/year/2026', 'agents/month/2026-11'];
    private const TABLES = ['support_events', 'support_responses', 'support_escalations', 'sla_notifications', 'sla_adoption_refusals', 'sla_monitor_failures', 'sla_ticket_states'];

    protected function setUp(): void
    {
        parent::setUp();
        $this->seedPolicy();
        config(['sla.reports.notify' => []]);
        $this->play();
        $this->artisan('sla:monitor-compliance', ['--reports' => true])->assertExitCode(0)->run();
        $this->actingAs($this->user('root', 'admin'));
    }

    public function test_reports_keep_the_figures_of_deleted_tickets(): void
    {
        $before = $this->reports();
        $ids = DB::table('support_tickets')->whereIn('status', ['closed', 'withdrawn', 'voided'])->pluck('id')->all();
        self::assertNotSame([], $ids);
        foreach (self::TABLES as $table) {
            DB::table($table)->whereIn('ticket_id', $ids)->delete();
        }
        DB::table('support_tickets')->whereIn('id', $ids)->delete();
        self::assertSame($before, $this->reports());
        $this->artisan('sla:rebuild-figures')->assertExitCode(0)->run();
        self::assertSame($before, $this->reports(), 'after a rebuild');
        $this->artisan('sla:monitor-compliance', ['--reports' => true])->assertExitCode(0)->run();
        self::assertSame($before, $this->reports(), 'after reports are built again');
        $this->artisan('sla:verify', ['--states' => true])->assertExitCode(0)->run();
        $this->artisan('sla:monitor-compliance')->assertExitCode(0)->run();
        $this->artisan('sla:what-if')->assertExitCode(0)->run();
    }

    public function test_what_is_deleted_in_part_does_not_stop_the_others(): void
    {
        $escalated = (int) DB::table('support_escalations')->where('status', '<>', 'resolved')->value('ticket_id');
        self::assertNotSame(0, $escalated);
        $other = (int) DB::table('support_tickets')->where('id', '<>', $escalated)->value('id');
        DB::table('support_tickets')->where('id', $escalated)->delete();
        DB::table('support_events')->where('ticket_id', $other)->delete();
        foreach (['/sla-dashboard', '/sla-dashboard/escalations', '/support/tickets', "/support/tickets/{$other}", "/support/tickets/{$other}/audit", '/admin/sla/definitions/what-if', '/admin/sla/definitions/preview'] as $page) {
            $this->get($page)->assertOk();
        }
        self::assertSame([$other], array_column($this->postJson('/api/sla/policy/what-if', ['days' => 366])->assertOk()->json('failed'), 'ticket'));
        $this->artisan('sla:rebuild-figures')->assertExitCode(1)->run();
        $this->artisan('sla:verify')->expectsOutput("ticket #{$escalated}: it has events and is not in support_tickets")->assertExitCode(1)->run();
    }

    /** @return list<array<string, mixed>> */
    private function reports(): array
    {
        $this->app->forgetScopedInstances();

        return array_map(fn (string $report): array => array_diff_key($this->getJson("/api/sla/{$report}")->assertOk()->json(), ['as_of' => 1]), self::REPORTS);
    }
}
