<?php

declare(strict_types=1);

namespace Sla\Exceptions;

/** PHP forbids FFI here. */
final class FfiRestricted extends \RuntimeException implements SlaThrowable
{
    use Details;

    public static function because(\FFI\Exception $exception): self
    {
        return new self(new Problem(
            'ffi_restricted',
            '',
            'FFI is restricted for ' . PHP_SAPI . ': ffi.enable is `' . (string) ini_get('ffi.enable') . '` and the library is not preloaded',
            'preload the library as preload.php says, or set ffi.enable=true for this SAPI in php.ini',
        ), $exception);
    }
}
