<?php

declare(strict_types=1);

namespace Sla;

/** What `Engine::batch` is asked about one ticket. */
final class Request
{
    private function __construct(
        public readonly Ticket|History $ticket,
        /** Where the ticket's chain stands. */
        public readonly Head $head,
        /** `null` to ask for the automatic events that are due. */
        public readonly ?Command $command,
        public readonly ?Actor $actor,
        /** What was stored with the ticket; needed for rows only. */
        public readonly ?string $rowState,
    ) {
    }

    /** Asks for the automatic events that are due. */
    public static function dueEvents(Ticket|History $ticket, Head $head, ?string $rowState = null): self
    {
        return new self($ticket, $head, null, null, $rowState);
    }

    /** Asks for the decision on a command. */
    public static function command(Ticket|History $ticket, Head $head, Command $command, Actor $actor, ?string $rowState = null): self
    {
        return new self($ticket, $head, $command, $actor, $rowState);
    }

    /**
     * @internal
     *
     * @return array{string, string, string, string, string}
     */
    public function texts(): array
    {
        return [$this->ticket->json(), $this->head->json(), $this->command?->json() ?? '', $this->actor?->json() ?? '', $this->rowState ?? ''];
    }
}
