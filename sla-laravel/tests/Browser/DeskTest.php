<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Browser;

use PHPUnit\Framework\TestCase;

/** The program behind `make desk`: it sets up, prints addresses and logins, serves, and stops what it started. */
final class DeskTest extends TestCase
{
    public function test_the_desk_is_served_and_stops(): void
    {
        $folder = sys_get_temp_dir() . '/sla-desk-' . bin2hex(random_bytes(6));
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        $port = (int) substr((string) strrchr((string) stream_socket_get_name($socket, false), ':'), 1);
        fclose($socket);
        $environment = ['DESK_FOLDER' => $folder, 'DESK_TICKETS' => '5', 'DESK_PORT' => (string) $port] + getenv();
        unset($environment['DB_CONNECTION'], $environment['DB_DATABASE']);
        $desk = proc_open([dirname(__DIR__, 2) . '/testhost/desk'], [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes, null, $environment);
        self::assertIsResource($desk);
        $said = '';
        while (!str_contains($said, '/login') && ($line = fgets($pipes[1])) !== false) {
            $said .= $line;
        }
        try {
            self::assertStringContainsString("root@desk.test  desk       http://127.0.0.1:{$port}/sla-dashboard", $said);
            self::assertStringContainsString('PHP ' . PHP_VERSION . ', cli-server: ', $said, 'the doctor has asked the server');
            for ($wait = 0; $wait < 500 && ($probe = @fsockopen('127.0.0.1', $port)) === false; $wait++) {
                usleep(20_000);
            }
            $client = curl_init();
            curl_setopt_array($client, [CURLOPT_RETURNTRANSFER => true, CURLOPT_FOLLOWLOCATION => true, CURLOPT_COOKIEFILE => '', CURLOPT_TIMEOUT => 20]);
            $seen = static function (string $path, ?array $form = null) use ($client, $port): string {
                curl_setopt($client, CURLOPT_URL, "http://127.0.0.1:{$port}{$path}");
                $form === null ? curl_setopt($client, CURLOPT_HTTPGET, true) : curl_setopt($client, CURLOPT_POSTFIELDS, http_build_query($form));

                return (string) curl_exec($client);
            };
            self::assertSame(1, preg_match('/name="_token" value="([^"]+)"/', $seen('/sla-dashboard'), $token));
            $form = ['_token' => $token[1], 'email' => 'root@desk.test'];
            self::assertStringContainsString('No user has this address', $seen('/login', $form + ['password' => 'wrong']));
            self::assertStringContainsString('Due next', $seen('/login', $form + ['password' => 'desk']));
        } finally {
            proc_terminate($desk);
            stream_get_contents($pipes[1]);
            proc_close($desk);
            // The server's workers end after it.
            for ($wait = 0; $wait < 250 && ($isServed = @fsockopen('127.0.0.1', $port) !== false); $wait++) {
                usleep(20_000);
            }
            exec('rm -rf ' . escapeshellarg($folder));
        }
        self::assertFalse($isServed, 'nothing is left that listens');
    }
}
