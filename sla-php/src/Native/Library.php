<?php

declare(strict_types=1);

namespace Sla\Native;

use FFI;
use FFI\CData;
use Sla\Exceptions\AbiMismatch;
use Sla\Exceptions\EnginePanic;
use Sla\Exceptions\ExtensionMissing;
use Sla\Exceptions\FfiRestricted;
use Sla\Exceptions\InvalidArgument;
use Sla\Exceptions\InvalidInput;
use Sla\Exceptions\InvalidPolicy;
use Sla\Exceptions\LibraryNotFound;
use Sla\Exceptions\Problem;
use Sla\Exceptions\SlaThrowable;

/**
 * The shared library. The only class that uses FFI's own functions, so that it is the only one that a preload script
 * must compile where `ffi.enable` is `preload`.
 *
 * Places for answers are made anew for each call: a signal handler that asks the library something in between must
 * not get at them.
 *
 * @internal
 */
final class Library
{
    use Unclonable;

    /** The scope of a preloaded header. */
    public const SCOPE = 'sla';

    /** Stands for no instant and no length (SLA_NONE). */
    public const NONE = PHP_INT_MIN;

    private const OK = 0;
    private const INVALID_ARGUMENT = 1;
    private const PANIC = 3;

    private static ?self $instance = null;
    private static ?string $named = null;

    private function __construct(
        /** The functions, for callers that ask for numbers alone. */
        public readonly FFI $ffi,
        /** Where it was found; `preloaded` when PHP loaded it at its start. */
        public readonly string $file,
    ) {
    }

    /**
     * Returns the library, loaded when it is first asked for.
     *
     * @throws ExtensionMissing|FfiRestricted|LibraryNotFound|AbiMismatch
     */
    public static function get(): self
    {
        return self::$instance ??= self::load();
    }

    /**
     * Loads a file beside the one in use, to look at it.
     *
     * @throws SlaThrowable|FFI\Exception
     */
    public static function probe(string $file): self
    {
        return self::checked(FFI::cdef(Declarations::TEXT, $file), $file);
    }

    /** Names the file to load, before anything is asked. */
    public static function useFile(string $file): void
    {
        if (self::$instance !== null && self::$instance->file !== $file) {
            throw InvalidArgument::of('already_loaded', 'the library is loaded from `' . self::$instance->file . '`', 'name the file before the engine is used');
        }
        self::$named = $file;
    }

    /** Returns the version of the library, for example `0.1.0`. */
    public function version(): string
    {
        return $this->ffi->sla_version();
    }

    /** Returns the version of its binary interface. */
    public function abiVersion(): int
    {
        return $this->ffi->sla_abi_version();
    }

    /** Returns the release of the embedded time-zone rules, for example `2026f`. */
    public function tzdbVersion(): string
    {
        return $this->ffi->sla_tzdb_version();
    }

    /** Returns how the cache of compiled engines of this process did. */
    public function engineCache(): EngineCache
    {
        $figures = $this->ffi->new('sla_cache_figures');
        $this->run('sla_engine_cache', FFI::addr($figures));

        return new EngineCache($figures->hits, $figures->misses, $figures->engines);
    }

    /**
     * Calls a function that answers with bytes of tables: the limit, and what they hold.
     *
     * @return array{int, int}
     */
    public function tables(string $function, CData $handle): array
    {
        $figures = $this->ffi->new('sla_table_figures');
        $this->run($function, $handle, FFI::addr($figures));

        return [$figures->limit_bytes, $figures->held_bytes];
    }

    /** Calls a function without an answer. */
    public function run(string $function, mixed ...$arguments): void
    {
        $this->call($function, $arguments, InvalidInput::class);
    }

    /** Calls a function that answers with one text, and returns it; `null` when there is none. */
    public function text(string $function, mixed ...$arguments): ?string
    {
        return $this->answer($function, $arguments, InvalidInput::class);
    }

    /** As `text`, for functions that read policies: what they refuse is an `InvalidPolicy`. */
    public function policyText(string $function, mixed ...$arguments): string
    {
        return $this->answer($function, $arguments, InvalidPolicy::class) ?? '';
    }

    /**
     * Calls a function that answers with two texts.
     *
     * @return array{?string, ?string}
     */
    public function texts(string $function, mixed ...$arguments): array
    {
        $texts = $this->ffi->new('sla_string[2]');
        array_push($arguments, FFI::addr($texts[0]), FFI::addr($texts[1]));
        $this->call($function, $arguments, InvalidInput::class);

        return [$this->take($texts[0]), $this->take($texts[1])];
    }

    /**
     * Calls a function that answers with a document, the ticket after it, and when to look at it again.
     *
     * @return array{string, ?string, ?int}
     */
    public function step(string $function, mixed ...$arguments): array
    {
        $texts = $this->ffi->new('sla_string[2]');
        $next = $this->ffi->new('int64_t');
        array_push($arguments, FFI::addr($texts[0]), FFI::addr($texts[1]), FFI::addr($next));
        $this->call($function, $arguments, InvalidInput::class);
        $at = $next->cdata;

        return [$this->take($texts[0]) ?? '', $this->take($texts[1]), $at === self::NONE ? null : $at];
    }

    /**
     * Calls a function that answers with a text and an instant.
     *
     * @return array{string, ?int}
     */
    public function textAndInstant(string $function, mixed ...$arguments): array
    {
        $text = $this->ffi->new('sla_string');
        $at = $this->ffi->new('int64_t');
        array_push($arguments, FFI::addr($text), FFI::addr($at));
        $this->call($function, $arguments, InvalidInput::class);

        return [$this->take($text) ?? '', $at->cdata === self::NONE ? null : $at->cdata];
    }

    /**
     * Calls a function that answers with a number of this C type.
     *
     * @param 'int64_t'|'int32_t'|'uint32_t'|'size_t' $type
     */
    public function number(string $type, string $function, mixed ...$arguments): int
    {
        $place = $this->ffi->new($type);
        $arguments[] = FFI::addr($place);
        $this->call($function, $arguments, InvalidInput::class);

        return $place->cdata;
    }

    /**
     * Calls a function that answers with a handle of a type, for example `calendar`.
     *
     * @param class-string<InvalidInput|InvalidPolicy> $fault
     */
    public function handle(string $type, string $fault, string $function, mixed ...$arguments): Handle
    {
        $place = $this->ffi->new("sla_{$type}*");
        $arguments[] = FFI::addr($place);
        $this->call($function, $arguments, $fault);

        return $this->own($type, $place);
    }

    /** Calls a function that answers with a handle of a type, or with none. */
    public function maybeHandle(string $type, string $function, mixed ...$arguments): ?Handle
    {
        $place = $this->ffi->new("sla_{$type}*");
        $arguments[] = FFI::addr($place);
        $this->call($function, $arguments, InvalidInput::class);

        return FFI::isNull($place) ? null : $this->own($type, $place);
    }

    private function own(string $type, CData $place): Handle
    {
        return new Handle($place, function () use ($type, $place): void {
            $this->ffi->{"sla_{$type}_free"}($place);
        });
    }

    /**
     * Returns pointers to calendars as an array of C.
     *
     * @param list<CData> $pointers
     */
    public function calendars(array $pointers): ?CData
    {
        if ($pointers === []) {
            return null;
        }
        $array = $this->ffi->new('sla_calendar*[' . count($pointers) . ']');
        foreach ($pointers as $number => $pointer) {
            $array[$number] = $pointer;
        }

        return $array;
    }

    /**
     * Returns the open windows of a calendar.
     *
     * @return list<array{int, int}>
     */
    public function windows(CData $calendar, int $fromUs, int $toUs): array
    {
        $count = $this->number('size_t', 'sla_calendar_windows', $calendar, $fromUs, $toUs, null, 0);
        if ($count === 0) {
            return [];
        }
        $windows = $this->ffi->new("sla_window[{$count}]");
        $this->number('size_t', 'sla_calendar_windows', $calendar, $fromUs, $toUs, $windows, $count);
        $found = [];
        for ($index = 0; $index < $count; $index++) {
            $found[] = [$windows[$index]->opens_at_us, $windows[$index]->closes_at_us];
        }

        return $found;
    }

    /**
     * Asks a calendar about rows.
     *
     * @param list<string> $columns packed, 8 bytes a row
     *
     * @return array{string, string, int} the answers packed, the codes, one byte each, and how many were refused
     */
    public function batch(string $function, CData $calendar, int $rows, array $columns): array
    {
        $length = max($rows, 1);
        $values = $this->ffi->new("int64_t[{$length}]");
        $codes = $this->ffi->new("uint8_t[{$length}]");
        $answers = $this->ffi->new('sla_answers');
        $answers->values = $this->first($values);
        $answers->codes = $this->first($codes);
        $kept = $arguments = [];
        foreach ($columns as $packed) {
            $arguments[] = $this->column($packed, $rows, $kept);
        }
        $refused = $this->number('size_t', $function, $calendar, $rows, ...[...$arguments, $answers]);

        return [FFI::string($values, 8 * $rows), FFI::string($codes, $rows), $refused];
    }

    /**
     * Judges rows by a plan.
     *
     * @param list<string> $milestones opened, assigned, first replied, resolved; packed, 8 bytes a row
     *
     * @return array{list<array{due: string, warn: string, state: string, elapsed: string, overdue: string}>, string, int}
     */
    public function judge(CData $plan, int $timers, int $rows, string $kinds, array $milestones, int $nowUs): array
    {
        $kept = [];
        $table = $this->rows($rows, $kinds, $milestones, $kept);
        $length = max($rows, 1);
        $answers = $this->ffi->new('sla_timer_columns[' . max($timers, 1) . ']');
        $columns = [];
        for ($timer = 0; $timer < $timers; $timer++) {
            $columns[$timer] = [];
            foreach (['due_us', 'warn_us', 'elapsed_us', 'overdue_us'] as $name) {
                $columns[$timer][$name] = $this->ffi->new("int64_t[{$length}]");
                $answers[$timer]->{$name} = $this->first($columns[$timer][$name]);
            }
            $columns[$timer]['state'] = $this->ffi->new("uint8_t[{$length}]");
            $answers[$timer]->state = $this->first($columns[$timer]['state']);
        }
        $codes = $this->ffi->new("uint8_t[{$length}]");
        $refused = $this->number('size_t', 'sla_plan_evaluate', $plan, FFI::addr($table), $nowUs, $answers, $timers, $codes);
        $found = [];
        foreach ($columns as $of) {
            $found[] = [
                'due' => FFI::string($of['due_us'], 8 * $rows),
                'warn' => FFI::string($of['warn_us'], 8 * $rows),
                'state' => FFI::string($of['state'], $rows),
                'elapsed' => FFI::string($of['elapsed_us'], 8 * $rows),
                'overdue' => FFI::string($of['overdue_us'], 8 * $rows),
            ];
        }

        return [$found, FFI::string($codes, $rows), $refused];
    }

    /**
     * Adds rows to an aggregate.
     *
     * @param list<string> $milestones
     *
     * @return array{string, int} the codes and how many were refused
     */
    public function aggregate(CData $plan, CData $aggregate, int $rows, string $kinds, array $milestones, int $nowUs): array
    {
        $kept = [];
        $table = $this->rows($rows, $kinds, $milestones, $kept);
        $codes = $this->ffi->new('uint8_t[' . max($rows, 1) . ']');
        $refused = $this->number('size_t', 'sla_plan_aggregate', $plan, FFI::addr($table), $nowUs, $aggregate, $codes);

        return [FFI::string($codes, $rows), $refused];
    }

    /**
     * Returns the rows of an aggregate as columns, then the columns of so many dimensions, and the names that they refer to.
     *
     * @return array{array{period: list<int>, timer: list<int>, outcome: list<int>, bucket: list<int>, n: list<int>, sum_s: list<int>, sum_us_rest: list<int>}, list<list<int>>, list<string>}
     */
    public function figureRows(CData $aggregate, int $dimensions): array
    {
        $fixed = ['period', 'timer', 'outcome', 'bucket', 'n', 'sum_s', 'sum_us_rest'];
        $text = $this->ffi->new('sla_string');
        $rows = $this->number('size_t', 'sla_aggregate_rows', $aggregate, null, 0, FFI::addr($text));
        $this->take($text);
        $length = $rows * (count($fixed) + $dimensions);
        $values = $this->ffi->new('int64_t[' . max($length, 1) . ']');
        $this->number('size_t', 'sla_aggregate_rows', $aggregate, $this->first($values), $length, FFI::addr($text));
        $names = explode("\n", $this->take($text) ?? '');
        $columns = [];
        foreach ($rows === 0 ? [] : str_split(FFI::string($values, 8 * $length), 8 * $rows) as $column) {
            $columns[] = array_values((array) unpack('q*', $column));
        }
        $columns = $columns ?: array_fill(0, count($fixed) + $dimensions, []);

        return [array_combine($fixed, array_slice($columns, 0, count($fixed))), array_slice($columns, count($fixed)), $names];
    }

    /** Makes an aggregate of columns in the order of `figureRows`, packed one after another. */
    public function ofFigureRows(string $grouping, ?int $asOfUs, string $names, string $packed, int $rows): Handle
    {
        $count = intdiv(strlen($packed), 8);
        $values = $this->copy('int64_t', $packed, $count, 8);

        return $this->handle('aggregate', InvalidInput::class, 'sla_aggregate_from_rows', $grouping, strlen($grouping), $asOfUs ?? self::NONE, $names, strlen($names), $this->first($values), $count, $rows);
    }

    /**
     * Decides on a batch of requests, five texts each.
     *
     * @param list<int> $lengths of the texts
     */
    public function answers(CData $engine, string $texts, array $lengths, int $nowUs, int $detectedAtUs, ?string $timeZone): string
    {
        $count = count($lengths);
        $numbers = $this->copy('size_t', pack('q*', ...$lengths), $count, 8);

        return $this->answer('sla_engine_batch', [$engine, $texts, strlen($texts), $this->first($numbers), intdiv($count, 5), $nowUs, $detectedAtUs, $timeZone, strlen($timeZone ?? '')], InvalidInput::class) ?? '';
    }

    /**
     * @param list<string> $milestones
     * @param list<CData>  $kept       receives what must live as long as the table
     */
    private function rows(int $rows, string $kinds, array $milestones, array &$kept): CData
    {
        $table = $this->ffi->new('sla_rows');
        $table->rows = $rows;
        $numbers = $this->copy('uint32_t', $kinds, $rows, 4);
        $kept[] = $numbers;
        $table->kinds = $this->first($numbers);
        foreach (['opened_us', 'assigned_us', 'first_reply_us', 'resolved_us'] as $index => $name) {
            $values = $this->copy('int64_t', $milestones[$index], $rows, 8);
            $kept[] = $values;
            $table->{$name}->values = $this->first($values);
        }

        return $table;
    }

    /** @param list<CData> $kept receives what must live as long as the column */
    private function column(string $packed, int $rows, array &$kept): CData
    {
        $values = $this->copy('int64_t', $packed, $rows, 8);
        $column = $this->ffi->new('sla_column');
        $column->values = $this->first($values);
        array_push($kept, $values, $column);

        return $column;
    }

    private function copy(string $type, string $packed, int $rows, int $width): CData
    {
        $values = $this->ffi->new("{$type}[" . max($rows, 1) . ']');
        FFI::memcpy($values, $packed, $rows * $width);

        return $values;
    }

    /** Returns a pointer to the first element of an array. */
    private function first(CData $values): CData
    {
        return FFI::addr($values[0]);
    }

    /**
     * @param array<mixed>                             $arguments
     * @param class-string<InvalidInput|InvalidPolicy> $fault
     */
    private function answer(string $function, array $arguments, string $fault): ?string
    {
        $text = $this->ffi->new('sla_string');
        $arguments[] = FFI::addr($text);
        $this->call($function, $arguments, $fault);

        return $this->take($text);
    }

    /**
     * @param array<mixed>                             $arguments
     * @param class-string<InvalidInput|InvalidPolicy> $fault
     */
    private function call(string $function, array $arguments, string $fault): void
    {
        $error = $this->ffi->new('sla_error*');
        $arguments[] = FFI::addr($error);
        $status = $this->ffi->{$function}(...$arguments);
        if ($status !== self::OK) {
            throw $this->thrown($status, $error, $fault);
        }
    }

    /** @param class-string<InvalidInput|InvalidPolicy> $fault */
    private function thrown(int $status, CData $error, string $fault): SlaThrowable
    {
        $problem = $this->problem($error);
        $this->ffi->sla_error_free($error);

        return match ($status) {
            self::INVALID_ARGUMENT => new InvalidArgument($problem),
            self::PANIC => new EnginePanic($problem),
            default => new $fault($problem),
        };
    }

    private function problem(CData $error): Problem
    {
        $related = [];
        $count = $this->ffi->sla_error_related_count($error);
        for ($index = 0; $index < $count; $index++) {
            $related[] = $this->problem($this->ffi->sla_error_related($error, $index));
        }

        return new Problem(
            $this->ffi->sla_error_code($error),
            $this->ffi->sla_error_path($error),
            $this->ffi->sla_error_message($error),
            $this->ffi->sla_error_help($error),
            $related,
        );
    }

    /** Copies a text of the library and frees it. */
    private function take(CData $text): ?string
    {
        if (FFI::isNull($text->data)) {
            return null;
        }
        $copy = FFI::string($text->data, $text->len);
        $this->ffi->sla_string_free(FFI::addr($text));

        return $copy;
    }

    private static function load(): self
    {
        if (!extension_loaded('ffi')) {
            throw ExtensionMissing::here();
        }
        $tried = [];
        if (self::$named === null && ($ffi = self::preloaded()) !== null) {
            return self::checked($ffi, 'preloaded');
        }
        foreach (LibraryLocator::candidates(self::$named) as $source => $file) {
            try {
                return self::checked(FFI::cdef(Declarations::TEXT, $file), $file);
            } catch (FFI\Exception $exception) {
                self::rejectRestriction($exception);
                self::rejectOther($file, $exception);
                $tried[] = "`{$file}` ({$source}): " . LibraryLocator::cause($file, $exception);
            }
        }

        throw LibraryNotFound::after($tried);
    }

    private static function preloaded(): ?FFI
    {
        try {
            return FFI::scope(self::SCOPE);
        } catch (FFI\Exception $exception) {
            self::rejectRestriction($exception);

            return null;
        }
    }

    private static function checked(FFI $ffi, string $file): self
    {
        $version = $ffi->sla_abi_version();

        return $version === Declarations::ABI_VERSION ? new self($ffi, $file) : throw AbiMismatch::between($file, $version, Declarations::ABI_VERSION);
    }

    private static function rejectRestriction(FFI\Exception $exception): void
    {
        if (str_contains($exception->getMessage(), 'ffi.enable')) {
            throw FfiRestricted::because($exception);
        }
    }

    /** Tells a library of another version, which lacks functions, from a missing one. */
    private static function rejectOther(string $file, FFI\Exception $exception): void
    {
        if (!str_contains($exception->getMessage(), 'resolving')) {
            return;
        }
        try {
            $version = FFI::cdef("int32_t sla_abi_version(void);\n", $file)->sla_abi_version();
        } catch (FFI\Exception) {
            $version = null;
        }
        throw AbiMismatch::between($file, $version, Declarations::ABI_VERSION, $exception);
    }
}
