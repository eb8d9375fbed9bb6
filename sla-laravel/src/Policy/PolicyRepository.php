<?php

declare(strict_types=1);

namespace Sla\Laravel\Policy;

use Sla\Laravel\Support\Tables;

/**
 * The published revisions, oldest first.
 *
 * One instance a request or job: it is bound with `scoped`, so a worker sees a revision that was published meanwhile.
 */
final class PolicyRepository
{
    /** @var ?list<string> */
    private ?array $texts = null;

    /** @var array<string, array<string, mixed>> the documents, by digest */
    private array $documents = [];

    /** @var ?array<string, string> */
    private ?array $byDigest = null;

    private int $reading = 0;

    public function __construct(private readonly Tables $tables)
    {
    }

    /**
     * Returns the texts of all revisions.
     *
     * @return list<string>
     *
     * @throws NoPolicy when nothing is published
     */
    public function texts(): array
    {
        $this->load();

        return $this->texts === [] ? throw new NoPolicy() : $this->texts;
    }

    public function isEmpty(): bool
    {
        $this->load();

        return $this->texts === [];
    }

    /** Returns the label by which reports group a package's tickets, under one revision. */
    public function priority(string $policyDigest, string $package): ?string
    {
        $packages = array_column($this->documentOf($policyDigest)['packages'] ?? [], null, 'id');
        // A chain of `extends` has at most eight packages.
        for ($step = 0, $id = $package; $step < 8 && isset($packages[$id]); $step++) {
            if (isset($packages[$id]['priority'])) {
                return $packages[$id]['priority'];
            }
            $id = $packages[$id]['extends'] ?? '';
        }

        return null;
    }

    /** Returns the time zone of a calendar of one revision. */
    public function timeZone(string $policyDigest, string $calendar): ?string
    {
        return $this->documentOf($policyDigest)['calendars'][$calendar]['time_zone'] ?? null;
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
        $this->texts = null;
        $this->byDigest = null;
    }

    /** @return array<string, mixed> */
    private function documentOf(string $policyDigest): array
    {
        if (!isset($this->documents[$policyDigest])) {
            $this->load();
            $text = $this->byDigest[$policyDigest] ?? '{}';
            $this->documents[$policyDigest] = json_decode($text, true, 512, JSON_THROW_ON_ERROR);
        }

        return $this->documents[$policyDigest];
    }

    private function load(): void
    {
        if ($this->texts !== null) {
            return;
        }
        $rows = $this->tables->table('sla_policy_revisions')->orderBy('version')->get(['policy_digest', 'document']);
        $this->texts = $rows->pluck('document')->all();
        $this->byDigest = $rows->pluck('document', 'policy_digest')->all();
    }
}
