<?php

declare(strict_types=1);

namespace Sla\Laravel\Store;

use Illuminate\Support\Facades\Event;
use Sla\Actor;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Events\AccessDenied;
use Sla\Laravel\Support\Tables;
use Sla\Refusal;
use Sla\Time;

/** Refusals on record: a chain of entries for each day in UTC. */
final class AccessLog
{
    private const ATTEMPTS = 50;

    public function __construct(private readonly Tables $tables, private readonly Gateway $gateway)
    {
    }

    /** @param ?string $reference the engine's id of the ticket that the refusal is about */
    public function deny(Actor $actor, Refusal $refusal, ?string $reference, int $nowUs): void
    {
        $log = 'access-' . Time::fromUs($nowUs)->format('Y-m-d');
        for ($attempt = 1;; $attempt++) {
            $last = $this->tables->current('sla_denials')->where('log', $log)->orderByDesc('seq')->first(['seq', 'hash']);
            $count = $last === null ? 0 : (int) $last->seq + 1;
            $made = $this->gateway->deny($log, $count, $last->hash ?? '', $actor, $refusal, $reference, $nowUs);
            $isMine = $this->tables->table('sla_denials')->insertOrIgnore([
                'log' => $log,
                'seq' => $count,
                'at' => $nowUs,
                'actor_role' => $actor->role->value,
                'actor_id' => mb_strcut($actor->id, 0, 128),
                'ticket' => $reference,
                'action' => $refusal->action,
                'code' => $refusal->code,
                'entry' => $made['entry'],
                'hash' => $made['hash'],
            ]) === 1;
            if ($isMine) {
                break;
            }
            // Another process appended meanwhile.
            if ($attempt === self::ATTEMPTS) {
                throw new Conflict("the access log `{$log}`");
            }
        }
        $denied = new AccessDenied($actor->role->value, $actor->id, $reference, $refusal->action, $refusal->code, $nowUs);
        $this->tables->connection()->afterCommit(static function () use ($denied): void {
            Event::dispatch($denied);
        });
    }

    /**
     * Returns the entries of a log, oldest first.
     *
     * @return list<string>
     */
    public function entries(string $log): array
    {
        return $this->tables->table('sla_denials')->where('log', $log)->orderBy('seq')->pluck('entry')->all();
    }
}
