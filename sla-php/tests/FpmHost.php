<?php

declare(strict_types=1);

namespace Sla\Tests;

/** A php-fpm of one worker, asked through cgi-fcgi. */
final class FpmHost
{
    private readonly string $folder;

    /** @var resource */
    private $master;

    /** @param string $enable `ffi.enable`; `preload` with a header to preload, or without one to see it refused */
    public function __construct(string $enable, bool $isPreloaded)
    {
        $this->folder = sys_get_temp_dir() . '/sla-fpm-' . bin2hex(random_bytes(6));
        mkdir($this->folder);
        $user = posix_getpwuid(posix_geteuid())['name'];
        file_put_contents("{$this->folder}/fpm.conf", <<<CONF
            [global]
            error_log = {$this->folder}/log
            daemonize = no
            [www]
            user = {$user}
            group = {$user}
            listen = {$this->folder}/socket
            pm = static
            pm.max_children = 1
            clear_env = no
            CONF);
        $options = ['-d', "ffi.enable={$enable}"];
        if ($isPreloaded) {
            $header = "{$this->folder}/sla-preload.h";
            exec(escapeshellarg(PHP_BINARY) . ' ' . escapeshellarg(__DIR__ . '/../bin/sla-doctor') . ' --preload-header > ' . escapeshellarg($header), $said, $code);
            $options = $code === 0 ? self::preloading($header) : throw new \RuntimeException('no header to preload');
        }
        $environment = ['RUST_BACKTRACE' => '0', 'SLA_LIBRARY' => self::library()] + getenv();
        $log = ['file', "{$this->folder}/out", 'w'];
        // Without ini files: a machine's own settings must not decide.
        $command = [self::program(), '-n', '-d', 'extension=ffi.so', '-d', 'zend_extension=opcache.so', '-F', '-R', '-y', "{$this->folder}/fpm.conf", ...$options];
        $this->master = proc_open($command, [1 => $log, 2 => $log], $pipes, null, $environment) ?: throw new \RuntimeException('php-fpm does not start');
        $this->askUntil(static fn (?array $said): bool => $said !== null);
    }

    public function __destruct()
    {
        proc_terminate($this->master, SIGQUIT);
        proc_close($this->master);
        exec('rm -rf ' . escapeshellarg($this->folder));
    }

    /** Asks php-fpm to replace its workers when they are done. */
    public function reload(): void
    {
        proc_terminate($this->master, SIGUSR2);
    }

    /** @return array<string, mixed> */
    public function ask(string $what): array
    {
        return $this->said($what) ?? throw new \RuntimeException("no answer to {$what}: " . file_get_contents("{$this->folder}/log"));
    }

    /**
     * @param callable(?array<string, mixed>): bool $isReady
     *
     * @return array<string, mixed>
     */
    public function askUntil(callable $isReady): array
    {
        for ($attempt = 0; $attempt < 200; $attempt++) {
            $said = $this->said('nothing');
            if ($isReady($said)) {
                return $said;
            }
            usleep(50_000);
        }
        throw new \RuntimeException('php-fpm does not answer: ' . @file_get_contents("{$this->folder}/log") . @file_get_contents("{$this->folder}/out"));
    }

    /** @return list<string> options of PHP */
    public static function preloading(string $header): array
    {
        return [
            '-d', 'ffi.enable=preload',
            '-d', "ffi.preload={$header}",
            '-d', 'opcache.enable_cli=1',
            '-d', 'opcache.preload=' . realpath(__DIR__ . '/../preload.php'),
            '-d', 'opcache.preload_user=' . posix_getpwuid(posix_geteuid())['name'],
        ];
    }

    /** Returns the library's file as an absolute path. */
    public static function library(): string
    {
        return (string) realpath((string) getenv('SLA_LIBRARY'));
    }

    private static function program(): string
    {
        $name = 'php-fpm' . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION;
        foreach (["/usr/sbin/{$name}", '/usr/sbin/php-fpm', '/usr/local/sbin/php-fpm'] as $file) {
            if (is_file($file)) {
                return $file;
            }
        }
        throw new \RuntimeException("{$name} is missing; packages.txt names what to install");
    }

    /** @return ?array<string, mixed> */
    private function said(string $what): ?array
    {
        $environment = [
            'SCRIPT_FILENAME' => __DIR__ . '/hosts/web.php',
            'REQUEST_METHOD' => 'GET',
            'QUERY_STRING' => "do={$what}",
            'PATH' => (string) getenv('PATH'),
        ];
        $process = proc_open(['cgi-fcgi', '-bind', '-connect', "{$this->folder}/socket"], [1 => ['pipe', 'w'], 2 => ['file', '/dev/null', 'w']], $pipes, null, $environment);
        $answer = explode("\r\n\r\n", (string) stream_get_contents($pipes[1]), 2);
        fclose($pipes[1]);
        proc_close($process);

        return json_decode($answer[1] ?? '', true);
    }
}
