<?php

declare(strict_types=1);

namespace Sla;

use Sla\Exceptions\InvalidInput;
use Sla\Native\Handle;
use Sla\Native\Library;
use Sla\Native\Unclonable;

/** A watch over the events of all tickets, by the `objectives` of a policy. Give it events in the order of their instants. */
final class Alerts
{
    use Unclonable;

    private readonly Library $library;
    private readonly Handle $handle;

    public function __construct(Engine $engine, ?string $memory = null)
    {
        $this->library = Library::get();
        $this->handle = $memory === null
            ? $this->library->handle('alerts', InvalidInput::class, 'sla_alerts_new', $engine->pointer())
            : $this->library->handle('alerts', InvalidInput::class, 'sla_alerts_read', $engine->pointer(), $memory, strlen($memory));
    }

    /**
     * Returns a watch that resumes with what `json` wrote. What it remembered of an objective that the policy does not have
     * any more, by timer and windows, is dropped.
     *
     * @throws InvalidInput
     */
    public static function fromJson(Engine $engine, string $memory): self
    {
        return new self($engine, $memory);
    }

    /** Returns what the watch remembers, to store it between two runs of a process. */
    public function json(): string
    {
        return $this->library->text('sla_alerts_write', $this->handle->pointer) ?? '';
    }

    /**
     * Takes events, and returns the alerts that they cause.
     *
     * @param iterable<Event>     $events     of any tickets
     * @param ?\DateTimeInterface $detectedAt when the automatic ones were made; `null` when the host did not keep it
     *
     * @return list<Alert>
     */
    public function observe(iterable $events, ?\DateTimeInterface $detectedAt = null): array
    {
        $list = History::listOf($events);

        return self::read($this->library->text('sla_alerts_observe', $this->handle->pointer, $list, strlen($list), $detectedAt === null ? Library::NONE : Time::toUs($detectedAt)));
    }

    /**
     * Returns the alerts that time makes without further events, up to an instant.
     *
     * @return list<Alert>
     */
    public function advance(\DateTimeInterface $now): array
    {
        return self::read($this->library->text('sla_alerts_advance', $this->handle->pointer, Time::toUs($now)));
    }

    /** @return list<Alert> */
    private static function read(?string $text): array
    {
        return Json::each(Alert::read(...), Json::read($text ?? '[]'));
    }
}
