<?php

declare(strict_types=1);

namespace Sla\Laravel\Notifications;

use Illuminate\Notifications\Messages\MailMessage;

/** An escalation to the policy's critical level, or above. */
class CriticalEscalation extends SlaStepFired
{
    public function toMail(object $notifiable): MailMessage
    {
        return parent::toMail($notifiable)->error()->priority(1);
    }

    /** @return array<string, mixed> */
    public function toArray(object $notifiable): array
    {
        return parent::toArray($notifiable) + ['is_critical' => true];
    }
}
