<?php

declare(strict_types=1);

namespace Sla;

/** How a history differs from what the rules make of it. */
final class Difference
{
    private function __construct(
        /** The event; of a missing one that which comes instead of it, of a snapshot the last that it folds. */
        public readonly int $seq,
        /** What differs, for example `refused`, `missing_event` or `timers`. */
        public readonly string $what,
        /** The first field that differs, as a JSON pointer in the event or snapshot; empty for the whole of it. */
        public readonly string $path,
        /** What is recorded there, objects as arrays; `null` for nothing. */
        public readonly mixed $recorded,
        /** What the rules make there, objects as arrays; `null` for nothing. */
        public readonly mixed $expected,
        /** Why the rules refuse the command. */
        public readonly ?Refusal $refusal,
    ) {
    }

    /** @internal */
    public static function read(\stdClass $document): self
    {
        return new self(
            $document->seq,
            $document->what,
            $document->path,
            self::plain($document->recorded ?? null),
            self::plain($document->expected ?? null),
            isset($document->refusal) ? Refusal::read($document->refusal) : null,
        );
    }

    private static function plain(mixed $value): mixed
    {
        return is_scalar($value) ? $value : json_decode((string) json_encode($value), true);
    }
}
