<?php

declare(strict_types=1);

namespace Sla;

use Sla\Exceptions\InvalidArgument;
use Sla\Exceptions\InvalidInput;
use Sla\Native\Handle;
use Sla\Native\Library;
use Sla\Native\Unclonable;

/**
 * The open promises of many tickets with the least business time left, or a worklist, in which breached ones come first. Ask
 * about all tickets as of one instant.
 */
final class AtRisk
{
    use Unclonable;

    private readonly Library $library;
    private readonly Handle $handle;

    /**
     * @param int  $most how many promises it keeps, not negative
     * @param bool $withBreached whether it is a worklist: breached promises first, the longest overdue on top
     */
    public function __construct(int $most, bool $withBreached = false)
    {
        if ($most < 0) {
            throw InvalidArgument::of('invalid_length', "a list cannot keep {$most} promises", 'pass 0 or more');
        }
        $this->library = Library::get();
        $new = $withBreached ? 'sla_worklist_new' : 'sla_at_risk_new';
        $this->handle = $this->library->handle('at_risk', InvalidInput::class, $new, $most);
    }

    /** Makes an empty worklist: breached promises come first, the longest overdue on top. */
    public static function worklist(int $most): self
    {
        return new self($most, true);
    }

    /** Considers the open promises of a ticket. */
    public function add(Engine $engine, Ticket|History $ticket, \DateTimeInterface $now): void
    {
        $on = $ticket->json();
        $this->library->run('sla_at_risk_add', $this->handle->pointer, $engine->pointer(), $on, strlen($on), Time::toUs($now));
    }

    /** @return list<OpenPromise> of a worklist breached ones first, then the one with the least left */
    public function promises(): array
    {
        $text = $this->library->text('sla_at_risk_write', $this->handle->pointer);

        return Json::each(OpenPromise::read(...), Json::read($text ?? '')->promises);
    }
}
