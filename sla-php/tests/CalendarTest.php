<?php

declare(strict_types=1);

namespace Sla\Tests;

use PHPUnit\Framework\TestCase;
use Sla\Calendar;
use Sla\Column;
use Sla\Exceptions\InvalidArgument;
use Sla\Exceptions\InvalidInput;
use Sla\Exceptions\InvalidPolicy;
use Sla\Exceptions\SlaThrowable;
use Sla\RowCode;
use Sla\Time;
use Sla\Zones;

final class CalendarTest extends TestCase
{
    public function test_questions_are_answered_in_utc(): void
    {
        $office = Calendar::compile(Desk::OFFICE);
        $nine = Desk::monday();
        $end = $office->add($nine, 4 * Time::HOUR);
        self::assertEquals(Desk::monday(5), $end);
        self::assertSame('UTC', $end->getTimezone()->getName());
        self::assertEquals($nine, $office->subtract(Desk::monday(5), 4 * Time::HOUR));
        self::assertSame(4 * Time::HOUR, $office->elapsed($nine, Desk::monday(5)));
        self::assertTrue($office->isOpen($nine));
        self::assertFalse($office->isOpen(Desk::monday(3)));
        self::assertEquals(Desk::monday(4), $office->nextOpen(Desk::monday(3)));
        self::assertEquals(Desk::monday(3), $office->nextClose($nine));
        self::assertFalse($office->isProvisional($nine));
        self::assertTrue($office->isProvisional(new \DateTimeImmutable('2027-02-01Z')));
        $windows = $office->windows($nine, Desk::monday(24));
        self::assertCount(3, $windows);
        self::assertEquals([$nine, Desk::monday(3)], [$windows[0]->opensAt, $windows[0]->closesAt]);
        self::assertSame([], $office->windows($nine, $nine));
        $mutable = new \DateTime('2026-11-23T09:00:00.5+07:00');
        self::assertSame('500000', $office->add($mutable, Time::HOUR)->format('u'));
    }

    public function test_microseconds_are_the_same_answers(): void
    {
        $office = Desk::engine()->calendar('office');
        $nine = Time::toUs(Desk::monday());
        self::assertSame($nine + 5 * Time::HOUR, $office->addUs($nine, 4 * Time::HOUR));
        self::assertSame($nine, $office->subtractUs($nine + 5 * Time::HOUR, 4 * Time::HOUR));
        self::assertSame(4 * Time::HOUR, $office->elapsedUs($nine, $nine + 5 * Time::HOUR));
        self::assertSame($nine + 4 * Time::HOUR, $office->nextOpenUs($nine + 3 * Time::HOUR));
        self::assertSame($nine + 3 * Time::HOUR, $office->nextCloseUs($nine));
    }

    public function test_instants_survive_the_way_there_and_back(): void
    {
        foreach ([0, 1, 999_999, 1_000_000, -1, -1_000_000, -1_500_001, 7_258_118_399_999_999, 1_795_399_200_123_456] as $us) {
            self::assertSame($us, Time::toUs(Time::fromUs($us)), (string) $us);
            self::assertEquals(Time::fromUs($us), Time::fromText(Time::toText(Time::fromUs($us))));
        }
        self::assertSame('2026-11-23T02:00:00.000000Z', Time::toText(Desk::monday()));
    }

    public function test_what_cannot_be_answered_says_why(): void
    {
        $office = Calendar::compile(Desk::OFFICE);
        $nine = Desk::monday();
        $far = new \DateTimeImmutable('2300-01-01Z');
        foreach ([
            'invalid_duration' => [fn () => $office->add($nine, -1), fn () => $office->subtract($nine, PHP_INT_MIN)],
            'end_before_start' => [fn () => $office->elapsed(Desk::monday(1), $nine), fn () => $office->windows(Desk::monday(1), $nine)],
            'out_of_horizon' => [
                fn () => $office->add($far, 1),
                fn () => $office->add($nine, PHP_INT_MAX),
                fn () => $office->addUs(PHP_INT_MAX, 1),
                fn () => $office->addUs(PHP_INT_MIN, 1),
                fn () => $office->subtractUs(-1, 1),
                fn () => $office->elapsedUs(-1, 1),
                fn () => $office->nextOpenUs(PHP_INT_MAX),
                fn () => $office->nextCloseUs(-5),
                fn () => $office->isOpen($far),
            ],
        ] as $code => $questions) {
            foreach ($questions as $question) {
                self::assertSame($code, self::fault($question, InvalidInput::class)->errorCode);
            }
        }
        self::assertSame('unknown_calendar', self::fault(fn () => Desk::engine()->calendar('nowhere'), InvalidInput::class)->errorCode);
        self::assertSame('invalid_utf8', self::fault(fn () => Desk::engine()->calendar("\xff"), InvalidArgument::class)->errorCode);
        self::assertSame('invalid_json', self::fault(fn () => Calendar::compile('{'), InvalidPolicy::class)->errorCode);
        self::assertSame('invalid_json', self::fault(fn () => Calendar::compile(''), InvalidPolicy::class)->errorCode);
        $never = self::fault(fn () => Calendar::compile('{"time_zone":"UTC","weekly":{}}'), InvalidPolicy::class);
        self::assertSame('calendar_never_opens', $never->related[0]->errorCode ?? $never->errorCode);
    }

    public function test_a_calendar_outlives_its_engine(): void
    {
        $engine = Desk::engine();
        $office = $engine->calendar('office');
        unset($engine);
        gc_collect_cycles();
        self::assertEquals(Desk::monday(5), $office->add(Desk::monday(), 4 * Time::HOUR));
    }

    public function test_columns_are_the_questions_one_by_one(): void
    {
        $office = Calendar::compile(Desk::OFFICE);
        $nine = Time::toUs(Desk::monday());
        $starts = $ends = $lengths = [];
        for ($row = 0; $row < 25_000; $row++) {
            $starts[] = $nine + $row * 37 * Time::MINUTE;
            $ends[] = $nine + $row * 38 * Time::MINUTE + 7;
            $lengths[] = $row % 100 * Time::MINUTE;
        }
        [$start, $end, $length] = [Column::of($starts), Column::of($ends), Column::of($lengths)];
        $expected = static fn (callable $ask, array ...$columns): array => array_map($ask, ...$columns);
        foreach ([
            [$office->addColumn($start, $length), $expected($office->addUs(...), $starts, $lengths)],
            [$office->subtractColumn($end, $length), $expected($office->subtractUs(...), $ends, $lengths)],
            [$office->elapsedColumn($start, $end), $expected($office->elapsedUs(...), $starts, $ends)],
            [$office->nextOpenColumn($start), $expected($office->nextOpenUs(...), $starts)],
            [$office->nextCloseColumn($start), $expected($office->nextCloseUs(...), $starts)],
            [$office->isOpenColumn($start), $expected(static fn (int $at): int => (int) $office->isOpen(Time::fromUs($at)), $starts)],
        ] as [$answers, $values]) {
            self::assertSame($values, $answers->values->values());
            self::assertSame([0, 25_000], [$answers->refused, count($answers->values)]);
        }
    }

    public function test_rows_without_an_answer_do_not_stop_the_others(): void
    {
        $office = Calendar::compile(Desk::OFFICE);
        $nine = Time::toUs(Desk::monday());
        $answers = $office->addColumn(Column::of([$nine, null, -1, $nine]), Column::of([Time::HOUR, 1, 1, -1]));
        self::assertSame([$nine + Time::HOUR, null, null, null], $answers->values->values());
        self::assertSame(2, $answers->refused);
        $codes = array_map($answers->code(...), [0, 1, 2, 3]);
        self::assertSame([RowCode::Ok, RowCode::Ok, RowCode::OutOfHorizon, RowCode::InvalidDuration], $codes);
        foreach ([-1, 4, PHP_INT_MAX] as $row) {
            self::assertSame('out_of_range', self::fault(fn () => $answers->code($row), InvalidArgument::class)->errorCode);
        }
        $none = $office->isOpenColumn(Column::of([]));
        self::assertSame([[], 0], [$none->values->values(), $none->refused]);
        self::assertSame('invalid_length', self::fault(fn () => $office->addColumn(Column::of([1]), Column::of([])), InvalidArgument::class)->errorCode);
        self::assertSame('invalid_length', self::fault(fn () => Column::ofPacked('1234567'), InvalidArgument::class)->errorCode);
        foreach ([1.5, '1', true, [], 1e19] as $value) {
            self::assertSame('wrong_type', self::fault(fn () => Column::of([$value]), InvalidArgument::class)->errorCode);
        }
    }

    public function test_tables_keep_within_a_limit(): void
    {
        $engine = Desk::engine();
        self::assertSame(64 * 1024 * 1024, $engine->tableLimit());
        $limited = $engine->withTableLimit(0);
        $office = $limited->calendar('office');
        self::assertEquals($engine->calendar('office')->nextOpen(Desk::monday()), $office->nextOpen(Desk::monday()));
        self::assertSame([0, 0, 0], [$limited->tableLimit(), $limited->tableBytes(), $office->tableBytes()]);
        self::assertGreaterThan(0, $engine->tableBytes());
        $small = $office->withTableLimit(30_000);
        $small->nextOpen(Desk::monday());
        self::assertSame(30_000, $small->tableLimit());
        self::assertSame('out_of_range', self::fault(fn () => $engine->withTableLimit(-1), InvalidArgument::class)->errorCode);
        self::assertSame('out_of_range', self::fault(fn () => $office->withTableLimit(-1), InvalidArgument::class)->errorCode);
    }

    public function test_a_host_brings_zones_of_its_own(): void
    {
        $file = '/usr/share/zoneinfo/Europe/Berlin';
        if (!is_file($file)) {
            self::markTestSkipped('no zone files here');
        }
        $zones = new Zones();
        $zones->add('Mars/Olympus', (string) file_get_contents($file), '2099z');
        $json = '{"time_zone":"Mars/Olympus","always_open":true}';
        self::assertTrue(Calendar::compile($json, $zones)->isOpen(Desk::monday()));
        self::assertSame('invalid_time_zone_data', self::fault(fn () => $zones->add('X/Y', 'nothing', '1'), InvalidInput::class)->errorCode);
        $endless = (string) file_get_contents($file);
        $first = (int) strpos($endless, 'TZif', 4) + 44;
        $endless = substr_replace($endless, substr($endless, $first, 8), $first + 8, 8);
        self::assertSame('invalid_time_zone_data', self::fault(fn () => $zones->add('X/Y', $endless, '1'), InvalidInput::class)->errorCode);
        $this->expectException(InvalidPolicy::class);
        Calendar::compile($json);
    }

    /**
     * @template T of SlaThrowable
     *
     * @param class-string<T> $class
     *
     * @return T
     */
    private static function fault(callable $call, string $class): SlaThrowable
    {
        try {
            $call();
        } catch (SlaThrowable $fault) {
            self::assertInstanceOf($class, $fault);

            return $fault;
        }
        self::fail("no {$class}");
    }
}
