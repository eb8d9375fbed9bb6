<?php

declare(strict_types=1);

namespace Sla\Laravel\Store;

use Sla\Event;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Engine\StoredTicket;
use Sla\Laravel\Figures\PromiseProjector;
use Sla\Laravel\Support\Tables;
use Sla\Time;

/** Compares every row of a ticket that follows from its events with what the events say. */
final class RowAudit
{
    public function __construct(private readonly Tables $tables, private readonly Gateway $gateway)
    {
    }

    /**
     * @param list<string> $entries those of a sound chain
     *
     * @return list<string> what is at fault
     */
    public function faults(StoredTicket $ticket, array $entries): array
    {
        if ($this->gateway->fold($entries) !== $ticket->snapshot) {
            return ['the snapshot is not what the events fold to'];
        }

        return [...$this->ofTicket($ticket), ...$this->ofEvents($ticket, $entries), ...$this->ofTexts($ticket, $entries), ...$this->ofFigures($ticket, $entries)];
    }

    /** @return list<string> */
    private function ofTicket(StoredTicket $ticket): array
    {
        $values = $this->gateway->values($ticket);
        $escalations = [];
        foreach ($values->escalations as $one) {
            $escalations[$one->number] = ['number' => $one->number, 'trigger' => $one->trigger, 'level' => $one->level, 'timer' => $one->timer, 'status' => $one->stage->value, 'at' => $one->atUs];
        }

        return [
            ...self::compared('support_tickets', [$ticket->id => ['reference' => $ticket->reference] + Gateway::columns($values)], [$ticket->id => (array) $this->tables->current('support_tickets')->where('id', $ticket->id)->first()]),
            ...self::compared(
                'sla_ticket_states',
                [$ticket->id => ['next_check_at' => $this->gateway->nextCheckUs($ticket), 'last_at' => $values->lastAtUs]],
                [$ticket->id => ['next_check_at' => $ticket->nextCheckUs, 'last_at' => $ticket->lastUs]],
            ),
            ...self::compared('support_escalations', $escalations, $this->rows('support_escalations', $ticket, static fn (\stdClass $row): int => (int) $row->number)),
        ];
    }

    /**
     * @param list<string> $entries
     *
     * @return list<string>
     */
    private function ofEvents(StoredTicket $ticket, array $entries): array
    {
        $events = array_map(static function (string $entry): array {
            $event = Event::ofEntry($entry);

            return ['kind' => $event->kind, 'at' => Time::toUs($event->at), 'actor_role' => $event->actor->role->value, 'actor_id' => $event->actor->id];
        }, $entries);

        return self::compared('support_events', $events, $this->rows('support_events', $ticket, static fn (\stdClass $row): int => (int) $row->seq));
    }

    /**
     * @param list<string> $entries
     *
     * @return list<string>
     */
    private function ofTexts(StoredTicket $ticket, array $entries): array
    {
        $expected = [];
        foreach ($entries as $entry) {
            $event = Event::ofEntry($entry);
            $message = $event->data()['message'] ?? null;
            if (is_array($message)) {
                $expected[$message['message_ref']] = [
                    'content_sha256' => $message['content_sha256'], 'channel' => $event->data()['channel'] ?? null, 'is_public' => (int) ($event->kind !== 'noted'),
                    'actor_role' => $event->actor->role->value, 'actor_id' => $event->actor->id,
                ];
            }
        }
        $rows = $this->rows('support_responses', $ticket, static fn (\stdClass $row): string => $row->message_ref);
        $faults = [];
        foreach ($rows as $reference => $row) {
            if (hash('sha256', $row['body']) !== ($expected[$reference]['content_sha256'] ?? null)) {
                $faults[] = "the text of response {$row['id']} is not what was written";
            }
            $rows[$reference]['is_public'] = (int) $row['is_public'];
        }
        $missing = count(array_diff_key($expected, $rows));

        return [...$faults, ...($missing === 0 ? self::compared('support_responses', $expected, $rows) : ["{$missing} texts are missing"])];
    }

    /**
     * @param list<string> $entries
     *
     * @return list<string>
     */
    private function ofFigures(StoredTicket $ticket, array $entries): array
    {
        if ($ticket->rowState === null) {
            // It has none until figures are rebuilt, and `sla:doctor` says so.
            return [];
        }
        $rows = $this->gateway->rowsOf($entries, $ticket, $this->gateway->values($ticket)->lastAtUs);
        $promises = [];
        foreach (PromiseProjector::finalCycles($rows) as $row) {
            $promises["{$row->timer} {$row->cycle}"] = PromiseProjector::promise($ticket->id, $row);
        }
        $facts = [];
        foreach (PromiseProjector::finalFacts($rows) as $row) {
            $facts[$row->key] = PromiseProjector::fact($ticket->id, $row);
        }
        $found = [
            ...self::compared('sla_promises', $promises, $this->rows('sla_promises', $ticket, static fn (\stdClass $row): string => "{$row->timer} {$row->cycle}")),
            ...self::compared('sla_ticket_facts', $facts, $this->rows('sla_ticket_facts', $ticket, static fn (\stdClass $row): string => $row->key)),
            ...($rows->state === $ticket->rowState ? [] : ['sla_ticket_states: `row_state` is not what the events say']),
        ];

        return $found === [] ? [] : [...$found, 'run `php artisan sla:rebuild-figures` to make the figures again'];
    }

    /**
     * @param callable(\stdClass): array-key $key
     *
     * @return array<array-key, array<string, mixed>>
     */
    private function rows(string $table, StoredTicket $ticket, callable $key): array
    {
        $found = [];
        foreach ($this->tables->current($table)->where('ticket_id', $ticket->id)->get() as $row) {
            $found[$key($row)] = (array) $row;
        }

        return $found;
    }

    /**
     * Says in which rows a column that is expected has another value.
     *
     * @param array<array-key, array<string, mixed>> $expected by the key of their row
     * @param array<array-key, array<string, mixed>> $found
     *
     * @return list<string>
     */
    private static function compared(string $table, array $expected, array $found): array
    {
        $faults = [];
        foreach ($expected + $found as $key => $_) {
            if (!isset($expected[$key], $found[$key])) {
                $faults[] = "{$table}: the row `{$key}` is " . (isset($found[$key]) ? 'of no event' : 'missing');
                continue;
            }
            foreach ($expected[$key] as $column => $value) {
                $stored = $found[$key][$column] ?? null;
                // Some databases answer with texts in place of numbers.
                if (($value === null) !== ($stored === null) || (string) $value !== (string) $stored) {
                    $faults[] = "{$table}: `{$column}` of the row `{$key}` is not what the events say";
                }
            }
        }

        return $faults;
    }
}
