<?php

declare(strict_types=1);

namespace Sla\Laravel\Tests\Browser;

/** A headless Chromium, driven over the two pipes of its developer tools. */
final class Chromium
{
    private const TIMEOUT = 60.0;

    /** @var resource */
    private mixed $process;

    /** @var array<int, resource> */
    private array $pipes = [];

    private string $unread = '';

    private int $sent = 0;

    /** @var list<array<string, mixed>> what was reported and nobody took */
    private array $reports = [];

    /** @param string $folder for its profile, which is deleted with it */
    public function __construct(private readonly string $folder)
    {
        $command = [
            'chromium', '--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update',
            '--no-first-run', '--no-proxy-server', '--force-color-profile=srgb', "--user-data-dir={$folder}", '--remote-debugging-pipe', 'about:blank',
        ];
        $process = proc_open($command, [0 => ['file', '/dev/null', 'r'], 1 => ['file', '/dev/null', 'w'], 2 => ['file', "{$folder}.log", 'w'], 3 => ['pipe', 'r'], 4 => ['pipe', 'w']], $this->pipes);
        if (!is_resource($process)) {
            throw new \RuntimeException('chromium does not start');
        }
        $this->process = $process;
        stream_set_blocking($this->pipes[4], false);
    }

    /** Opens a tab that shares nothing with the others. */
    public function tab(): Tab
    {
        $context = $this->call('Target.createBrowserContext')['browserContextId'];
        $target = $this->call('Target.createTarget', ['url' => 'about:blank', 'browserContextId' => $context])['targetId'];

        return new Tab($this, $this->call('Target.attachToTarget', ['targetId' => $target, 'flatten' => true])['sessionId'], $target);
    }

    /**
     * Calls a method of the protocol and returns its result.
     *
     * @param array<string, mixed> $parameters
     *
     * @return array<string, mixed>
     */
    public function call(string $method, array $parameters = [], ?string $session = null): array
    {
        $id = ++$this->sent;
        $message = ['id' => $id, 'method' => $method, 'params' => (object) $parameters] + ($session === null ? [] : ['sessionId' => $session]);
        fwrite($this->pipes[3], json_encode($message, JSON_THROW_ON_ERROR) . "\0");
        $until = microtime(true) + self::TIMEOUT;
        while (($answer = $this->read($until)) !== null) {
            if (($answer['id'] ?? null) === $id) {
                return $answer['result'] ?? throw new \RuntimeException("{$method}: " . json_encode($answer['error'] ?? null));
            }
            $this->reports[] = $answer;
        }

        throw new \RuntimeException("{$method}: no answer within " . self::TIMEOUT . ' s');
    }

    /**
     * Waits until a tab reports something; returns it, or `null` at the end of the time.
     *
     * @return ?array<string, mixed>
     */
    public function awaited(string $session, string $method): ?array
    {
        $until = microtime(true) + self::TIMEOUT;
        do {
            foreach ($this->reports as $at => $report) {
                if (($report['sessionId'] ?? null) === $session && ($report['method'] ?? null) === $method) {
                    unset($this->reports[$at]);

                    return $report['params'];
                }
            }
            $this->reports = array_values($this->reports);
            $report = $this->read($until);
            if ($report !== null) {
                $this->reports[] = $report;
            }
        } while ($report !== null);

        return null;
    }

    /**
     * Takes what a tab has reported.
     *
     * @return list<array{method: string, params: array<string, mixed>}>
     */
    public function taken(string $session): array
    {
        $isIts = static fn (array $report): bool => ($report['sessionId'] ?? null) === $session;
        $taken = array_values(array_filter($this->reports, $isIts));
        $this->reports = array_values(array_filter($this->reports, static fn (array $report): bool => !$isIts($report)));

        return $taken;
    }

    public function stop(): void
    {
        array_map('fclose', $this->pipes);
        // It ends with its pipes.
        for ($wait = 0; $wait < 250 && proc_get_status($this->process)['running']; $wait++) {
            usleep(20_000);
        }
        proc_terminate($this->process, 9);
        proc_close($this->process);
        exec('rm -rf ' . escapeshellarg($this->folder) . ' ' . escapeshellarg("{$this->folder}.log"));
    }

    /** @return ?array<string, mixed> the next message; `null` at the end of the time */
    private function read(float $until): ?array
    {
        while (($end = strpos($this->unread, "\0")) === false) {
            $left = $until - microtime(true);
            $ready = [$this->pipes[4]];
            $none = null;
            if ($left <= 0 || stream_select($ready, $none, $none, (int) $left, (int) (fmod($left, 1) * 1_000_000)) !== 1) {
                return null;
            }
            $read = fread($this->pipes[4], 1 << 20);
            if ($read === false || ($read === '' && feof($this->pipes[4]))) {
                throw new \RuntimeException('chromium ended: ' . mb_strcut((string) @file_get_contents("{$this->folder}.log"), 0, 2000));
            }
            $this->unread .= $read;
        }
        $message = substr($this->unread, 0, $end);
        $this->unread = substr($this->unread, $end + 1);

        return json_decode($message, true, 512, JSON_THROW_ON_ERROR);
    }
}
