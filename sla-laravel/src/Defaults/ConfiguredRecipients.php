<?php

declare(strict_types=1);

namespace Sla\Laravel\Defaults;

use Illuminate\Contracts\Auth\Factory;
use Sla\Laravel\Contracts\Recipients;
use Sla\Laravel\Contracts\ResolvesRecipients;
use Sla\Laravel\Models\SupportTicket;
use Sla\Laravel\Support\Settings;

/**
 * The ticket's agent by user, every other audience by the addresses of `sla.notifications.audiences`. For an unassigned
 * ticket the supervisor is notified in place of the agent.
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
            if ($name === 'agent' && $ticket?->agent === null) {
                $name = 'supervisor';
            }
            if ($name !== 'agent') {
                array_push($addresses, ...$this->settings->addresses($name));
                continue;
            }
            $user = Users::find($this->auth, (string) $ticket?->agent);
            if ($user !== null) {
                $users[] = $user;
                if (is_string($user->email ?? null) && $user->email !== '') {
                    $addresses[] = $user->email;
                }
            }
        }

        return new Recipients(array_values(array_unique($addresses)), $users);
    }
}
