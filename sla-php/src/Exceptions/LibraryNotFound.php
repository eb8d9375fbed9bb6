<?php

declare(strict_types=1);

namespace Sla\Exceptions;

/** No shared library could be loaded. */
final class LibraryNotFound extends \RuntimeException implements SlaThrowable
{
    use Details;

    /** @param list<string> $tried each file with what the system said */
    public static function after(array $tried): self
    {
        return new self(new Problem(
            'library_not_found',
            '',
            'the shared library of the SLA engine could not be loaded; tried ' . implode('; ', $tried),
            'build it with `cargo build --release -p sla-ffi`, then name the file in the environment variable SLA_LIBRARY, or install it for the system; bin/sla-doctor shows every place',
        ));
    }
}
