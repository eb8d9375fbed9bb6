<?php

declare(strict_types=1);

namespace Sla\Native;

use Sla\Exceptions\SlaThrowable;

/**
 * Says what stands between a host and the library; `bin/sla-doctor`.
 *
 * @internal
 */
final class Doctor
{
    private const HELP = <<<'TEXT'
        sla-doctor                     shows PHP's settings, every place looked at, and the library's versions
        sla-doctor --preload-header    writes the header for `ffi.preload`, with the library that is found now
        sla-doctor --help              this

        SLA_LIBRARY names the library's file. The exit code is 0 when the library can be used.

        TEXT;

    private function __construct()
    {
    }

    /**
     * @param list<string> $arguments
     * @param resource     $out
     * @param resource     $fault
     *
     * @return int the exit code
     */
    public static function run(array $arguments, $out, $fault): int
    {
        if ($arguments === ['--help']) {
            fwrite($out, self::HELP);

            return 0;
        }
        if ($arguments === ['--preload-header']) {
            return self::preloadHeader($out, $fault);
        }
        if ($arguments !== []) {
            fwrite($fault, self::HELP);

            return 2;
        }
        fwrite($out, implode('', self::report()));
        try {
            $library = Library::get();
            fwrite($out, self::line('in use', "{$library->file}: " . self::versions($library)));

            return 0;
        } catch (SlaThrowable $problem) {
            fwrite($out, self::line('in use', 'nothing'));
            fwrite($fault, $problem->getMessage() . "\n");

            return 1;
        }
    }

    /** @return list<string> */
    private static function report(): array
    {
        $setting = static fn (string $name): string => ini_get($name) === false ? 'not known to this PHP' : (ini_get($name) === '' ? 'empty' : (string) ini_get($name));
        $lines = [
            self::line('PHP', PHP_VERSION . ' ' . (PHP_ZTS ? 'ZTS' : 'NTS') . ', ' . PHP_SAPI . ', ' . PHP_OS_FAMILY . ' ' . php_uname('m')),
            self::line('extension', extension_loaded('ffi') ? 'ffi is loaded' : 'ffi is MISSING'),
            self::line('ffi.enable', $setting('ffi.enable')),
            self::line('ffi.preload', $setting('ffi.preload')),
            self::line('opcache.preload', $setting('opcache.preload')),
            self::line('interface', 'this package needs version ' . Declarations::ABI_VERSION),
            self::line(LibraryLocator::VARIABLE, getenv(LibraryLocator::VARIABLE) ?: 'not set'),
        ];
        if (extension_loaded('ffi')) {
            $candidates = LibraryLocator::candidates(null);
            foreach ($candidates as $source => $file) {
                $lines[] = self::line("tried: {$source}", "{$file}: " . self::probed($file));
            }
            foreach (['package' => LibraryLocator::packaged(), 'system' => LibraryLocator::soname()] as $source => $file) {
                if (!isset($candidates[$source])) {
                    $lines[] = self::line("not tried: {$source}", $file . ($source === 'package' && !is_file($file) ? ': no such file' : ''));
                }
            }
        }

        return $lines;
    }

    private static function probed(string $file): string
    {
        try {
            return 'works, ' . self::versions(Library::probe($file));
        } catch (\FFI\Exception | SlaThrowable $fault) {
            return $fault instanceof \FFI\Exception ? LibraryLocator::cause($file, $fault) : $fault->getMessage();
        }
    }

    private static function versions(Library $library): string
    {
        return "version {$library->version()}, interface {$library->abiVersion()}, time zones {$library->tzdbVersion()}";
    }

    private static function line(string $name, string $value): string
    {
        return str_pad($name, 22) . $value . "\n";
    }

    /**
     * @param resource $out
     * @param resource $fault
     */
    private static function preloadHeader($out, $fault): int
    {
        try {
            $file = Library::get()->file;
        } catch (SlaThrowable $problem) {
            fwrite($fault, $problem->getMessage() . "\n");

            return 1;
        }
        $path = realpath($file);
        // The system's loader found it by name; PHP would look for a relative name from its working directory.
        $path = $path === false ? self::loaded() : $path;
        if ($path === null) {
            fwrite($fault, "where `{$file}` lies is unknown; name the file in SLA_LIBRARY\n");

            return 1;
        }
        fwrite($out, '#define FFI_SCOPE "' . Library::SCOPE . "\"\n#define FFI_LIB \"{$path}\"\n" . Declarations::TEXT);

        return 0;
    }

    /** Returns the file that the system's loader found: the name may be a link to a file of a longer one. */
    private static function loaded(): ?string
    {
        $maps = @file_get_contents('/proc/self/maps');

        $match = [];
        preg_match('~\s(/\S*/libsla\.\S*)$~m', (string) $maps, $match);

        return $match[1] ?? null;
    }
}
