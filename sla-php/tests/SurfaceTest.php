<?php

declare(strict_types=1);

namespace Sla\Tests;

use PHPUnit\Framework\TestCase;
use Sla\Native\Declarations;
use Sla\Native\Library;
use Sla\RowCode;
use Sla\State;

/** What holds for every class, and what must agree with the header. */
final class SurfaceTest extends TestCase
{
    private const SRC = __DIR__ . '/../src';

    public function test_the_declarations_are_those_of_the_header(): void
    {
        exec(escapeshellarg(PHP_BINARY) . ' ' . escapeshellarg(__DIR__ . '/../tools/declarations'), $lines, $code);
        self::assertSame(0, $code);
        self::assertSame(implode("\n", $lines) . "\n", file_get_contents(self::SRC . '/Native/Declarations.php'), 'run tools/declarations > src/Native/Declarations.php');
    }

    public function test_the_header_itself_is_read_by_ffi_and_has_the_same_numbers(): void
    {
        $header = self::header();
        $file = Library::get()->file;
        $ffi = \FFI::cdef($header, $file === 'preloaded' ? (string) getenv('SLA_LIBRARY') : $file);
        self::assertSame(Declarations::ABI_VERSION, $ffi->sla_abi_version());
        foreach (RowCode::cases() as $code) {
            self::assertSame($ffi->{'SLA_ROW_CODE_' . self::upper($code->name)}, $code->value);
        }
        self::assertSame(count(RowCode::cases()), substr_count($header, "    SLA_ROW_CODE_"));
        // A row that is promised nothing has no state: its number is that of none.
        $numbered = array_filter(State::cases(), static fn (State $state): bool => $state !== State::Unpromised);
        foreach ($numbered as $state) {
            self::assertSame($state, State::ofNumber($ffi->{'SLA_STATE_' . self::upper($state->name)}));
        }
        self::assertNull(State::ofNumber($ffi->SLA_STATE_NONE));
        self::assertSame(count($numbered) + 1, preg_match_all('/^    SLA_STATE_/m', $header));
        $constants = (new \ReflectionClass(Library::class))->getConstants();
        self::assertSame([$ffi->SLA_STATUS_OK, $ffi->SLA_STATUS_INVALID_ARGUMENT, $ffi->SLA_STATUS_PANIC], [$constants['OK'], $constants['INVALID_ARGUMENT'], $constants['PANIC']]);
        self::assertStringContainsString('#define SLA_NONE INT64_MIN', $header);
    }

    public function test_every_function_of_the_library_is_used(): void
    {
        preg_match_all('/\b(sla_\w+)\(/', (string) preg_replace('~/\*.*?\*/~s', '', self::header()), $functions);
        $sources = '';
        foreach (self::files() as $file) {
            $sources .= basename($file) === 'Declarations.php' ? '' : file_get_contents($file);
        }
        $unused = [];
        foreach (array_unique($functions[1]) as $function) {
            // A function is named as a text, or called on the FFI object; handles are freed by the name of their type.
            $isNamed = preg_match("/'{$function}'|->{$function}\(/", $sources) === 1;
            $isOfHandle = preg_match('/^sla_(\w+)_free$/', $function, $match) === 1 && str_contains($sources, "handle('{$match[1]}'");
            if (!$isNamed && !$isOfHandle) {
                $unused[] = $function;
            }
        }
        // A worker keeps its cache; reading a struct field by field costs PHP more than a document.
        self::assertSame(['sla_engine_cache_clear', 'sla_values_new', 'sla_values_ticket', 'sla_values_free'], $unused);
    }

    public function test_classes_are_final_and_values_are_readonly(): void
    {
        foreach (self::classes() as $class) {
            self::assertTrue($class->isFinal() || $class->isInterface() || $class->isTrait() || $class->isEnum(), $class->getName());
            foreach ($class->getProperties(\ReflectionProperty::IS_PUBLIC) as $property) {
                $isOfException = $property->getDeclaringClass()->getName() !== $class->getName();
                self::assertTrue($isOfException || $property->isReadOnly(), "{$class->getName()}::\${$property->getName()}");
            }
            foreach ($class->getMethods() as $method) {
                if ($method->getDeclaringClass()->isInternal()) {
                    continue;
                }
                foreach ($method->getParameters() as $parameter) {
                    $isUntyped = !$parameter->hasType() && in_array($parameter->getName(), ['out', 'fault'], true);
                    self::assertTrue($parameter->hasType() || $isUntyped, "{$class->getName()}::{$method->getName()}(\${$parameter->getName()})");
                }
                $isPlain = $method->isConstructor() || $method->isDestructor() || $method->getName() === '__clone';
                self::assertTrue($isPlain || $method->hasReturnType(), "{$class->getName()}::{$method->getName()}");
            }
        }
    }

    public function test_one_class_uses_ffi_and_none_a_framework(): void
    {
        foreach (self::files() as $file) {
            $source = (string) file_get_contents($file);
            self::assertStringContainsString('declare(strict_types=1);', $source, $file);
            self::assertStringNotContainsString('Illuminate', $source, $file);
            self::assertStringNotContainsString('Symfony', $source, $file);
            self::assertStringContainsString('/**', $source, $file);
            if (basename($file) !== 'Library.php') {
                self::assertDoesNotMatchRegularExpression('/\bFFI::/', $source, $file);
            }
        }
    }

    public function test_whole_numbers_of_time_and_share_say_their_unit(): void
    {
        $hasUnit = static fn (string $name): bool => preg_match('/(Us|Millionths)$/', $name) === 1;
        // The number of a histogram bucket is no quantity.
        $isQuantity = static fn (string $name): bool => !str_ends_with($name, 'Bucket') && preg_match('/(elapsed|remaining|overdue|target|length|mean|share|ratio|compliance|quantile|longest|weight)/i', $name) === 1;
        foreach (self::classes() as $class) {
            $typed = [];
            foreach ($class->getProperties(\ReflectionProperty::IS_PUBLIC) as $property) {
                $typed[$property->getName()] = [(string) $property->getType(), (string) $property->getDocComment()];
            }
            foreach ($class->getMethods(\ReflectionMethod::IS_PUBLIC) as $method) {
                $typed[$method->getName()] = [(string) $method->getReturnType(), (string) $method->getDocComment()];
                foreach ($method->isConstructor() ? [] : $method->getParameters() as $parameter) {
                    $typed["{$method->getName()}.{$parameter->getName()}"] = [(string) $parameter->getType(), (string) $method->getDocComment()];
                }
            }
            foreach ($typed as $name => [$type, $comment]) {
                $isInt = in_array($type, ['int', '?int'], true);
                self::assertTrue($isInt || !$hasUnit($name) || str_starts_with($name, 'from'), "{$class->getName()}::{$name} ends in a unit and is no whole number");
                $saysUnit = $hasUnit($name) || preg_match('/microseconds|millionths/', $comment) === 1;
                self::assertTrue($saysUnit || !$isInt || !$isQuantity($name), "{$class->getName()}::{$name} says no unit");
            }
        }
    }

    public function test_every_instant_is_there_in_microseconds(): void
    {
        $found = 0;
        foreach (self::classes() as $class) {
            $names = [];
            foreach ($class->getProperties(\ReflectionProperty::IS_PUBLIC) as $property) {
                $names[$property->getName()] = (string) $property->getType();
            }
            foreach ($class->getMethods(\ReflectionMethod::IS_PUBLIC) as $method) {
                $names[$method->getName()] = $method->isStatic() ? '' : (string) $method->getReturnType();
            }
            foreach (array_filter($names, static fn (string $type): bool => str_ends_with($type, 'DateTimeImmutable')) as $name => $_) {
                self::assertTrue($class->hasMethod("{$name}Us") || $class->hasProperty("{$name}Us"), "{$class->getName()}::{$name}Us");
                $found++;
            }
        }
        self::assertGreaterThan(30, $found);
    }

    public function test_the_example_of_the_readme_runs_as_it_says(): void
    {
        preg_match('/```php\n(.*?)```/s', (string) file_get_contents(__DIR__ . '/../README.md'), $found);
        $text = $answer = 'a message';
        $example = str_replace("'policy.json'", var_export(Desk::ROOT . '/examples/talkabiz.json', true), $found[1]);
        ob_start();
        eval($example);
        self::assertSame('met', ob_get_clean());
    }

    private static function header(): string
    {
        return (string) file_get_contents(Desk::ROOT . '/include/sla.h');
    }

    private static function upper(string $name): string
    {
        return strtoupper((string) preg_replace('/(?<=[a-z])(?=[A-Z])/', '_', $name));
    }

    /** @return list<string> */
    private static function files(): array
    {
        return [...glob(self::SRC . '/*.php'), ...glob(self::SRC . '/*/*.php')];
    }

    /** @return iterable<\ReflectionClass<object>> */
    private static function classes(): iterable
    {
        foreach (self::files() as $file) {
            $name = str_replace('/', '\\', substr($file, strlen(self::SRC) + 1, -4));
            yield new \ReflectionClass("Sla\\{$name}");
        }
    }
}
