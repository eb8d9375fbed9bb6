<?php

declare(strict_types=1);

namespace Sla;

use Sla\Exceptions\InvalidInput;
use Sla\Native\Handle;
use Sla\Native\Library;
use Sla\Native\Unclonable;

/** Judges tickets given as columns. Exact for tickets that never paused and were not reopened. */
final class Plan
{
    use Unclonable;

    private readonly Library $library;
    private readonly Handle $handle;

    /** @var list<string> */
    private readonly array $timers;

    /**
     * @param list<string> $timers those that milestones decide
     * @param list<Kind>   $kinds  every kind of ticket that rows may name
     *
     * @throws InvalidInput `unknown_timer` also for a timer with cycles; `unknown_package`
     */
    public function __construct(Engine $engine, array $timers, array $kinds)
    {
        $this->timers = array_values($timers);
        $documents = array_map(/** @return array<string, string> */ static fn (Kind $kind): array => $kind->document(), array_values($kinds));
        $plan = Json::write(['timers' => $this->timers, 'kinds' => $documents]);
        $this->library = Library::get();
        $this->handle = $this->library->handle('plan', InvalidInput::class, 'sla_plan_new', $engine->pointer(), $plan, strlen($plan));
    }

    /** Says where each timer of each row stands as of an instant. */
    public function evaluate(Rows $rows, \DateTimeInterface $now): Judged
    {
        [$found, $codes, $refused] = $this->library->judge($this->handle->pointer, count($this->timers), count($rows), $rows->kinds, $rows->packed(), Time::toUs($now));
        $timers = [];
        foreach (array_combine($this->timers, $found) as $timer => $of) {
            $timers[$timer] = new TimerColumns(
                Column::ofPacked($of['due']),
                Column::ofPacked($of['warn']),
                $of['state'],
                Column::ofPacked($of['elapsed']),
                Column::ofPacked($of['overdue']),
            );
        }

        return new Judged($timers, $codes, $refused);
    }

    /** Adds rows to an aggregate, as of an instant. Rows do not say who wrote what and which steps fired. */
    public function aggregate(Rows $rows, \DateTimeInterface $now, Aggregate $aggregate): Judged
    {
        [$codes, $refused] = $this->library->aggregate($this->handle->pointer, $aggregate->pointer(), count($rows), $rows->kinds, $rows->packed(), Time::toUs($now));

        return new Judged([], $codes, $refused);
    }
}
