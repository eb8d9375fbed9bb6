<?php

declare(strict_types=1);

namespace Sla\Laravel\Notifications;

/** A warning, an escalation or an inactivity rule, by one channel. */
class SlaStepFired extends OutboxNotification
{
    public function __construct(public readonly NotificationContent $content, string $channel)
    {
        parent::__construct($content, $channel);
    }

    /** @return array<string, mixed> */
    public function toArray(object $notifiable): array
    {
        return ['ticket_id' => $this->content->ticketId] + parent::toArray($notifiable);
    }
}
