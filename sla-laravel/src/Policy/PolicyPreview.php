<?php

declare(strict_types=1);

namespace Sla\Laravel\Policy;

use Sla\Apply;
use Sla\DryRun;
use Sla\Engine;
use Sla\Exceptions\SlaThrowable;
use Sla\History;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Store\TicketStore;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Tables;
use Sla\Policy;
use Sla\Ticket;
use Sla\Time;

/** What publishing the draft would do to open tickets that adopt it. Nothing is changed. */
final class PolicyPreview
{
    private const CHUNK = 500;
    /** Of each list; the counts are of all. */
    private const LIST = 50;
    private const FINAL = ['closed', 'withdrawn', 'voided'];

    public function __construct(private readonly Tables $tables, private readonly Gateway $gateway, private readonly TicketStore $store, private readonly Clock $clock)
    {
    }

    /** @return array<string, mixed> */
    public function of(Policy $draft, Apply $apply): array
    {
        $engine = $this->gateway->engine()->withRevision($draft);
        $counts = ['tickets' => 0, 'moved' => 0, 'arrived' => 0, 'ended' => 0, 'breached' => 0, 'refused' => 0];
        $moved = [];
        $breached = [];
        $refused = [];
        $nowUs = $this->clock->nowUs();
        $after = 0;
        do {
            $rows = $this->tables->table('sla_ticket_states')
                ->join('support_tickets', 'support_tickets.id', '=', 'sla_ticket_states.ticket_id')
                ->whereNotIn('status', self::FINAL)
                ->where('ticket_id', '>', $after)
                ->orderBy('ticket_id')
                ->limit(self::CHUNK)
                ->get(['ticket_id', 'sla_ticket_states.reference', 'snapshot', 'sla_ticket_states.last_at']);
            if ($rows->isEmpty()) {
                break;
            }
            $after = (int) $rows->last()->ticket_id;
            $ids = $rows->pluck('ticket_id', 'reference')->map(static fn ($id): int => (int) $id)->all();
            $at = Time::fromUs(max($nowUs, (int) $rows->max('last_at')));
            foreach ($this->runs($engine, $rows->pluck('snapshot', 'reference')->all(), $ids, $apply, $at) as $reference => $run) {
                if ($run instanceof SlaThrowable) {
                    $counts['tickets']++;
                    $counts['refused']++;
                    $refused[] = ['ticket' => $ids[$reference], 'code' => $run->errorCode, 'message' => $run->getMessage()];
                    continue;
                }
                $counts['tickets'] += $run->tickets;
                foreach (['moved', 'arrived', 'ended', 'breached', 'refused'] as $what) {
                    $counts[$what] += count($run->{$what});
                }
                foreach ($run->moved as $one) {
                    $moved[] = ['ticket' => $ids[$one->ticket], 'timer' => $one->timer, 'before' => self::text($one->before), 'after' => self::text($one->after)];
                }
                foreach ($run->breached as $one) {
                    $breached[] = ['ticket' => $ids[$one->ticket], 'timer' => $one->timer, 'due_at' => self::text($one->dueAt)];
                }
                foreach ($run->refused as $one) {
                    $refused[] = ['ticket' => $ids[$one['ticket']], 'code' => $one['refusal']->code, 'message' => $one['refusal']->message];
                }
            }
            [$moved, $breached, $refused] = array_map(static fn (array $list): array => array_slice($list, 0, self::LIST), [$moved, $breached, $refused]);
        } while ($rows->count() === self::CHUNK);

        return ['apply' => $apply->value, 'counts' => $counts, 'moved' => $moved, 'breached' => $breached, 'refused' => $refused];
    }

    /**
     * Runs the draft over tickets in one call. Where one cannot be read, each ticket has a call of its own; where the draft
     * measures a timer that the ticket's revision does not, the call has its whole history.
     *
     * @param array<string, string> $snapshots by reference
     * @param array<string, int>    $ids       by reference
     *
     * @return \Generator<string, DryRun|SlaThrowable>
     */
    private function runs(Engine $engine, array $snapshots, array $ids, Apply $apply, \DateTimeInterface $at): \Generator
    {
        try {
            $run = $engine->dryRun(array_map(Ticket::fromJson(...), array_values($snapshots)), $apply, $at);
            if (array_filter($run->refused, static fn (array $one): bool => $one['refusal']->code === 'history_needed') === []) {
                yield (string) array_key_first($snapshots) => $run;

                return;
            }
        } catch (SlaThrowable) {
            // Which one it is, is found below.
        }
        foreach ($snapshots as $reference => $snapshot) {
            try {
                $run = $engine->dryRun([Ticket::fromJson($snapshot)], $apply, $at);
                $isShort = ($run->refused[0]['refusal'] ?? null)?->code === 'history_needed';
                yield (string) $reference => $isShort ? $engine->dryRun([History::ofEntries($this->store->entries($ids[$reference]))], $apply, $at) : $run;
            } catch (SlaThrowable $fault) {
                yield (string) $reference => $fault;
            }
        }
    }

    private static function text(?\DateTimeInterface $at): ?string
    {
        return $at === null ? null : Time::toText($at);
    }
}
