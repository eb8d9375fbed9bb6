<?php

declare(strict_types=1);

namespace Sla\Laravel\Defaults;

use Illuminate\Contracts\Auth\Factory;
use Sla\Laravel\Contracts\Recipients;
use Sla\Laravel\Contracts\ResolvesRecipients;
use Sla\Laravel\Models\SupportTicket;
use Sla\Laravel\Support\Settings;

/**
 * The ticket's agent by user, every other audience by the addresses of `sla.notifications.audiences`. The supervisor is
 * notified in place of an agent who has no address, and for an unassigned ticket.
 */
final class ConfiguredRecipients implements ResolvesRecipients
{
    public function __construct(private readonly Factory $auth, private readonly Settings $settings)
    {
    }

    public function recipientsOf(array $audience, ?SupportTicket $ticket): Recipients
    {
        $addresses = [];
        $users = [];
        foreach ($audience as $name) {
            if ($name !== 'agent') {
                array_push($addresses, ...$this->settings->addresses($name));
                continue;
            }
            $user = $ticket?->agent === null ? null : Users::find($this->auth, $ticket->agent);
            if ($user !== null) {
                $users[] = $user;
            }
            $address = $user->email ?? null;
            array_push($addresses, ...(is_string($address) && $address !== '' ? [$address] : $this->settings->addresses('supervisor')));
        }

        return new Recipients(array_values(array_unique($addresses)), $users);
    }
}
