<?php

declare(strict_types=1);

namespace Sla;

/**
 * A ticket as its events left it, in short: what every question but those about the past takes in place of the whole
 * history, and faster. The text is a document of the library; the host stores it beside the events, or makes it anew.
 */
final class Ticket
{
    private function __construct(private readonly string $json)
    {
    }

    /** Takes a stored snapshot; it is read when the ticket is used. */
    public static function fromJson(string $json): self
    {
        return new self($json);
    }

    /** Folds a history. */
    public static function of(History $history): self
    {
        return new self(Native\Library::get()->text('sla_ticket_fold', $history->json(), strlen($history->json()), null, 0) ?? '');
    }

    /**
     * Returns the ticket after more events.
     *
     * @param iterable<Event> $events
     */
    public function fold(iterable $events): self
    {
        $list = History::listOf($events);

        return new self(Native\Library::get()->text('sla_ticket_fold', $this->json, strlen($this->json), $list, strlen($list)) ?? '');
    }

    /** Returns the snapshot, to store. */
    public function json(): string
    {
        return $this->json;
    }
}
