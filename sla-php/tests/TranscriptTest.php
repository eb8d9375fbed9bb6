<?php

declare(strict_types=1);

namespace Sla\Tests;

use PHPUnit\Framework\TestCase;
use Sla\Aggregate;
use Sla\Calendar;
use Sla\CycleEvaluation;
use Sla\Decision;
use Sla\Dimension;
use Sla\Engine;
use Sla\Event;
use Sla\Evaluation;
use Sla\Exceptions\SlaThrowable;
use Sla\Grouping;
use Sla\History;
use Sla\Native\Library;
use Sla\PeriodUnit;
use Sla\Ticket;
use Sla\Time;
use Sla\Window;

/**
 * Asks again whatever the Rust tests asked for their vectors (tests/rust/transcript.rs), and expects the same answers.
 */
final class TranscriptTest extends TestCase
{
    private ?Calendar $calendar = null;
    /** @var list<Calendar> */
    private array $members = [];
    private ?Engine $engine = null;
    private ?Ticket $ticket = null;

    /** @var list<Event> */
    private array $events = [];
    private ?Aggregate $aggregate = null;

    /** @return iterable<string, array{string, int}> */
    public static function files(): iterable
    {
        foreach (['calendars' => 1400, 'stories' => 250, 'scenarios' => 55, 'reports' => 44, 'verifications' => 50] as $name => $least) {
            yield $name => [$name, $least];
        }
    }

    /** @dataProvider files */
    public function test_answers_are_those_of_rust(string $name, int $least): void
    {
        $folder = getenv('SLA_TRANSCRIPTS');
        self::assertIsString($folder, 'SLA_TRANSCRIPTS names the folder that `make test` leaves transcripts in');
        $lines = file("{$folder}/{$name}", FILE_IGNORE_NEW_LINES);
        self::assertIsArray($lines);
        $compared = 0;
        foreach ($lines as $number => $line) {
            $parts = explode("\t", $line);
            $compared += $this->ask($parts[0], array_slice($parts, 1), "{$name}:" . ($number + 1));
        }
        self::assertGreaterThanOrEqual($least, $compared);
    }

    /** @param list<string> $parts */
    private function ask(string $what, array $parts, string $where): int
    {
        switch ($what) {
            case 'calendar':
                self::assertSame($parts[1], self::answer(function () use ($parts): string {
                    $this->calendar = Calendar::compile($parts[0]);

                    return 'ok';
                }), $where);

                return 1;
            case 'member':
                $this->members[] = $this->calendar;

                return 0;
            case 'any_of':
                self::assertSame($parts[1], self::answer(function () use ($parts): string {
                    $this->calendar = Calendar::anyOf($parts[0], $this->members);

                    return 'ok';
                }), $where);
                $this->members = [];

                return 1;
            case 'business_days':
                [$from, $days, $by, $cutOff, $expected] = $parts;
                $calendar = $this->calendar;
                $found = self::answer(static fn (): string => (string) $calendar->businessDays(Time::fromUs((int) $from), (int) $days, $by, $cutOff === '-' ? null : $cutOff));
                self::assertSame($expected, $found, $where);

                return 1;
            case 'add': case 'subtract': case 'elapsed': case 'is_open': case 'next_open': case 'next_close': case 'windows':
                self::assertSame($parts[count($parts) - 1], $this->question($what, array_map('intval', array_slice($parts, 0, -1))), $where);

                return 1;
            case 'engine':
                $this->engine = Engine::compile(array_map(static fn (\stdClass $policy): string => (string) json_encode($policy), json_decode($parts[0])));

                return 0;
            case 'open': case 'decide': case 'decide_snapshot':
                $this->decided($what, $parts, $where);

                return 1;
            case 'due': case 'monitor':
                $due = $this->engine->dueEvents($this->ticket, Time::fromUs((int) $parts[0]));
                self::assertEvents(json_decode($parts[1]), $due->events, $where);
                if ($what === 'monitor') {
                    $this->ticket = $due->ticket;
                    array_push($this->events, ...$due->events);
                }

                return 1;
            case 'evaluate':
                self::assertEvaluation(json_decode($parts[1]), $this->engine->evaluate($this->ticket, Time::fromUs((int) $parts[0])), $where);

                return 1;
            case 'verify':
                [$history, $snapshot, $expected] = $parts;
                $stored = $snapshot === '-' ? null : Ticket::fromJson($snapshot);
                if (!str_starts_with($expected, '{')) {
                    self::assertSame($expected, self::answer(fn (): string => (string) $this->engine->verify(History::fromJson($history), $stored)->verified), $where);
                } else {
                    self::assertMirrors(json_decode($expected), $this->engine->verify(History::fromJson($history), $stored), $where);
                }

                return 1;
            case 'ticket_rows':
                [$history, $now, $timeZone, $state, $expected] = $parts;
                $found = $this->engine->ticketRows(History::fromJson($history), Time::fromUs((int) $now), $timeZone, $state === '-' ? null : $state);
                $wanted = json_decode($expected);
                self::assertMirrors($wanted->cycles, $found->cycles, $where);
                self::assertMirrors($wanted->facts, $found->facts, $where);
                self::assertEquals($wanted->state, json_decode($found->state), $where);

                return 1;
            case 'aggregate':
                $this->aggregate = Aggregate::by(self::grouping(json_decode($parts[0])));

                return 0;
            case 'count':
                $this->aggregate->add($this->engine, History::fromJson($parts[0]), Time::fromUs((int) $parts[1]));

                return 0;
            case 'report':
                self::assertMirrors(json_decode($parts[0]), $this->aggregate->report(), $where);

                return 1;
            case 'packages':
                self::assertMirrors(json_decode($parts[0]), $this->aggregate->packages($this->engine), $where);

                return 1;
            case 'agents':
                self::assertMirrors(json_decode($parts[0])->agents, $this->aggregate->agents($this->engine), $where);

                return 1;
            default:
                self::assertSame(['rows', $parts[0]], [$what, $this->aggregate->json()], $where);
                $again = Aggregate::fromRows($this->aggregate->grouping(), $this->aggregate->rows(), $this->aggregate->asOf());
                self::assertSame($parts[0], $again->json(), $where);

                return 1;
        }
    }

    /** @param list<int> $numbers */
    private function question(string $what, array $numbers): string
    {
        $calendar = $this->calendar;
        $instants = array_map(Time::fromUs(...), $numbers);
        $pair = static fn (Window $window): array => [Time::toUs($window->opensAt), Time::toUs($window->closesAt)];
        $number = self::answer(static fn (): string => match ($what) {
            'add' => (string) $calendar->addUs(...$numbers),
            'subtract' => (string) $calendar->subtractUs(...$numbers),
            'elapsed' => (string) $calendar->elapsedUs(...$numbers),
            'next_open' => (string) $calendar->nextOpenUs(...$numbers),
            'next_close' => (string) $calendar->nextCloseUs(...$numbers),
            'is_open' => (string) (int) $calendar->isOpen(...$instants),
            'windows' => (string) json_encode(array_map($pair, $calendar->windows(...$instants))),
        });
        $instant = self::answer(static fn (): string => match ($what) {
            'add' => (string) Time::toUs($calendar->add($instants[0], $numbers[1])),
            'subtract' => (string) Time::toUs($calendar->subtract($instants[0], $numbers[1])),
            'elapsed' => (string) $calendar->elapsed(...$instants),
            'next_open' => (string) Time::toUs($calendar->nextOpen(...$instants)),
            'next_close' => (string) Time::toUs($calendar->nextClose(...$instants)),
            default => $number,
        });
        self::assertSame($number, $instant);

        return $number;
    }

    private static function answer(callable $ask): string
    {
        try {
            return $ask();
        } catch (SlaThrowable $fault) {
            return $fault->related[0]->errorCode ?? $fault->errorCode;
        }
    }

    /** @param list<string> $parts command, actor, now, decision */
    private function decided(string $what, array $parts, string $where): void
    {
        [$command, $actor, $now, $expected] = $parts;
        $arguments = [$command, strlen($command), $actor, strlen($actor), (int) $now];
        if ($what === 'open') {
            $this->ticket = null;
            $this->events = [];
        } else {
            $on = ($what === 'decide_snapshot' ? $this->ticket : History::of($this->events))->json();
            array_unshift($arguments, $on, strlen($on));
            $what = 'decide';
        }
        // The transcript has documents where hosts have commands; EngineTest says that those make the same documents.
        $decision = Decision::read(Library::get()->step("sla_engine_{$what}", $this->engine->pointer(), ...$arguments));
        $expected = json_decode($expected);
        if (isset($expected->refused)) {
            self::assertMirrors($expected->refused, $decision->refusal, $where);

            return;
        }
        self::assertNull($decision->refusal, $where);
        self::assertEvents($expected->accepted->events, $decision->events, $where);
        $this->ticket = $decision->ticket;
        array_push($this->events, ...$decision->events);
    }

    private static function grouping(\stdClass $document): Grouping
    {
        $grouping = Grouping::by(...array_map(Dimension::from(...), $document->dimensions));
        $period = $document->period ?? null;

        return $period === null ? $grouping : $grouping->per(PeriodUnit::from($period->unit), $period->time_zone);
    }

    /**
     * @param list<\stdClass> $expected
     * @param list<Event>     $events
     */
    private static function assertEvents(array $expected, array $events, string $where): void
    {
        self::assertEquals($expected, array_map(static fn (Event $event): \stdClass => json_decode($event->json()), $events), $where);
        foreach ($events as $index => $event) {
            self::assertEquals(Time::fromText($expected[$index]->at), $event->at);
            self::assertSame([$expected[$index]->kind, $expected[$index]->seq], [$event->kind, $event->seq]);
        }
    }

    private static function assertEvaluation(\stdClass $expected, Evaluation $evaluation, string $where): void
    {
        self::assertEvents($expected->due_events, $evaluation->dueEvents, $where);
        unset($expected->due_events);
        self::assertMirrors($expected, $evaluation, $where);
    }

    /** Everything that a document says is said by the value object, under the same name or the one that it has here. */
    private static function assertMirrors(mixed $expected, mixed $found, string $where): void
    {
        if (is_array($expected)) {
            self::assertIsArray($found, $where);
            self::assertSame(count($expected), count($found), $where);
            foreach ($expected as $key => $one) {
                self::assertMirrors($one, $found[$key], "{$where}/{$key}");
            }

            return;
        }
        if (!$expected instanceof \stdClass) {
            $is = match (true) {
                $found instanceof \DateTimeImmutable => Time::toUs($found),
                $found instanceof \BackedEnum => $found->value,
                default => $found,
            };
            self::assertSame($found instanceof \DateTimeImmutable ? Time::toUs(Time::fromText($expected)) : $expected, $is, $where);

            return;
        }
        foreach (get_object_vars($expected) as $name => $one) {
            $name = (string) $name;
            if (is_array($found)) {
                self::assertMirrors($one, $found[$name], "{$where}/{$name}");
                continue;
            }
            if ($found instanceof Grouping || in_array($name, ['dimensions', 'period'], true) && isset($found->grouping)) {
                continue;
            }
            if ($found instanceof CycleEvaluation && $name === 'due') {
                self::assertTrue($found->isDueBeyondHorizon);
                continue;
            }
            if ($found instanceof CycleEvaluation && $name === 'due_if_resumed_now') {
                $one = $one->due_at ?? null;
            }
            $name = ['provisional' => 'is_provisional', 'escalations_per_100_tickets_millionths' => 'escalations_per100_tickets_millionths'][$name] ?? $name;
            $property = lcfirst(str_replace('_', '', ucwords($name, '_')));
            self::assertTrue(property_exists($found, $property), "{$where}: " . $found::class . " has no {$property}");
            self::assertMirrors($one, $found->{$property}, "{$where}/{$name}");
        }
    }
}
