<?php

declare(strict_types=1);

namespace Sla\Laravel\Store;

use Sla\Actor;
use Sla\Apply;
use Sla\Command;
use Sla\Exceptions\SlaThrowable;
use Sla\Laravel\Policy\PolicyRepository;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Tables;

/**
 * Lets open tickets adopt the newest revision, in bulk. Each ticket's adoption is a command through the store.
 *
 * A process that ends in the middle leaves a row that says how far it is; another one resumes there. The command
 * has an id, so a ticket that two processes reach, or that is reached again, adopts once.
 */
final class AdoptionStore
{
    private const CHUNK = 50;
    private const FINAL = ['closed', 'withdrawn', 'voided'];
    /** Without progress for so long, a process has ended in the middle. */
    private const STALLED_US = 120_000_000;

    public function __construct(private readonly Tables $tables, private readonly TicketStore $tickets, private readonly PolicyRepository $revisions, private readonly Clock $clock)
    {
    }

    /** Counts the open tickets under another revision than the newest. */
    public function pending(): int
    {
        return $this->query($this->revisions->newest(), 0, PHP_INT_MAX)->count();
    }

    /** Begins an adoption; `null` where another one is not finished. */
    public function start(Actor $actor, Apply $apply, string $reason): ?int
    {
        $digest = $this->revisions->newest();
        $last = (int) $this->tables->table('support_tickets')->max('id');
        $nowUs = $this->clock->nowUs();
        $row = [
            'policy_digest' => $digest,
            'apply' => $apply->value,
            'reason' => $reason,
            'started_by' => $actor->id,
            'status' => 'running',
            'active' => 1,
            'after_ticket' => 0,
            'last_ticket' => $last,
            'tickets' => $this->query($digest, 0, $last)->count(),
            'looked' => 0,
            'started_at' => $nowUs,
            'updated_at' => $nowUs,
        ];
        if ($this->tables->table('sla_adoptions')->insertOrIgnore($row) !== 1) {
            return null;
        }

        return (int) $this->tables->table('sla_adoptions')->where('active', 1)->value('id');
    }

    /**
     * Lets some more tickets adopt the revision.
     *
     * @return bool whether there are more
     */
    public function step(int $adoptionId): bool
    {
        $adoption = $this->tables->table('sla_adoptions')->where('id', $adoptionId)->first();
        if ($adoption === null || $adoption->status !== 'running') {
            return false;
        }
        $ids = $this->query($adoption->policy_digest, (int) $adoption->after_ticket, (int) $adoption->last_ticket)->orderBy('id')->limit(self::CHUNK)
            ->pluck('id')->map(static fn ($id): int => (int) $id)->all();
        $actor = Actor::admin($adoption->started_by);
        $command = Command::adoptRevision($adoption->policy_digest, Apply::from($adoption->apply), $adoption->reason)->withId("adoption-{$adoptionId}");
        foreach ($ids as $id) {
            $refused = $this->refusedOf($id, $command, $actor);
            if ($refused !== null) {
                $row = ['code' => $refused[0], 'message' => mb_strcut($refused[1], 0, 2000)];
                $this->tables->table('sla_adoption_refusals')->insertOrIgnore(['adoption_id' => $adoptionId, 'ticket_id' => $id] + $row);
            }
        }
        $isLast = count($ids) < self::CHUNK;
        $progress = ['after_ticket' => $ids === [] ? (int) $adoption->after_ticket : end($ids), 'looked' => (int) $adoption->looked + count($ids), 'updated_at' => $this->clock->nowUs()];
        if ($isLast) {
            $progress += ['status' => 'finished', 'active' => null, 'finished_at' => $this->clock->nowUs()];
        }
        // Where another process did the same step, its progress counts.
        $this->tables->table('sla_adoptions')->where('id', $adoptionId)->where('status', 'running')->where('after_ticket', $adoption->after_ticket)->update($progress);

        return !$isLast;
    }

    /** Stops an adoption that runs; what is adopted stays so. */
    public function stop(int $adoptionId): bool
    {
        return $this->become($adoptionId, 'running', 'stopped');
    }

    /** Lets an adoption that was stopped go on. */
    public function resume(int $adoptionId): bool
    {
        return $this->become($adoptionId, 'stopped', 'running');
    }

    /**
     * Returns the adoptions whose process has ended in the middle.
     *
     * @return list<int>
     */
    public function stalled(): array
    {
        return $this->tables->table('sla_adoptions')->where('status', 'running')->where('updated_at', '<', $this->clock->nowUs() - self::STALLED_US)
            ->orderBy('id')->pluck('id')->map(static fn ($id): int => (int) $id)->all();
    }

    private function become(int $adoptionId, string $from, string $to): bool
    {
        return $this->tables->table('sla_adoptions')->where('id', $adoptionId)->where('status', $from)->update(['status' => $to, 'updated_at' => $this->clock->nowUs()]) === 1;
    }

    /** @return array{string, string}|null why a ticket keeps its revision: a code and a sentence */
    private function refusedOf(int $ticketId, Command $command, Actor $actor): ?array
    {
        try {
            $refusal = $this->tickets->decide($ticketId, $command, $actor, $this->clock->nowUs())->refusal;

            return $refusal === null ? null : [$refusal->code, "{$refusal->message}; {$refusal->accepted}"];
        } catch (SlaThrowable $fault) {
            return [$fault->errorCode, $fault->getMessage()];
        } catch (Conflict $fault) {
            return ['conflict', $fault->getMessage()];
        }
    }

    private function query(string $digest, int $after, int $last): \Illuminate\Database\Query\Builder
    {
        return $this->tables->table('support_tickets')->where('id', '>', $after)->where('id', '<=', $last)->whereNotIn('status', self::FINAL)->where('policy_digest', '<>', $digest);
    }
}
