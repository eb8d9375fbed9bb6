<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests;

use App\Models\User;
use Illuminate\Contracts\Console\Kernel;
use Illuminate\Foundation\Application;
use Illuminate\Foundation\Testing\TestCase as LaravelTestCase;
use Illuminate\Support\Carbon;
use Illuminate\Support\Facades\DB;
use Sla\Actor;
use Sla\Laravel\Services\NewTicket;
use Sla\Laravel\Services\SlaMonitorService;
use Sla\Laravel\Services\SupportTicketService;
use Sla\Laravel\Store\Outcome;

/**
 * A test in the test host. On SQLite each test has a database of its own, on others the tables are emptied: events are
 * dispatched after the commit, so tests do not run in a transaction.
 */
abstract class TestCase extends LaravelTestCase
{
    private static bool $isMigrated = false;

    public function createApplication(): Application
    {
        $app = require dirname(__DIR__) . '/testhost/bootstrap/app.php';
        $app->make(Kernel::class)->bootstrap();

        return $app;
    }

    protected function setUp(): void
    {
        parent::setUp();
        if (config('database.default') === 'sqlite' || !self::$isMigrated) {
            $this->artisan('migrate:fresh', ['--force' => true])->run();
            self::$isMigrated = true;
        } else {
            self::emptyTables();
        }
        $this->clockAt('2026-11-23 09:00');
    }

    protected function tearDown(): void
    {
        Carbon::setTestNow();
        parent::tearDown();
    }

    /** Sets the clock, in Jakarta: 2026-11-23 is a Monday. */
    protected function clockAt(string $time): void
    {
        Carbon::setTestNow(Carbon::parse($time, 'Asia/Jakarta'));
    }

    protected function seedPolicy(): void
    {
        $this->artisan('db:seed', ['--class' => 'SlaDefinitionSeeder', '--force' => true])->assertExitCode(0);
    }

    protected function user(string $id, string $role, ?string $package = null, ?string $organization = null, ?string $teams = null): User
    {
        return User::query()->updateOrCreate(['id' => $id], [
            'email' => "{$id}@example.test",
            'sla_role' => $role,
            'sla_package' => $package,
            'sla_organization' => $organization,
            'sla_teams' => $teams,
        ]);
    }

    protected function tickets(): SupportTicketService
    {
        return $this->app->make(SupportTicketService::class);
    }

    protected function monitor(): SlaMonitorService
    {
        return $this->app->make(SlaMonitorService::class);
    }

    protected function opened(string $customer = 'kim', string $package = 'starter', string $channel = 'email', ?string $commandId = null): Outcome
    {
        $this->user($customer, 'customer', $package);

        return $this->tickets()->open(new NewTicket('Nothing works', 'Please help.', $channel, commandId: $commandId), Actor::customer($customer));
    }

    private static function emptyTables(): void
    {
        if (DB::getDriverName() === 'pgsql') {
            $tables = array_column(DB::select("select tablename from pg_tables where schemaname = 'public'"), 'tablename');
            DB::statement('truncate ' . implode(', ', array_diff($tables, ['migrations'])) . ' restart identity cascade');

            return;
        }
        foreach (array_column(DB::select('select table_name as name from information_schema.tables where table_schema = database()'), 'name') as $table) {
            if ($table !== 'migrations') {
                DB::table($table)->truncate();
            }
        }
    }
}
