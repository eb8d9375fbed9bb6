<?php

declare(strict_types=1);

namespace Sla\Laravel\Notifications;

use Illuminate\Notifications\Notification;
use Illuminate\Support\Facades\Http;
use Sla\Laravel\Support\Settings;

/** Posts to an incoming webhook of Slack. Laravel's own Slack channel is a package of its own. */
class SlackWebhookChannel
{
    public function __construct(private readonly Settings $settings)
    {
    }

    public function send(object $notifiable, Notification $notification): void
    {
        $url = (string) $notifiable->routeNotificationFor(self::class, $notification);
        // A webhook is a request that this server makes: only to hosts that the settings name. What parsers read in different
        // ways, such as a user, a backslash or a space, is no part of a webhook.
        $part = [];
        $isRead = preg_match('~\A(https?)://([a-z0-9.-]+)(?::\d{1,5})?/[A-Za-z0-9._/-]*(?:\?[A-Za-z0-9._/&=%-]*)?\z~', $url, $part) === 1;
        if (!$isRead || !in_array($part[2], $this->settings->slackHosts(), true) || ($part[1] !== 'https' && $part[2] !== '127.0.0.1')) {
            throw new NoRecipient('the webhook is no https address of a host in sla.notifications.slack.hosts');
        }
        Http::timeout($this->settings->slackTimeout())
            ->withOptions(['allow_redirects' => false])
            ->post($url, $notification->toSlackWebhook($notifiable))
            ->throw();
    }
}
