<?php

declare(strict_types=1);

namespace Sla\Laravel\Notifications;

use Illuminate\Notifications\Messages\MailMessage;
use Illuminate\Notifications\Notification;
use Illuminate\Support\HtmlString;

/** A warning, an escalation or an inactivity rule, by one channel. */
class SlaStepFired extends Notification
{
    public function __construct(public readonly NotificationContent $content, private readonly string $channel)
    {
    }

    /** @return list<string> */
    public function via(object $notifiable): array
    {
        return [['email' => 'mail', 'slack' => SlackWebhookChannel::class, 'database' => 'database'][$this->channel]];
    }

    public function toMail(object $notifiable): MailMessage
    {
        $mail = (new MailMessage())->subject($this->content->title());
        foreach ($this->content->lines() as $line) {
            // A block of HTML: people wrote parts of it, and mail templates read Markdown.
            $mail->line(new HtmlString('<p>' . e(preg_replace('/\s+/u', ' ', $line)) . '</p>'));
        }
        $mail->action('Open the ticket', $this->content->link());
        // The same id each time, so that a mail system can tell a repetition.
        $id = "{$this->content->intentId}@sla";
        if (method_exists($mail, 'withSymfonyMessage')) {
            return $mail->withSymfonyMessage(static fn (object $message) => $message->getHeaders()->addIdHeader('Message-ID', $id));
        }

        return $mail->withSwiftMessage(static fn (object $message) => $message->setId($id));
    }

    /** @return array<string, mixed> */
    public function toSlackWebhook(object $notifiable): array
    {
        $text = array_map(self::escaped(...), [$this->content->title(), ...$this->content->lines()]);

        return ['text' => implode("\n", [...$text, "<{$this->content->link()}|Open the ticket>"])];
    }

    /** @return array<string, mixed> */
    public function toArray(object $notifiable): array
    {
        return [
            'intent_id' => $this->content->intentId,
            'ticket_id' => $this->content->ticketId,
            'title' => $this->content->title(),
            'lines' => $this->content->lines(),
            'link' => $this->content->link(),
        ];
    }

    private static function escaped(string $text): string
    {
        return str_replace(['&', '<', '>'], ['&amp;', '&lt;', '&gt;'], $text);
    }
}
