<?php

declare(strict_types=1);

namespace Sla\Laravel\Policy\Forms;

/** A field of a form, and how its value stands in the policy document. What is left blank is left out there. */
final class Field
{
    public const TEXT = 'text';
    /** A whole number; another text stays a text, which the engine says something about. */
    public const NUMBER = 'number';
    /** `true`, or left out. */
    public const FLAG = 'flag';
    public const CHOICE = 'choice';
    /** A list of some of the options. */
    public const CHOICES = 'choices';
    /** A list of texts without white space and commas, on one line. */
    public const WORDS = 'words';
    /** A list of texts, one a line. */
    public const LINES = 'lines';
    /** An object. */
    public const GROUP = 'group';
    /** A list of objects, or of weeks. */
    public const ROWS = 'rows';
    /** An object with a value for each of the options. */
    public const MAP = 'map';
    /** What is promised for a timer: a duration, `none`, or an object. */
    public const TARGET = 'target';
    /** `off`, `calendar`, or an object that names a calendar. */
    public const QUIET = 'quiet';
    /** `date`, or `from` and `to`, of the object around it. */
    public const DATES = 'dates';

    /**
     * @param list<self>            $fields  of a group or of each row; the only one of a map is that of each value
     * @param array<string, string> $options names by value
     */
    private function __construct(
        public readonly string $kind,
        public readonly string $key,
        public readonly array $fields = [],
        public readonly array $options = [],
        public readonly bool $isRequired = false,
        /** Whether a list without entries means something else than none stated. */
        public readonly bool $isEmptyStated = false,
        /** Whether the options are words of the format, not names that people chose. */
        public readonly bool $hasWords = false,
    ) {
    }

    public static function of(string $kind, string $key, bool $isRequired = false): self
    {
        return new self($kind, $key, [], [], $isRequired);
    }

    /** @param list<string>|array<string, string> $options words of the format, or names by id */
    public static function choice(string $key, array $options, bool $isRequired = false): self
    {
        return new self(self::CHOICE, $key, [], self::named($options), $isRequired, false, array_is_list($options));
    }

    /** @param list<string>|array<string, string> $options words of the format, or names by id */
    public static function choices(string $key, array $options, bool $isEmptyStated = false): self
    {
        return new self(self::CHOICES, $key, [], self::named($options), false, $isEmptyStated, $options !== [] && array_is_list($options));
    }

    /** @param list<self> $fields */
    public static function group(string $key, array $fields): self
    {
        return new self(self::GROUP, $key, $fields);
    }

    /**
     * @param list<self> $fields
     * @param bool       $isRequired whether a row in which nothing is entered counts
     */
    public static function rows(string $key, array $fields, bool $isEmptyStated = false, bool $isRequired = false): self
    {
        return new self(self::ROWS, $key, $fields, [], $isRequired, $isEmptyStated);
    }

    /** @param array<string, string> $keys names by key */
    public static function map(string $key, array $keys, self $value): self
    {
        return new self(self::MAP, $key, [$value], $keys);
    }

    /** @param array<string, string> $calendars names by id */
    public static function target(string $key, array $calendars): self
    {
        return new self(self::TARGET, $key, [], $calendars);
    }

    /** @param array<string, string> $calendars names by id */
    public static function quiet(string $key, array $calendars): self
    {
        return new self(self::QUIET, $key, [], $calendars);
    }

    /**
     * @param list<string>|array<string, string> $options
     *
     * @return array<string, string>
     */
    private static function named(array $options): array
    {
        return array_is_list($options) ? array_combine($options, $options) : $options;
    }
}
