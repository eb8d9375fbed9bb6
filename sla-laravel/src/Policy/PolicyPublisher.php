<?php

declare(strict_types=1);

namespace Sla\Laravel\Policy;

use Illuminate\Database\QueryException;
use Illuminate\Support\Facades\Event;
use Sla\Actor;
use Sla\Laravel\Events\PolicyPublished;
use Sla\Laravel\Store\AccessLog;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Tables;
use Sla\Policy;
use Sla\Time;

/** Makes a revision of the draft. */
final class PolicyPublisher
{
    public function __construct(
        private readonly Tables $tables,
        private readonly PolicyDraft $draft,
        private readonly PolicyRepository $revisions,
        private readonly AccessLog $log,
        private readonly Clock $clock,
    ) {
    }

    /**
     * Checks the draft as the next revision.
     *
     * @throws \Sla\Exceptions\InvalidPolicy with every problem in `related`
     */
    public function check(): Policy
    {
        return Policy::fromJson($this->draft->document($this->lastVersion() + 1));
    }

    /** Returns whether publishing would change anything. */
    public function isChanged(): bool
    {
        $last = $this->last();

        // The digest covers the version, so the draft is compared under the last one's.
        return $last === null || Policy::fromJson($this->draft->document((int) $last->version))->digest() !== $last->policy_digest;
    }

    /**
     * Publishes the draft.
     *
     * @throws \Sla\Exceptions\InvalidPolicy with every problem in `related`
     */
    public function publish(Actor $actor, string $reason): Published
    {
        for ($attempt = 1;; $attempt++) {
            $before = $this->lastVersion();
            try {
                return $this->attempt($actor, $reason);
            } catch (QueryException $fault) {
                // Where this version was published meanwhile, the changes since it must be computed anew.
                if ($attempt === 3 || $this->lastVersion() === $before) {
                    throw $fault;
                }
                if (!$this->isChanged()) {
                    $this->revisions->reload();

                    return new Published($this->lastVersion(), null, [], null);
                }
            }
        }
    }

    private function attempt(Actor $actor, string $reason): Published
    {
        $last = $this->last();
        $version = (int) ($last->version ?? 0) + 1;
        $policy = Policy::fromJson($this->draft->document($version));
        $previous = $last === null ? null : Policy::fromJson($last->document);
        $nowUs = max($this->clock->nowUs(), (int) ($last->published_at ?? 0));
        $publication = $policy->publish($actor, $reason, Time::fromUs($nowUs), $previous, $last?->entry);
        if ($publication->refusal !== null) {
            $this->log->deny($actor, $publication->refusal, null, $nowUs);

            return new Published($version, null, [], $publication->refusal);
        }
        $this->tables->connection()->transaction(function () use ($policy, $version, $publication, $actor, $reason, $nowUs): void {
            $this->tables->table('sla_policy_revisions')->insert([
                'policy_digest' => $policy->digest(),
                'version' => $version,
                'document' => $policy->json(),
                'entry' => $publication->entry,
                'published_by' => $actor->id,
                'reason' => $reason,
                'published_at' => $nowUs,
            ]);
            $this->tables->connection()->afterCommit(function () use ($policy, $version, $actor, $reason): void {
                Event::dispatch(new PolicyPublished($policy->digest(), $version, $actor->id, $reason));
            });
        });
        $this->revisions->reload();

        return new Published($version, $policy->digest(), $previous === null ? [] : $policy->changesSince($previous), null);
    }

    private function last(): ?\stdClass
    {
        return $this->tables->table('sla_policy_revisions')->orderByDesc('version')->first();
    }

    private function lastVersion(): int
    {
        return (int) $this->tables->table('sla_policy_revisions')->max('version');
    }
}
