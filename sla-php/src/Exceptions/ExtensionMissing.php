<?php

declare(strict_types=1);

namespace Sla\Exceptions;

/** PHP has no FFI extension. */
final class ExtensionMissing extends \RuntimeException implements SlaThrowable
{
    use Details;

    public static function here(): self
    {
        return new self(new Problem(
            'ffi_extension_missing',
            '',
            'PHP ' . PHP_VERSION . ' (' . PHP_SAPI . ') has no FFI extension',
            'install ext-ffi (Debian: php-common; Docker: docker-php-ext-install ffi) and enable it for this SAPI',
        ));
    }
}
