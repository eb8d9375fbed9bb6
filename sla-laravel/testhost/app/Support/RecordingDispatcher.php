<?php

namespace App\Support;

use Illuminate\Contracts\Notifications\Dispatcher;

/** Writes down what would have been sent. */
class RecordingDispatcher implements Dispatcher
{
    public function __construct(private readonly string $file)
    {
    }

    public function send($notifiables, $notification): void
    {
        $this->sendNow($notifiables, $notification);
    }

    public function sendNow($notifiables, $notification, array $channels = null): void
    {
        file_put_contents($this->file, "{$notification->content->intentId()} {$notification->via($notifiables)[0]}\n", FILE_APPEND | LOCK_EX);
    }
}
