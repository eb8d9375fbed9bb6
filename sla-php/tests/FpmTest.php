<?php

declare(strict_types=1);

namespace Sla\Tests;

use PHPUnit\Framework\TestCase;

/** The engine in one worker of php-fpm, asked through cgi-fcgi. */
final class FpmTest extends TestCase
{
    /** @return iterable<string, array{bool}> */
    public static function modes(): iterable
    {
        yield 'ffi.enable=true' => [false];
        yield 'ffi.enable=preload' => [true];
    }

    /** @dataProvider modes */
    public function test_the_engine_survives_requests_faults_and_a_reload(bool $isPreloaded): void
    {
        $host = new FpmHost($isPreloaded ? 'preload' : 'true', $isPreloaded);
        $first = $host->ask('open');
        $second = $host->ask('open');
        self::assertSame($first['pid'], $second['pid'], 'one worker');
        self::assertSame('opened', $second['kind']);
        self::assertSame([0, 1], [$first['hits'], $second['hits']], 'the second request finds the engine of the first');
        self::assertSame($isPreloaded ? 'preloaded' : FpmHost::library(), $second['file']);
        self::assertSame('2026-11-23T07:00:00.000000Z', $host->ask('calendar')['end']);
        foreach ([
            'bad-policy' => ['InvalidPolicy', 'invalid_policy'],
            'bad-calendar' => ['InvalidPolicy', 'invalid_json'],
            'null-handle' => ['InvalidArgument', 'null_pointer'],
            'panic' => getenv('SLA_TEST_PANIC') === false ? ['InvalidPolicy', 'invalid_json'] : ['EnginePanic', 'panic'],
        ] as $what => $expected) {
            $said = $host->ask($what);
            self::assertSame([$first['pid'], ...$expected], [$said['pid'], $said['fault'] ?? null, $said['code'] ?? null], $what);
        }
        self::assertSame([$first['pid'], 'opened'], [$host->ask('open')['pid'], $host->ask('open')['kind']]);

        $host->reload();
        $after = $host->askUntil(static fn (?array $said): bool => $said !== null && $said['pid'] !== $first['pid']);
        self::assertNotSame($first['pid'], $after['pid']);
        self::assertSame([0, 1], [$host->ask('open')['hits'], $host->ask('open')['hits']], 'a new worker begins anew');
    }

    public function test_without_preload_the_default_setting_is_refused(): void
    {
        $host = new FpmHost('preload', false);
        self::assertSame('FfiRestricted', $host->ask('open')['fault']);
    }
}
