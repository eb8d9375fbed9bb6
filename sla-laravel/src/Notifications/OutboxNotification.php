<?php

declare(strict_types=1);

namespace Sla\Laravel\Notifications;

use Illuminate\Notifications\Messages\MailMessage;
use Illuminate\Notifications\Notification;
use Illuminate\Support\HtmlString;

/** A notification of the outbox, by one channel. */
abstract class OutboxNotification extends Notification
{
    public function __construct(private readonly Notice $notice, private readonly string $channel)
    {
    }

    /** @return list<string> */
    public function via(object $notifiable): array
    {
        return [['email' => 'mail', 'slack' => SlackWebhookChannel::class, 'database' => 'database'][$this->channel]];
    }

    public function toMail(object $notifiable): MailMessage
    {
        $mail = (new MailMessage())->subject($this->notice->title());
        foreach ($this->notice->lines() as $line) {
            // A block of HTML: people wrote parts of it, and mail templates read Markdown.
            $mail->line(new HtmlString('<p>' . e(preg_replace('/\s+/u', ' ', $line)) . '</p>'));
        }
        $mail->action($this->notice->linkText(), $this->notice->link());
        // The same id each time, so that a mail system can tell a repetition.
        $id = "{$this->notice->intentId()}@sla";
        if (method_exists($mail, 'withSymfonyMessage')) {
            return $mail->withSymfonyMessage(static fn (object $message) => $message->getHeaders()->addIdHeader('Message-ID', $id));
        }

        return $mail->withSwiftMessage(static fn (object $message) => $message->setId($id));
    }

    /** @return array<string, mixed> */
    public function toSlackWebhook(object $notifiable): array
    {
        $text = array_map(self::escaped(...), [$this->notice->title(), ...$this->notice->lines()]);

        return ['text' => implode("\n", [...$text, "<{$this->notice->link()}|{$this->notice->linkText()}>"])];
    }

    /** @return array<string, mixed> */
    public function toArray(object $notifiable): array
    {
        return [
            'intent_id' => $this->notice->intentId(),
            'title' => $this->notice->title(),
            'lines' => $this->notice->lines(),
            'link' => $this->notice->link(),
        ];
    }

    private static function escaped(string $text): string
    {
        return str_replace(['&', '<', '>'], ['&amp;', '&lt;', '&gt;'], $text);
    }
}
