<?php

declare(strict_types=1);

namespace Sla\Laravel\Services;

use Illuminate\Database\Query\Builder;
use Sla\Laravel\Store\DueRun;
use Sla\Laravel\Store\TicketStore;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Settings;
use Sla\Laravel\Support\Tables;

/**
 * Stores what time makes happen: warnings, breaches, escalations, ends of pauses. It reads the tickets that are due, by
 * index, and no others.
 *
 * A run that comes late stores the same events with the same instants.
 */
final class SlaMonitorService
{
    /** Longer than this is no delay of a schedule that runs every minute. */
    public const LATE_US = 300_000_000;

    public function __construct(
        private readonly TicketStore $store,
        private readonly Tables $tables,
        private readonly Clock $clock,
        private readonly Settings $settings,
    ) {
    }

    /**
     * Stores everything that is due.
     *
     * @param ?int                        $nowUs as of when; `null` for now
     * @param (callable(DueRun): void)|null $progress called after each chunk
     */
    public function run(?int $nowUs = null, ?callable $progress = null): DueRun
    {
        $nowUs ??= $this->clock->nowUs();
        $run = new DueRun();
        // Where a ticket was looked at this often and is due still, another process is at it.
        $tries = [];
        while (($ids = $this->due($nowUs, array_keys(array_filter($tries, static fn (int $times): bool => $times >= 3)))) !== []) {
            $chunk = $this->store->storeDue($ids, $nowUs);
            foreach ($ids as $id) {
                $tries[$id] = isset($chunk->failed[$id]) ? 3 : ($tries[$id] ?? 0) + 1;
            }
            $run = $run->and($chunk);
            if ($progress !== null) {
                $progress($chunk);
            }
        }

        return $run;
    }

    /**
     * Returns the tickets that are due, in chunks, for jobs.
     *
     * @return \Generator<int, list<int>>
     */
    public function chunks(?int $nowUs = null): \Generator
    {
        $nowUs ??= $this->clock->nowUs();
        $ids = $this->dueQuery($nowUs)->orderBy('next_check_at')->pluck('ticket_id')->map(static fn ($id): int => (int) $id)->all();
        foreach (array_chunk($ids, $this->settings->chunk()) as $chunk) {
            yield $chunk;
        }
    }

    /** Returns how many tickets are due and not looked at. */
    public function backlog(?int $nowUs = null): int
    {
        return $this->lateness($nowUs)['backlog'];
    }

    /** Returns for how many microseconds the oldest due ticket waits to be looked at; 0 when none is due. */
    public function lagUs(?int $nowUs = null): int
    {
        return $this->lateness($nowUs)['lag_us'];
    }

    /** @return array{backlog: int, lag_us: int} both, as of one instant */
    public function lateness(?int $nowUs = null): array
    {
        $nowUs ??= $this->clock->nowUs();
        $due = $this->dueQuery($nowUs)->selectRaw('count(*) as n, min(next_check_at) as oldest')->first();
        $oldest = $due->oldest ?? null;

        return ['backlog' => (int) ($due->n ?? 0), 'lag_us' => $oldest === null ? 0 : $nowUs - (int) $oldest];
    }

    /**
     * Returns the tickets that could not be read at the last look.
     *
     * @return list<\stdClass> with ticket_id, code, message, attempts, first_at, last_at
     */
    public function failures(): array
    {
        return $this->tables->table('sla_monitor_failures')->orderBy('ticket_id')->get()->all();
    }

    /**
     * @param list<int> $without
     *
     * @return list<int>
     */
    private function due(int $nowUs, array $without): array
    {
        $query = $this->dueQuery($nowUs)->orderBy('next_check_at')->limit($this->settings->chunk() + count($without));
        $ids = $query->pluck('ticket_id')->map(static fn ($id): int => (int) $id)->all();

        return array_slice(array_values(array_diff($ids, $without)), 0, $this->settings->chunk());
    }

    private function dueQuery(int $nowUs): Builder
    {
        return $this->tables->table('sla_ticket_states')->where('next_check_at', '<=', $nowUs);
    }
}
