<?php

declare(strict_types=1);

namespace Sla\Laravel\Policy\Forms;

/** A field of a form with its value, as a view shows it. */
final class Node
{
    /** @var list<string> what is wrong with it */
    public array $faults = [];

    /** @var list<string> what is probably not meant */
    public array $warnings = [];

    /** Whether the cursor goes there when the form is shown. */
    public bool $hasFocus = false;

    /**
     * @param list<self>            $children of a group, a map or a target
     * @param list<list<self>>      $rows     of a list of objects
     * @param array<string, string> $options  names by value
     */
    public function __construct(
        public readonly string $kind,
        /** The key of its name in the language files; empty where `label` is what people wrote. */
        public readonly string $key,
        public readonly string $label,
        /** Where its value stands, as a JSON pointer from the part that the form is about. */
        public readonly string $pointer,
        public readonly string $name,
        public readonly mixed $value = null,
        public readonly array $children = [],
        public readonly array $rows = [],
        public readonly array $options = [],
        public readonly bool $isRequired = false,
        public readonly bool $isEmptyStated = false,
        public readonly bool $hasWords = false,
    ) {
    }

    /** Returns the id of its element in the page. */
    public function id(): string
    {
        return trim((string) preg_replace('/[^A-Za-z0-9]+/', '-', $this->name), '-');
    }

    /** Returns whether something is entered, or wrong, in it or below it. */
    public function isUsed(): bool
    {
        if ($this->faults !== [] || $this->warnings !== [] || $this->rows !== [] || $this->hasFocus) {
            return true;
        }
        foreach ($this->children as $child) {
            if ($child->isUsed()) {
                return true;
            }
        }

        return $this->children === [] && $this->value !== null && $this->value !== '' && $this->value !== [] && $this->value !== false;
    }
}
