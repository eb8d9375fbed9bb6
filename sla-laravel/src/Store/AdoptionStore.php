<?php

declare(strict_types=1);

namespace Sla\Laravel\Store;

use Illuminate\Database\Query\Builder;
use Illuminate\Database\QueryException;
use Sla\Actor;
use Sla\Apply;
use Sla\Command;
use Sla\Exceptions\SlaThrowable;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Policy\PolicyRepository;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Settings;
use Sla\Laravel\Support\Tables;
use Sla\Refusal;

/**
 * Lets open tickets adopt the newest revision, in bulk. Each ticket's adoption is a command through the store.
 *
 * The tickets of a chunk are recorded before the first of them adopts. A process that ends in the middle leaves that record,
 * and another one looks at the same tickets again: the command has an id, so a ticket that two processes reach, or that is
 * reached again, adopts once, and each ticket counts once.
 */
final class AdoptionStore
{
    private const FINAL = ['closed', 'withdrawn', 'voided'];
    /** Without progress for so long, a process has ended in the middle. */
    private const STALLED_US = 120_000_000;
    private const LOST_US = 3_600_000_000;

    public function __construct(
        private readonly Tables $tables,
        private readonly TicketStore $tickets,
        private readonly PolicyRepository $revisions,
        private readonly Gateway $gateway,
        private readonly Clock $clock,
        private readonly Settings $settings,
    ) {
    }

    /** Counts the open tickets under another revision than the newest. */
    public function pending(): int
    {
        return $this->query($this->revisions->newest(), 0, PHP_INT_MAX)->count();
    }

    /**
     * Begins an adoption; `null` where another one runs.
     *
     * @return int|Refusal|null its number, or why no ticket would accept it
     */
    public function start(Actor $actor, Apply $apply, string $reason): int|Refusal|null
    {
        $digest = $this->revisions->newest();
        $refusal = $this->refusalOf(Command::adoptRevision($digest, $apply, $reason), $actor);
        if ($refusal !== null) {
            return $refusal;
        }
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
     * @return bool whether there may be more
     */
    public function step(int $adoptionId): bool
    {
        $adoption = $this->running($adoptionId);
        if ($adoption !== null && $adoption->chunk === null) {
            $this->nextChunk($adoption);
            $adoption = $this->running($adoptionId);
        }
        if ($adoption === null) {
            return false;
        }
        // Where it has no tickets, another process recorded the next ones, and that they are done.
        if ($adoption->chunk !== null) {
            $this->adopt($adoption, array_map(intval(...), explode(',', $adoption->chunk)));
        }

        return true;
    }

    /** Stops an adoption that runs; what is adopted stays so. */
    public function stop(int $adoptionId): bool
    {
        return $this->become($adoptionId, 'running', 'stopped', null);
    }

    /** Lets an adoption that was stopped go on, unless another one runs. */
    public function resume(int $adoptionId): bool
    {
        try {
            return $this->become($adoptionId, 'stopped', 'running', 1);
        } catch (QueryException $fault) {
            if ($this->tables->table('sla_adoptions')->where('active', 1)->exists()) {
                return false;
            }
            throw $fault;
        }
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

    /**
     * Returns the adoptions whose process has ended in the middle and for which no job was queued since; while a queue is
     * down, each again after an hour, for a job may be lost.
     *
     * @return list<int>
     */
    public function toResume(): array
    {
        $nowUs = $this->clock->nowUs();

        return array_values(array_filter($this->stalled(), fn (int $id): bool => $this->tables->table('sla_adoptions')->where('id', $id)->where('status', 'running')
            ->where(static fn (Builder $query) => $query->whereNull('queued_at')->orWhereColumn('queued_at', '<=', 'updated_at')->orWhere('queued_at', '<=', $nowUs - self::LOST_US))
            ->update(['queued_at' => $nowUs]) === 1));
    }

    private function become(int $adoptionId, string $from, string $to, ?int $active): bool
    {
        return $this->tables->table('sla_adoptions')->where('id', $adoptionId)->where('status', $from)->update(['status' => $to, 'active' => $active, 'updated_at' => $this->clock->nowUs()]) === 1;
    }

    /** Returns why no ticket would accept a command, for example for its reason; the refusal stands in the access log. */
    private function refusalOf(Command $command, Actor $actor): ?Refusal
    {
        $nowUs = $this->clock->nowUs();
        $any = $this->gateway->foreign($nowUs);
        $refusal = $any === null ? null : $this->gateway->decide($any, $command, $actor, $nowUs)->refusal;
        // That ticket is under this revision, or has a package that the revision does not have; another one may not.
        if ($refusal === null || in_array($refusal->code, ['nothing_to_change', 'unknown_package', 'history_needed'], true)) {
            return null;
        }
        $this->tickets->deny($actor, $refusal, null, $nowUs);

        return $refusal;
    }

    private function running(int $adoptionId): ?\stdClass
    {
        return $this->tables->table('sla_adoptions')->where('id', $adoptionId)->where('status', 'running')->first();
    }

    /** Returns an adoption, unless it was stopped or got further since it was read. */
    private function unchanged(\stdClass $adoption): Builder
    {
        $row = $this->tables->table('sla_adoptions')->where('id', $adoption->id)->where('status', 'running')->where('after_ticket', $adoption->after_ticket);

        return $adoption->chunk === null ? $row->whereNull('chunk') : $row->whereNotNull('chunk');
    }

    /** Records the tickets that come next; where there are none, that the adoption is finished. */
    private function nextChunk(\stdClass $adoption): void
    {
        $ids = $this->query($adoption->policy_digest, (int) $adoption->after_ticket, (int) $adoption->last_ticket)->orderBy('id')->limit($this->settings->adoptionChunk())->pluck('id')->all();
        $nowUs = $this->clock->nowUs();
        $this->unchanged($adoption)->update($ids === []
            ? ['status' => 'finished', 'active' => null, 'finished_at' => $nowUs, 'updated_at' => $nowUs]
            : ['chunk' => implode(',', $ids), 'updated_at' => $nowUs]);
    }

    /**
     * Lets the tickets of a chunk adopt the revision, and records that they are done.
     *
     * @param list<int> $ids
     */
    private function adopt(\stdClass $adoption, array $ids): void
    {
        $actor = Actor::admin($adoption->started_by);
        // A request cannot give a command this id: one of a request has no blank.
        $command = Command::adoptRevision($adoption->policy_digest, Apply::from($adoption->apply), $adoption->reason)->withId("adoption {$adoption->id}");
        $newer = $this->newer($adoption->policy_digest, $ids);
        $refusals = [];
        foreach ($ids as $id) {
            $refused = in_array($id, $newer, true) ? ['newer_revision', 'the ticket is under a newer revision'] : $this->refusedOf($id, $command, $actor);
            if ($refused !== null) {
                $refusals[$id] = ['adoption_id' => $adoption->id, 'ticket_id' => $id, 'code' => $refused[0], 'message' => mb_strcut($refused[1], 0, 2000)];
            }
        }
        // Another process may have got further with the same ticket.
        $adopted = $refusals === [] ? [] : $this->tables->table('support_tickets')->whereIn('id', array_keys($refusals))->where('policy_digest', $adoption->policy_digest)->pluck('id')->all();
        foreach ($adopted as $id) {
            unset($refusals[(int) $id]);
        }
        $this->tables->connection()->transaction(function () use ($adoption, $ids, $refusals): void {
            $progress = ['chunk' => null, 'after_ticket' => max($ids), 'looked' => (int) $adoption->looked + count($ids), 'updated_at' => $this->clock->nowUs()];
            // Where another process did the same step, its record counts.
            if ($this->unchanged($adoption)->update($progress) === 1) {
                $this->tables->table('sla_adoption_refusals')->insert(array_values($refusals));
            }
        });
    }

    /** @return array{string, string}|null why a ticket keeps its revision: a code and a sentence */
    private function refusedOf(int $ticketId, Command $command, Actor $actor): ?array
    {
        try {
            $refusal = $this->tickets->decide($ticketId, $command, $actor, $this->clock->nowUs())->refusal;

            return $refusal === null ? null : [$refusal->code, "{$refusal->message}; {$refusal->accepted}"];
        } catch (SlaThrowable $fault) {
            return [$fault->errorCode, $fault->getMessage()];
        } catch (Conflict|UnknownTicket $fault) {
            return [$fault instanceof Conflict ? 'conflict' : 'unknown_ticket', $fault->getMessage()];
        }
    }

    /**
     * Returns the tickets that adopted a later revision than this one, by a command of their own.
     *
     * @param list<int> $ids
     *
     * @return list<int>
     */
    private function newer(string $digest, array $ids): array
    {
        return $this->tables->table('support_tickets')->whereIn('id', $ids)->whereNotIn('policy_digest', [...$this->older($digest), $digest])->pluck('id')->map(intval(...))->all();
    }

    /** Open tickets under an older revision than this one. */
    private function query(string $digest, int $after, int $last): Builder
    {
        return $this->tables->table('support_tickets')->where('id', '>', $after)->where('id', '<=', $last)->whereNotIn('status', self::FINAL)->whereIn('policy_digest', $this->older($digest));
    }

    /** @return list<string> the digests of the revisions before this one */
    private function older(string $digest): array
    {
        $digests = $this->revisions->digests();

        return array_slice($digests, 0, (int) array_search($digest, $digests, true));
    }
}
