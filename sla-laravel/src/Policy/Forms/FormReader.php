<?php

declare(strict_types=1);

namespace Sla\Laravel\Policy\Forms;

use Illuminate\Validation\ValidationException;

/**
 * Reads what a form sent as a part of the policy document.
 *
 * Nothing that was typed is corrected or dropped: the engine judges it, and says where.
 */
final class FormReader
{
    private const TARGET = ['within', 'business_days', 'by', 'cut_off', 'calendar'];

    /** @param bool $keepsBlankRows whether a row in which nothing is typed stays, because the form is shown again */
    public function __construct(private readonly bool $keepsBlankRows = false)
    {
    }

    /**
     * Returns the value of a field; `null` where it is left out.
     *
     * @return \stdClass|list<mixed>|string|int|true|null
     *
     * @throws ValidationException for a text that no document can hold
     */
    public function read(Field $field, mixed $input): \stdClass|array|string|int|bool|null
    {
        return match ($field->kind) {
            Field::FLAG => self::text($input) === null ? null : true,
            Field::NUMBER => self::number($input),
            Field::CHOICES => $this->stated($field, $input, array_values(array_filter(array_map(self::text(...), self::listed($input)), static fn (?string $one): bool => $one !== null))),
            Field::WORDS => self::split('/[\s,]+/', $input) ?: ($field->isRequired ? [] : null),
            Field::LINES => self::split('/\R/', $input) ?: null,
            Field::GROUP => self::filled($this->group($field, $input)),
            Field::ROWS => $this->stated($field, $input, $this->rows($field, self::listed($input))),
            Field::MAP => self::filled($this->map($field, self::listed($input))),
            Field::TARGET => $this->target($input),
            Field::QUIET => self::quiet($input),
            default => self::text($input),
        };
    }

    private function group(Field $field, mixed $input): \stdClass
    {
        $found = new \stdClass();
        foreach ($field->fields as $one) {
            $sent = is_array($input) ? $input[$one->key] ?? null : null;
            if ($one->kind === Field::DATES) {
                self::dates($found, self::text($sent));
            } elseif (($value = $this->read($one, $sent)) !== null) {
                $found->{$one->key} = $value;
            }
        }

        return $found;
    }

    /**
     * @param list<mixed> $input
     *
     * @return list<\stdClass>
     */
    private function rows(Field $field, array $input): array
    {
        $rows = array_map(fn (mixed $one): \stdClass => $this->group($field, $one), $input);

        return $this->keepsBlankRows || $field->isRequired ? $rows : array_values(array_filter($rows, static fn (\stdClass $row): bool => !self::isBlank($row)));
    }

    /** @param list<mixed> $input */
    private function map(Field $field, array $input): \stdClass
    {
        $found = new \stdClass();
        foreach ($input as $one) {
            $key = is_array($one) ? self::text($one['key'] ?? null) : null;
            if ($key !== null && ($value = $this->read($field->fields[0], $one['value'] ?? null)) !== null) {
                $found->{$key} = $value;
            }
        }

        return $found;
    }

    private function target(mixed $input): \stdClass|string|null
    {
        $found = new \stdClass();
        foreach (self::TARGET as $key) {
            $sent = is_array($input) ? $input[$key] ?? null : null;
            $value = $key === 'business_days' ? self::number($sent) : self::text($sent);
            if ($value !== null) {
                $found->{$key} = $value;
            }
        }

        return array_keys((array) $found) === ['within'] ? $found->within : self::filled($found);
    }

    /**
     * Returns a list, or none where it is blank and does not say that it is meant so.
     *
     * @param list<mixed> $list
     *
     * @return ?list<mixed>
     */
    private function stated(Field $field, mixed $input, array $list): ?array
    {
        $isStated = $field->isEmptyStated && is_array($input) && isset($input['_empty']);

        return $list === [] && !$isStated ? null : $list;
    }

    private static function quiet(mixed $input): \stdClass|string|null
    {
        $text = self::text($input);

        return $text !== null && $text[0] === '@' ? (object) ['calendar' => substr($text, 1)] : $text;
    }

    /** Reads `2026-12-25`, or a range: `2026-12-24 .. 2026-12-31`. */
    private static function dates(\stdClass $row, ?string $text): void
    {
        if ($text === null) {
            return;
        }
        $found = [];
        if (preg_match('~\A(\S+?)\s*(?:\.\.|/|\bto\b)\s*(\S+)\z~u', $text, $found) === 1) {
            $row->from = $found[1];
            $row->to = $found[2];
        } else {
            $row->date = $text;
        }
    }

    private static function number(mixed $input): string|int|null
    {
        $text = self::text($input);

        return $text !== null && preg_match('/\A(0|[1-9][0-9]{0,14})\z/', $text) === 1 ? (int) $text : $text;
    }

    private static function text(mixed $input): ?string
    {
        if (!is_string($input)) {
            return null;
        }
        if (!mb_check_encoding($input, 'UTF-8') || str_contains($input, "\0")) {
            throw ValidationException::withMessages(['f' => 'the text is not UTF-8, or holds a NUL']);
        }
        $text = trim($input);

        return $text === '' ? null : $text;
    }

    /** @return list<string> */
    private static function split(string $separator, mixed $input): array
    {
        return array_values(array_filter(array_map('trim', preg_split($separator, self::text($input) ?? '') ?: []), static fn (string $one): bool => $one !== ''));
    }

    /**
     * Returns the entries of a list in the order in which they were sent.
     *
     * @return list<mixed>
     */
    private static function listed(mixed $input): array
    {
        return is_array($input) ? array_values(array_filter($input, 'is_int', ARRAY_FILTER_USE_KEY)) : [];
    }

    private static function filled(\stdClass $found): ?\stdClass
    {
        return (array) $found === [] ? null : $found;
    }

    private static function isBlank(mixed $value): bool
    {
        return $value === [] || ($value instanceof \stdClass && array_filter((array) $value, static fn (mixed $one): bool => !self::isBlank($one)) === []);
    }
}
