<?php

declare(strict_types=1);

namespace Sla\Laravel\Notifications;

use Illuminate\Notifications\Messages\MailMessage;
use Illuminate\Notifications\Notification;
use Illuminate\Support\HtmlString;
use Sla\Laravel\Http\FigureText;

/** The report of a day, week or month that is over. */
class ReportReady extends Notification
{
    /** @param list<string> $lines what the report says, in short */
    public function __construct(
        public readonly string $unit,
        public readonly string $period,
        public readonly array $lines,
        public readonly string $link,
        private readonly string $channel,
    ) {
    }

    /** @return list<string> */
    public function via(object $notifiable): array
    {
        return [['email' => 'mail', 'slack' => SlackWebhookChannel::class][$this->channel]];
    }

    public function toMail(object $notifiable): MailMessage
    {
        $mail = (new MailMessage())->subject($this->title());
        foreach ($this->lines as $line) {
            // A block of HTML: people chose the names in it, and mail templates read Markdown.
            $mail->line(new HtmlString('<p>' . e($line) . '</p>'));
        }

        return $mail->action(FigureText::text('ready_open'), $this->link);
    }

    /** @return array<string, mixed> */
    public function toSlackWebhook(object $notifiable): array
    {
        $escaped = array_map(static fn (string $text): string => str_replace(['&', '<', '>'], ['&amp;', '&lt;', '&gt;'], $text), [$this->title(), ...$this->lines]);

        return ['text' => implode("\n", [...$escaped, "<{$this->link}|" . FigureText::text('ready_open') . '>'])];
    }

    private function title(): string
    {
        return FigureText::text('ready_subject', ['unit' => FigureText::text("units.{$this->unit}"), 'period' => $this->period]);
    }
}
