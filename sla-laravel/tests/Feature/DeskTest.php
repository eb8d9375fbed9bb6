<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Feature;

use App\Console\Commands\Desk;
use Illuminate\Support\Carbon;
use Illuminate\Support\Facades\Auth;
use Illuminate\Support\Facades\DB;
use Sla\Laravel\Tests\TestCase;

/** The desk to try, set up with few tickets. */
final class DeskTest extends TestCase
{
    public function test_tickets_of_the_log_are_played_once(): void
    {
        $this->clockAt('2026-11-25 15:00');
        $now = Carbon::now();
        config(['sla.notifications.channels' => 'database']);
        $this->artisan('testhost:desk', ['--tickets' => 12])->assertExitCode(0);
        Carbon::setTestNow($now);
        self::assertSame(12, DB::table('support_tickets')->count());
        self::assertSame(0, DB::table('sla_denials')->count());
        self::assertSame(0, DB::table('sla_notifications')->whereNull('sent_at')->count());
        // The log ends now, and whatever was due is stored.
        $nowUs = (int) $now->getTimestamp() * 1_000_000;
        self::assertGreaterThan($nowUs - 7 * 86_400_000_000, DB::table('support_events')->max('at'));
        self::assertLessThanOrEqual($nowUs, DB::table('support_events')->max('at'));
        self::assertSame(0, DB::table('sla_ticket_states')->where('next_check_at', '<=', $nowUs)->count());
        self::assertSame(0, DB::table('support_events')->where('actor_role', 'system')->whereColumn('detected_at', '>', DB::raw('at + 1'))->count());
        $this->artisan('sla:verify', ['--states' => true])->expectsOutput('13 chains verified, 0 at fault')->assertExitCode(0);
        foreach (['kim', 'ana', 'root'] as $user) {
            self::assertTrue(Auth::validate(['email' => "{$user}@desk.test", 'password' => Desk::PASSWORD]), $user);
        }

        $this->artisan('testhost:desk', ['--tickets' => 12])->expectsOutput('the desk is set up already')->assertExitCode(0);
        self::assertSame(12, DB::table('support_tickets')->count());
    }
}
