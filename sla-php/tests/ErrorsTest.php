<?php

declare(strict_types=1);

namespace Sla\Tests;

use PHPUnit\Framework\TestCase;
use Sla\Actor;
use Sla\Aggregate;
use Sla\Alerts;
use Sla\AtRisk;
use Sla\Calendar;
use Sla\Command;
use Sla\Engine;
use Sla\Exceptions\AbiMismatch;
use Sla\Exceptions\EnginePanic;
use Sla\Exceptions\ExtensionMissing;
use Sla\Exceptions\FfiRestricted;
use Sla\Exceptions\InvalidArgument;
use Sla\Exceptions\InvalidInput;
use Sla\Exceptions\InvalidPolicy;
use Sla\Exceptions\LibraryNotFound;
use Sla\Exceptions\SlaThrowable;
use Sla\Grouping;
use Sla\History;
use Sla\Kind;
use Sla\Message;
use Sla\Native\Library;
use Sla\Native\LibraryLocator;
use Sla\Opening;
use Sla\Plan;
use Sla\Policy;
use Sla\Ticket;
use Sla\Time;
use Sla\WhatIf;
use Sla\Zones;

final class ErrorsTest extends TestCase
{
    public function test_a_policy_reports_every_problem(): void
    {
        $document = json_decode(Desk::policy());
        $document->packages[0]->calendar = 'nowhere';
        $document->packages[1]->channels = ['fax'];
        $json = (string) json_encode($document);
        foreach ([fn () => Engine::compile($json), fn () => Policy::fromJson($json)] as $call) {
            try {
                $call();
                self::fail('compiled');
            } catch (InvalidPolicy $fault) {
                self::assertSame('invalid_policy', $fault->errorCode);
                self::assertSame(['/packages/0/calendar', '/packages/1/channels/0'], array_column($fault->related, 'path'));
                self::assertSame(['unknown_calendar', 'unknown_channel'], array_column($fault->related, 'errorCode'));
                self::assertNotSame('', $fault->related[0]->message);
                self::assertNotSame('', $fault->related[0]->help);
            }
        }
        foreach (['', '{', '[]', 'null', "\xff", '{"schema":"sla-policy/2"}', str_repeat('[', 100_000)] as $wrong) {
            try {
                Engine::compile($wrong);
                self::fail($wrong);
            } catch (InvalidPolicy $fault) {
                self::assertNotSame('', $fault->errorCode);
            }
        }
        $this->expectException(InvalidPolicy::class);
        Engine::compile([]);
    }

    public function test_a_document_says_where_it_is_wrong(): void
    {
        $engine = Desk::engine();
        $ticket = json_decode(Desk::opened($engine)->ticket->json());
        $ticket->timers[0]->cycles[0]->promise->target_us = 'long';
        try {
            $engine->evaluate(Ticket::fromJson((string) json_encode($ticket)), Desk::monday());
            self::fail('evaluated');
        } catch (InvalidInput $fault) {
            self::assertSame(['wrong_type', '/timers/0/cycles/0/promise/target_us'], [$fault->errorCode, $fault->path]);
            self::assertStringContainsString('/timers/0/cycles/0/promise/target_us', $fault->getMessage());
        }
        foreach (['', '[]', '{}', '{"schema":"sla-history/1","events":[]}', "\0", 'NaN'] as $wrong) {
            try {
                $engine->evaluate(History::fromJson($wrong), Desk::monday());
                self::fail($wrong);
            } catch (InvalidInput $fault) {
                self::assertNotSame('', $fault->errorCode);
            }
        }
    }

    public function test_a_panic_is_an_exception_and_the_process_goes_on(): void
    {
        for ($round = 0; $round < 3; $round++) {
            try {
                Policy::fromJson('test-panic');
                self::fail('no fault');
            } catch (SlaThrowable $fault) {
                // Only a library that is built for tests panics on this document.
                self::assertSame(getenv('SLA_TEST_PANIC') === false ? 'invalid_json' : 'panic', $fault->errorCode);
                self::assertSame($fault->errorCode === 'panic', $fault instanceof EnginePanic);
            }
            self::assertSame('opened', Desk::kinds(Desk::opened(Desk::engine())->events));
        }
    }

    public function test_all_exceptions_can_be_caught_together(): void
    {
        foreach (glob(__DIR__ . '/../src/Exceptions/*.php') as $file) {
            $class = new \ReflectionClass('Sla\\Exceptions\\' . basename($file, '.php'));
            if ($class->isSubclassOf(\Exception::class)) {
                self::assertTrue($class->implementsInterface(SlaThrowable::class), $class->getName());
                self::assertTrue($class->isFinal(), $class->getName());
            }
        }
        foreach ([ExtensionMissing::here(), FfiRestricted::because(new \FFI\Exception('x')), LibraryNotFound::after(['a', 'b']), AbiMismatch::between('lib', 2, 1)] as $fault) {
            self::assertNotSame('', $fault->help, $fault::class);
            self::assertStringContainsString($fault->help, $fault->getMessage());
            self::assertSame([], $fault->related);
        }
    }

    public function test_handles_are_neither_cloned_nor_stored(): void
    {
        $engine = Desk::engine();
        foreach ([
            $engine,
            $engine->calendar('office'),
            Aggregate::by(new Grouping()),
            new Alerts($engine),
            new AtRisk(1),
            new WhatIf($engine, $engine),
            new Zones(),
            new Plan($engine, ['first_response'], [new Kind('starter', 'email')]),
            Library::get(),
        ] as $object) {
            try {
                clone $object;
                self::fail('cloned ' . $object::class);
            } catch (\Error $fault) {
                self::assertStringContainsString('private', $fault->getMessage());
            }
            try {
                serialize($object);
                self::fail('stored ' . $object::class);
            } catch (\LogicException $fault) {
                self::assertStringContainsString('this process', $fault->getMessage());
            }
            try {
                unserialize(sprintf('O:%d:"%s":0:{}', strlen($object::class), $object::class));
                self::fail('read ' . $object::class);
            } catch (\LogicException $fault) {
                self::assertStringContainsString('this process', $fault->getMessage());
            }
        }
    }

    public function test_what_php_would_convert_does_not_reach_the_library(): void
    {
        $office = Calendar::compile(Desk::OFFICE);
        $nine = Time::toUs(Desk::monday());
        $wrong = [null, [], 'x', '5', 1.5, 2 ** 64, new \stdClass()];
        foreach ($wrong as $value) {
            foreach ([fn () => $office->addUs($nine, $value), fn () => $office->addUs($value, 1), fn () => $office->add($value, 1), fn () => new AtRisk($value)] as $call) {
                try {
                    $call();
                    self::fail('took ' . get_debug_type($value));
                } catch (\TypeError) {
                    self::assertTrue(true);
                }
            }
        }
        $this->expectException(InvalidInput::class);
        Time::toUs((new \DateTimeImmutable('@0'))->setDate(300_000, 1, 1));
    }

    public function test_texts_that_are_not_utf8_are_told_in_every_place(): void
    {
        $engine = Desk::engine();
        foreach ([
            fn () => $engine->open(new Opening("\xff", 'c', 'starter', 'email', Message::of('m', 'x')), Actor::customer('c'), Desk::monday()),
            fn () => $engine->open(Desk::opening(), Actor::customer("\xff"), Desk::monday()),
            fn () => $engine->decide(Desk::opened($engine)->ticket, Command::assign("\xff"), Actor::admin('root'), Desk::monday()),
            fn () => $engine->entitles("\xff", 'email'),
            fn () => new Plan($engine, ["\xff"], []),
        ] as $call) {
            try {
                $call();
                self::fail('took what is not UTF-8');
            } catch (InvalidArgument $fault) {
                self::assertSame('invalid_utf8', $fault->errorCode);
            }
        }
    }

    public function test_a_handle_is_freed_once_however_often_it_is_destroyed(): void
    {
        $library = Library::get();
        $handle = $library->handle('zones', InvalidInput::class, 'sla_zones_new');
        $handle->__destruct();
        $handle->__destruct();
        unset($handle);
        self::assertTrue(Desk::opened(Desk::engine())->isAccepted());
    }

    public function test_a_child_of_a_fork_uses_what_its_parent_made(): void
    {
        if (!function_exists('pcntl_fork')) {
            self::markTestSkipped('no pcntl here');
        }
        $engine = Desk::engine();
        $child = pcntl_fork();
        if ($child === 0) {
            $isFine = Desk::opened($engine)->isAccepted() && Desk::opened(Desk::engine())->isAccepted();
            posix_kill(posix_getpid(), $isFine ? SIGTERM : SIGKILL);
        }
        pcntl_waitpid($child, $status);
        self::assertSame(SIGTERM, pcntl_wtermsig($status));
        self::assertTrue(Desk::opened($engine)->isAccepted());
    }

    public function test_the_cache_gives_the_same_engine_again(): void
    {
        $policy = str_replace('"version": 1', '"version": 77', Desk::policy());
        $before = Library::get()->engineCache();
        $kept = [Engine::compile($policy), Engine::compile($policy), Engine::compile($policy)];
        $after = Library::get()->engineCache();
        self::assertSame([2, 1], [$after->hits - $before->hits, $after->misses - $before->misses]);
        self::assertGreaterThan(0, $after->engines);
        self::assertSame(77, $kept[2]->info()->version);
    }

    public function test_places_are_looked_at_in_order(): void
    {
        $variable = (string) getenv(LibraryLocator::VARIABLE);
        self::assertSame(['Library::useFile' => '/x'], LibraryLocator::candidates('/x'));
        putenv(LibraryLocator::VARIABLE . '=/y');
        self::assertSame(['SLA_LIBRARY' => '/y'], LibraryLocator::candidates(null));
        putenv(LibraryLocator::VARIABLE);
        $expected = (is_file(LibraryLocator::packaged()) ? ['package' => LibraryLocator::packaged()] : []) + ['system' => LibraryLocator::soname()];
        self::assertSame($expected, LibraryLocator::candidates(null));
        putenv(LibraryLocator::VARIABLE . "={$variable}");
        $this->expectException(InvalidArgument::class);
        Library::useFile('/elsewhere');
    }
}
