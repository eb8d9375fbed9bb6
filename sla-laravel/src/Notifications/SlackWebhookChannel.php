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
        $host = parse_url($url, PHP_URL_HOST);
        // A webhook is a request that this server makes: only to hosts that the settings name.
        if (!in_array($host, $this->settings->slackHosts(), true) || (parse_url($url, PHP_URL_SCHEME) !== 'https' && $host !== '127.0.0.1')) {
            throw new NoRecipient('the webhook is no https address of a host in sla.notifications.slack.hosts');
        }
        Http::timeout($this->settings->slackTimeout())
            ->withOptions(['allow_redirects' => false])
            ->post($url, $notification->toSlackWebhook($notifiable))
            ->throw();
    }
}
