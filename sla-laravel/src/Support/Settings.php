<?php

declare(strict_types=1);

namespace Sla\Laravel\Support;

use Illuminate\Contracts\Config\Repository;

/** The settings of `config/sla.php`, checked where they are read. */
final class Settings
{
    public const DELIVERIES = ['email', 'slack', 'database'];

    public function __construct(private readonly Repository $config)
    {
    }

    public function policy(): string
    {
        return (string) $this->config->get('sla.policy');
    }

    public function timeZone(): string
    {
        return (string) $this->config->get('sla.time_zone');
    }

    public function isMonitoringEnabled(): bool
    {
        return filter_var($this->config->get('sla.monitoring.enabled'), FILTER_VALIDATE_BOOLEAN);
    }

    public function isScheduled(): bool
    {
        return filter_var($this->config->get('sla.monitoring.schedule'), FILTER_VALIDATE_BOOLEAN);
    }

    public function chunk(): int
    {
        return max(1, (int) $this->config->get('sla.monitoring.chunk'));
    }

    public function adoptionChunk(): int
    {
        return max(1, (int) $this->config->get('sla.adoption.chunk'));
    }

    public function queue(): string
    {
        return (string) $this->config->get('sla.queue.name');
    }

    public function queueConnection(): ?string
    {
        return $this->config->get('sla.queue.connection');
    }

    /**
     * Returns the share of a target at which the seeder places the warning, as the policy writes it: `80%`.
     *
     * @throws InvalidSetting
     */
    public function warningShare(): string
    {
        $threshold = $this->config->get('sla.escalation.threshold');
        if (!is_numeric($threshold) || (float) $threshold <= 0 || (float) $threshold > 1) {
            throw new InvalidSetting('SLA_ESCALATION_THRESHOLD', $threshold, 'a number above 0, at most 1, for example 0.8');
        }

        return self::share((float) $threshold);
    }

    /** Writes a share as the policy does: `80%`. */
    public static function share(float $share): string
    {
        return rtrim(rtrim(number_format($share * 100, 4, '.', ''), '0'), '.') . '%';
    }

    /**
     * Returns by which channels notifications go out.
     *
     * @return list<string>
     *
     * @throws InvalidSetting
     */
    public function deliveries(): array
    {
        $names = $this->config->get('sla.notifications.channels');
        $names = array_values(array_filter(array_map('trim', is_array($names) ? $names : explode(',', (string) $names)), static fn (string $name): bool => $name !== ''));
        if (array_diff($names, self::DELIVERIES) !== []) {
            throw new InvalidSetting('SLA_NOTIFICATION_CHANNELS', implode(',', $names), 'a list of ' . implode(', ', self::DELIVERIES));
        }

        return array_values(array_unique($names));
    }

    /**
     * Returns the mail addresses of an audience.
     *
     * @return list<string>
     */
    public function addresses(string $audience): array
    {
        return array_values((array) $this->config->get("sla.notifications.audiences.{$audience}", []));
    }

    /**
     * Returns the audiences that have addresses.
     *
     * @return list<string>
     */
    public function audiences(): array
    {
        return array_map('strval', array_keys((array) $this->config->get('sla.notifications.audiences', [])));
    }

    /** @return list<string> */
    public function requestedEscalationAudience(): array
    {
        return array_values((array) $this->config->get('sla.notifications.requested_escalations'));
    }

    /** @return list<string> */
    public function criticalEscalationAudience(): array
    {
        return array_values((array) $this->config->get('sla.notifications.critical_escalations'));
    }

    /**
     * Returns who is notified of alerts for operators.
     *
     * @return list<string>
     */
    public function operationsAudience(): array
    {
        return array_values((array) $this->config->get('sla.notifications.operation_alerts'));
    }

    public function cacheStore(): ?string
    {
        return $this->config->get('sla.cache.store');
    }

    /** @return list<string> */
    public function reportAudience(): array
    {
        return array_values((array) $this->config->get('sla.reports.notify'));
    }

    public function slackWebhook(): ?string
    {
        $url = $this->config->get('sla.notifications.slack.webhook');

        return is_string($url) && $url !== '' ? $url : null;
    }

    /** Returns the milliseconds between two refreshes of a dashboard, at least a second. */
    public function dashboardRefresh(): int
    {
        return max(1000, (int) $this->config->get('sla.dashboard.refresh'));
    }

    /** Returns how many tickets the page of what-if plays at most. */
    public function whatIfTickets(): int
    {
        return max(1, (int) $this->config->get('sla.what_if.tickets'));
    }

    public function doctorUrl(): ?string
    {
        $url = $this->config->get('sla.doctor.url');

        return is_string($url) && $url !== '' ? rtrim($url, '/') : null;
    }

    /** @return list<string> */
    public function slackHosts(): array
    {
        return array_values((array) $this->config->get('sla.notifications.slack.hosts'));
    }

    public function slackTimeout(): int
    {
        return max(1, (int) $this->config->get('sla.notifications.slack.timeout'));
    }

    public function claimSeconds(): int
    {
        return max(1, (int) $this->config->get('sla.notifications.claim'));
    }

    /** Returns how many seconds to wait after a failed attempt, counted from 1. */
    public function backoffSeconds(int $attempt): int
    {
        $steps = array_values((array) $this->config->get('sla.notifications.backoff'));

        return max(1, (int) ($steps[min($attempt, count($steps)) - 1] ?? 60));
    }
}
