<?php

declare(strict_types=1);

namespace Sla\Laravel\Policy;

use Sla\Exceptions\InvalidPolicy;
use Sla\Laravel\Support\Tables;
use Sla\Policy;
use Sla\PolicyValues;

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

    /** @var array<string, PolicyValues> by digest */
    private array $values = [];

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

    /** Returns one revision as values. */
    public function values(string $policyDigest): PolicyValues
    {
        return $this->values[$policyDigest] ??= Policy::fromJson($this->texts([$policyDigest])[0])->values();
    }

    /** Returns whether a text is the document of a revision, by its digest. */
    public static function isText(string $document, string $policyDigest): bool
    {
        try {
            return Policy::fromJson($document)->digest() === $policyDigest;
        } catch (InvalidPolicy) {
            return false;
        }
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
}
