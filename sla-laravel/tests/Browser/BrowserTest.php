<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Browser;

use Sla\Actor;
use Sla\Laravel\Tests\Processes\ProcessTestCase;

/** Pages in Chromium: the script runs under the strict policy, and the console stays empty. */
final class BrowserTest extends ProcessTestCase
{
    /** @var resource */
    private mixed $server;

    private string $address;

    protected function setUp(): void
    {
        parent::setUp();
        $this->address = '127.0.0.1:' . self::freePort();
        mkdir("{$this->folder}/sessions");
        $environment = getenv() + [];
        $environment = ['SESSION_DRIVER' => 'file', 'SESSION_FILES' => "{$this->folder}/sessions", 'TESTHOST_SIGN_IN' => '1', 'SLA_DASHBOARD_REFRESH' => '1000', 'APP_URL' => "http://{$this->address}"] + $environment;
        $public = dirname(__DIR__, 2) . '/testhost/public';
        $server = proc_open(
            [PHP_BINARY, '-d', 'ffi.enable=1', '-S', $this->address, '-t', $public, "{$public}/index.php"],
            [1 => ['file', "{$this->folder}/out-server", 'w'], 2 => ['redirect', 1]],
            $pipes,
            null,
            $environment,
        );
        self::assertIsResource($server);
        $this->server = $server;
        for ($wait = 0; $wait < 500 && @fsockopen('127.0.0.1', (int) explode(':', $this->address)[1]) === false; $wait++) {
            usleep(20_000);
        }
        $this->user('root', 'admin');
        $id = (int) $this->opened()->ticketId;
        $this->clockAt('2026-11-23 14:30');
        $this->monitor()->run();
        $this->tickets()->assign($id, Actor::admin('root'), 'ana');
        $this->tickets()->reply($id, Actor::agent('ana'), 'email', 'We are looking into it.');
    }

    protected function tearDown(): void
    {
        proc_terminate($this->server);
        proc_close($this->server);
        exec('rm -rf ' . escapeshellarg("{$this->folder}/sessions") . ' ' . escapeshellarg($this->folder) . '/profile-*');
        parent::tearDown();
    }

    public function test_pages_of_each_role_in_a_browser(): void
    {
        $pages = [
            'kim' => ['/support/tickets' => 'Nothing works', '/support/tickets/1' => 'We are looking into it.', '/support/tickets/new' => 'Live chat'],
            'ana' => ['/agent/tickets/assigned' => 'Nothing works', '/support/tickets/1' => 'Request an escalation', '/support/tickets/1/audit' => 'Chain verified'],
            'root' => ['/support/tickets' => 'Nothing works', '/sla-dashboard' => 'data-state="live"', '/sla-dashboard/escalations' => 'Acknowledge', '/admin/sla/definitions' => 'Professional', '/admin/sla/definitions/preview' => 'Open tickets'],
        ];
        foreach ($pages as $user => $paths) {
            foreach ($paths as $path => $text) {
                $seen = $this->seen($user, $path, $user === 'root' ? ['--window-size=390,800', '--force-dark-mode'] : []);
                self::assertStringContainsString($text, $seen['dom'], "{$user} at {$path}");
                self::assertStringNotContainsString('CONSOLE', $seen['log'], "{$user} at {$path}");
                // The script has put every instant into the zone of the viewer.
                preg_match_all('/<time (?![^>]*title=)/', $seen['dom'], $untouched);
                self::assertSame([], $untouched[0], "{$user} at {$path}");
            }
        }
        preg_match_all('~GET (\S+)|\] 127\S+ (\S+)~', (string) file_get_contents("{$this->folder}/out-server"), $requests);
        self::assertNotSame([], $requests[0]);
    }

    /**
     * @param list<string> $options
     *
     * @return array{dom: string, log: string}
     */
    private function seen(string $user, string $path, array $options): array
    {
        $address = "http://{$this->address}/sign-in/{$user}?to=" . urlencode($path);
        $command = [
            'timeout', '60', 'chromium', '--headless', '--no-sandbox', '--disable-gpu', "--user-data-dir={$this->folder}/profile-{$user}",
            '--enable-logging=stderr', '--virtual-time-budget=3000', ...$options, '--dump-dom', $address,
        ];
        $process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['file', "{$this->folder}/out-browser", 'w']], $pipes);
        self::assertIsResource($process);
        $dom = (string) stream_get_contents($pipes[1]);
        proc_close($process);

        return ['dom' => $dom, 'log' => (string) file_get_contents("{$this->folder}/out-browser")];
    }

    private static function freePort(): int
    {
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        $name = (string) stream_socket_get_name($socket, false);
        fclose($socket);

        return (int) substr($name, (int) strrpos($name, ':') + 1);
    }
}
