<?php

declare(strict_types=1);

namespace Sla;

/** Something that an operator must be told. */
final class Alert
{
    /** @param array<string, mixed> $details */
    private function __construct(
        /** `breach_warning`, `critical_escalation`, `performance_degradation` or `monitor_lag`. */
        public readonly string $name,
        public readonly \DateTimeImmutable $at,
        /** The ticket; `null` for a degradation, which is of many. */
        public readonly ?string $ticket,
        public readonly ?string $timer,
        /** In a sentence. */
        public readonly string $text,
        /** What else it says; docs/analytics.md. */
        public readonly array $details,
    ) {
    }

    /** Returns `at` in microseconds since 1970-01-01T00:00:00Z. */
    public function atUs(): int
    {
        return Time::toUs($this->at);
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        $details = Document::arrayOf($document);
        unset($details['alert'], $details['at'], $details['ticket'], $details['timer'], $details['text']);

        return new self($document->alert, Time::fromText($document->at), $document->ticket ?? null, $document->timer ?? null, $document->text, $details);
    }
}
