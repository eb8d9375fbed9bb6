<?php

declare(strict_types=1);

namespace Sla;

use Sla\Exceptions\InvalidArgument;

/** Tickets as columns: milestones in microseconds since 1970-01-01T00:00:00Z, missing for what has not happened. */
final class Rows implements \Countable
{
    /** The kinds, packed as 4 bytes a row in the order of this machine. */
    public readonly string $kinds;

    /** @var list<Column> */
    private readonly array $milestones;

    /**
     * @param list<int> $kinds the kind of each ticket, as its place in the plan's list, from 0
     * @param Column    $opened every row has one
     * @param ?Column   $firstReply first public answer, other than by the resolve
     */
    public function __construct(array $kinds, Column $opened, ?Column $assigned = null, ?Column $firstReply = null, ?Column $resolved = null)
    {
        $rows = count($kinds);
        foreach ($kinds as $kind) {
            if (!is_int($kind) || $kind < 0 || $kind > 0xFFFF_FFFF) {
                throw InvalidArgument::of('out_of_range', 'a kind is a place in the plan\'s list, not ' . (is_int($kind) ? $kind : get_debug_type($kind)), 'count from 0');
            }
        }
        $packed = '';
        foreach (array_chunk($kinds, 10_000) as $chunk) {
            $packed .= pack('L*', ...$chunk);
        }
        $this->kinds = $packed;
        $milestones = [$opened];
        foreach ([$assigned, $firstReply, $resolved] as $column) {
            $milestones[] = $column ?? Column::missing($rows);
        }
        foreach ($milestones as $column) {
            if (count($column) !== $rows) {
                throw InvalidArgument::of('invalid_length', "there are {$rows} kinds, and a column of " . count($column), 'pass columns of one length');
            }
        }
        $this->milestones = $milestones;
    }

    public function count(): int
    {
        return intdiv(strlen($this->kinds), 4);
    }

    /**
     * @internal
     *
     * @return list<string>
     */
    public function packed(): array
    {
        return array_map(static fn (Column $column): string => $column->packed, $this->milestones);
    }
}
