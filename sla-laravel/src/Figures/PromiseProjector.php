<?php

declare(strict_types=1);

namespace Sla\Laravel\Figures;

use Sla\CycleRow;
use Sla\FactRow;
use Sla\Laravel\Store\PendingRows;
use Sla\Laravel\Store\Statements;
use Sla\Laravel\Support\Tables;
use Sla\RowPlace;
use Sla\TicketRows;

/**
 * Stores the rows of a ticket that the engine makes: one a cycle, one a fact. A row replaces the earlier one of its key.
 *
 * What changes with time alone is not stored (a cycle that nothing has decided, whether the ticket is open, for how long its
 * present holder has it): it stands for no day, and of a ticket that has ended it is final. A cycle that was decided and
 * counts again has no row until it is decided again.
 *
 * Only `TicketStore` calls it, in the transaction that stores the ticket's events. What changes in the sums of days is stored
 * in the same transaction, in rows of its own: writers of several tickets share no row that they could wait for, and whoever
 * adds the changes to the sums removes those that they saw, and no later ones.
 */
final class PromiseProjector
{
    private const PROMISE_KEY = ['ticket_id', 'timer', 'cycle'];
    private const FACT_KEY = ['ticket_id', 'key'];
    /** SQLite takes at most 999 values in a statement. */
    private const KEYS = 300;

    public function __construct(private readonly Tables $tables)
    {
    }

    /**
     * Stores rows of tickets that have none yet.
     *
     * @param array<int, TicketRows> $rows by ticket
     */
    public function add(array $rows, PendingRows $pending): void
    {
        self::insert(...self::finalRows($rows), gone: [], pending: $pending);
    }

    /**
     * Stores the rows that events make.
     *
     * @param array<int, TicketRows> $rows by ticket
     */
    public function update(array $rows, PendingRows $pending): void
    {
        [$promises, $facts] = self::finalRows($rows);
        $cycles = [];
        foreach ($rows as $ticketId => $ofTicket) {
            foreach ($ofTicket->cycles as $row) {
                $cycles[self::id([$ticketId, $row->timer, $row->cycle])] = $row->cycle;
            }
        }
        // Facts of an event are new; those without one may have stood for another day.
        $keys = array_map(static fn (array $row): string => (string) $row['key'], array_filter($facts, static fn (array $row): bool => $row['seq'] === null));
        $gone = [];
        if ($cycles !== []) {
            $gone = $this->withoutEarlier('sla_promises', self::PROMISE_KEY, 'cycle', $cycles, array_keys($rows), $promises);
        }
        if ($keys !== []) {
            array_push($gone, ...$this->withoutEarlier('sla_ticket_facts', self::FACT_KEY, 'key', $keys, array_keys($rows), $facts));
        }
        self::insert($promises, $facts, $gone, $pending);
    }

    /**
     * Stores all rows of tickets in place of those that they have.
     *
     * @param array<int, TicketRows> $rows by ticket
     */
    public function replace(array $rows, PendingRows $pending): void
    {
        $gone = [];
        foreach (array_chunk(array_keys($rows), self::KEYS) as $ids) {
            foreach (['sla_promises', 'sla_ticket_facts'] as $table) {
                foreach ($this->tables->current($table, 1)->whereIn('ticket_id', $ids)->get() as $row) {
                    $gone[] = (array) $row;
                }
            }
            $this->tables->table('sla_promises')->whereIn('ticket_id', $ids)->delete();
            $this->tables->table('sla_ticket_facts')->whereIn('ticket_id', $ids)->delete();
        }
        self::insert(...self::finalRows($rows), gone: $gone, pending: $pending);
    }

    /** @return array<string, string|int|null> a row of sla_promises */
    public static function promise(int $ticketId, CycleRow $row): array
    {
        return [
            'ticket_id' => $ticketId,
            'timer' => $row->timer,
            'cycle' => $row->cycle,
            'class' => $row->class,
            'started_at' => $row->startedAtUs,
            'due_at' => $row->dueAtUs,
            'business_figure' => $row->businessFigure,
            'business_us' => $row->businessUs,
            'business_bucket' => $row->businessBucket,
            'wall_figure' => $row->wallFigure,
            'wall_us' => $row->wallUs,
            'wall_bucket' => $row->wallBucket,
            'overdue_us' => $row->overdueUs,
            'overdue_bucket' => $row->overdueBucket,
        ] + self::place('', $row->place, $row->asOfNow) + self::place('ended_', $row->ended, false);
    }

    /** @return array<string, string|int|null> a row of sla_ticket_facts */
    public static function fact(int $ticketId, FactRow $row): array
    {
        return [
            'ticket_id' => $ticketId,
            'key' => $row->key,
            'seq' => $row->seq,
            'figure' => $row->figure,
            'timer' => $row->timer,
            'cycle' => $row->cycle,
            'bucket' => $row->bucket,
            'n' => $row->n,
            'duration_us' => $row->durationUs,
        ] + self::place('', $row->place, false);
    }

    /** @return list<CycleRow> those that time alone does not change */
    public static function finalCycles(TicketRows $rows): array
    {
        return array_values(array_filter($rows->cycles, static fn (CycleRow $row): bool => !$row->asOfNow || $row->ended !== null));
    }

    /** @return list<FactRow> those that time alone does not change */
    public static function finalFacts(TicketRows $rows): array
    {
        return array_values(array_filter($rows->facts, static fn (FactRow $row): bool => !$row->asOfNow));
    }

    /** @return array<string, string|int|null> */
    private static function place(string $prefix, ?RowPlace $place, bool $isAsOfNow): array
    {
        return [
            "{$prefix}at" => $isAsOfNow ? null : $place?->atUs,
            "{$prefix}day" => $isAsOfNow ? null : $place?->day,
            "{$prefix}package" => $place?->package,
            "{$prefix}channel" => $place?->channel,
            "{$prefix}agent" => $place?->agent,
            "{$prefix}team" => $place?->team,
            "{$prefix}priority" => $place?->priority,
            "{$prefix}severity" => $place?->severity,
            "{$prefix}category" => $place?->category,
        ];
    }

    /**
     * @param array<int, TicketRows> $rows by ticket
     *
     * @return array{array<string, array<string, string|int|null>>, array<string, array<string, string|int|null>>} the rows of
     *                                                                                                             promises and of facts, by their keys
     */
    private static function finalRows(array $rows): array
    {
        $promises = [];
        $facts = [];
        foreach ($rows as $ticketId => $ofTicket) {
            foreach (self::finalCycles($ofTicket) as $row) {
                $promises[self::id([$ticketId, $row->timer, $row->cycle])] = self::promise($ticketId, $row);
            }
            foreach (self::finalFacts($ofTicket) as $row) {
                $facts[self::id([$ticketId, $row->key])] = self::fact($ticketId, $row);
            }
        }

        return [$promises, $facts];
    }

    /**
     * Deletes the earlier rows of some keys, and leaves of the new rows those that differ from the earlier one.
     *
     * @param list<string>                                  $key
     * @param array<string, string|int>                     $among  what a column of the key is, by key
     * @param list<int>                                     $ids    the tickets
     * @param array<string, array<string, string|int|null>> $rows   the new ones by key; a key without one is to have none
     *
     * @return list<array<string, string|int|null>> the earlier rows that are gone
     */
    private function withoutEarlier(string $table, array $key, string $column, array $among, array $ids, array &$rows): array
    {
        $gone = [];
        // One transaction is the store's; one around it may be older than the row.
        $earlier = $this->tables->current($table, 1)->whereIn('ticket_id', $ids)->whereIn($column, array_values(array_unique($among)));
        foreach ($earlier->get() as $found) {
            $row = (array) $found;
            $id = self::id(array_map(static fn (string $name): string|int => $row[$name], $key));
            if (!isset($among[$id])) {
                continue;
            }
            if (isset($rows[$id]) && self::isSame($rows[$id], $row)) {
                unset($rows[$id]);
            } else {
                $gone[] = $row;
            }
        }
        $columns = implode(', ', Statements::quoted($this->tables->connection(), $key));
        $places = '(' . implode(', ', array_fill(0, count($key), '?')) . ')';
        foreach (array_chunk($gone, self::KEYS) as $some) {
            $keys = array_map(static fn (array $row): array => array_map(static fn (string $name): string|int => $row[$name], $key), $some);
            $this->tables->table($table)->whereRaw("({$columns}) in (" . implode(', ', array_fill(0, count($keys), $places)) . ')', array_merge(...$keys))->delete();
        }

        return $gone;
    }

    /**
     * @param array<array-key, array<string, string|int|null>> $promises
     * @param array<array-key, array<string, string|int|null>> $facts
     * @param list<array<string, string|int|null>>             $gone     rows that they replace
     */
    private static function insert(array $promises, array $facts, array $gone, PendingRows $pending): void
    {
        $pending->add('sla_promises', ...array_values($promises));
        $pending->add('sla_ticket_facts', ...array_values($facts));
        $pending->add('sla_figure_changes', ...FigureChanges::of([...array_values($promises), ...array_values($facts)], $gone));
    }

    /** @param list<string|int> $key */
    private static function id(array $key): string
    {
        return implode("\0", $key);
    }

    /**
     * Returns whether a row is stored as it is; what a database returns as a text may be a number.
     *
     * @param array<string, string|int|null> $row
     * @param array<string, string|int|null> $stored
     */
    private static function isSame(array $row, array $stored): bool
    {
        foreach ($row as $column => $value) {
            $other = $stored[$column];
            if (($value === null) !== ($other === null) || (string) $value !== (string) $other) {
                return false;
            }
        }

        return true;
    }
}
