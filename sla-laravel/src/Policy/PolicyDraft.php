<?php

declare(strict_types=1);

namespace Sla\Laravel\Policy;

use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Tables;

/** The policy that is being edited: packages and channels as rows, everything else as documents by key. */
final class PolicyDraft
{
    /** What `setting` takes: the other top-level fields of the policy document. */
    public const SETTINGS = ['calendars', 'severities', 'categories', 'timers', 'steps', 'pauses', 'inactivity', 'roles', 'objectives'];

    /** A row that is no part of the policy: who edits the draft updates it first. */
    private const LOCK = 'lock';

    public function __construct(private readonly Tables $tables, private readonly Clock $clock, private readonly string $policy)
    {
    }

    /**
     * Returns the document that these rows make. It is not checked.
     *
     * Packages stand in the order of rank and id, channels in that of their position: row i is `/packages/i`.
     */
    public function document(int $version): string
    {
        $document = ['schema' => 'sla-policy/2', 'id' => $this->policy, 'version' => $version, 'calendars' => new \stdClass()];
        $settings = [];
        foreach ($this->tables->table('sla_settings')->whereIn('key', self::SETTINGS)->get() as $row) {
            $settings[$row->key] = json_decode($row->document, false, 512, JSON_THROW_ON_ERROR);
        }
        $document['calendars'] = $settings['calendars'] ?? new \stdClass();
        $document['channels'] = $this->channelRows();
        foreach (['severities', 'categories'] as $key) {
            if (isset($settings[$key])) {
                $document[$key] = $settings[$key];
            }
        }
        $document['packages'] = $this->packageRows();
        foreach (['timers', 'steps', 'pauses', 'inactivity', 'roles', 'objectives'] as $key) {
            if (isset($settings[$key])) {
                $document[$key] = $settings[$key];
            }
        }

        return json_encode($document, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR);
    }

    /**
     * Writes a package.
     *
     * @param array{
     *     name: string, rank: int, extends?: ?string, channels?: ?list<string>, calendar?: ?string, priority?: ?string, first_response?: ?string,
     *     resolution?: ?string, other_targets?: ?array<string, mixed>, variants?: ?list<mixed>
     * } $values
     * @param bool $isKept whether a package of this id stays as it is
     */
    public function package(string $id, array $values, bool $isKept = false): void
    {
        $row = [
            'name' => $values['name'],
            'rank' => $values['rank'],
            'extends' => $values['extends'] ?? null,
            'calendar' => $values['calendar'] ?? null,
            'priority' => $values['priority'] ?? null,
            'first_response' => $values['first_response'] ?? null,
            'resolution' => $values['resolution'] ?? null,
            'other_targets' => isset($values['other_targets']) ? self::json($values['other_targets']) : null,
            'channels' => isset($values['channels']) ? self::json($values['channels']) : null,
            'variants' => isset($values['variants']) ? self::json($values['variants']) : null,
            'updated_at' => $this->clock->nowUs(),
        ];
        $this->write('sla_definitions', ['package' => $id], $row, $isKept);
    }

    public function channel(string $id, string $name, int $position, bool $isKept = false): void
    {
        $this->write('support_channels', ['key' => $id], ['name' => $name, 'position' => $position], $isKept);
    }

    /**
     * Replaces all channels.
     *
     * @param array<string, string> $names by id, in their order
     */
    public function channels(array $names): void
    {
        $this->tables->connection()->transaction(function () use ($names): void {
            $this->tables->table('support_channels')->whereNotIn('key', array_map('strval', array_keys($names)))->delete();
            $position = 0;
            foreach ($names as $id => $name) {
                $this->channel((string) $id, $name, ++$position);
            }
        });
    }

    /**
     * Writes another part of the policy.
     *
     * @param string              $key      one of `SETTINGS`
     * @param array<mixed>|object $document as the policy document has it
     */
    public function setting(string $key, array|object $document, string $by, bool $isKept = false): void
    {
        if (!in_array($key, self::SETTINGS, true)) {
            throw new \InvalidArgumentException("unknown part of the policy `{$key}`; one of: " . implode(', ', self::SETTINGS));
        }
        $row = ['document' => self::json($document), 'updated_by' => $by, 'updated_at' => $this->clock->nowUs()];
        $this->write('sla_settings', ['key' => $key], $row, $isKept);
    }

    /**
     * Lets one process at a time read and write the draft.
     *
     * @template T
     *
     * @param callable(): T $edit
     *
     * @return T
     */
    public function alone(callable $edit): mixed
    {
        $row = ['key' => self::LOCK, 'document' => '{}', 'updated_by' => '', 'updated_at' => 0];

        return $this->tables->alone('sla_settings', ['key' => self::LOCK], ['updated_at' => $this->clock->nowUs()], [$row], $edit);
    }

    /** Leaves a part of the policy out. */
    public function removeSetting(string $key): void
    {
        $this->tables->table('sla_settings')->where('key', $key)->delete();
    }

    public function removePackage(string $id): void
    {
        $this->tables->table('sla_definitions')->where('package', $id)->delete();
    }

    public function removeChannel(string $id): void
    {
        $this->tables->table('support_channels')->where('key', $id)->delete();
    }

    /** @return list<array<string, mixed>> */
    private function channelRows(): array
    {
        return $this->tables->table('support_channels')->orderBy('position')->orderBy('key')->get()
            ->map(static fn (\stdClass $row): array => ['id' => $row->key, 'name' => $row->name])->all();
    }

    /** @return list<array<string, mixed>> */
    private function packageRows(): array
    {
        return $this->tables->table('sla_definitions')->orderBy('rank')->orderBy('package')->get()->map(static function (\stdClass $row): array {
            $targets = array_filter(['first_response' => $row->first_response, 'resolution' => $row->resolution], static fn (?string $target): bool => $target !== null);
            $others = $row->other_targets === null ? [] : (array) json_decode($row->other_targets, false, 512, JSON_THROW_ON_ERROR);

            return array_filter([
                'id' => $row->package,
                'name' => $row->name,
                'rank' => (int) $row->rank,
                'extends' => $row->extends,
                'channels' => $row->channels === null ? null : json_decode($row->channels, false, 512, JSON_THROW_ON_ERROR),
                'calendar' => $row->calendar,
                // A package without targets promises nothing; one that extends another takes its targets.
                'targets' => $targets + $others === [] && $row->extends !== null ? null : (object) ($targets + $others),
                'priority' => $row->priority,
                'variants' => $row->variants === null ? null : json_decode($row->variants, false, 512, JSON_THROW_ON_ERROR),
            ], static fn (mixed $value): bool => $value !== null);
        })->all();
    }

    /**
     * @param array<string, string> $key
     * @param array<string, mixed>  $row
     */
    private function write(string $table, array $key, array $row, bool $isKept): void
    {
        if ($isKept) {
            $this->tables->table($table)->insertOrIgnore($key + $row);
        } else {
            $this->tables->table($table)->updateOrInsert($key, $row);
        }
    }

    /** @param array<array-key, mixed>|object $document */
    private static function json(array|object $document): string
    {
        return json_encode($document, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR);
    }
}
