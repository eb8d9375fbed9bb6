<?php

declare(strict_types=1);

namespace Sla\Laravel\Figures;

use Illuminate\Database\Query\Builder;
use Sla\CycleRow;
use Sla\FactRow;
use Sla\Laravel\Support\Tables;
use Sla\RowPlace;
use Sla\TicketRows;

/**
 * Stores the rows of a ticket that the engine makes: one a cycle, one a fact. A row replaces the earlier one of its key.
 *
 * Facts that change with time alone (whether the ticket is open, for how long its present holder has it) are not stored: a
 * ticket that has ended stays so, and then they are final. Of a cycle that still counts there is a row, because it may take
 * the place of one that was decided; it stands for no day.
 *
 * Only `TicketStore` calls it, in the transaction that stores the ticket's events. The days whose figures change are marked
 * in the same transaction, each time with a row of its own: writers of several tickets share no row that they could wait
 * for, and whoever adds up days removes the marks that they saw, and no later ones.
 */
final class PromiseProjector
{
    /** SQLite takes at most 999 values in a statement. */
    private const PROMISES = 25;
    private const FACTS = 50;
    private const KEYS = 120;

    public function __construct(private readonly Tables $tables)
    {
    }

    /**
     * Stores rows of tickets that have none yet of these keys.
     *
     * @param array<int, TicketRows> $rows by ticket
     */
    public function add(array $rows): void
    {
        $promises = [];
        $facts = [];
        foreach ($rows as $ticketId => $ofTicket) {
            array_push($promises, ...array_map(static fn (CycleRow $row): array => self::promise($ticketId, $row), $ofTicket->cycles));
            array_push($facts, ...array_map(static fn (FactRow $row): array => self::fact($ticketId, $row), self::finalFacts($ofTicket)));
        }
        foreach (array_chunk($promises, self::PROMISES) as $some) {
            $this->tables->table('sla_promises')->upsert($some, ['ticket_id', 'timer', 'cycle']);
        }
        foreach (array_chunk($facts, self::FACTS) as $some) {
            $this->tables->table('sla_ticket_facts')->upsert($some, ['ticket_id', 'key']);
        }
        $days = [];
        foreach ([...$promises, ...$facts] as $row) {
            foreach ([$row['day'], $row['ended_day'] ?? null] as $day) {
                if ($day !== null) {
                    $days[$day] = ['day' => $day];
                }
            }
        }
        foreach (array_chunk(array_values($days), self::FACTS) as $some) {
            $this->tables->table('sla_dirty_days')->insert($some);
        }
    }

    /**
     * Stores the rows that events make.
     *
     * @param array<int, TicketRows> $rows by ticket
     */
    public function update(array $rows): void
    {
        $cycles = [];
        $keys = [];
        foreach ($rows as $ticketId => $ofTicket) {
            foreach ($ofTicket->cycles as $cycle) {
                $cycles[] = [$ticketId, $cycle->timer, $cycle->cycle];
            }
            foreach (self::finalFacts($ofTicket) as $fact) {
                // Facts of an event are new; those without one may have stood for another day.
                if ($fact->seq === null) {
                    $keys[] = [$ticketId, $fact->key];
                }
            }
        }
        $cycles = array_chunk($cycles, self::KEYS);
        $keys = array_chunk($keys, self::KEYS);
        for ($part = 0; $part < max(count($cycles), count($keys)); $part++) {
            $before = null;
            foreach (isset($cycles[$part]) ? ['day', 'ended_day'] : [] as $day) {
                $query = $this->among('sla_promises', 'ticket_id, timer, cycle', $cycles[$part])->whereNotNull($day)->select("{$day} as day");
                $before = $before?->union($query) ?? $query;
            }
            if (isset($keys[$part])) {
                $key = $this->tables->connection()->getQueryGrammar()->wrap('key');
                $query = $this->among('sla_ticket_facts', "ticket_id, {$key}", $keys[$part])->whereNotNull('day')->select('day');
                $before = $before?->union($query) ?? $query;
            }
            $this->tables->table('sla_dirty_days')->insertUsing(['day'], $before);
        }
        $this->add($rows);
    }

    /**
     * Stores all rows of tickets in place of those that they have.
     *
     * @param array<int, TicketRows> $rows by ticket
     */
    public function replace(array $rows): void
    {
        foreach (array_chunk(array_keys($rows), self::KEYS) as $ids) {
            foreach ([['sla_promises', 'day'], ['sla_promises', 'ended_day'], ['sla_ticket_facts', 'day']] as [$table, $day]) {
                $before = $this->tables->table($table)->whereIn('ticket_id', $ids)->whereNotNull($day)->distinct()->select($day);
                $this->tables->table('sla_dirty_days')->insertUsing(['day'], $before);
            }
            $this->tables->table('sla_promises')->whereIn('ticket_id', $ids)->delete();
            $this->tables->table('sla_ticket_facts')->whereIn('ticket_id', $ids)->delete();
        }
        $this->add($rows);
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
     * Returns a query of the rows with some keys.
     *
     * @param list<list<string|int>> $keys
     */
    private function among(string $table, string $columns, array $keys): Builder
    {
        $places = '(' . implode(', ', array_fill(0, count($keys[0]), '?')) . ')';

        return $this->tables->table($table)->whereRaw("({$columns}) in (" . implode(', ', array_fill(0, count($keys), $places)) . ')', array_merge(...$keys));
    }
}
