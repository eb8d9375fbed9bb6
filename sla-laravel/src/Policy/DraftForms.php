<?php

declare(strict_types=1);

namespace Sla\Laravel\Policy;

use Sla\Laravel\Policy\Forms\Field;
use Sla\Laravel\Support\Settings;

/** The forms over the draft: which fields a part of the policy has, and how a part is read and written. */
final class DraftForms
{
    public const PARTS = ['channels', 'calendars', 'packages', 'timers', 'steps', 'severities', 'categories', 'pauses', 'inactivity', 'roles', 'objectives'];
    /** Those whose entries are forms of their own. */
    public const WITH_ENTRIES = ['calendars', 'packages', 'steps'];

    private const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
    private const TIMERS = ['first_response', 'next_response', 'update', 'resolution', 'assignment'];
    private const TRIGGERS = [
        'opened', 'assigned', 'reassigned', 'team_assigned', 'unassigned', 'customer_message', 'reply_owed', 'public_reply', 'noted', 'resolved', 'reopened',
    ];
    private const CANCELS = ['assigned', 'reassigned', 'team_assigned', 'unassigned'];
    public const ID_BYTES = 128;
    private const NAME_CHARACTERS = 255;

    public function __construct(private readonly PolicyDraft $draft, private readonly Settings $settings)
    {
    }

    /** Returns the fields of a part, or of an entry of it; `$document` is the draft, whose names its choices show. */
    public function field(string $part, \stdClass $document): Field
    {
        $calendars = self::keys($document->calendars ?? null);
        $channels = self::names($document->channels ?? null);
        $severities = self::texts($document->severities ?? null);
        $categories = self::texts($document->categories ?? null);
        $timers = self::timers($document);

        return match ($part) {
            'channels' => Field::rows('channels', [Field::of(Field::TEXT, 'id', true), Field::of(Field::TEXT, 'name', true)]),
            'calendars' => self::calendar($calendars),
            'packages' => self::package($document, $calendars, $channels, $timers, $severities, $categories),
            'timers' => Field::rows('timers', [
                Field::of(Field::TEXT, 'id', true),
                Field::choices('starts_on', self::TRIGGERS),
                Field::choices('stops_on', self::TRIGGERS),
                Field::choices('cancels_on', self::CANCELS, true),
                Field::choices('pauses_on', ['pending', 'on_hold'], true),
                Field::choice('cycles', ['once', 'repeated']),
                Field::choice('on_reopen', ['resume', 'new_cycle', 'ignore']),
                Field::choice('due_boundary', ['close', 'next_open']),
            ]),
            'steps' => Field::rows('steps', [
                Field::of(Field::TEXT, 'id', true),
                Field::choice('action', ['warn', 'escalate'], true),
                Field::of(Field::TEXT, 'at'),
                Field::of(Field::TEXT, 'before'),
                Field::of(Field::TEXT, 'after'),
                Field::of(Field::NUMBER, 'level'),
                Field::of(Field::LINES, 'notify'),
                Field::of(Field::TEXT, 'assign_to'),
                Field::quiet('quiet_hours', $calendars),
                Field::choice('until', ['acknowledged']),
                Field::group('repeat', [Field::of(Field::TEXT, 'every'), Field::of(Field::NUMBER, 'times')]),
                Field::group('when', [
                    Field::choice('package', self::names($document->packages ?? null)),
                    Field::choice('channel', $channels),
                    Field::choice('severity', $severities),
                    Field::choice('category', $categories),
                ]),
            ]),
            'severities' => Field::of(Field::LINES, 'severities'),
            'categories' => Field::of(Field::LINES, 'categories'),
            'pauses' => Field::group('pauses', [Field::of(Field::LINES, 'reasons'), Field::of(Field::TEXT, 'max_pause'), Field::of(Field::TEXT, 'max_paused_total')]),
            'inactivity' => Field::rows('inactivity', [
                Field::of(Field::TEXT, 'id', true),
                Field::choice('status', ['pending', 'on_hold', 'resolved'], true),
                Field::of(Field::TEXT, 'after', true),
                Field::choice('action', ['remind', 'resolve', 'close'], true),
                Field::choice('calendar', $calendars),
                Field::of(Field::LINES, 'notify'),
                Field::quiet('quiet_hours', $calendars),
                Field::of(Field::TEXT, 'reason'),
            ]),
            'roles' => Field::group('roles', [
                Field::of(Field::FLAG, 'self_assign'),
                Field::of(Field::FLAG, 'agents_may_classify'),
                Field::of(Field::FLAG, 'agents_may_unassign'),
                Field::of(Field::FLAG, 'organizations_share'),
                Field::choice('agents_act_on', ['assigned', 'team', 'all']),
            ]),
            'objectives' => Field::group('objectives', [
                Field::of(Field::NUMBER, 'critical_level'),
                Field::of(Field::TEXT, 'monitor_lag'),
                Field::rows('burn', [
                    Field::choice('timer', $timers, true),
                    Field::of(Field::TEXT, 'objective', true),
                    Field::of(Field::TEXT, 'long_window', true),
                    Field::of(Field::TEXT, 'short_window', true),
                    Field::of(Field::TEXT, 'threshold', true),
                    Field::of(Field::NUMBER, 'min_decided', true),
                ]),
                Field::map('score_weights', $timers + ['csat' => 'csat'], Field::of(Field::NUMBER, '')),
            ]),
            default => throw new \InvalidArgumentException("unknown part of the policy `{$part}`"),
        };
    }

    /**
     * Returns the entries of a part that has forms of its own for them.
     *
     * @return array<string, string> names by id
     */
    public function entries(string $part, \stdClass $document): array
    {
        return match ($part) {
            'calendars' => self::keys($document->calendars ?? null),
            'packages' => self::names($document->packages ?? null),
            'steps' => self::timers($document) + self::keys($document->steps ?? null),
            default => [],
        };
    }

    /** Returns a part of the draft, or an entry of it; `null` where the draft has none. */
    public function value(string $part, ?string $id, \stdClass $document): mixed
    {
        $value = $document->{$part} ?? null;
        if ($part === 'packages') {
            return array_values(array_filter($value, static fn (\stdClass $one): bool => $one->id === $id))[0] ?? null;
        }
        if (in_array($part, self::WITH_ENTRIES, true)) {
            return $value instanceof \stdClass ? $value->{(string) $id} ?? null : null;
        }

        return $value;
    }

    /**
     * Writes a part of the draft, or an entry of it; `null` removes it.
     *
     * @return array<string, list<string>> why it cannot be stored, by place; everything else is the engine's to judge
     */
    public function write(string $part, ?string $id, mixed $value, \stdClass $document, string $by): array
    {
        if ($part === 'channels') {
            return $this->writeChannels($value ?? []);
        }
        if ($part === 'packages') {
            return $this->writePackage((string) $id, $value);
        }
        if (in_array($part, self::WITH_ENTRIES, true)) {
            $stored = $document->{$part} ?? null;
            $entries = $stored instanceof \stdClass ? clone $stored : new \stdClass();
            if ($value === null) {
                unset($entries->{(string) $id});
            } else {
                $entries->{(string) $id} = $value;
            }
            $value = (array) $entries === [] ? null : $entries;
        }
        if ($value === null) {
            $this->draft->removeSetting($part);
        } else {
            $this->draft->setting($part, $value, $by);
        }

        return [];
    }

    /**
     * Returns what a form may suggest for the audiences of a step.
     *
     * @return list<string>
     */
    public function audiences(): array
    {
        return ['agent', ...$this->settings->audiences(), ...Settings::DELIVERIES];
    }

    /**
     * @param list<\stdClass> $channels
     *
     * @return array<string, list<string>>
     */
    private function writeChannels(array $channels): array
    {
        $faults = [];
        $ids = [];
        foreach ($channels as $index => $channel) {
            $id = (string) ($channel->id ?? '');
            if ($id === '' || strlen($id) > self::ID_BYTES || isset($ids[$id])) {
                $faults["/{$index}/id"][] = __('sla::policy.faults.' . ($id === '' ? 'blank' : (isset($ids[$id]) ? 'twice' : 'long')));
            }
            if (mb_strlen($channel->name ?? '') > self::NAME_CHARACTERS) {
                $faults["/{$index}/name"][] = __('sla::policy.faults.long');
            }
            $ids[$id] = $channel->name ?? '';
        }
        if ($faults === []) {
            $this->draft->channels(array_map('strval', $ids));
        }

        return $faults;
    }

    /** @return array<string, list<string>> */
    private function writePackage(string $id, ?\stdClass $package): array
    {
        if ($package === null) {
            $this->draft->removePackage($id);

            return [];
        }
        $faults = [];
        if ($id === '' || strlen($id) > self::ID_BYTES) {
            $faults['/id'][] = __('sla::policy.faults.' . ($id === '' ? 'blank' : 'long'));
        }
        if (!isset($package->name) || mb_strlen($package->name) > self::NAME_CHARACTERS) {
            $faults['/name'][] = __('sla::policy.faults.' . (isset($package->name) ? 'long' : 'blank'));
        }
        if (!is_int($package->rank ?? null) || $package->rank > 0xFFFF_FFFF) {
            $faults['/rank'][] = __('sla::policy.faults.number');
        }
        foreach (['extends', 'calendar', 'priority'] as $key) {
            if (strlen($package->{$key} ?? '') > self::ID_BYTES) {
                $faults["/{$key}"][] = __('sla::policy.faults.long');
            }
        }
        if ($faults !== []) {
            return $faults;
        }
        $targets = (array) ($package->targets ?? []);
        $usual = array_filter(array_intersect_key($targets, ['first_response' => 1, 'resolution' => 1]), static fn (mixed $one): bool => is_string($one) && strlen($one) <= 64);
        $this->draft->package($id, [
            'name' => $package->name,
            'rank' => $package->rank,
            'extends' => $package->extends ?? null,
            'channels' => $package->channels ?? (isset($package->extends) ? null : []),
            'calendar' => $package->calendar ?? null,
            'priority' => $package->priority ?? null,
            'first_response' => $usual['first_response'] ?? null,
            'resolution' => $usual['resolution'] ?? null,
            'other_targets' => array_diff_key($targets, $usual) ?: null,
            'variants' => $package->variants ?? null,
        ]);

        return [];
    }

    /** @param array<string, string> $calendars */
    private static function calendar(array $calendars): Field
    {
        $week = array_map(static fn (string $day): Field => Field::of(Field::WORDS, $day), self::DAYS);

        return Field::group('calendar', [
            Field::of(Field::TEXT, 'time_zone', true),
            Field::of(Field::FLAG, 'always_open'),
            Field::group('weekly', $week),
            Field::group('rotation', [Field::of(Field::TEXT, 'starts', true), Field::rows('weeks', $week, false, true)]),
            Field::choices('any_of', $calendars),
            Field::rows('holidays', [Field::of(Field::DATES, 'dates', true), Field::of(Field::TEXT, 'name', true)]),
            Field::of(Field::TEXT, 'holidays_known_until'),
            Field::rows('seasons', [
                Field::of(Field::TEXT, 'name', true), Field::of(Field::TEXT, 'from', true), Field::of(Field::TEXT, 'to', true), Field::group('weekly', $week),
            ]),
            Field::rows('special_days', [Field::of(Field::TEXT, 'date', true), Field::of(Field::TEXT, 'name', true), Field::of(Field::WORDS, 'windows', true)]),
        ]);
    }

    /**
     * @param array<string, string> $calendars
     * @param array<string, string> $channels
     * @param array<string, string> $timers
     * @param array<string, string> $severities
     * @param array<string, string> $categories
     */
    private static function package(\stdClass $document, array $calendars, array $channels, array $timers, array $severities, array $categories): Field
    {
        $targets = Field::map('targets', $timers, Field::target('', $calendars));

        return Field::group('package', [
            Field::of(Field::TEXT, 'name', true),
            Field::of(Field::NUMBER, 'rank', true),
            Field::choice('extends', self::names($document->packages ?? null)),
            Field::choices('channels', $channels, true),
            Field::choice('calendar', $calendars),
            Field::of(Field::TEXT, 'priority'),
            $targets,
            Field::rows('variants', [
                Field::group('when', [
                    Field::choice('channel', $channels),
                    Field::choice('severity', $severities),
                    Field::choice('category', $categories),
                    Field::choice('during', $calendars),
                    Field::choice('outside', $calendars),
                ]),
                Field::choice('calendar', $calendars),
                $targets,
            ], true),
        ]);
    }

    /** @return array<string, string> */
    private static function timers(\stdClass $document): array
    {
        $ids = [...self::TIMERS, ...array_keys(self::names($document->timers ?? null))];

        return array_combine($ids, $ids);
    }

    /** @return array<string, string> */
    private static function keys(mixed $entries): array
    {
        $keys = $entries instanceof \stdClass ? array_map('strval', array_keys((array) $entries)) : [];

        return array_combine($keys, $keys);
    }

    /** @return array<string, string> */
    private static function texts(mixed $list): array
    {
        $texts = array_values(array_filter(is_array($list) ? $list : [], 'is_string'));

        return array_combine($texts, $texts);
    }

    /** @return array<string, string> names by id */
    private static function names(mixed $list): array
    {
        $names = [];
        foreach (is_array($list) ? $list : [] as $one) {
            if (is_string($one->id ?? null)) {
                $names[$one->id] = is_string($one->name ?? null) ? $one->name : $one->id;
            }
        }

        return $names;
    }
}
