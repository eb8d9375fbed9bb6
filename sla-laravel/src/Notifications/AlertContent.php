<?php

declare(strict_types=1);

namespace Sla\Laravel\Notifications;

use Illuminate\Support\Facades\Route;
use Sla\Laravel\Http\Pages;
use Sla\Laravel\Models\SlaAlert;

/** What a notification of an alert for operators says. */
final class AlertContent implements Notice
{
    /** @param array<string, int|string> $details as the table has them */
    public function __construct(
        private readonly string $intentId,
        /** `performance_degradation` or `monitor_lag`. */
        public readonly string $name,
        public readonly ?string $timer,
        public readonly array $details,
        public readonly \DateTimeImmutable $at,
        public readonly ?\DateTimeImmutable $endedAt,
    ) {
    }

    public static function of(string $intentId, SlaAlert $alert, \DateTimeZone $zone): self
    {
        return new self($intentId, $alert->name, $alert->timer, $alert->details, $alert->at->setTimezone($zone), $alert->ended_at?->setTimezone($zone));
    }

    public function intentId(): string
    {
        return $this->intentId;
    }

    public function title(): string
    {
        return $this->name === SlaAlert::LAG ? 'SLA: the monitor lags behind' : 'SLA: too many missed, ' . str_replace('_', ' ', (string) $this->timer);
    }

    public function lines(): array
    {
        $lines = [];
        if ($this->name === SlaAlert::LAG) {
            $lines[] = 'An automatic event was detected ' . Pages::length((int) $this->details['lag_us']) . ' after it happened.';
            $lines[] = "Tickets that were due then: {$this->details['backlog']}";
        } else {
            foreach (['long', 'short'] as $window) {
                $lines[] = 'In ' . Pages::length((int) $this->details["{$window}_window_us"]) . ": {$this->details["{$window}_breached"]} of {$this->details["{$window}_decided"]} breached";
            }
        }
        $lines[] = 'Since: ' . $this->at->format('Y-m-d H:i:s T');
        if ($this->endedAt !== null) {
            $lines[] = 'Over since: ' . $this->endedAt->format('Y-m-d H:i:s T');
        }

        return $lines;
    }

    public function link(): string
    {
        // An application that ignores the routes has its own under this path.
        return Route::has('sla.dashboard') ? route('sla.dashboard') : url('/sla-dashboard');
    }

    public function linkText(): string
    {
        return 'Open the dashboard';
    }
}
