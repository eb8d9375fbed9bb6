<?php

declare(strict_types=1);

namespace Sla\Laravel\Events;

/** A command was refused; the refusal stands in the access log. */
final class AccessDenied
{
    public function __construct(
        public readonly string $actorRole,
        public readonly string $actorId,
        /** The engine's id of the ticket; `null` where the refusal is about none. */
        public readonly ?string $reference,
        public readonly string $action,
        public readonly string $code,
        public readonly int $atUs,
    ) {
    }
}
