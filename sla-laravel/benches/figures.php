<?php

// The steps of `benches/run`: fill NUMBER, copy NUMBER, commands, pages SOCKET WORKER SERVER (their process ids).

declare(strict_types=1);

use App\Models\User;
use Illuminate\Contracts\Console\Kernel;
use Illuminate\Support\Carbon;
use Illuminate\Support\Facades\Artisan;
use Illuminate\Support\Facades\DB;
use Sla\Actor;
use Sla\Laravel\Benches\FastCgi;
use Sla\Laravel\Figures\DayTable;
use Sla\Laravel\Services\EscalationService;
use Sla\Laravel\Services\NewTicket;
use Sla\Laravel\Services\SlaMonitorService;
use Sla\Laravel\Services\SupportTicketService;
use Sla\Laravel\Store\TicketStore;
use Sla\PauseStatus;
use Sla\Time;

require dirname(__DIR__) . '/testhost/vendor/autoload.php';
require __DIR__ . '/FastCgi.php';
$app = require dirname(__DIR__) . '/testhost/bootstrap/app.php';
$app->make(Kernel::class)->bootstrap();

const PACKAGES = ['starter' => 'email', 'professional' => 'phone', 'enterprise' => 'whatsapp'];
const AGENTS = 40;
const OWN_WORK = '/agent/dashboard';
const REPORT = '/sla-dashboard/reports/year';
const AGENTS_OF_YEAR = '/sla-dashboard/agents/year';
/** Later than everything that is measured. */
const MONTH_US = 2_592_000_000_000;

/**
 * Measures each of some calls, and prints a line: what the two processes computed on average, which the load of the machine
 * changes little, beside the median and the fastest tenth by the clock.
 *
 * @param callable(mixed): int|float|void $call may return for how many of what is measured it stands
 * @param array<string, int>              $pids of the processes whose time counts
 */
function measure(string $what, ?float $goalMs, array $over, callable $call, array $pids): void
{
    $us = [];
    $of = 0;
    $before = array_map(computedUs(...), $pids);
    foreach ($over as $one) {
        app()->forgetScopedInstances();
        $started = hrtime(true);
        $count = $call($one) ?? 1;
        $us[] = (hrtime(true) - $started) / 1000 / $count;
        $of += $count;
    }
    $computed = [];
    foreach ($pids as $name => $pid) {
        $computed[$name] = (computedUs($pid) - $before[$name]) / $of / 1000;
    }
    sort($us);
    printf(
        "%-52s %7.2f ms computed (%s), by the clock median %.2f, tenth %.2f; goal %s\n",
        $what,
        array_sum($computed),
        implode(', ', array_map(static fn (string $name, float $ms): string => sprintf('%s %.2f', $name, $ms), array_keys($computed), $computed)),
        $us[intdiv(count($us), 2)] / 1000,
        $us[intdiv(count($us), 10)] / 1000,
        $goalMs === null ? 'none' : number_format($goalMs, 1),
    );
}

/** Returns for how many microseconds a process and its children were on a processor. */
function computedUs(int $pid): float
{
    $us = 0.0;
    foreach (explode(' ', trim((string) file_get_contents("/proc/{$pid}/task/{$pid}/children"))) as $child) {
        $us += $child === '' ? 0.0 : (float) explode(' ', (string) @file_get_contents("/proc/{$child}/schedstat"))[0] / 1000;
    }

    // Fields 14 to 17 of proc(5), in hundredths of a second; the first two have a finer twin.
    $stat = explode(' ', substr((string) strrchr((string) file_get_contents("/proc/{$pid}/stat"), ')'), 2));

    return $us + (float) explode(' ', (string) file_get_contents("/proc/{$pid}/schedstat"))[0] / 1000 + ($stat[13] + $stat[14]) * 10_000;
}

/** @return array<string, int> this process, and the one of the database that serves it */
function here(): array
{
    return ['PHP' => (int) getmypid(), 'PostgreSQL' => (int) DB::selectOne('select pg_backend_pid() as pid')->pid];
}

/** Opens a ticket of one of the customers. */
function opened(int $number): int
{
    $package = array_keys(PACKAGES)[$number % 3];
    $outcome = app(SupportTicketService::class)->open(new NewTicket("Ticket {$number}", 'Please help.', PACKAGES[$package]), Actor::customer("{$package}-" . $number % 500));

    return (int) $outcome->ticketId;
}

/** Plays tickets over a year until now; of a hundred one is at work still. */
function fill(int $played): void
{
    Carbon::setTestNow(Carbon::now()->subDays(366));
    Artisan::call('db:seed', ['--class' => 'SlaDefinitionSeeder', '--force' => true]);
    $users = [];
    foreach (['root' => 'admin', 'agent-1' => 'agent'] as $id => $role) {
        $users[] = ['id' => $id, 'email' => "{$id}@example.test", 'sla_role' => $role, 'sla_package' => null];
    }
    foreach (array_keys(PACKAGES) as $package) {
        for ($i = 0; $i < 500; $i++) {
            $users[] = ['id' => "{$package}-{$i}", 'email' => "{$package}-{$i}@example.test", 'sla_role' => 'customer', 'sla_package' => $package];
        }
    }
    User::query()->insert($users);
    mt_srand(7);
    Carbon::setTestNow();
    $now = Carbon::now();
    $started = microtime(true);
    $root = Actor::admin('root');
    for ($i = 0; $i < $played; $i++) {
        app()->forgetScopedInstances();
        $tickets = app(SupportTicketService::class);
        $left = (1 - ($i + 1) / $played) * 365 * 86_400;
        $at = $now->copy()->subSeconds((int) $left + mt_rand(0, 3600));
        $next = static function (int $seconds) use (&$at, $now): bool {
            $at = $at->copy()->addSeconds($seconds);
            Carbon::setTestNow($at->lessThan($now) ? $at : $now);

            return $at->lessThan($now);
        };
        $next(0);
        $id = opened($i);
        $agent = 'agent-' . mt_rand(1, AGENTS);
        $channel = PACKAGES[array_keys(PACKAGES)[$i % 3]];
        if (!$next(mt_rand(600, 20_000))) {
            continue;
        }
        $tickets->assign($id, $root, $agent);
        $tickets->reply($id, Actor::agent($agent), $channel, 'We are looking into it.');
        if (mt_rand(0, 2) === 0 && $next(1000)) {
            $tickets->pause($id, Actor::agent($agent), PauseStatus::Pending, 'a question');
            if ($next(mt_rand(1000, 100_000))) {
                $tickets->customerMessage($id, Actor::customer(DB::table('support_tickets')->where('id', $id)->value('customer')), $channel, 'An answer.');
            }
        }
        if ($next(mt_rand(5000, 200_000)) && mt_rand(0, 99) > 0) {
            $tickets->resolve($id, $root, 'Solved.');
            if (mt_rand(0, 1) === 0 && $next(1000)) {
                $tickets->rate($id, Actor::customer(DB::table('support_tickets')->where('id', $id)->value('customer')), mt_rand(1, 5));
            }
            if ($next(40_000)) {
                foreach (DB::table('support_escalations')->where('ticket_id', $id)->where('status', 'open')->pluck('number') as $number) {
                    app(EscalationService::class)->resolve($id, (int) $number, $root);
                }
                $tickets->close($id, $root);
            }
        }
    }
    Carbon::setTestNow();
    app()->forgetScopedInstances();
    app(SlaMonitorService::class)->run();
    DB::table('sla_notifications')->update(['sent_at' => DB::raw('notify_at')]);
    DB::statement('analyze');
    printf("played: %d tickets, %d events in %.0f s\n", DB::table('support_tickets')->count(), DB::table('support_events')->count(), microtime(true) - $started);
}

/**
 * Copies the played tickets under other numbers until there are so many. A copy is a row of lists and figures: its chain is
 * that of the first one. Beyond a hundred thousand, events, messages and notifications are not copied: pages read those of
 * one ticket, or none.
 */
function copies(int $wanted): void
{
    $started = microtime(true);
    $step = (int) DB::table('support_tickets')->max('id');
    // Not those that commands were measured with, of which all are at work.
    $span = min($step, 100_000);
    $copies = (int) ceil(($wanted - $step) / $span);
    if ($copies < 1) {
        return;
    }
    $tables = array_column(DB::select("select distinct table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'ticket_id'"), 'name');
    foreach (['support_tickets', ...array_diff($tables, ['sla_monitor_failures'])] as $table) {
        if ($wanted > 100_000 && in_array($table, ['support_events', 'support_responses', 'sla_notifications'], true)) {
            continue;
        }
        $columns = array_column(DB::select("select column_name as name from information_schema.columns where table_schema = 'public' and table_name = ? order by ordinal_position", [$table]), 'name');
        if ($table !== 'support_tickets') {
            $columns = array_diff($columns, ['id']);
        }
        $of = implode(', ', array_map(static fn (string $column): string => match ($column) {
            'id', 'ticket_id' => "\"{$column}\" + k * {$step}",
            'reference', 'message_ref' => "\"{$column}\" || '#{$step}.' || k",
            // The monitor looks at none of them, whose chains begin with another ticket.
            'next_check_at' => '"next_check_at" + ' . MONTH_US,
            'intent_id' => "md5(intent_id || '{$step}.' || k) || md5(k || intent_id)",
            default => "\"{$column}\"",
        }, $columns));
        $named = '"' . implode('", "', $columns) . '"';
        $key = $table === 'support_tickets' ? 'id' : 'ticket_id';
        DB::statement("insert into {$table} ({$named}) select {$of} from {$table}, generate_series(1, {$copies}) k where {$key} <= {$span}");
    }
    DB::statement("select setval('support_tickets_id_seq', (select max(id) from support_tickets))");
    // The sums of days are made again from the copied rows.
    app(DayTable::class)->markAll();
    app(DayTable::class)->refresh();
    DB::statement('vacuum analyze');
    printf("copied: %d tickets, %s in %.0f s\n", DB::table('support_tickets')->count(), DB::selectOne("select pg_size_pretty(pg_database_size('sla')) as size")->size, microtime(true) - $started);
}

function commands(): void
{
    $count = number_format(DB::table('support_tickets')->count());
    $root = Actor::admin('root');
    $tickets = static fn (): SupportTicketService => app(SupportTicketService::class);
    for ($i = 0; $i < 50; $i++) {
        opened($i);
    }
    $ids = [];
    measure("open beside {$count} tickets", 2.0, range(1, 500), static function (int $i) use (&$ids): void {
        $ids[] = opened($i);
    }, here());
    $channels = DB::table('support_tickets')->whereIn('id', $ids)->pluck('channel', 'id');
    $once = static fn (callable $call): callable => static function (int $id) use ($call): void {
        $call($id)->isAccepted();
    };
    measure('assign', null, $ids, $once(static fn (int $id) => $tickets()->assign($id, $root, 'agent-1')), here());
    measure('reply', 1.6, $ids, $once(static fn (int $id) => $tickets()->reply($id, Actor::agent('agent-1'), $channels[$id], 'We are looking into it.')), here());
    measure('refusal, on record', null, $ids, $once(static fn (int $id) => $tickets()->reply($id, Actor::agent('agent-2'), $channels[$id], 'x')), here());
    app(SlaMonitorService::class)->run();
    measure('the monitor, nothing due', null, range(1, 50), static function (): void {
        app(SlaMonitorService::class)->run();
    }, here());
    // Due at once: warnings, breaches and escalations of a thousand tickets.
    $due = [];
    for ($i = 0; $i < 1000; $i++) {
        app()->forgetScopedInstances();
        $due[] = opened($i);
    }
    Carbon::setTestNow(Carbon::now()->addDays(4));
    $at = Time::toUs(Carbon::now());
    $events = 0;
    measure('a due ticket, in chunks of 100', 0.7, array_chunk($due, 100), static function (array $chunk) use ($at, &$events): int {
        $events += app(TicketStore::class)->storeDue($chunk, $at)->events;

        return count($chunk);
    }, here());
    printf("  of %.1f events each\n", $events / count($due));
    Carbon::setTestNow();
    DB::table('sla_notifications')->whereNull('sent_at')->update(['sent_at' => DB::raw('notify_at')]);
}

function pages(string $socket, int $worker, int $server): void
{
    app(SlaMonitorService::class)->run();
    app(DayTable::class)->refresh();
    // What comes between two runs of the monitor, of a desk that opens a ticket a second.
    for ($i = 0; $i < 60; $i++) {
        opened($i);
    }
    $fpm = new FastCgi($socket, dirname(__DIR__) . '/testhost/public/index.php');
    $signedIn = static function (string $user) use ($fpm): string {
        $answer = $fpm->get("/sign-in/{$user}");
        preg_match('/^Set-Cookie: (testhost=[^;]+)/m', $answer['headers'], $cookie);

        return $cookie[1] ?? throw new RuntimeException("no session: {$answer['body']}");
    };
    $cookie = $signedIn('root');
    $agent = $signedIn('agent-1');
    $count = number_format(DB::table('support_tickets')->count());
    $ticket = (int) DB::table('support_events')->max('ticket_id');
    $asked = [
        ['a page without session, nearly the framework alone', '/sla-assets/0000000000000000/style', 404, null],
        ["the dashboard at {$count} tickets", '/sla-dashboard', 200, 15.0],
        ['its part that is refreshed', '/sla-dashboard/live', 200, 12.0],
        ['the same, unchanged', '/sla-dashboard/live', 304, null],
        ["an agent's own page", OWN_WORK, 200, null],
        ['its part that is refreshed', OWN_WORK . '/live', 200, null],
        ['the newest tickets', '/support/tickets', 200, null],
        ['the tickets of one status', '/support/tickets?status=open', 200, null],
        ['a ticket', "/support/tickets/{$ticket}", 200, null],
        ['its audit', "/support/tickets/{$ticket}/audit", 200, null],
        ['escalations', '/sla-dashboard/escalations', 200, null],
        ['a report of the year', REPORT, 200, 50.0],
        ['the agents of the year', AGENTS_OF_YEAR, 200, 50.0],
    ];
    foreach ($asked as [$what, $path, $status, $goal]) {
        $headers = ['Cookie' => str_starts_with($path, OWN_WORK) ? $agent : $cookie];
        $first = $fpm->get($path, $headers);
        if ($first['status'] === 404 && $status !== 404) {
            printf("%-52s is not there\n", $what);
            continue;
        }
        if ($status === 304) {
            preg_match('/^ETag: (\S+)/mi', $first['headers'], $etag);
            $headers['If-None-Match'] = $etag[1] ?? '';
        }
        for ($i = 0; $i < 5; $i++) {
            $fpm->get($path, $headers);
        }
        measure($what, $goal, range(1, 60), static function () use ($fpm, $path, $headers, $status): void {
            $answer = $fpm->get($path, $headers);
            if ($answer['status'] !== $status && $status !== 304) {
                throw new RuntimeException("{$path}: {$answer['status']} " . strip_tags(substr($answer['body'], 0, 2000)));
            }
        }, ['php-fpm' => $worker, 'PostgreSQL' => $server]);
    }
}

try {
    match ($argv[1]) {
        'fill' => fill((int) $argv[2]),
        'copy' => copies((int) $argv[2]),
        'commands' => commands(),
        'pages' => pages($argv[2], (int) $argv[3], (int) $argv[4]),
    };
} catch (Throwable $fault) {
    // Laravel's handler would end without a code.
    fwrite(STDERR, "{$fault}\n");
    exit(1);
}
