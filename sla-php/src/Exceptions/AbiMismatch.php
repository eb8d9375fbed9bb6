<?php

declare(strict_types=1);

namespace Sla\Exceptions;

/** The shared library is of another version than this package. */
final class AbiMismatch extends \RuntimeException implements SlaThrowable
{
    use Details;

    public static function between(string $file, ?int $found, int $expected, ?\Throwable $previous = null): self
    {
        $version = match ($found) {
            null => 'no interface version',
            $expected => "interface version {$found}, but not all of its functions",
            default => "interface version {$found}",
        };

        return new self(new Problem(
            'abi_mismatch',
            '',
            "`{$file}` has {$version}; this package needs version {$expected}",
            'install the library and the package of one release',
        ), $previous);
    }
}
