<?php

declare(strict_types=1);

namespace Sla\Laravel\Store;

use Sla\Laravel\Engine\MadeEvent;
use Sla\Laravel\Engine\MadeIntent;
use Sla\Laravel\Support\Settings;
use Sla\Laravel\Support\Tables;

/**
 * Notifications to send: a row an intent and channel, written with the event that asks for it.
 *
 * A sender claims a row, sends, and marks it. A failed row becomes available again later. A row whose sender died
 * becomes available when its claim is void; such a notification may go out a second time, with the same message id.
 */
final class Outbox
{
    public function __construct(private readonly Tables $tables, private readonly Settings $settings)
    {
    }

    /**
     * Returns the rows of an event. The ticket's transaction inserts them.
     *
     * @return list<array<string, mixed>>
     */
    public function rows(int $ticketId, string $reference, MadeEvent $event): array
    {
        $intent = $event->intent ?? $this->requested($reference, $event);
        $critical = $event->isCritical ? $this->settings->criticalEscalationAudience() : [];
        if ($intent === null || [...$intent->notify, ...$critical] === []) {
            return [];
        }
        // A step may name channels of its own; its other names are audiences.
        $named = array_values(array_intersect($intent->notify, Settings::DELIVERIES));
        $audience = array_values(array_diff($intent->notify, Settings::DELIVERIES));
        if ($audience === [] && $intent->notify !== []) {
            $audience = array_filter(['agent', $intent->assignTo]);
        }
        $audience = array_values(array_unique([...$audience, ...$critical]));
        $rows = [];
        foreach ($named === [] ? $this->settings->deliveries() : $named as $channel) {
            $rows[] = [
                'intent_id' => $intent->id,
                'channel' => $channel,
                'ticket_id' => $ticketId,
                'seq' => $event->seq,
                'timer' => $intent->timer,
                'step' => $intent->step,
                'audience' => json_encode($audience, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE),
                'is_critical' => $event->isCritical,
                'notify_at' => $intent->notifyAtUs,
                'available_at' => $intent->notifyAtUs,
                'attempts' => 0,
            ];
        }

        return $rows;
    }

    /**
     * Returns the rows of an alert for operators. The alert's transaction inserts them.
     *
     * @return list<array<string, mixed>>
     */
    public function alertRows(int $alertId, ?string $timer, int $atUs): array
    {
        $audience = $this->settings->operationsAudience();
        $rows = [];
        foreach ($audience === [] ? [] : $this->settings->deliveries() as $channel) {
            $rows[] = [
                'intent_id' => hash('sha256', "sla-laravel/alert\0{$alertId}\0{$atUs}"),
                'channel' => $channel,
                'alert_id' => $alertId,
                'timer' => $timer,
                'audience' => json_encode($audience, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE),
                'is_critical' => false,
                'notify_at' => $atUs,
                'available_at' => $atUs,
                'attempts' => 0,
            ];
        }

        return $rows;
    }

    /**
     * Returns what to send now, the most urgent first.
     *
     * @return list<array{intent_id: string, channel: string}>
     */
    public function available(int $nowUs, int $most): array
    {
        return $this->tables->table('sla_notifications')
            ->whereNull('sent_at')
            ->where('available_at', '<=', $nowUs)
            ->where(fn ($query) => $query->whereNull('claimed_at')->orWhere('claimed_at', '<', $this->voidBefore($nowUs)))
            ->orderBy('available_at')
            ->limit($most)
            ->get(['intent_id', 'channel'])
            ->map(static fn (\stdClass $row): array => ['intent_id' => $row->intent_id, 'channel' => $row->channel])
            ->all();
    }

    /** Claims a row for one sender; `null` where another one has it, or it is sent. */
    public function claim(string $intentId, string $channel, int $nowUs): ?Claim
    {
        $token = bin2hex(random_bytes(16));
        $isMine = $this->row($intentId, $channel)
            ->whereNull('sent_at')
            ->where('available_at', '<=', $nowUs)
            ->where(fn ($query) => $query->whereNull('claimed_at')->orWhere('claimed_at', '<', $this->voidBefore($nowUs)))
            ->update(['claim' => $token, 'claimed_at' => $nowUs, 'attempts' => $this->tables->connection()->raw('attempts + 1')]) === 1;
        if (!$isMine) {
            return null;
        }
        $row = $this->row($intentId, $channel)->where('claim', $token)->first();

        return $row === null ? null : Claim::of($row, $token);
    }

    /** Marks a notification as sent. Returns `false` where the claim was void and another sender took it. */
    public function sent(Claim $claim, int $nowUs): bool
    {
        return $this->row($claim->intentId, $claim->channel)
            ->where('claim', $claim->token)
            ->whereNull('sent_at')
            ->update(['sent_at' => $nowUs, 'claim' => null, 'claimed_at' => null, 'error' => null]) === 1;
    }

    /** Gives a notification back after a failure; it becomes available later. */
    public function failed(Claim $claim, string $error, int $nowUs): void
    {
        $this->row($claim->intentId, $claim->channel)->where('claim', $claim->token)->whereNull('sent_at')->update([
            'claim' => null,
            'claimed_at' => null,
            'available_at' => $nowUs + $this->settings->backoffSeconds($claim->attempt) * 1_000_000,
            'error' => mb_strcut($error, 0, 2000),
        ]);
    }

    /** Returns the intent of an escalation that a person requested; the engine makes none. */
    private function requested(string $reference, MadeEvent $event): ?MadeIntent
    {
        if ($event->kind !== 'escalated' || ($event->data['trigger'] ?? null) !== 'request') {
            return null;
        }
        $id = hash('sha256', "sla-laravel/requested-escalation\0{$reference}\0{$event->data['number']}");

        return new MadeIntent($id, $this->settings->requestedEscalationAudience(), null, $event->atUs, null, null);
    }

    private function row(string $intentId, string $channel): \Illuminate\Database\Query\Builder
    {
        return $this->tables->table('sla_notifications')->where('intent_id', $intentId)->where('channel', $channel);
    }

    private function voidBefore(int $nowUs): int
    {
        return $nowUs - $this->settings->claimSeconds() * 1_000_000;
    }
}
