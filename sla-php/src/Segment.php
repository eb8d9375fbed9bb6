<?php

declare(strict_types=1);

namespace Sla;

/** An interval of time in an explanation, in the local time of the calendar: `[from, to)`. */
final class Segment
{
    /** @param array<string, mixed> $details why it is closed, or who paused and why */
    private function __construct(
        public readonly \DateTimeImmutable $from,
        public readonly \DateTimeImmutable $to,
        /** `counted`, `closed`, `paused` or `resolved`. */
        public readonly string $kind,
        public readonly array $details,
        /** Business time that this interval used, in microseconds. */
        public readonly int $countedUs,
        /** Business time counted up to its end, in microseconds. */
        public readonly int $elapsedUs,
        /** The time up to its end that counts against the target, in microseconds. */
        public readonly int $usedUs,
        /** The zone of the local times. */
        public readonly string $timeZone,
    ) {
    }

    /** Returns `from` in microseconds since 1970-01-01T00:00:00Z. */
    public function fromUs(): int
    {
        return Time::toUs($this->from);
    }

    /** Returns `to` in microseconds since 1970-01-01T00:00:00Z. */
    public function toUs(): int
    {
        return Time::toUs($this->to);
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        foreach (['counted', 'closed', 'paused', 'resolved'] as $kind) {
            if (isset($document->{$kind})) {
                return new self(
                    Time::fromText($document->from),
                    Time::fromText($document->to),
                    $kind,
                    Document::arrayOf($document->{$kind}),
                    $document->counted_us,
                    $document->elapsed_us,
                    $document->used_us,
                    $document->time_zone,
                );
            }
        }

        throw new \LogicException('a segment of an unknown kind');
    }
}
