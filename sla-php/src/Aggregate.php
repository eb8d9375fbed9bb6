<?php

declare(strict_types=1);

namespace Sla;

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

    private static function made(string $function, string $json): self
    {
        $library = Library::get();

        return new self($library, $library->handle('aggregate', InvalidInput::class, $function, $json, strlen($json)));
    }
}
