<?php

declare(strict_types=1);

namespace Sla;

use Sla\Exceptions\InvalidArgument;
use Sla\Exceptions\InvalidInput;
use Sla\Native\Handle;
use Sla\Native\Library;
use Sla\Native\Unclonable;

/**
 * Figures over many tickets. Made of parts in any order and merged, the result is the same to the byte. Add each
 * ticket once, all as of one instant. docs/analytics.md says what is counted.
 */
final class Aggregate
{
    use Unclonable;

    private const MISSING = PHP_INT_MIN;

    private function __construct(private readonly Library $library, private readonly Handle $handle)
    {
    }

    /** Makes an aggregate without tickets. */
    public static function by(Grouping $grouping): self
    {
        return self::made('sla_aggregate_new', $grouping->json());
    }

    /** Reads a stored aggregate. */
    public static function fromJson(string $json): self
    {
        return self::made('sla_aggregate_read', $json);
    }

    /**
     * Makes an aggregate of rows in any order, for example of rows that a database merged.
     *
     * @param iterable<AggregateRow> $rows
     * @param ?\DateTimeInterface    $asOf the instant as of which the tickets were counted
     *
     * @throws InvalidInput    `out_of_range` for a number that no tickets make, `unknown_word` for a figure, `conflicting_fields`
     * @throws InvalidArgument for a row that is no row of this grouping
     */
    public static function fromRows(Grouping $grouping, iterable $rows, ?\DateTimeInterface $asOf = null): self
    {
        // The order of the columns.
        $dimensions = [];
        foreach (Dimension::cases() as $dimension) {
            if (in_array($dimension, $grouping->dimensions, true)) {
                $dimensions[] = $dimension->value;
            }
        }
        $known = array_flip($dimensions);
        $columns = array_fill(0, 7 + count($dimensions), []);
        $places = [];
        $count = 0;
        foreach ($rows as $one) {
            $row = self::row($count, $one);
            if (array_diff_key($row->key, $known) !== []) {
                throw InvalidArgument::of('conflicting_fields', "row {$count} has a dimension that the grouping does not have", 'give the rows and the grouping the same dimensions');
            }
            $columns[0][] = $row->periodUs;
            $columns[1][] = $row->timer === null ? null : $places[$row->timer] ??= count($places);
            $columns[2][] = $places[$row->outcome] ??= count($places);
            $columns[3][] = $row->bucket;
            $columns[4][] = $row->n;
            $columns[5][] = $row->sumS;
            $columns[6][] = $row->sumUsRest;
            foreach ($dimensions as $column => $dimension) {
                $name = $row->key[$dimension] ?? null;
                $columns[7 + $column][] = $name === null ? null : $places[$name] ??= count($places);
            }
            $count++;
        }
        $packed = '';
        foreach ($columns as $column) {
            $packed .= Column::of($column)->packed;
        }
        $library = Library::get();
        $names = implode("\n", array_keys($places));
        if (substr_count($names, "\n") >= max(1, count($places))) {
            throw InvalidArgument::of('invalid_id', 'a name of a row has a line break', 'pass the ids of the policy and the agents');
        }

        return new self($library, $library->ofFigureRows($grouping->json(), $asOf === null ? null : Time::toUs($asOf), $names, $packed, $count));
    }

    /**
     * Adds a ticket as of an instant.
     *
     * @throws InvalidInput then nothing of the ticket is added
     */
    public function add(Engine $engine, History $history, \DateTimeInterface $now): void
    {
        $on = $history->json();
        $this->library->run('sla_aggregate_add', $this->pointer(), $engine->pointer(), $on, strlen($on), Time::toUs($now));
    }

    /**
     * Adds the tickets of a log of another system as of an instant, judged as by `Engine::importLog`.
     *
     * @param iterable<mixed>                    $rows   as for `Log::commands`
     * @param array<array-key, Meaning|LogState> $states what each state means, when rows are states
     *
     * @throws InvalidInput then the tickets before the fault are added
     */
    public function addLog(Engine $engine, iterable $rows, \DateTimeInterface $now, array $states = []): LogImport
    {
        $log = Log::document($rows, $states);

        return LogImport::read($this->library->text('sla_aggregate_add_log', $this->pointer(), $engine->pointer(), $log, strlen($log), Time::toUs($now)) ?? '');
    }

    /** Adds the figures of another aggregate, which must keep the same things apart. */
    public function merge(self $other): void
    {
        $this->library->run('sla_aggregate_merge', $this->pointer(), $other->pointer());
    }

    /** Returns the flat rows as a document; equal figures give equal bytes. */
    public function json(): string
    {
        return $this->library->text('sla_aggregate_write', $this->pointer()) ?? '';
    }

    /**
     * Returns everything as rows, always in the same order, for a table that adds them up; `fromRows` reads them back.
     *
     * @return list<AggregateRow>
     */
    public function rows(): array
    {
        $dimensions = array_map(static fn (Dimension $one): string => $one->value, $this->grouping()->dimensions);
        [$columns, $held, $names] = $this->library->figureRows($this->pointer(), count($dimensions));
        $rows = [];
        foreach ($columns['n'] as $row => $n) {
            $key = [];
            foreach ($dimensions as $column => $dimension) {
                // A missing place is the least number, which the names do not have.
                $key[$dimension] = $names[$held[$column][$row] ?? self::MISSING] ?? null;
            }
            $period = $columns['period'][$row] ?? self::MISSING;
            $rows[] = new AggregateRow(
                $names[$columns['outcome'][$row] ?? self::MISSING] ?? '',
                $n,
                $key,
                $period === self::MISSING ? null : $period,
                $names[$columns['timer'][$row] ?? self::MISSING] ?? null,
                $columns['bucket'][$row] ?? 0,
                $columns['sum_s'][$row] ?? 0,
                $columns['sum_us_rest'][$row] ?? 0,
            );
        }

        return $rows;
    }

    /**
     * Returns the same figures in fewer groups.
     *
     * @throws InvalidInput `conflicting_fields` for a dimension that they are not grouped by, or other periods
     */
    public function regroup(Grouping $grouping): self
    {
        $json = $grouping->json();

        return new self($this->library, $this->library->handle('aggregate', InvalidInput::class, 'sla_aggregate_regroup', $this->pointer(), $json, strlen($json)));
    }

    /** Returns what is kept apart. */
    public function grouping(): Grouping
    {
        return Grouping::read(Json::read($this->kept()[0]));
    }

    /** Returns the latest instant as of which a ticket was counted; `null` without tickets. */
    public function asOf(): ?\DateTimeImmutable
    {
        $at = $this->asOfUs();

        return $at === null ? null : Time::fromUs($at);
    }

    /** Returns `asOf` in microseconds since 1970-01-01T00:00:00Z. */
    public function asOfUs(): ?int
    {
        return $this->kept()[1];
    }

    /** Returns the number of the bucket that a duration is in: the `bucket` of a row that counts it. */
    public static function bucketNumber(int $durationUs): int
    {
        return Library::get()->number('uint32_t', 'sla_bucket_number', $durationUs);
    }

    /** Returns the compliance report, a group for each key. */
    public function report(): Report
    {
        return Report::read(Json::read($this->library->text('sla_aggregate_report', $this->pointer()) ?? ''));
    }

    /** Compares all packages of the newest revision, those without tickets included. */
    public function packages(Engine $engine): Report
    {
        return Report::read(Json::read($this->library->text('sla_aggregate_packages', $this->pointer(), $engine->pointer()) ?? ''));
    }

    /**
     * Returns the figures of each agent, with their score.
     *
     * @return list<AgentPerformance>
     */
    public function agents(Engine $engine): array
    {
        $text = $this->library->text('sla_aggregate_agents', $this->pointer(), $engine->pointer());

        return Json::each(AgentPerformance::read(...), Json::read($text ?? '')->agents);
    }

    /** @internal */
    public function pointer(): \FFI\CData
    {
        return $this->handle->pointer;
    }

    private static function row(int $number, mixed $row): AggregateRow
    {
        return $row instanceof AggregateRow ? $row : throw InvalidArgument::of('wrong_type', "row {$number} is no `AggregateRow`, but " . get_debug_type($row), 'pass what `rows` returned, or `new AggregateRow(...)`');
    }

    /** @return array{string, ?int} the grouping as a document, and as of when the tickets were counted */
    private function kept(): array
    {
        return $this->library->textAndInstant('sla_aggregate_grouping', $this->pointer());
    }

    private static function made(string $function, string $json): self
    {
        $library = Library::get();

        return new self($library, $library->handle('aggregate', InvalidInput::class, $function, $json, strlen($json)));
    }
}
