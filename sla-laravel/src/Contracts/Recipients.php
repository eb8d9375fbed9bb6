<?php

declare(strict_types=1);

namespace Sla\Laravel\Contracts;

/** Who gets a notification. */
final class Recipients
{
    /**
     * @param list<string> $addresses for mail
     * @param list<object> $users     notifiable models, for the `database` channel
     */
    public function __construct(public readonly array $addresses = [], public readonly array $users = [])
    {
    }
}
