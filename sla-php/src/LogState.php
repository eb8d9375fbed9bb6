<?php

declare(strict_types=1);

namespace Sla;

/** A state of another system, with more than its meaning. */
final class LogState
{
    public function __construct(
        public readonly Meaning $means,
        /** Whether the customer is answered when the ticket enters the state. */
        public readonly bool $replied = false,
        /** The reason of the pause or of the voiding; the state's name in small letters unless given. */
        public readonly ?string $reason = null,
    ) {
    }

    /**
     * @internal
     *
     * @return array<string, mixed>
     */
    public function document(): array
    {
        return ['means' => $this->means->value, 'replied' => $this->replied, 'reason' => $this->reason];
    }
}
