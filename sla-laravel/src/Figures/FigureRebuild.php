<?php

declare(strict_types=1);

namespace Sla\Laravel\Figures;

use Sla\Exceptions\SlaThrowable;
use Sla\Laravel\Store\TicketStore;
use Sla\Laravel\Support\Settings;
use Sla\Laravel\Support\Tables;

/**
 * Makes the rows of figures of every ticket again from its history. It remembers how far it is, so that it may be
 * interrupted, and other processes may work meanwhile.
 */
final class FigureRebuild
{
    private const CURSOR = 'rebuild';
    private const ZONE = 'time_zone';

    public function __construct(
        private readonly Tables $tables,
        private readonly TicketStore $store,
        private readonly DayTable $days,
        private readonly Settings $settings,
    ) {
    }

    /** Begins a rebuild, or resumes an interrupted one; returns how many tickets are left. */
    public function begin(bool $isFromStart = false): int
    {
        if ($isFromStart || $this->value(self::CURSOR) === null) {
            $this->keep(self::CURSOR, '0');
        }

        return $this->tables->table('support_tickets')->where('id', '>', (int) $this->value(self::CURSOR))->count();
    }

    /**
     * @param callable(int): void $progress called with the number of tickets of each chunk
     *
     * @return array<int, SlaThrowable> the tickets that cannot be read
     */
    public function run(callable $progress): array
    {
        $faults = [];
        while (($ids = $this->next()) !== []) {
            $faults += $this->store->rebuildRows($ids);
            $this->keep(self::CURSOR, (string) max($ids));
            $progress(count($ids));
        }
        // Last: reports that were built meanwhile are built again, and what no row says any more is left out.
        $this->days->markAll();

        return $faults;
    }

    public function daysToAdd(): int
    {
        return count($this->days->dirtyDays());
    }

    /** @param callable(int): void $progress */
    public function addUp(callable $progress): int
    {
        $days = $this->days->refresh($progress);
        $this->keep(self::ZONE, $this->settings->timeZone());
        $this->tables->table('sla_figure_state')->where('name', self::CURSOR)->delete();

        return $days;
    }

    /**
     * Returns why figures must be rebuilt; `null` where they need not.
     *
     * @return ?string
     */
    public function reason(): ?string
    {
        $zone = $this->value(self::ZONE);
        $without = $this->tables->table('sla_ticket_states')->whereNull('row_state')->limit(1000)->count();

        return match (true) {
            $this->value(self::CURSOR) !== null => 'a rebuild was interrupted',
            $without > 0 => "{$without} tickets have no rows of figures",
            $zone !== null && $zone !== $this->settings->timeZone() => "they count the days of {$zone}",
            default => null,
        };
    }

    /** @return list<int> */
    private function next(): array
    {
        $ids = $this->tables->table('support_tickets')->where('id', '>', (int) $this->value(self::CURSOR))->orderBy('id')->limit($this->settings->chunk())->pluck('id');

        return array_values($ids->map(static fn ($id): int => (int) $id)->all());
    }

    private function value(string $name): ?string
    {
        $value = $this->tables->table('sla_figure_state')->where('name', $name)->value('value');

        return $value === null ? null : (string) $value;
    }

    private function keep(string $name, string $value): void
    {
        $this->tables->table('sla_figure_state')->updateOrInsert(['name' => $name], ['value' => $value]);
    }
}
