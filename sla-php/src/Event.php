<?php

declare(strict_types=1);

namespace Sla;

/** What happened, as the host stores it. docs/events.md says what each kind holds. */
final class Event
{
    private function __construct(
        public readonly string $ticket,
        /** 0 for the opening, then counting up by one. */
        public readonly int $seq,
        public readonly \DateTimeImmutable $at,
        public readonly Actor $actor,
        /** The team or organization that permitted the actor; `null` where the role or the ticket itself did. */
        public readonly ?Via $via,
        public readonly string $kind,
        /** The policy revision that the ticket is under from this event on. */
        public readonly string $policyDigest,
        private readonly \stdClass $document,
    ) {
    }

    /** Reads a stored event. */
    public static function fromJson(string $json): self
    {
        return Document::read($json, self::read(...));
    }

    /** Reads the event of a stored entry of a chain. */
    public static function ofEntry(string $entry): self
    {
        return Document::read($entry, static function (\stdClass $event): self {
            unset($event->detected_at, $event->prev, $event->hash);

            return self::read($event);
        });
    }

    /** Returns `at` in microseconds since 1970-01-01T00:00:00Z. */
    public function atUs(): int
    {
        return Time::toUs($this->at);
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->ticket,
            $document->seq,
            Time::fromText($document->at),
            Actor::read($document->actor),
            Via::read($document->via ?? null),
            $document->kind,
            $document->policy_digest,
            $document,
        );
    }

    /**
     * @internal
     *
     * @param list<\stdClass> $documents
     *
     * @return list<self>
     */
    public static function readAll(array $documents): array
    {
        return Json::each(self::read(...), $documents);
    }

    /** Returns the event as text, to store. */
    public function json(): string
    {
        return Json::write($this->document);
    }

    /**
     * Returns what the event holds besides its frame.
     *
     * @return array<string, mixed>
     */
    public function data(): array
    {
        return Document::arrayOf($this->document->data ?? null);
    }

    /**
     * Returns what the event did to timers.
     *
     * @return list<array<string, mixed>>
     */
    public function changes(): array
    {
        return Document::listOf($this->document->changes ?? null);
    }

    /**
     * Returns the timers for which something is promised from this event on, without a change that says so.
     *
     * @return list<string>
     */
    public function promised(): array
    {
        return $this->document->promised ?? [];
    }

    /** Returns what an inactivity rule did; `null` for other events. */
    public function inactivity(): ?Inactivity
    {
        $data = $this->document->data ?? null;
        $found = $this->kind === 'reminded' ? $data : ($data->inactivity ?? null);

        return $found instanceof \stdClass ? Inactivity::read($found) : null;
    }

    /** Returns what the host must act on once, for example a notification; `null` for what people did. */
    public function intent(): ?Intent
    {
        $data = $this->document->data ?? null;
        $firing = $this->kind === 'warned' ? $data : ($data->firing ?? null);

        return $firing instanceof \stdClass && isset($firing->intent_id) ? Intent::read($firing) : null;
    }
}
