<?php

declare(strict_types=1);

namespace Sla\Laravel\Store;

use Sla\Laravel\Support\Tables;

/**
 * Alerts for operators. One that is not over is not said again; its notifications are written with it.
 */
final class AlertStore
{
    private const DEADLOCK_ATTEMPTS = 5;

    public function __construct(private readonly Tables $tables, private readonly Outbox $outbox, private readonly Memory $memory)
    {
    }

    /**
     * Begins an alert.
     *
     * @param string                     $subject what it is about: at most one alert of it at a time
     * @param array<string, int|string> $details
     *
     * @return bool whether it has begun; `false` where it is not over yet
     */
    public function begin(string $name, string $subject, ?string $timer, array $details, int $atUs): bool
    {
        $subject = self::key($name, $subject);

        return $this->tables->connection()->transaction(function () use ($name, $subject, $timer, $details, $atUs): bool {
            $row = ['name' => $name, 'subject' => $subject, 'active_subject' => $subject, 'timer' => $timer, 'details' => json_encode($details, JSON_THROW_ON_ERROR), 'at' => $atUs];
            if ($this->tables->table('sla_alerts')->insertOrIgnore($row) !== 1) {
                return false;
            }
            $id = (int) $this->tables->table('sla_alerts')->where('active_subject', $subject)->value('id');
            $notifications = $this->outbox->alertRows($id, $timer, $atUs);
            if ($notifications !== []) {
                $this->tables->table('sla_notifications')->insertOrIgnore($notifications);
            }

            return true;
        }, self::DEADLOCK_ATTEMPTS);
    }

    /**
     * Stores what a watch saw: the alerts that begin, those that are over, and what it remembers, all or nothing. Where
     * another process has stored what it saw later, nothing is.
     *
     * @param list<array{subject: string, timer: ?string, details: array<string, int|string>, at: int}> $begun
     * @param list<string>                                                                              $subjects what is the case still
     * @param array<string, mixed>                                                                      $watch    what it remembers
     */
    public function watched(string $name, array $begun, array $subjects, array $watch, int $nowUs): void
    {
        $this->tables->connection()->transaction(function () use ($name, $begun, $subjects, $watch, $nowUs): void {
            if ($this->remembered($name)['until_us'] > $nowUs) {
                return;
            }
            $this->memory->keep($name, ['watch' => $watch, 'until_us' => $nowUs]);
            foreach ($begun as $one) {
                $this->begin($name, $one['subject'], $one['timer'], $one['details'], $one['at']);
            }
            $this->endOthers($name, $subjects, $nowUs);
        }, self::DEADLOCK_ATTEMPTS);
    }

    /**
     * Returns what a watch remembers, and until when it saw everything.
     *
     * @return array{watch: ?array<string, mixed>, until_us: int}
     */
    public function remembered(string $name): array
    {
        return $this->memory->of($name) + ['watch' => null, 'until_us' => 0];
    }

    /**
     * Ends the alerts of a name that are about something else.
     *
     * @param list<string> $subjects what is the case still
     */
    public function endOthers(string $name, array $subjects, int $nowUs): int
    {
        return $this->tables->table('sla_alerts')->where('name', $name)->whereNull('ended_at')
            ->whereNotIn('subject', array_map(static fn (string $subject): string => self::key($name, $subject), $subjects))
            ->update(['ended_at' => $nowUs, 'active_subject' => null]);
    }

    private static function key(string $name, string $subject): string
    {
        return hash('sha256', "{$name}\0{$subject}");
    }
}
