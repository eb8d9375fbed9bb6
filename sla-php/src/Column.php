<?php

declare(strict_types=1);

namespace Sla;

use Sla\Exceptions\InvalidArgument;

/** Whole numbers, one a row, packed as 8 bytes each in the order of this machine. A missing one is `null`. */
final class Column implements \Countable
{
    private const MISSING = PHP_INT_MIN;
    private const CHUNK = 10_000;

    private function __construct(
        /** The bytes; the least number stands for a missing one. */
        public readonly string $packed,
    ) {
    }

    /** @param list<?int> $values */
    public static function of(array $values): self
    {
        $packed = '';
        foreach (array_chunk($values, self::CHUNK) as $chunk) {
            foreach ($chunk as $index => $value) {
                if (!is_int($value)) {
                    $chunk[$index] = $value === null ? self::MISSING : throw InvalidArgument::of('wrong_type', 'a column holds whole numbers and null, not ' . get_debug_type($value), 'convert the values');
                }
            }
            $packed .= pack('q*', ...$chunk);
        }

        return new self($packed);
    }

    /** Takes bytes that are packed already, for example by `pack('q*', ...)`. */
    public static function ofPacked(string $packed): self
    {
        return strlen($packed) % 8 === 0 ? new self($packed) : throw InvalidArgument::of('invalid_length', 'a packed column has 8 bytes a row, not ' . strlen($packed) . ' in all', 'pack with `q`');
    }

    /** Returns a column of as many missing values. */
    public static function missing(int $rows): self
    {
        return new self(str_repeat(pack('q', self::MISSING), $rows));
    }

    /** @return list<?int> */
    public function values(): array
    {
        /** @var list<int> $values */
        $values = array_values((array) unpack('q*', $this->packed));
        // The missing are rare: looking for them costs less than a test of each.
        foreach (array_keys($values, self::MISSING, true) as $index) {
            $values[$index] = null;
        }

        return $values;
    }

    public function count(): int
    {
        return intdiv(strlen($this->packed), 8);
    }
}
