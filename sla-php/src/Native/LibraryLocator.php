<?php

declare(strict_types=1);

namespace Sla\Native;

/**
 * Says where the shared library may be, best place first.
 *
 * @internal
 */
final class LibraryLocator
{
    /** Names a file to load instead of looking for one. */
    public const VARIABLE = 'SLA_LIBRARY';

    private function __construct()
    {
    }

    /**
     * Returns the files to try, by what named them. A file that the host named is the only one.
     *
     * @return array<string, string>
     */
    public static function candidates(?string $named): array
    {
        if ($named !== null) {
            return ['Library::useFile' => $named];
        }
        $variable = getenv(self::VARIABLE);
        if (is_string($variable) && $variable !== '') {
            return [self::VARIABLE => $variable];
        }
        $file = self::packaged();
        $candidates = is_file($file) ? ['package' => $file] : [];

        return $candidates + ['system' => self::soname()];
    }

    /** Returns where the package keeps the library for this machine, if it was put there. */
    public static function packaged(): string
    {
        return dirname(__DIR__, 2) . '/lib/' . self::platform() . '/' . self::soname();
    }

    /** Returns the folder for this machine: system, processor and C library, for example `linux-x86_64-gnu`. */
    public static function platform(): string
    {
        $processor = php_uname('m');
        $processor = ['arm64' => 'aarch64', 'AMD64' => 'x86_64'][$processor] ?? $processor;
        if (PHP_OS_FAMILY !== 'Linux') {
            return strtolower(PHP_OS_FAMILY) . '-' . $processor;
        }
        $isMusl = (glob('/lib/ld-musl-*') ?: []) !== [];

        return 'linux-' . $processor . ($isMusl ? '-musl' : '-gnu');
    }

    /** Returns the name that the system's loader looks for. */
    public static function soname(): string
    {
        return match (PHP_OS_FAMILY) {
            'Darwin' => 'libsla.1.dylib',
            'Windows' => 'sla.dll',
            default => 'libsla.so.1',
        };
    }

    /** Returns why a file could not be loaded, as far as it is known: PHP does not pass on the message of the loader. */
    public static function cause(string $file, \FFI\Exception $fault): string
    {
        return match (true) {
            !str_contains($file, '/') && !str_contains($file, '\\') => $fault->getMessage() . ', which the system does not know or cannot load',
            !is_file($file) => 'no such file',
            !is_readable($file) => 'it may not be read',
            default => $fault->getMessage() . ', perhaps made for another processor or C library: `ldd` says more',
        };
    }
}
