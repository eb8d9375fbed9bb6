<?php

declare(strict_types=1);

namespace Sla\Laravel\Policy;

use Sla\Exceptions\InvalidPolicy;
use Sla\Exceptions\Problem;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Support\Clock;
use Sla\Policy;
use Sla\PolicyChange;
use Sla\Time;
use Sla\Warning;

/** What is wrong with the draft, what is probably not meant, and what publishing it would change. */
final class DraftReview
{
    /** The parts of a draft by what the engine calls them. */
    private const PARTS = [
        'package' => 'packages', 'channel' => 'channels', 'calendar' => 'calendars', 'timer' => 'timers', 'steps' => 'steps', 'severity' => 'severities',
        'category' => 'categories', 'inactivity' => 'inactivity', 'pauses' => 'pauses', 'roles' => 'roles', 'objectives' => 'objectives',
    ];

    public function __construct(
        private readonly PolicyDraft $draft,
        private readonly PolicyPublisher $publisher,
        private readonly Gateway $gateway,
        private readonly Clock $clock,
    ) {
    }

    /**
     * Reviews the draft. Paths are places in `document`; `place` says which part of the draft that is, which entry of it,
     * and where in that.
     *
     * @return array{
     *     document: \stdClass, can_be_published: bool,
     *     problems: list<array{code: string, path: string, message: string, help: string, place: array{part: ?string, id: ?string, at: string}}>,
     *     warnings: list<array{code: string, path: string, message: string, help: string, place: array{part: ?string, id: ?string, at: string}}>,
     *     changes: list<array{path: string, before: ?string, after: ?string}>
     * }
     */
    public function of(): array
    {
        $engine = $this->gateway->engine();
        $text = $this->text();
        $problems = [];
        $warnings = [];
        $changes = [];
        try {
            $policy = $this->publisher->check();
            $warnings = array_map(static fn (Warning $one): array => self::remark($text, $one->code, $one->path, $one->message, $one->help), $policy->lint(Time::fromUs($this->clock->nowUs())));
            // Every revision has another version.
            $changes = self::changes(array_values(array_filter($policy->changesSince($engine->policy()), static fn (PolicyChange $one): bool => $one->path !== '/version')));
        } catch (InvalidPolicy $fault) {
            $problems = array_map(static fn (Problem $one): array => self::remark($text, $one->errorCode, $one->path, $one->message, $one->help), $fault->related);
        }

        return [
            'document' => json_decode($text, false, 512, JSON_THROW_ON_ERROR),
            'can_be_published' => $changes !== [],
            'problems' => $problems,
            'warnings' => $warnings,
            'changes' => $changes,
        ];
    }

    /** Returns the draft, unchecked. */
    public function document(): \stdClass
    {
        return json_decode($this->text(), false, 512, JSON_THROW_ON_ERROR);
    }

    /**
     * @param list<PolicyChange> $changes
     *
     * @return list<array{path: string, before: ?string, after: ?string}>
     */
    public static function changes(array $changes): array
    {
        return array_map(static fn (PolicyChange $one): array => ['path' => $one->path, 'before' => $one->before, 'after' => $one->after], $changes);
    }

    private function text(): string
    {
        return $this->draft->document($this->gateway->engine()->info()->version + 1);
    }

    /** @return array{code: string, path: string, message: string, help: string, place: array{part: ?string, id: ?string, at: string}} */
    private static function remark(string $text, string $code, string $path, string $message, string $help): array
    {
        $place = Policy::placeIn($text, $path);
        $part = self::PARTS[$place->kind] ?? null;
        $at = $place->field === '' ? '' : "/{$place->field}";
        // A package is a form of its own; the entries of the other lists are one form.
        $isEntry = in_array($part, DraftForms::WITH_ENTRIES, true);

        return [
            'code' => $code,
            'path' => $path,
            'message' => $message,
            'help' => $help,
            'place' => ['part' => $part, 'id' => $isEntry ? $place->id : null, 'at' => $isEntry || $place->index === null ? $at : "/{$place->index}{$at}"],
        ];
    }
}
