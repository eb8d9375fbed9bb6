<?php

declare(strict_types=1);

namespace Sla\Laravel\Http;

use Sla\AgentPerformance;
use Sla\Durations;
use Sla\ReportGroup;

/** Figures of the engine for people and as JSON. What is absent stays absent: it is no 0, and no 100 %. */
final class FigureText
{
    public const ABSENT = '–';

    /** @var array<string, string> what stands between whole and tenth, by language: a chart has a hundred numbers */
    private static array $marks = [];

    private function __construct()
    {
    }

    /** Writes a ratio with one decimal, rounded down: `98.3 %`. */
    public static function percent(?int $millionths): string
    {
        return $millionths === null ? self::ABSENT : self::decimal(intdiv($millionths, 1000)) . ' %';
    }

    /** Writes a number with one decimal, rounded down: `4.2`. */
    public static function number(?int $millionths): string
    {
        return $millionths === null ? self::ABSENT : self::decimal(intdiv($millionths, 100_000));
    }

    /** Writes a score from 0 to 100. */
    public static function score(?int $millionths): string
    {
        return $millionths === null ? self::ABSENT : self::decimal(intdiv($millionths, 1000));
    }

    /**
     * Returns a text about figures in the language of the application.
     *
     * @param array<string, string> $values
     */
    public static function text(string $key, array $values = []): string
    {
        $text = __("sla::figures.{$key}", $values);

        return is_string($text) ? $text : $key;
    }

    /**
     * Returns the timers that have figures, and the two that every desk has.
     *
     * @param array<array-key, AgentPerformance|ReportGroup|null> $groups
     *
     * @return list<string>
     */
    public static function timers(array $groups): array
    {
        $timers = ['first_response' => true, 'resolution' => true];
        foreach ($groups as $group) {
            $timers += array_fill_keys(array_keys($group->timers ?? []), true);
        }

        return array_keys($timers);
    }

    /**
     * Returns the fields of an answer of the engine under the names of its documents.
     *
     * @param bool $isWhole whether quantiles are known
     *
     * @return array<string, mixed>
     */
    public static function document(object $figures, bool $isWhole): array
    {
        $document = [];
        foreach (get_object_vars($figures) as $name => $value) {
            if (!$isWhole && ($name === 'lateness' || ($figures instanceof Durations && in_array($name, ['medianUs', 'p90Us', 'p99Us'], true)))) {
                continue;
            }
            // `escalationsPer100Tickets` has a number apart, `p90Us` has not.
            $field = strtolower(implode('_', preg_split('/(?<=[a-z0-9])(?=[A-Z])|(?<=[a-z]{2})(?=[0-9])/', (string) $name) ?: []));
            // A map without entries is no list.
            $document[$field] = $value === [] && in_array($name, ['timers', 'key'], true) ? (object) [] : self::value($value, $isWhole);
        }

        return $document;
    }

    private static function value(mixed $value, bool $isWhole): mixed
    {
        return match (true) {
            is_object($value) => self::document($value, $isWhole),
            is_array($value) && !array_is_list($value) => (object) array_map(static fn (mixed $one): mixed => self::value($one, $isWhole), $value),
            is_array($value) => array_map(static fn (mixed $one): mixed => self::value($one, $isWhole), $value),
            default => $value,
        };
    }

    private static function decimal(int $tenths): string
    {
        $mark = self::$marks[app()->getLocale()] ??= self::text('decimal_mark');

        return intdiv($tenths, 10) . $mark . $tenths % 10;
    }
}
