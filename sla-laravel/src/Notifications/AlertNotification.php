<?php

declare(strict_types=1);

namespace Sla\Laravel\Notifications;

use Illuminate\Notifications\Messages\MailMessage;

/** An alert for operators, by one channel. */
abstract class AlertNotification extends OutboxNotification
{
    public function __construct(public readonly AlertContent $content, string $channel)
    {
        parent::__construct($content, $channel);
    }

    public function toMail(object $notifiable): MailMessage
    {
        return parent::toMail($notifiable)->error();
    }

    /** @return array<string, mixed> */
    public function toArray(object $notifiable): array
    {
        return ['alert' => $this->content->name] + parent::toArray($notifiable);
    }
}
