<?php

declare(strict_types=1);

namespace Sla\Laravel\Notifications;

use Illuminate\Support\Facades\Route;

/** What a notification says. */
final class NotificationContent implements Notice
{
    public function __construct(
        private readonly string $intentId,
        public readonly int $ticketId,
        public readonly string $subject,
        /** The kind of the event: warned, escalated, reminded, resolved, closed. */
        public readonly string $kind,
        public readonly ?string $timer,
        public readonly ?int $level,
        /** In the zone of the calendar in which the promise counts. */
        public readonly ?\DateTimeImmutable $dueAt,
        public readonly ?string $reason,
        public readonly \DateTimeImmutable $at,
        /** Whether it is an escalation to the policy's critical level, or above. */
        public readonly bool $isCritical = false,
    ) {
    }

    public function intentId(): string
    {
        return $this->intentId;
    }

    public function title(): string
    {
        $timer = $this->timer === null ? '' : str_replace('_', ' ', $this->timer);

        return match ($this->kind) {
            'warned' => "Ticket #{$this->ticketId}: {$timer} is at risk",
            'escalated' => "Ticket #{$this->ticketId}: " . ($this->isCritical ? 'critical ' : '') . "escalation to level {$this->level}" . ($timer === '' ? '' : ", {$timer}"),
            'reminded' => "Ticket #{$this->ticketId}: nothing has happened",
            default => "Ticket #{$this->ticketId}: {$this->kind} automatically",
        };
    }

    public function lines(): array
    {
        $lines = ["Subject: {$this->subject}"];
        if ($this->timer !== null) {
            $lines[] = "Timer: {$this->timer}";
        }
        if ($this->dueAt !== null) {
            $lines[] = 'Due: ' . $this->dueAt->format('Y-m-d H:i:s T');
        }
        if ($this->reason !== null) {
            $lines[] = "Reason: {$this->reason}";
        }
        $lines[] = 'Since: ' . $this->at->format('Y-m-d H:i:s T');

        return $lines;
    }

    public function link(): string
    {
        // An application that ignores the routes has its own under this path.
        return Route::has('sla.ticket') ? route('sla.ticket', $this->ticketId) : url("/support/tickets/{$this->ticketId}");
    }

    public function linkText(): string
    {
        return 'Open the ticket';
    }
}
