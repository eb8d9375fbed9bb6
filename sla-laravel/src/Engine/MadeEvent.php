<?php

declare(strict_types=1);

namespace Sla\Laravel\Engine;

/** An event that the engine made, with its audit entry. */
final class MadeEvent
{
    /**
     * @param array<string, mixed> $data as docs/events.md has it
     */
    public function __construct(
        public readonly int $seq,
        public readonly string $kind,
        public readonly int $atUs,
        public readonly string $actorRole,
        public readonly string $actorId,
        public readonly array $data,
        /** The exact text to store. */
        public readonly string $entry,
        /** What to act on once; `null` for what people did. */
        public readonly ?MadeIntent $intent,
        /** Whether it is an escalation to the policy's critical level, or above. */
        public readonly bool $isCritical = false,
    ) {
    }
}
