<?php

declare(strict_types=1);

namespace Sla\Laravel\Policy;

use Sla\Laravel\Support\Tables;

/**
 * The published revisions, oldest first.
 *
 * One instance a request or job: it is bound with `scoped`, so a worker sees a revision that was published meanwhile.
 * A request reads digests; documents are read where this process has not compiled them yet.
 */
final class PolicyRepository
{
    /** @var ?list<string> */
    private ?array $digests = null;

    /** @var array<string, array<string, mixed>> documents by digest */
    private array $documents = [];

    private int $reading = 0;

    public function __construct(private readonly Tables $tables)
    {
    }

    /**
     * Returns the digests of all revisions.
     *
     * @return list<string>
     *
     * @throws NoPolicy when nothing is published
     */
    public function digests(): array
    {
        return $this->isEmpty() ? throw new NoPolicy() : $this->digests;
    }

    /**
     * Returns the digest of the newest revision.
     *
     * @throws NoPolicy when nothing is published
     */
    public function newest(): string
    {
        return array_slice($this->digests(), -1)[0];
    }

    public function isEmpty(): bool
    {
        $this->digests ??= $this->tables->table('sla_policy_revisions')->orderBy('version')->pluck('policy_digest')->all();

        return $this->digests === [];
    }

    /**
     * Returns the texts of revisions, in the order of their digests.
     *
     * @param list<string> $digests
     *
     * @return list<string>
     */
    public function texts(array $digests): array
    {
        $found = $this->tables->table('sla_policy_revisions')->whereIn('policy_digest', $digests)->pluck('document', 'policy_digest');

        return array_map(static fn (string $digest): string => $found[$digest], $digests);
    }

    /** Returns the time zone of a calendar of one revision. */
    public function timeZone(string $policyDigest, string $calendar): ?string
    {
        return $this->document($policyDigest)['calendars'][$calendar]['time_zone'] ?? null;
    }

    /** Returns the level from which an escalation is critical, in one revision; `null` where it names none. */
    public function criticalLevel(string $policyDigest): ?int
    {
        return $this->document($policyDigest)['objectives']['critical_level'] ?? null;
    }

    /** Counts how often the revisions were read anew. */
    public function reading(): int
    {
        return $this->reading;
    }

    /** Forgets what was read, after a revision was published. */
    public function reload(): void
    {
        $this->reading++;
        $this->digests = null;
    }

    /** @return array<string, mixed> */
    private function document(string $policyDigest): array
    {
        return $this->documents[$policyDigest] ??= json_decode($this->texts([$policyDigest])[0], true, 512, JSON_THROW_ON_ERROR);
    }
}
