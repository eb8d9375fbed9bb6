<?php

declare(strict_types=1);

namespace Sla\Laravel\Notifications;

/** A notification has nowhere to go. It stays in the outbox until it has. */
final class NoRecipient extends \RuntimeException
{
}
