<?php

declare(strict_types=1);

namespace Sla\Laravel\Policy;

use Sla\Exceptions\SlaThrowable;
use Sla\History;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Models\SupportTicket;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Settings;
use Sla\Laravel\Support\Tables;
use Sla\Outcomes;
use Sla\Policy;
use Sla\Time;
use Sla\WhatIf;

/** What the draft would have made of the tickets of the last days. Nothing is changed. */
final class PolicyWhatIf
{
    public const DAYS = 30;

    private const DAY_US = 86_400_000_000;
    private const CHUNK = 100;
    /** Of each list; the counts are of all. */
    private const LIST = 100;

    public function __construct(private readonly Tables $tables, private readonly Gateway $gateway, private readonly Clock $clock, private readonly Settings $settings)
    {
    }

    /**
     * Plays the histories of tickets that had an event in the last days, the newest tickets first, under the draft.
     *
     * @param ?int                       $most     at most so many tickets; `null` for the limit of the settings
     * @param (callable(int): void)|null $progress called with the number of tickets of each chunk
     *
     * @return array{
     *     days: int, since: string, active: int, tickets: int, is_cut: bool, flipped_tickets: int,
     *     promises: list<array{package: string, timer: string, before: array<string, ?int>, after: array<string, ?int>, flips: int}>,
     *     left_out: list<array<string, string|int>>, flips: list<array<string, mixed>>, failed: list<array{ticket: int, message: string}>
     * }
     */
    public function of(Policy $draft, int $days = self::DAYS, ?int $most = null, ?callable $progress = null): array
    {
        $most ??= $this->settings->whatIfTickets();
        $nowUs = $this->clock->nowUs();
        $sinceUs = $nowUs - $days * self::DAY_US;
        $engine = $this->gateway->engine();
        $whatIf = new WhatIf($engine, $engine->withRevision($draft));
        $flips = [];
        $failed = [];
        $looked = 0;
        $before = PHP_INT_MAX;
        while ($looked < $most) {
            $rows = $this->tables->table('support_tickets')->where('id', '<', $before)->where('last_at', '>=', $sinceUs)
                ->orderByDesc('id')->limit(min(self::CHUNK, $most - $looked))->get(['id', 'last_at']);
            if ($rows->isEmpty()) {
                break;
            }
            $before = (int) $rows->last()->id;
            $entries = $this->tables->table('support_events')->whereIn('ticket_id', $rows->pluck('id')->all())
                ->orderBy('ticket_id')->orderBy('seq')->get(['ticket_id', 'entry'])->groupBy('ticket_id');
            foreach ($rows as $row) {
                try {
                    $compared = $whatIf->add(History::ofEntries($entries->get($row->id)?->pluck('entry')->all() ?? []), Time::fromUs(max($nowUs, (int) $row->last_at)));
                } catch (SlaThrowable $fault) {
                    $failed[] = ['ticket' => (int) $row->id, 'message' => $fault->getMessage()];
                    continue;
                }
                foreach (count($flips) < self::LIST ? $compared->flips : [] as $one) {
                    $flips[] = [
                        'ticket' => (int) $row->id, 'package' => $one->package, 'timer' => $one->timer, 'cycle' => $one->cycle, 'before' => $one->before?->class->value,
                        'after' => $one->after?->class->value, 'causes' => $one->causes, 'text' => $one->text,
                    ];
                }
            }
            $looked += $rows->count();
            if ($progress !== null) {
                $progress($rows->count());
            }
        }
        // Counting reads every ticket, so it is done only where the limit may have left some out.
        $active = $looked < $most ? $looked : $this->active($days);
        $comparison = $whatIf->comparison();
        $promises = [];
        foreach ($comparison->promises as $one) {
            $promises[] = ['package' => $one->package, 'timer' => $one->timer, 'before' => self::outcomes($one->before), 'after' => self::outcomes($one->after), 'flips' => $one->flips];
        }

        return [
            'days' => $days,
            'since' => Time::toText(Time::fromUs($sinceUs)),
            'active' => $active,
            'tickets' => $looked,
            'is_cut' => $active > $looked,
            'flipped_tickets' => $comparison->flippedTickets,
            'promises' => $promises,
            'left_out' => $comparison->leftOut,
            'flips' => array_slice($flips, 0, self::LIST),
            'failed' => array_slice($failed, 0, self::LIST),
        ];
    }

    /** Returns how many tickets had an event in the last days. */
    public function active(int $days): int
    {
        return SupportTicket::query()->where('last_at', '>=', $this->clock->nowUs() - $days * self::DAY_US)->count();
    }

    /** @return array<string, ?int> */
    private static function outcomes(Outcomes $of): array
    {
        return [
            'met' => $of->met, 'breached' => $of->breached, 'cancelled' => $of->cancelled, 'running' => $of->running, 'paused' => $of->paused,
            'compliance_millionths' => $of->complianceMillionths,
        ];
    }
}
