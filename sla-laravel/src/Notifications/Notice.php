<?php

declare(strict_types=1);

namespace Sla\Laravel\Notifications;

/** What a notification of the outbox says. */
interface Notice
{
    /** Returns the id of what it is about, the same at each attempt. */
    public function intentId(): string;

    public function title(): string;

    /** @return list<string> */
    public function lines(): array;

    public function link(): string;

    public function linkText(): string;
}
