<?php

declare(strict_types=1);

namespace Sla;

use Sla\Exceptions\InvalidArgument;
use Sla\Exceptions\InvalidInput;
use Sla\Exceptions\InvalidPolicy;
use Sla\Native\Handle;
use Sla\Native\Library;
use Sla\Native\Unclonable;

/**
 * When support time counts. Lengths are microseconds of business time; instants are answered in UTC.
 *
 * Methods that end in `Us` take and give microseconds since 1970-01-01T00:00:00Z, and are the quick ones.
 * All throw an `InvalidInput` with the code `out_of_horizon` outside 1970-01-01 to 2200-01-01.
 */
final class Calendar
{
    use Unclonable;

    private readonly \FFI $ffi;
    private readonly \FFI\CData $pointer;

    /** @internal */
    public function __construct(private readonly Library $library, private readonly Handle $handle)
    {
        $this->ffi = $library->ffi;
        $this->pointer = $handle->pointer;
    }

    /**
     * Compiles a calendar without a policy.
     *
     * @param string $json the object that stands under `calendars` in a policy
     *
     * @throws InvalidPolicy with every problem in `related`
     */
    public static function compile(string $json, ?Zones $zones = null): self
    {
        $library = Library::get();

        return new self($library, $library->handle('calendar', InvalidPolicy::class, 'sla_calendar_compile', $json, strlen($json), $zones?->pointer()));
    }

    /**
     * Makes a calendar that is open whenever one of others is.
     *
     * @param string $timeZone the zone for display
     * @param list<self> $members 2 to 64 calendars that are not made of others themselves
     *
     * @throws InvalidInput `out_of_range`, `conflicting_fields`, `unknown_time_zone`
     */
    public static function anyOf(string $timeZone, array $members, ?Zones $zones = null): self
    {
        $library = Library::get();
        $pointers = array_map(static fn (self $member): \FFI\CData => $member->pointer, $members);

        return new self($library, $library->handle('calendar', InvalidInput::class, 'sla_calendar_any_of', $timeZone, strlen($timeZone), $library->calendars($pointers), count($pointers), $zones?->pointer()));
    }

    /**
     * Returns the same calendar with tables of its own, still empty, that hold at most that many bytes.
     *
     * Without it they hold at most 64 MiB, those of an engine's calendars together. Beyond a limit the answers are the same,
     * but take time in proportion to the days that they span.
     *
     * @throws InvalidArgument `out_of_range` for a negative number
     */
    public function withTableLimit(int $bytes): self
    {
        if ($bytes < 0) {
            throw InvalidArgument::of('out_of_range', "{$bytes} bytes are out of range", 'pass 0 or more');
        }

        return new self($this->library, $this->library->handle('calendar', InvalidInput::class, 'sla_calendar_with_table_limit', $this->pointer, $bytes));
    }

    /** Returns how many bytes its tables may hold; those of an engine's calendars hold so many together. */
    public function tableLimit(): int
    {
        return $this->library->tables('sla_calendar_tables', $this->pointer)[0];
    }

    /** Returns how many bytes its tables hold. */
    public function tableBytes(): int
    {
        return $this->library->tables('sla_calendar_tables', $this->pointer)[1];
    }

    /**
     * Returns the earliest instant at which so much business time has passed since the start.
     *
     * @throws InvalidInput `invalid_duration` for a negative length
     */
    public function add(\DateTimeInterface $start, int $lengthUs): \DateTimeImmutable
    {
        return Time::fromUs($this->addUs(Time::toUs($start), $lengthUs));
    }

    /** As `add`, in microseconds. */
    public function addUs(int $startUs, int $lengthUs): int
    {
        $endUs = $this->ffi->sla_calendar_add_or_none($this->pointer, $startUs, $lengthUs);

        return $endUs !== Library::NONE ? $endUs : $this->ask('sla_calendar_add', $startUs, $lengthUs);
    }

    /** Returns the latest instant from which so much business time passes until the end. */
    public function subtract(\DateTimeInterface $end, int $lengthUs): \DateTimeImmutable
    {
        return Time::fromUs($this->subtractUs(Time::toUs($end), $lengthUs));
    }

    /** As `subtract`, in microseconds. */
    public function subtractUs(int $endUs, int $lengthUs): int
    {
        $startUs = $this->ffi->sla_calendar_subtract_or_none($this->pointer, $endUs, $lengthUs);

        return $startUs !== Library::NONE ? $startUs : $this->ask('sla_calendar_subtract', $endUs, $lengthUs);
    }

    /**
     * Returns how much business time lies in `[from, to)`, in microseconds.
     *
     * @throws InvalidInput `end_before_start`
     */
    public function elapsed(\DateTimeInterface $from, \DateTimeInterface $to): int
    {
        return $this->elapsedUs(Time::toUs($from), Time::toUs($to));
    }

    /** As `elapsed`, between microseconds. */
    public function elapsedUs(int $fromUs, int $toUs): int
    {
        $lengthUs = $this->ffi->sla_calendar_elapsed_or_none($this->pointer, $fromUs, $toUs);

        return $lengthUs !== Library::NONE ? $lengthUs : $this->ask('sla_calendar_elapsed', $fromUs, $toUs);
    }

    /**
     * Returns the business time from an instant to the one that business days promise, in microseconds.
     *
     * @param int $days at most 366
     * @param string $by `close`, `same_time` or a local time such as `16:00`
     * @param ?string $cutOff a local time from which on a day counts as the next one
     *
     * @throws InvalidInput `invalid_time`, `out_of_range`; `conflicting_fields` for a calendar without business days
     */
    public function businessDays(\DateTimeInterface $from, int $days, string $by, ?string $cutOff = null): int
    {
        // The C type would cut other numbers off.
        if ($days < 0 || $days > 0xFFFFFFFF) {
            throw InvalidArgument::of('out_of_range', "{$days} business days are out of range", 'pass 0 to 366');
        }

        return $this->library->number('int64_t', 'sla_calendar_business_days', $this->pointer, Time::toUs($from), $days, $by, strlen($by), $cutOff, strlen($cutOff ?? ''));
    }

    public function isOpen(\DateTimeInterface $at): bool
    {
        return $this->library->number('int32_t', 'sla_calendar_is_open', $this->pointer, Time::toUs($at)) === 1;
    }

    /** Returns the first open instant from an instant on: itself while the calendar is open. */
    public function nextOpen(\DateTimeInterface $at): \DateTimeImmutable
    {
        return Time::fromUs($this->nextOpenUs(Time::toUs($at)));
    }

    /** As `nextOpen`, in microseconds. */
    public function nextOpenUs(int $atUs): int
    {
        $opensAtUs = $this->ffi->sla_calendar_next_open_or_none($this->pointer, $atUs);

        return $opensAtUs !== Library::NONE ? $opensAtUs : $this->ask('sla_calendar_next_open', $atUs);
    }

    /** Returns the first closing after an instant. */
    public function nextClose(\DateTimeInterface $at): \DateTimeImmutable
    {
        return Time::fromUs($this->nextCloseUs(Time::toUs($at)));
    }

    /** As `nextClose`, in microseconds. */
    public function nextCloseUs(int $atUs): int
    {
        $closesAtUs = $this->ffi->sla_calendar_next_close_or_none($this->pointer, $atUs);

        return $closesAtUs !== Library::NONE ? $closesAtUs : $this->ask('sla_calendar_next_close', $atUs);
    }

    /** Returns whether the holidays up to an instant are not all entered yet (`holidays_known_until`). */
    public function isProvisional(\DateTimeInterface $until): bool
    {
        return $this->library->number('int32_t', 'sla_calendar_is_provisional', $this->pointer, Time::toUs($until)) === 1;
    }

    /**
     * Returns the open windows between two instants, cut at both, touching ones merged, oldest first.
     *
     * @return list<Window>
     */
    public function windows(\DateTimeInterface $from, \DateTimeInterface $to): array
    {
        $windows = $this->library->windows($this->pointer, Time::toUs($from), Time::toUs($to));

        return array_map(/** @param array{int, int} $window */ static fn (array $window): Window => new Window(Time::fromUs($window[0]), Time::fromUs($window[1])), $windows);
    }

    /** Answers `addUs` for each row. */
    public function addColumn(Column $starts, Column $lengths): Answers
    {
        return $this->batch('sla_calendar_add_batch', $starts, $lengths);
    }

    /** Answers `subtractUs` for each row. */
    public function subtractColumn(Column $ends, Column $lengths): Answers
    {
        return $this->batch('sla_calendar_subtract_batch', $ends, $lengths);
    }

    /** Answers `elapsedUs` for each row. */
    public function elapsedColumn(Column $from, Column $to): Answers
    {
        return $this->batch('sla_calendar_elapsed_batch', $from, $to);
    }

    /** Answers `isOpen` for each row, with 1 or 0. */
    public function isOpenColumn(Column $at): Answers
    {
        return $this->batch('sla_calendar_is_open_batch', $at);
    }

    /** Answers `nextOpenUs` for each row. */
    public function nextOpenColumn(Column $at): Answers
    {
        return $this->batch('sla_calendar_next_open_batch', $at);
    }

    /** Answers `nextCloseUs` for each row. */
    public function nextCloseColumn(Column $at): Answers
    {
        return $this->batch('sla_calendar_next_close_batch', $at);
    }

    private function batch(string $function, Column $first, Column ...$others): Answers
    {
        $rows = count($first);
        $packed = [$first->packed];
        foreach ($others as $other) {
            $packed[] = count($other) === $rows ? $other->packed : throw InvalidArgument::of('invalid_length', "one column has {$rows} rows, another " . count($other), 'pass columns of one length');
        }

        return new Answers(...self::answers($this->library->batch($function, $this->pointer, $rows, $packed)));
    }

    /**
     * @param array{string, string, int} $found
     *
     * @return array{Column, string, int}
     */
    private static function answers(array $found): array
    {
        return [Column::ofPacked($found[0]), $found[1], $found[2]];
    }

    /** Asks again where a number alone said that there is no answer, to learn why. */
    private function ask(string $function, int ...$numbers): int
    {
        return $this->library->number('int64_t', $function, $this->pointer, ...$numbers);
    }
}
