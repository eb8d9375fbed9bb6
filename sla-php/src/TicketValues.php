<?php

declare(strict_types=1);

namespace Sla;

/** A ticket after its last event, for the columns of a database; instants are microseconds since 1970-01-01T00:00:00Z. */
final class TicketValues
{
    /**
     * @param list<EscalationValues>     $escalations
     * @param array<string, TimerValues> $timers
     */
    private function __construct(
        public readonly string $id,
        public readonly Status $status,
        public readonly string $customer,
        public readonly ?string $organization,
        public readonly Direction $direction,
        public readonly ?string $agent,
        public readonly ?string $team,
        public readonly string $package,
        /** The priority label of the package. */
        public readonly ?string $priority,
        /** The channel of the opening. */
        public readonly string $channel,
        public readonly ?string $severity,
        public readonly ?string $category,
        /** The revision that the ticket is under. */
        public readonly string $policyDigest,
        /** The number of events so far. */
        public readonly int $events,
        public readonly int $openedAtUs,
        /** The instant of the last event. */
        public readonly int $lastAtUs,
        /** When it was closed, withdrawn or voided; `null` before. */
        public readonly ?int $closedAtUs,
        /** Oldest first. */
        public readonly array $escalations,
        /** The latest cycle of every timer that has started, by the timer's id. */
        public readonly array $timers,
    ) {
    }

    /** Returns a timer by its id; `null` when it has not started. */
    public function timer(string $id): ?TimerValues
    {
        return $this->timers[$id] ?? null;
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        $timers = [];
        foreach (Json::each(TimerValues::read(...), $document->timers) as $timer) {
            $timers[$timer->timer] = $timer;
        }

        return new self(
            $document->id,
            Status::from($document->status),
            $document->customer,
            $document->organization,
            Direction::from($document->direction),
            $document->agent,
            $document->team,
            $document->package,
            $document->priority,
            $document->channel,
            $document->severity,
            $document->category,
            $document->policy_digest,
            $document->events,
            $document->opened_at_us,
            $document->last_at_us,
            $document->closed_at_us,
            Json::each(EscalationValues::read(...), $document->escalations),
            $timers,
        );
    }
}
