<?php

declare(strict_types=1);

namespace Sla\Laravel\Notifications;

use Illuminate\Contracts\Notifications\Dispatcher;
use Illuminate\Notifications\AnonymousNotifiable;
use Sla\Explanation;
use Sla\Laravel\Contracts\ResolvesRecipients;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Models\SlaAlert;
use Sla\Laravel\Models\SupportTicket;
use Sla\Laravel\Store\Claim;
use Sla\Laravel\Store\Outbox;
use Sla\Laravel\Store\TicketStore;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Settings;
use Sla\Laravel\Support\Tables;

/** Sends what stands in the outbox. Any number of senders may run at once. */
final class NotificationSender
{
    public function __construct(
        private readonly Outbox $outbox,
        private readonly TicketStore $store,
        private readonly Gateway $gateway,
        private readonly ResolvesRecipients $recipients,
        private readonly Dispatcher $notifications,
        private readonly Tables $tables,
        private readonly Clock $clock,
        private readonly Settings $settings,
    ) {
    }

    /** Sends everything that is due and not sent. */
    public function run(): SendRun
    {
        $run = new SendRun();
        do {
            $found = $this->outbox->available($this->clock->nowUs(), $this->settings->chunk());
            $chunk = new SendRun();
            foreach ($found as $row) {
                $chunk = $chunk->and($this->send($row['intent_id'], $row['channel']));
            }
            $run = $run->and($chunk);
            // A failed row is available later, a sent one never; where all were of other senders, they are at it.
        } while ($chunk->sent + $chunk->failed > 0);

        return $run;
    }

    /** Sends one notification, if no other sender has it. */
    public function send(string $intentId, string $channel): SendRun
    {
        $claim = $this->outbox->claim($intentId, $channel, $this->clock->nowUs());
        if ($claim === null) {
            return new SendRun();
        }
        try {
            $this->deliver($claim);
        } catch (\Throwable $fault) {
            $this->outbox->failed($claim, get_class($fault) . ': ' . $fault->getMessage(), $this->clock->nowUs());

            return new SendRun(failed: 1, errors: [$fault->getMessage()]);
        }
        $this->outbox->sent($claim, $this->clock->nowUs());

        return new SendRun(sent: 1);
    }

    private function deliver(Claim $claim): void
    {
        $ticket = $claim->ticketId === null ? null : SupportTicket::query()->findOrFail($claim->ticketId);
        $notification = $ticket === null ? $this->ofAlert($claim) : $this->ofTicket($claim, $ticket);
        $recipients = $this->recipients->recipientsOf($claim->audience, $ticket);
        if ($claim->channel === 'email') {
            if ($recipients->addresses === []) {
                throw new NoRecipient("no mail address for: " . implode(', ', $claim->audience));
            }
            $this->notifications->sendNow((new AnonymousNotifiable())->route('mail', $recipients->addresses), $notification);
        } elseif ($claim->channel === 'slack') {
            $webhook = $this->settings->slackWebhook() ?? throw new NoRecipient('SLA_SLACK_WEBHOOK is not set');
            $this->notifications->sendNow((new AnonymousNotifiable())->route(SlackWebhookChannel::class, $webhook), $notification);
        } else {
            // An audience of addresses alone has no users, and so no rows.
            foreach ($recipients->users as $user) {
                // The row's id is derived from the intent and the user, so that a repetition finds it.
                $notification->id = self::uuid($claim->intentId, (string) $user->getKey());
                if (!$user->notifications()->whereKey($notification->id)->exists()) {
                    $this->notifications->sendNow($user, $notification);
                }
            }
        }
    }

    private function ofTicket(Claim $claim, SupportTicket $ticket): SlaStepFired
    {
        $content = $this->content($claim, $ticket);

        return $content->isCritical ? new CriticalEscalation($content, $claim->channel) : new SlaStepFired($content, $claim->channel);
    }

    private function ofAlert(Claim $claim): OutboxNotification
    {
        $alert = SlaAlert::query()->findOrFail($claim->alertId);
        $content = AlertContent::of($claim->intentId, $alert, new \DateTimeZone($this->settings->timeZone()));

        return $alert->name === SlaAlert::LAG ? new MonitorLagging($content, $claim->channel) : new PerformanceDegraded($content, $claim->channel);
    }

    private function content(Claim $claim, SupportTicket $ticket): NotificationContent
    {
        $entry = $this->tables->table('support_events')->where('ticket_id', $claim->ticketId)->where('seq', $claim->seq)->value('entry');
        $event = json_decode((string) $entry, true, 512, JSON_THROW_ON_ERROR);
        $firing = $event['kind'] === 'warned' ? $event['data'] : ($event['data']['firing'] ?? []);
        $promise = isset($firing['timer']) ? $this->explained((int) $ticket->id, $firing['timer'], $firing['cycle']) : null;
        $zone = new \DateTimeZone($promise->timeZone ?? $this->settings->timeZone());

        return new NotificationContent(
            intentId: $claim->intentId,
            ticketId: (int) $ticket->id,
            subject: $ticket->subject,
            kind: $event['kind'],
            timer: $firing['timer'] ?? null,
            level: $event['data']['level'] ?? null,
            dueAt: $promise?->dueAt?->setTimezone($zone),
            reason: $event['data']['reason'] ?? $event['data']['inactivity']['reason'] ?? null,
            at: (new \DateTimeImmutable($event['at']))->setTimezone($zone),
            isCritical: $claim->isCritical,
        );
    }

    /** Explains the promise as it is now, which may have changed since the event. */
    private function explained(int $ticketId, string $timer, int $cycle): ?Explanation
    {
        $found = $this->store->whole($ticketId);

        return $found === null ? null : $this->gateway->explain($found[1], $timer, max($this->clock->nowUs(), $found[0]->lastUs), $cycle);
    }

    private static function uuid(string $intentId, string $user): string
    {
        $hash = hash('sha256', "{$intentId}\0{$user}");

        return implode('-', [substr($hash, 0, 8), substr($hash, 8, 4), '8' . substr($hash, 13, 3), '8' . substr($hash, 17, 3), substr($hash, 20, 12)]);
    }
}
