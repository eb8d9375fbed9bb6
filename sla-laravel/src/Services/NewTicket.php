<?php

declare(strict_types=1);

namespace Sla\Laravel\Services;

/** What a person says who opens a ticket. Package, priority and due instants follow from the policy. */
final class NewTicket
{
    public function __construct(
        public readonly string $subject,
        public readonly string $body,
        public readonly string $channel,
        /** For whom; `null` for the actor, who is a customer then. */
        public readonly ?string $customer = null,
        public readonly ?string $severity = null,
        public readonly ?string $category = null,
        /** Whether an agent or admin opens it by writing to the customer. */
        public readonly bool $isOutbound = false,
        /** When the message was received, if before now. It is the host's word; do not take it from a customer. */
        public readonly ?\DateTimeInterface $receivedAt = null,
        /** Makes it safe to repeat. */
        public readonly ?string $commandId = null,
    ) {
    }
}
