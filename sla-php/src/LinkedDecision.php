<?php

declare(strict_types=1);

namespace Sla;

use Sla\Exceptions\InvalidInput;
use Sla\Exceptions\Problem;

/**
 * The outcome of a command or of time, ready to be stored: the events as entries of the ticket's chain, the new head, the
 * ticket, and its values.
 */
final class LinkedDecision
{
    /** @param list<string> $entries */
    private function __construct(
        /** One text an event, to store as it is in this order; empty when refused, or when a command was repeated. */
        public readonly array $entries,
        /** Where the ticket's chain stands afterwards; `null` when refused. */
        public readonly ?Head $head,
        /** The ticket afterwards; `null` when refused. */
        public readonly ?Ticket $ticket,
        /** When the next automatic event can come, in microseconds; `null` for never, or when refused. */
        public readonly ?int $nextCheckAtUs,
        /** Why not; `null` when it was accepted. */
        public readonly ?Refusal $refusal,
        private readonly ?\stdClass $values,
        private readonly ?\stdClass $rows,
        private readonly string $rowState,
    ) {
    }

    public function isAccepted(): bool
    {
        return $this->refusal === null;
    }

    /** Returns when the next automatic event can come; `null` for never, or when refused. */
    public function nextCheckAt(): ?\DateTimeImmutable
    {
        return $this->nextCheckAtUs === null ? null : Time::fromUs($this->nextCheckAtUs);
    }

    /** Returns the ticket as values; `null` when refused. */
    public function values(): ?TicketValues
    {
        return $this->values === null ? null : TicketValues::read($this->values);
    }

    /** Returns the rows of the events, and those as of now; `null` without a time zone, or when refused. */
    public function rows(): ?TicketRows
    {
        return $this->rows === null ? null : TicketRows::read($this->rows, $this->rowState);
    }

    /**
     * Reads the entries as events.
     *
     * @return list<Event>
     */
    public function events(): array
    {
        return array_map(Event::ofEntry(...), $this->entries);
    }

    /**
     * Reads the answer for one ticket; every entry is on a line of its own.
     *
     * @internal
     *
     * @param array{string, ?string, ?int} $step
     */
    public static function read(array $step): self
    {
        [$text, $ticket] = $step;
        $lines = explode("\n", $text);
        if (count($lines) === 1) {
            return self::refused(Json::read($text)->refused);
        }
        $at = 0;

        return self::accepted($lines, $at, $ticket ?? '');
    }

    /**
     * Reads the answers of a batch.
     *
     * @internal
     *
     * @return list<self|InvalidInput>
     */
    public static function readAll(string $text): array
    {
        $lines = explode("\n", $text);
        $answers = [];
        for ($at = 1, $end = count($lines) - 1; $at < $end; $at++) {
            $line = $lines[$at] ?? '';
            if (!str_starts_with($line, '{"accepted"')) {
                $document = Json::read(rtrim($line, ','));
                $answers[] = isset($document->refused) ? self::refused($document->refused) : self::failed($document->failed);
                continue;
            }
            $answers[] = self::accepted($lines, $at);
        }

        return $answers;
    }

    /**
     * Reads an accepted answer from its first line on: the snapshot, the row state and each entry are on lines of their own.
     *
     * @param list<string> $lines
     * @param int          $at    the place of its first line, and afterwards of its last
     */
    private static function accepted(array $lines, int &$at, string $ticket = ''): self
    {
        $document = $lines[$at] ?? '';
        if (str_ends_with($document, '"snapshot":')) {
            $ticket = $lines[$at + 1] ?? '';
            $document .= 'null' . ($lines[$at + 2] ?? '');
            $at += 2;
        }
        $rowState = '';
        if (str_ends_with($document, '"state":')) {
            $rowState = $lines[$at + 1] ?? '';
            $document .= 'null' . ($lines[$at + 2] ?? '');
            $at += 2;
        }
        $entries = [];
        while (!str_starts_with($lines[++$at] ?? ']}}', ']}}')) {
            $entries[] = rtrim($lines[$at] ?? '', ',');
        }
        $accepted = Json::read("{$document}]}}")->accepted;

        return new self($entries, Head::read($accepted->head), Ticket::fromJson($ticket), $accepted->next_check_at_us, null, $accepted->values, $accepted->rows ?? null, $rowState);
    }

    private static function refused(\stdClass $refusal): self
    {
        return new self([], null, null, null, Refusal::read($refusal), null, null, '');
    }

    private static function failed(\stdClass $fault): InvalidInput
    {
        return new InvalidInput(new Problem($fault->code, $fault->path, $fault->message, $fault->help));
    }
}
