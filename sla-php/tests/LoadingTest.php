<?php

declare(strict_types=1);

namespace Sla\Tests;

use PHPUnit\Framework\TestCase;
use Sla\Native\Declarations;
use Sla\Native\Library;
use Sla\Native\LibraryLocator;

/** How the library is found and what is said when it is not, each in a PHP of its own. */
final class LoadingTest extends TestCase
{
    private const PACKAGE = __DIR__ . '/..';

    private string $folder;

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/sla-' . bin2hex(random_bytes(6));
        mkdir($this->folder);
    }

    protected function tearDown(): void
    {
        exec('rm -rf ' . escapeshellarg($this->folder));
    }

    public function test_without_the_extension_classes_load_and_the_first_call_says_so(): void
    {
        [$out] = self::php('foreach (glob(getcwd() . "/src/{*,*/*}.php", GLOB_BRACE) as $file) { require_once $file; } echo "loaded ";', [], ['-n']);
        self::assertSame('loaded ExtensionMissing', $out);
    }

    public function test_restricted_ffi_is_told_from_a_missing_library(): void
    {
        foreach (['0', 'false'] as $value) {
            [$out] = self::php('', [], ['-d', "ffi.enable={$value}"]);
            self::assertSame('FfiRestricted', $out);
        }
        [$out] = self::php('', ['SLA_LIBRARY' => '/nowhere/libsla.so'], ['-d', 'ffi.enable=1']);
        self::assertSame('LibraryNotFound', $out);
        [$out] = self::php('', ['SLA_LIBRARY' => '/etc/passwd'], ['-d', 'ffi.enable=1'], '$fault->getMessage()');
        self::assertStringContainsString('`/etc/passwd` (SLA_LIBRARY)', $out);
        self::assertStringContainsString('ldd', $out);
    }

    public function test_a_library_of_another_version_is_refused(): void
    {
        $stub = $this->compiled('int sla_abi_version(void) { return 1; }');
        [$out] = self::php('', ['SLA_LIBRARY' => $stub], [], '(new ReflectionClass($fault))->getShortName() . " " . $fault->getMessage()');
        self::assertStringStartsWith('AbiMismatch', $out);
        self::assertStringContainsString('not all of its functions', $out);
        preg_match_all('/\b(sla_\w+)\(/', Declarations::TEXT, $names);
        $functions = array_map(static fn (string $name): string => "int {$name}(void) { return 99; }", array_unique($names[1]));
        [$out] = self::php('', ['SLA_LIBRARY' => $this->compiled(implode("\n", $functions))], [], '(new ReflectionClass($fault))->getShortName() . " " . $fault->getMessage()');
        self::assertStringContainsString('AbiMismatch', $out);
        self::assertStringContainsString('interface version 99; this package needs version 1', $out);
    }

    public function test_every_place_works(): void
    {
        $library = FpmHost::library();
        [$out] = self::php("Sla\\Native\\Library::useFile('{$library}'); ", ['SLA_LIBRARY' => '/nowhere']);
        self::assertSame($library, $out);
        [$out] = self::php('', ['SLA_LIBRARY' => $library]);
        self::assertSame($library, $out);
        symlink($library, $this->folder . '/' . LibraryLocator::soname());
        [$out] = self::php('', ['LD_LIBRARY_PATH' => $this->folder]);
        self::assertSame(LibraryLocator::soname(), $out);
        // A package with a library of its own, which goes before the system's.
        exec('cp -r ' . escapeshellarg(self::PACKAGE . '/src') . ' ' . escapeshellarg(self::PACKAGE . '/vendor') . ' ' . escapeshellarg($this->folder));
        $place = "{$this->folder}/lib/" . LibraryLocator::platform();
        mkdir($place, 0777, true);
        symlink($library, "{$place}/" . LibraryLocator::soname());
        [$out] = self::php('', ['LD_LIBRARY_PATH' => $this->folder], [], '$fault', $this->folder);
        self::assertSame("{$place}/" . LibraryLocator::soname(), $out);
    }

    public function test_the_doctor_says_what_it_sees(): void
    {
        [$out, $code] = self::doctor([], ['SLA_LIBRARY' => FpmHost::library()]);
        self::assertSame(0, $code);
        foreach (['PHP ', 'extension ', 'ffi.enable ', 'opcache.preload ', 'interface ', 'tried: SLA_LIBRARY ', 'not tried: package ', 'not tried: system ', 'in use '] as $line) {
            self::assertStringContainsString("\n{$line}", "\n{$out}");
        }
        $library = Library::get();
        self::assertStringContainsString("version {$library->version()}, interface {$library->abiVersion()}, time zones {$library->tzdbVersion()}", $out);
        [$out, $code] = self::doctor([], ['SLA_LIBRARY' => '/nowhere']);
        self::assertSame(1, $code);
        self::assertStringContainsString('/nowhere: no such file', $out);
        self::assertSame(2, self::doctor(['--what'])[1]);
        self::assertSame(0, self::doctor(['--help'])[1]);
        self::assertSame(1, self::doctor(['--preload-header'], ['SLA_LIBRARY' => '/nowhere'])[1]);
    }

    public function test_a_preloaded_header_is_used_where_ffi_is_for_preloaded_code_only(): void
    {
        symlink(FpmHost::library(), $this->folder . '/' . LibraryLocator::soname());
        foreach ([['SLA_LIBRARY' => FpmHost::library()], ['LD_LIBRARY_PATH' => $this->folder]] as $environment) {
            [$header, $code] = self::doctor(['--preload-header'], $environment);
            self::assertSame(0, $code, $header);
            self::assertStringContainsString('#define FFI_LIB "' . realpath(FpmHost::library()) . '"', $header);
            file_put_contents("{$this->folder}/sla-preload.h", $header);
            [$out] = self::php('', ['SLA_LIBRARY' => '/nowhere'], FpmHost::preloading("{$this->folder}/sla-preload.h"));
            self::assertSame('preloaded', $out);
        }
    }

    private function compiled(string $source): string
    {
        $name = $this->folder . '/stub' . bin2hex(random_bytes(4));
        file_put_contents("{$name}.c", $source);
        exec('cc -shared -fPIC ' . escapeshellarg("{$name}.c") . ' -o ' . escapeshellarg("{$name}.so") . ' 2>&1', $said, $code);
        self::assertSame(0, $code, implode("\n", $said));

        return "{$name}.so";
    }

    /**
     * Loads the library in another PHP, and returns where it was found, or what was thrown.
     *
     * @param array<string, string> $environment
     * @param list<string>          $options
     *
     * @return array{string, int}
     */
    private static function php(string $before, array $environment, array $options = [], string $say = '(new ReflectionClass($fault))->getShortName()', string $package = self::PACKAGE): array
    {
        $script = <<<PHP
            chdir('{$package}');
            require 'vendor/autoload.php';
            {$before}
            try { echo Sla\\Native\\Library::get()->file; } catch (Sla\\Exceptions\\SlaThrowable \$fault) { echo {$say}; }
            PHP;

        return self::command([PHP_BINARY, ...$options, '-r', $script], $environment);
    }

    /**
     * @param list<string>          $arguments
     * @param array<string, string> $environment
     *
     * @return array{string, int}
     */
    private static function doctor(array $arguments, array $environment = []): array
    {
        return self::command([PHP_BINARY, self::PACKAGE . '/bin/sla-doctor', ...$arguments], $environment);
    }

    /**
     * @param list<string>          $command
     * @param array<string, string> $environment
     *
     * @return array{string, int}
     */
    private static function command(array $command, array $environment): array
    {
        $process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['file', '/dev/null', 'w']], $pipes, null, $environment + ['PATH' => getenv('PATH')]);
        $out = (string) stream_get_contents($pipes[1]);
        fclose($pipes[1]);

        return [$out, proc_close($process)];
    }
}
