<?php

declare(strict_types=1);

namespace Sla\Laravel\Policy\Forms;

/** A part of the policy document as fields, each with what is wrong with it. */
final class Form
{
    private const TARGET = ['within', 'business_days', 'by', 'cut_off', 'calendar'];

    public readonly Node $root;

    /** @var array<string, ?Node> by pointer */
    private array $places = [];

    /** @var list<Node> those with faults or warnings, in the order of the form */
    private array $marked = [];

    /**
     * @param mixed                                                                   $value    as the document has it
     * @param array<string, array{faults?: list<string>, warnings?: list<string>}> $messages by pointer from this part
     * @param ?string                                                                 $focus    of the list or row to which the cursor goes, a pointer
     */
    public function __construct(Field $field, mixed $value, array $messages = [], ?string $focus = null)
    {
        $this->root = $this->node($field, $value, '', 'f', $field->key);
        foreach ($messages as $pointer => $of) {
            $node = $this->nearest($pointer);
            array_push($node->faults, ...$of['faults'] ?? []);
            array_push($node->warnings, ...$of['warnings'] ?? []);
        }
        foreach ($this->places as $node) {
            if ($node !== null && ($node->faults !== [] || $node->warnings !== []) && !in_array($node, $this->marked, true)) {
                $this->marked[] = $node;
            }
        }
        if ($focus !== null) {
            $this->focus($focus);
        }
    }

    /**
     * Returns the fields about which something is said, in their order.
     *
     * @return list<Node>
     */
    public function marked(): array
    {
        return $this->marked;
    }

    /** Returns the id of the element at which a problem of a place is shown. */
    public function idOf(string $pointer): string
    {
        return $this->nearest($pointer)->id();
    }

    /**
     * Does what a button of the form asks: `add`, `remove` or `raise`, with the pointer of a list or row.
     *
     * @return array{mixed, ?string} the value, and where the cursor goes
     */
    public static function edited(Field $field, mixed $value, string $do): array
    {
        [$verb, $pointer] = explode(' ', $do, 2) + ['', ''];
        $path = self::split($pointer);
        $list = $verb === 'add' ? $path : array_slice($path, 0, -1);
        $index = $verb === 'add' ? 0 : (int) end($path);
        $isKnown = $verb === 'add' || (in_array($verb, ['remove', 'raise'], true) && $path !== [] && ctype_digit(end($path)));
        if (!$isKnown || self::fieldAt($field, $list)?->kind !== Field::ROWS) {
            return [$value, null];
        }
        $focus = null;
        $edit = static function (array $rows) use ($verb, $index, $pointer, $list, &$focus): array {
            if ($verb === 'add') {
                $rows[] = new \stdClass();
                $focus = $pointer . '/' . (count($rows) - 1);
            } elseif (isset($rows[$index])) {
                $row = array_splice($rows, $index, 1);
                $focus = self::joined($list);
                if ($verb === 'raise') {
                    array_splice($rows, max(0, $index - 1), 0, $row);
                    $focus .= '/' . max(0, $index - 1);
                }
            }

            return $rows;
        };

        return [self::with($value, $list, $edit), $focus];
    }

    private function focus(string $pointer): void
    {
        $node = $this->places[$pointer] ?? null;
        if ($node !== null) {
            $node->hasFocus = true;

            return;
        }
        // A row has no element of its own: its first field.
        foreach ($this->places as $place => $one) {
            if ($one !== null && str_starts_with($place, "{$pointer}/") && $one->children === [] && $one->kind !== Field::ROWS) {
                $one->hasFocus = true;

                return;
            }
        }
    }

    private function nearest(string $pointer): Node
    {
        while ($pointer !== '' && !isset($this->places[$pointer])) {
            $pointer = substr($pointer, 0, (int) strrpos($pointer, '/'));
        }

        return $this->places[$pointer] ?? $this->root;
    }

    private function node(Field $field, mixed $value, string $pointer, string $name, string $key, string $label = ''): Node
    {
        // Before what is in it, so that the order is that of the page.
        $this->places[$pointer] = null;
        $at = fn (string $more): string => "{$pointer}/" . self::escaped($more);
        $children = [];
        $rows = [];
        $options = $field->options;
        $shown = $value;
        switch ($field->kind) {
            case Field::GROUP:
                $children = $this->fields($field->fields, $value, $pointer, $name);
                break;
            case Field::ROWS:
                foreach (is_array($value) ? array_values($value) : [] as $index => $row) {
                    $rows[] = $this->fields($field->fields, $row, "{$pointer}/{$index}", "{$name}[{$index}]");
                }
                break;
            case Field::MAP:
                $keys = $options + ($value instanceof \stdClass ? array_combine($found = array_map('strval', array_keys((array) $value)), $found) : []);
                foreach (array_keys($keys) as $index => $one) {
                    $one = (string) $one;
                    $children[] = $this->node($field->fields[0], $value->{$one} ?? null, $at($one), "{$name}[{$index}][value]", '', $keys[$one]);
                    $children[] = new Node('hidden', '', '', '', "{$name}[{$index}][key]", $one);
                }
                break;
            case Field::TARGET:
                $parts = $value instanceof \stdClass ? $value : (object) ($value === null ? [] : ['within' => $value]);
                foreach (self::TARGET as $one) {
                    $part = match ($one) {
                        'calendar' => Field::choice($one, $options),
                        'business_days' => Field::of(Field::NUMBER, $one),
                        default => Field::of(Field::TEXT, $one),
                    };
                    $children[] = $this->node($part, $parts->{$one} ?? null, $at($one), "{$name}[{$one}]", "target_{$one}");
                }
                break;
            case Field::QUIET:
                $shown = $value instanceof \stdClass ? '@' . (is_string($value->calendar ?? null) ? $value->calendar : '') : $value;
                $options = ['off' => '', 'calendar' => ''];
                foreach ($field->options as $id => $calendar) {
                    $options["@{$id}"] = $calendar;
                }
                break;
            case Field::WORDS:
                $shown = implode(', ', self::texts($value));
                break;
            case Field::LINES:
                $shown = implode("\n", self::texts($value));
                break;
            case Field::CHOICES:
                $shown = self::texts($value);
                $options += array_combine($shown, $shown);
                break;
            case Field::CHOICE:
                if (is_string($value) && !isset($options[$value])) {
                    $options[$value] = $value;
                }
                break;
        }
        if (in_array($field->kind, [Field::TEXT, Field::NUMBER, Field::CHOICE, Field::QUIET], true) && !is_scalar($shown)) {
            $shown = $shown === null ? null : (string) json_encode($shown, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
        }
        $node = new Node($field->kind, $key, $label, $pointer, $name, $shown, $children, $rows, $options, $field->isRequired, $field->isEmptyStated, $field->hasWords);
        $this->places[$pointer] = $node;

        return $node;
    }

    /**
     * @param list<Field> $fields
     *
     * @return list<Node>
     */
    private function fields(array $fields, mixed $value, string $pointer, string $name): array
    {
        $nodes = [];
        foreach ($fields as $field) {
            if ($field->kind === Field::DATES) {
                $nodes[] = $this->dates($field, $value, $pointer, $name);
            } else {
                $nodes[] = $this->node($field, $value instanceof \stdClass ? $value->{$field->key} ?? null : null, "{$pointer}/" . self::escaped($field->key), "{$name}[{$field->key}]", $field->key);
            }
        }

        return $nodes;
    }

    private function dates(Field $field, mixed $row, string $pointer, string $name): Node
    {
        $date = $row->date ?? null;
        $ends = array_filter([$row->from ?? null, $row->to ?? null], 'is_string');
        $node = new Node(Field::TEXT, $field->key, '', "{$pointer}/date", "{$name}[{$field->key}]", is_string($date) ? $date : implode(' .. ', $ends));
        $this->places += ["{$pointer}/date" => $node, "{$pointer}/from" => $node, "{$pointer}/to" => $node];

        return $node;
    }

    /** @param list<string> $path */
    private static function fieldAt(Field $field, array $path): ?Field
    {
        foreach ($path as $one) {
            if ($field->kind === Field::ROWS && ctype_digit($one)) {
                $field = Field::group('', $field->fields);
                continue;
            }
            $found = array_values(array_filter($field->fields, static fn (Field $inner): bool => $inner->key === $one));
            if ($field->kind !== Field::GROUP || $found === []) {
                return null;
            }
            $field = $found[0];
        }

        return $field;
    }

    /**
     * Returns a value with another list at a path.
     *
     * @param list<string>                                              $path
     * @param callable(array<array-key, mixed>): array<array-key, mixed> $edit
     */
    private static function with(mixed $value, array $path, callable $edit): mixed
    {
        if ($path === []) {
            return $edit(is_array($value) ? $value : []);
        }
        $first = array_shift($path);
        if (is_array($value)) {
            $value[(int) $first] = self::with($value[(int) $first] ?? null, $path, $edit);

            return $value;
        }
        $value = $value instanceof \stdClass ? clone $value : new \stdClass();
        $value->{$first} = self::with($value->{$first} ?? null, $path, $edit);

        return $value;
    }

    /** @return list<string> */
    private static function texts(mixed $value): array
    {
        return is_array($value) ? array_values(array_map(static fn (mixed $one): string => is_scalar($one) ? (string) $one : (string) json_encode($one), $value)) : [];
    }

    /** @return list<string> */
    private static function split(string $pointer): array
    {
        return $pointer === '' ? [] : array_map(static fn (string $one): string => str_replace(['~1', '~0'], ['/', '~'], $one), explode('/', substr($pointer, 1)));
    }

    /** @param list<string> $path */
    private static function joined(array $path): string
    {
        return implode('', array_map(static fn (string $one): string => '/' . self::escaped($one), $path));
    }

    private static function escaped(string $key): string
    {
        return str_replace(['~', '/'], ['~0', '~1'], $key);
    }
}
