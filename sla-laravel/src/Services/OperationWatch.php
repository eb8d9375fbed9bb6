<?php

declare(strict_types=1);

namespace Sla\Laravel\Services;

use Illuminate\Database\Query\Builder;
use Sla\Alert;
use Sla\BurnRate;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Models\SlaAlert;
use Sla\Laravel\Store\AlertStore;
use Sla\Laravel\Store\TicketStore;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Tables;
use Sla\Time;

/**
 * Watches the objectives of the newest revision: an error budget that burns too fast, and a monitor that lags.
 *
 * The engine's watch is stored between two runs. It counts a cycle once however often it sees the event, so a run shows it
 * the events of some minutes before the last run again: those that other processes were storing then are among them.
 */
final class OperationWatch
{
    /** The words of the index `support_events_breached`. */
    private const BREACHED_WHERE = "kind = 'breached'";
    private const LIST = 20;
    private const CHUNK = 1000;
    private const OVERLAP_US = 600_000_000;
    private const DAY_US = 86_400_000_000;

    public function __construct(
        private readonly Gateway $gateway,
        private readonly TicketStore $tickets,
        private readonly AlertStore $alerts,
        private readonly Tables $tables,
        private readonly Clock $clock,
    ) {
    }

    /**
     * Says whether the monitor lags: what is due on the ticket that waits longest would be detected now. Run it before what
     * is due is stored.
     */
    public function lag(?int $nowUs = null): void
    {
        $nowUs ??= $this->clock->nowUs();
        $due = $this->tables->table('sla_ticket_states')->where('next_check_at', '<=', $nowUs);
        // Those that cannot be read stay due for ever; they are reported otherwise.
        $oldest = (clone $due)->whereNotIn('ticket_id', $this->tables->table('sla_monitor_failures')->select('ticket_id'))->orderBy('next_check_at')->value('ticket_id');
        $ticket = $oldest === null ? null : $this->tickets->find((int) $oldest);
        $lag = $ticket === null ? null : $this->gateway->lagOf($ticket, $nowUs);
        if ($lag === null) {
            $this->alerts->endOthers(SlaAlert::LAG, [], $nowUs);

            return;
        }
        $details = ['lag_us' => (int) $lag->details['lag_us'], 'happened_at' => (string) $lag->details['happened_at'], 'backlog' => $due->count()];
        $this->alerts->begin(SlaAlert::LAG, '', null, $details, $nowUs);
    }

    /** Says which error budgets burn too fast. Run it after what is due was stored. */
    public function burns(?int $nowUs = null): void
    {
        $nowUs ??= $this->clock->nowUs();
        $windows = [];
        foreach ($this->gateway->burns([], $nowUs) as $rate) {
            $windows[self::subject($rate->timer, $rate->longWindowUs, $rate->shortWindowUs)] = $rate->longWindowUs;
        }
        $before = $this->alerts->remembered(SlaAlert::DEGRADATION);
        $known = array_map(self::subjectOf(...), $before['watch']['burns'] ?? []);
        // An objective that the last run did not know has seen nothing yet.
        $isNew = array_diff(array_keys($windows), $known) !== [];
        $windowUs = $nowUs - ($windows === [] ? 0 : max($windows));
        $sinceUs = $isNew ? $windowUs : max($windowUs, $before['until_us'] - self::OVERLAP_US);
        $seen = $this->gateway->watched($before['watch'], $windows === [] ? [] : $this->events($windowUs, $sinceUs), $nowUs);
        $begun = [];
        foreach ($seen['alerts'] as $alert) {
            $begun[] = ['subject' => self::subject((string) $alert->timer, $alert->details['long']['window_us'], $alert->details['short']['window_us']), 'timer' => $alert->timer, 'details' => self::details($alert), 'at' => $alert->atUs()];
        }
        $burning = array_map(self::subjectOf(...), array_values(array_filter($seen['watch']['burns'], static fn (array $burn): bool => $burn['burning'])));
        $this->alerts->watched(SlaAlert::DEGRADATION, $begun, $burning, $seen['watch'], $nowUs);
    }

    /**
     * Returns the alerts that are not over, and those of the last 24 hours, the newest first.
     *
     * @return list<SlaAlert>
     */
    public function latest(?int $nowUs = null): array
    {
        $sinceUs = ($nowUs ?? $this->clock->nowUs()) - self::DAY_US;

        return SlaAlert::query()->whereNull('ended_at')->orWhere('ended_at', '>', $sinceUs)->orderByDesc('id')->limit(self::LIST)->get()->all();
    }

    /**
     * Returns how fast the error budget of each objective burns, by what the last run saw.
     *
     * @return list<BurnRate>
     */
    public function rates(?int $nowUs = null): array
    {
        $counts = [];
        $longest = [];
        foreach ($this->alerts->remembered(SlaAlert::DEGRADATION)['watch']['burns'] ?? [] as $burn) {
            if ($burn['long_window_us'] > ($longest[$burn['timer']] ?? 0)) {
                $longest[$burn['timer']] = $burn['long_window_us'];
                $counts[$burn['timer']] = array_map(static fn (array $cycle): array => [Time::toUs(Time::fromText($cycle['at'])), 1, $cycle['breached'] ? 1 : 0], $burn['cycles']);
            }
        }

        return $this->gateway->burns($counts, $nowUs ?? $this->clock->nowUs());
    }

    /**
     * Returns the entries of events since an instant, in the order of their instants, and of breaches that were detected since.
     *
     * @return iterable<list<string>>
     */
    private function events(int $windowUs, int $sinceUs): iterable
    {
        $late = $this->tables->table('support_events')->whereRaw(self::BREACHED_WHERE)->where('at', '>', $windowUs)->where('at', '<=', $sinceUs)->where('detected_at', '>', $sinceUs)
            ->orderBy('at')->orderBy('ticket_id')->orderBy('seq')->pluck('entry')->all();
        if ($late !== []) {
            yield $late;
        }
        $last = [$sinceUs, 0, 0];
        do {
            $rows = $this->tables->table('support_events')
                ->where(static fn (Builder $query) => $query->where('at', '>', $last[0])->orWhere(static fn (Builder $same) => $same->where('at', $last[0])
                    ->where(static fn (Builder $next) => $next->where('ticket_id', '>', $last[1])->orWhere(static fn (Builder $seq) => $seq->where('ticket_id', $last[1])->where('seq', '>', $last[2])))))
                ->where('at', '>=', $sinceUs)
                ->orderBy('at')->orderBy('ticket_id')->orderBy('seq')->limit(self::CHUNK)->get(['at', 'ticket_id', 'seq', 'entry']);
            if ($rows->isNotEmpty()) {
                $row = $rows->last();
                $last = [(int) $row->at, (int) $row->ticket_id, (int) $row->seq];
                yield $rows->pluck('entry')->all();
            }
        } while ($rows->count() === self::CHUNK);
    }

    /** @param array<array-key, mixed> $burn */
    private static function subjectOf(array $burn): string
    {
        return self::subject($burn['timer'], $burn['long_window_us'], $burn['short_window_us']);
    }

    private static function subject(string $timer, int $longWindowUs, int $shortWindowUs): string
    {
        return "{$timer}/{$longWindowUs}/{$shortWindowUs}";
    }

    /** @return array<string, int|string> */
    private static function details(Alert $alert): array
    {
        $details = [];
        foreach (['long', 'short'] as $window) {
            foreach ($alert->details[$window] as $key => $value) {
                $details["{$window}_{$key}"] = $value;
            }
        }

        return $details;
    }
}
