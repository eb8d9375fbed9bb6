<?php

declare(strict_types=1);

namespace Sla\Laravel\Contracts;

use Sla\Laravel\Models\SupportTicket;

/** Says who is behind the names that the policy's steps notify. */
interface ResolvesRecipients
{
    /**
     * @param list<string>   $audience for example `agent`, `supervisor`
     * @param ?SupportTicket $ticket   `null` for an alert, which is of many tickets
     */
    public function recipientsOf(array $audience, ?SupportTicket $ticket): Recipients;
}
