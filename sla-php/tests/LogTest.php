<?php

declare(strict_types=1);

namespace Sla\Tests;

use PHPUnit\Framework\TestCase;
use Sla\Aggregate;
use Sla\Exceptions\InvalidInput;
use Sla\Grouping;
use Sla\Log;
use Sla\LogRemark;
use Sla\LogState;
use Sla\Meaning;
use Sla\RecordedCommand;
use Sla\RefusedRow;
use Sla\State;
use Sla\TicketCommands;

final class LogTest extends TestCase
{
    /** @return iterable<string, array{\stdClass, \stdClass}> */
    public static function vectors(): iterable
    {
        foreach (json_decode((string) file_get_contents(Desk::ROOT . '/tests/vectors/logs.json'))->cases as $case) {
            yield $case->name => [$case->log, $case->expected];
        }
    }

    /** @dataProvider vectors */
    public function test_logs_become_the_commands_of_the_vectors(\stdClass $log, \stdClass $expected): void
    {
        $found = Log::commands($log->rows, array_map(self::state(...), get_object_vars($log->states ?? new \stdClass())));
        $refused = array_map(static fn (RefusedRow $row): array => ['row' => $row->row, 'ticket' => $row->ticket, 'code' => $row->code], $found->refused);
        self::assertSame(self::plain($expected->refused), self::plain($refused));
        self::assertNotContains('', array_column($found->refused, 'message'));
        $tickets = array_map(static fn (TicketCommands $ticket): array => [
            'ticket' => $ticket->ticket,
            'rows' => $ticket->rows,
            'recorded' => array_map(static fn (RecordedCommand $one): \stdClass => json_decode($one->json()), $ticket->recorded),
        ], $found->tickets);
        self::assertSame(self::plain($expected->tickets), self::plain($tickets));
    }

    public function test_the_commands_of_a_ticket_are_imported(): void
    {
        $row = static fn (float $hours, string $state): array => ['ticket_id' => 'T-1', 'event_at' => Desk::monday($hours), 'state' => $state, 'package' => 'starter', 'channel' => 'email', 'agent' => 'ana', 'severity' => null];
        $states = ['New' => Meaning::New, 'Waiting' => new LogState(Meaning::Pending, replied: true), '3' => Meaning::Resolved];
        $found = Log::commands([$row(2, '3'), $row(0, 'New'), $row(1, 'Waiting'), $row(1.5, 'Asleep')], $states);
        self::assertSame([[3, 'T-1', 'unknown_state']], array_map(static fn (RefusedRow $left): array => [$left->row, $left->ticket, $left->code], $found->refused));
        $import = Desk::engine()->import($found->tickets[0]->recorded);
        self::assertSame([], $import->refused);
        self::assertSame('opened noted assigned replied paused resolved', Desk::kinds($import->events));
        self::assertEquals(Desk::monday(2), $import->events[5]->at);
        self::assertSame([[], []], [Log::commands([])->tickets, Log::commands([], $states)->refused]);
    }

    public function test_a_log_becomes_histories_and_figures(): void
    {
        $engine = Desk::engine();
        $row = static fn (string $ticket, float $hours, string $kind): array => ['ticket_id' => $ticket, 'event_at' => Desk::monday($hours), 'kind' => $kind, 'package' => 'starter', 'channel' => 'email', 'severity' => 'high'];
        $rows = [$row('T-2', 1, 'open'), $row('T-1', 0, 'open'), $row('T-1', 1, 'resume'), ['ticket_id' => 'T-3']];
        $import = $engine->importLog($rows);
        self::assertCount(2, $import->histories);
        self::assertSame(['severity'], array_map(static fn (LogRemark $remark): string => $remark->column, $import->remarks));
        self::assertNotSame('', $import->remarks[0]->message);
        $codes = array_map(static fn (RefusedRow $left): array => [$left->ticket, $left->row], $import->refused);
        sort($codes);
        self::assertSame([['T-1', 2], ['T-3', 3]], $codes);
        self::assertSame(State::Running, $engine->evaluate($import->histories[0], Desk::monday(1))->timer('first_response')->state);
        // Rows after now are left out.
        self::assertCount(1, $engine->importLog($rows, now: Desk::monday(0.5))->histories);

        $aggregate = Aggregate::by(new Grouping());
        $left = $aggregate->addLog($engine, $rows, Desk::monday(8));
        self::assertSame([[], count($import->refused)], [$left->histories, count($left->refused)]);
        $other = Aggregate::by(new Grouping());
        foreach ($import->histories as $history) {
            $other->add($engine, $history, Desk::monday(8));
        }
        self::assertSame($other->json(), $aggregate->json());
        self::assertSame([], $engine->importLog([])->histories);
    }

    public function test_a_field_that_no_row_has_is_an_error(): void
    {
        try {
            Log::commands([['ticket_id' => 'T-1'], ['colour' => 'red']]);
            self::fail('it was taken');
        } catch (InvalidInput $fault) {
            self::assertSame(['unknown_field', '/rows/1/colour'], [$fault->errorCode, $fault->path]);
        }
    }

    private static function state(string|\stdClass $written): Meaning|LogState
    {
        return is_string($written)
            ? Meaning::from($written)
            : new LogState(Meaning::from($written->means), $written->replied ?? false, $written->reason ?? null);
    }

    /** Returns a document with sorted fields, and instants as vectors write them. */
    private static function plain(mixed $document): mixed
    {
        if (is_string($document)) {
            return preg_replace('/(:\d\d)\.0{6}Z$/', '$1Z', $document);
        }
        if (!is_array($document) && !$document instanceof \stdClass) {
            return $document;
        }
        $fields = array_map(self::plain(...), (array) $document);
        ksort($fields);

        return $fields;
    }
}
