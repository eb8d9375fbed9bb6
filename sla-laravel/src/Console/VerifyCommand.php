<?php

declare(strict_types=1);

namespace Sla\Laravel\Console;

use Illuminate\Console\Command;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Engine\StoredTicket;
use Sla\Laravel\Store\TicketStore;
use Sla\Laravel\Support\Settings;
use Sla\Laravel\Support\Tables;

/** Verifies the chains and that the tables say what the events say. */
class VerifyCommand extends Command
{
    protected $signature = 'sla:verify
        {ticket? : The number of one ticket}
        {--states : Fold every history, too, and compare texts of messages with their digests}
        {--skip-denials : Do not look at the access log}';

    protected $description = 'Verify the audit chains of tickets, of the access log and of the policy';

    public function handle(Gateway $gateway, TicketStore $store, Tables $tables, Settings $settings): int
    {
        $faults = 0;
        $checked = 0;
        $only = $this->argument('ticket');
        $after = 0;
        do {
            $ids = $only === null ? $tables->table('support_tickets')->where('id', '>', $after)->orderBy('id')->limit(500)->pluck('id')->all() : [$only];
            foreach ($ids as $id) {
                $after = (int) $id;
                $checked++;
                [$ticket, $entries] = $store->whole($after) ?? [null, []];
                $found = $ticket === null ? null : $gateway->verify('ticket', $ticket->reference, $entries);
                $isSound = $found !== null && $found->isSound() && count($entries) === $ticket->events && $found->head?->hash === $ticket->head;
                if (!$isSound) {
                    $faults++;
                    $this->error("ticket #{$after}: " . ($found?->tampering ?? 'the state does not fit the events') . (($found?->index ?? null) === null ? '' : " at entry {$found->index}"));
                } elseif ($this->option('states')) {
                    foreach ($this->statesAtFault($gateway, $tables, $ticket, $entries) as $fault) {
                        $faults++;
                        $this->error("ticket #{$after}: {$fault}");
                    }
                }
            }
        } while ($ids !== [] && $only === null);
        $logs = $this->option('skip-denials') || $only !== null ? [] : $tables->table('sla_denials')->distinct()->orderBy('log')->pluck('log')->all();
        foreach ($logs as $log) {
            $checked++;
            $entries = $tables->table('sla_denials')->where('log', $log)->orderBy('seq')->pluck('entry')->all();
            if (!$gateway->verify('access', $log, $entries)->isSound()) {
                $faults++;
                $this->error("the log `{$log}` was altered");
            }
        }
        $revisions = $only !== null ? [] : $tables->table('sla_policy_revisions')->orderBy('version')->pluck('entry')->all();
        if ($revisions !== []) {
            $checked++;
            $found = $gateway->verify('policy', $settings->policy(), $revisions);
            if (!$found->isSound()) {
                $faults++;
                $this->error("the chain of the policy: {$found->tampering}" . ($found->index === null ? '' : " at entry {$found->index}"));
            }
        }
        $this->line("{$checked} chains verified, {$faults} at fault");

        return $faults === 0 ? self::SUCCESS : self::FAILURE;
    }

    /**
     * @param list<string> $entries
     *
     * @return list<string>
     */
    private function statesAtFault(Gateway $gateway, Tables $tables, StoredTicket $ticket, array $entries): array
    {
        $faults = $gateway->fold($entries) === $ticket->snapshot ? [] : ['the snapshot is not what the events fold to'];
        $digests = [];
        foreach ($entries as $entry) {
            $message = json_decode($entry, true, 512, JSON_THROW_ON_ERROR)['data']['message'] ?? null;
            if ($message !== null) {
                $digests[$message['message_ref']] = $message['content_sha256'];
            }
        }
        foreach ($tables->table('support_responses')->where('ticket_id', $ticket->id)->get(['id', 'message_ref', 'body']) as $row) {
            if (hash('sha256', $row->body) !== ($digests[$row->message_ref] ?? null)) {
                $faults[] = "the text of response {$row->id} is not what was written";
            }
            unset($digests[$row->message_ref]);
        }

        return $digests === [] ? $faults : [...$faults, count($digests) . ' texts are missing'];
    }
}
