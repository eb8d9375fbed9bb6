<?php

declare(strict_types=1);

namespace Sla\Laravel\Notifications;

/** The outcome of a look at the outbox. */
final class SendRun
{
    /** @param list<string> $errors */
    public function __construct(public readonly int $sent = 0, public readonly int $failed = 0, public readonly array $errors = [])
    {
    }

    public function and(self $other): self
    {
        return new self($this->sent + $other->sent, $this->failed + $other->failed, array_values(array_unique([...$this->errors, ...$other->errors])));
    }
}
