<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Processes;

use Illuminate\Support\Facades\DB;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Figures\DayTable;
use Sla\Laravel\Store\RowAudit;
use Sla\Laravel\Store\TicketStore;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Tests\TestCase;

/** Tests with several processes on one database: a SQLite file, or what DB_CONNECTION names. */
abstract class ProcessTestCase extends TestCase
{
    protected string $folder;

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/sla-laravel-' . bin2hex(random_bytes(6));
        mkdir($this->folder);
        if ((getenv('DB_CONNECTION') ?: 'sqlite') === 'sqlite') {
            touch("{$this->folder}/database.sqlite");
            putenv("DB_DATABASE={$this->folder}/database.sqlite");
            $_ENV['DB_DATABASE'] = $_SERVER['DB_DATABASE'] = "{$this->folder}/database.sqlite";
        }
        parent::setUp();
        config(['sla.notifications.channels' => 'email,slack']);
        $this->seedPolicy();
        $this->user('kim', 'customer', 'starter');
        $this->user('lee', 'customer', 'enterprise');
        // An admin who resolves an unassigned ticket is its agent.
        $this->user('root', 'admin');
        $this->user('ana', 'agent');
        $this->user('bob', 'agent');
    }

    protected function tearDown(): void
    {
        if ((getenv('DB_CONNECTION') ?: 'sqlite') === 'sqlite') {
            putenv('DB_DATABASE');
            unset($_ENV['DB_DATABASE'], $_SERVER['DB_DATABASE']);
        }
        parent::tearDown();
        array_map('unlink', glob("{$this->folder}/*") ?: []);
        rmdir($this->folder);
    }

    /**
     * Starts `testhost:work` in a process of its own.
     *
     * @param array<string, int|string> $options
     *
     * @return resource
     */
    protected function start(string $kind, array $options): mixed
    {
        $command = [PHP_BINARY, '-d', 'ffi.enable=1', dirname(__DIR__, 2) . '/testhost/artisan', 'testhost:work', $kind];
        foreach ($options as $name => $value) {
            $command[] = "--{$name}={$value}";
        }
        $environment = getenv() + ['SLA_NOTIFICATION_CHANNELS' => 'email,slack', 'SLA_SLACK_WEBHOOK' => 'https://hooks.slack.com/services/x', 'SLA_SUPERVISOR_MAIL' => 'sue@example.test', 'SLA_OPERATIONS_MAIL' => 'ops@example.test'];
        $environment['QUEUE_CONNECTION'] = 'database';
        $process = proc_open($command, [1 => ['file', "{$this->folder}/out-" . bin2hex(random_bytes(4)), 'w'], 2 => ['redirect', 1]], $pipes, null, $environment);
        self::assertIsResource($process);

        return $process;
    }

    /**
     * Waits for a process, and returns how it ended.
     *
     * @param resource $process
     *
     * @return array{code: int, isKilled: bool}
     */
    protected function ended(mixed $process): array
    {
        do {
            $status = proc_get_status($process);
            usleep(2000);
        } while ($status['running']);
        proc_close($process);

        return ['code' => $status['exitcode'], 'isKilled' => $status['signaled'] && $status['termsig'] === 9];
    }

    /** What processes wrote, for messages of failures. */
    protected function said(): string
    {
        return implode("\n", array_map(static fn (string $file): string => mb_strcut((string) file_get_contents($file), 0, 2000), glob("{$this->folder}/out-*") ?: []));
    }

    /** Checks everything that must be true between any two transactions. */
    protected function assertLaws(): void
    {
        $this->app->forgetScopedInstances();
        $store = $this->app->make(TicketStore::class);
        $gateway = $this->app->make(Gateway::class);
        $rows = $this->app->make(RowAudit::class);
        $intents = 0;
        $escalations = 0;
        $messages = 0;
        foreach (DB::table('support_tickets')->orderBy('id')->get() as $row) {
            $ticket = $store->find((int) $row->id);
            self::assertNotNull($ticket, "#{$row->id} has a state");
            $entries = $store->entries($ticket->id);
            self::assertCount($ticket->events, $entries, "#{$row->id}: events");
            $found = $gateway->verify('ticket', $ticket->reference, $entries);
            self::assertTrue($found->isSound(), "#{$row->id}: {$found->tampering} at {$found->index}");
            self::assertSame($ticket->head, $found->head?->hash);
            self::assertTrue($gateway->execute($ticket, $entries)->isSound(), "#{$row->id}: the rules make each event as it is recorded");
            self::assertSame([], $rows->faults($ticket, $entries), "#{$row->id}: every row is what the events say");
            foreach ($entries as $entry) {
                $event = json_decode($entry, true);
                $firing = $event['kind'] === 'warned' ? $event['data'] : ($event['data']['firing'] ?? null);
                $isRequest = $event['kind'] === 'escalated' && $event['data']['trigger'] === 'request';
                $intents += $isRequest || ($firing['notify'] ?? []) !== [] ? 1 : 0;
                $escalations += $event['kind'] === 'escalated' ? 1 : 0;
                $messages += isset($event['data']['message']) ? 1 : 0;
            }
        }
        self::assertSame($intents * 2, DB::table('sla_notifications')->count(), 'two channels an intent');
        self::assertSame($escalations, DB::table('support_escalations')->count());
        self::assertSame($messages, DB::table('support_responses')->count());
        self::assertSame(0, DB::table('sla_monitor_failures')->count());
        foreach (DB::table('sla_denials')->distinct()->pluck('log') as $log) {
            $entries = DB::table('sla_denials')->where('log', $log)->orderBy('seq')->pluck('entry')->all();
            self::assertTrue($gateway->verify('access', $log, $entries)->isSound(), "the log {$log}");
        }
    }

    /** Checks that the sums of days are those of the rows. */
    protected function assertSums(): void
    {
        $days = $this->app->make(DayTable::class);
        $days->refresh();
        $read = static fn (string $table): array => DB::table($table)->orderBy('dimension')->orderBy('day')->orderBy('value')->orderBy('timer')->orderBy('figure')->orderBy('bucket')->get()->all();
        $before = [$read('sla_daily'), $read('sla_monthly')];
        self::assertNotSame([], $before[0]);
        $days->markAll();
        $days->refresh();
        self::assertEquals($before, [$read('sla_daily'), $read('sla_monthly')], 'the sums of days are those of the rows');
    }

    /** @return array<string, int> how often each notification was sent */
    protected function deliveries(): array
    {
        $file = "{$this->folder}/deliveries";

        return is_file($file) ? array_count_values(array_filter(explode("\n", (string) file_get_contents($file)))) : [];
    }

    protected function nowUs(): int
    {
        return $this->app->make(Clock::class)->nowUs();
    }
}
