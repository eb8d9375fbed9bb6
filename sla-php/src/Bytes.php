<?php

declare(strict_types=1);

namespace Sla;

use Sla\Exceptions\InvalidArgument;

/**
 * Small numbers, one byte a row.
 *
 * @internal
 */
final class Bytes
{
    private function __construct()
    {
    }

    /**
     * Returns the number of a row, counted from 0.
     *
     * @throws InvalidArgument `out_of_range`
     */
    public static function at(string $bytes, int $row): int
    {
        $rows = strlen($bytes);

        return $row >= 0 && $row < $rows ? ord($bytes[$row]) : throw InvalidArgument::of('out_of_range', "there is no row {$row} among {$rows}", 'count rows from 0');
    }
}
