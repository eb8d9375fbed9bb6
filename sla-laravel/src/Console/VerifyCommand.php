<?php

declare(strict_types=1);

namespace Sla\Laravel\Console;

use Illuminate\Console\Command;
use Sla\Exceptions\SlaThrowable;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Engine\StoredTicket;
use Sla\Laravel\Store\Memory;
use Sla\Laravel\Store\TicketStore;
use Sla\Laravel\Support\Settings;
use Sla\Laravel\Support\Tables;

/** Verifies the chains, that the rules make every event as it is recorded, and that the tables say what the events say. */
class VerifyCommand extends Command
{
    private const CHUNK = 100;
    private const MEMORY = 'verify';

    protected $signature = 'sla:verify
        {ticket? : The number of one ticket}
        {--chains : Look at chains only; do not make every history again by the rules}
        {--states : Fold every history, too, and compare texts of messages with their digests}
        {--skip-denials : Do not look at the access log}
        {--resume : Go on where a run of all tickets was interrupted}';

    protected $description = 'Verify the audit chains of tickets, of the access log and of the policy, and execute every history again';

    private int $checked = 0;

    private int $faults = 0;

    public function handle(Gateway $gateway, TicketStore $store, Tables $tables, Settings $settings, Memory $memory): int
    {
        $this->checked = 0;
        $this->faults = 0;
        $only = $this->argument('ticket');
        if ($only !== null) {
            $this->tickets($gateway, $store, $tables, [(int) $only]);
        } else {
            $this->allTickets($gateway, $store, $tables, $memory);
            $this->logs($gateway, $tables);
            $this->policy($gateway, $tables, $settings);
        }
        $this->line("{$this->checked} chains verified, {$this->faults} at fault");

        return $this->faults === 0 ? self::SUCCESS : self::FAILURE;
    }

    private function allTickets(Gateway $gateway, TicketStore $store, Tables $tables, Memory $memory): void
    {
        $before = $this->option('resume') ? $memory->of(self::MEMORY) : [];
        $after = (int) ($before['after'] ?? 0);
        $this->checked = (int) ($before['checked'] ?? 0);
        $this->faults = (int) ($before['faults'] ?? 0);
        if ($before !== []) {
            $this->line("resumed after ticket #{$after}, {$this->faults} at fault before");
        }
        $bar = $this->output->isDecorated() || $this->output->isVerbose() ? $this->output->createProgressBar($tables->table('support_tickets')->where('id', '>', $after)->count()) : null;
        while (($ids = $tables->table('support_tickets')->where('id', '>', $after)->orderBy('id')->limit(self::CHUNK)->pluck('id')->map(static fn ($id): int => (int) $id)->all()) !== []) {
            $this->tickets($gateway, $store, $tables, $ids);
            $after = (int) end($ids);
            $memory->keep(self::MEMORY, ['after' => $after, 'checked' => $this->checked, 'faults' => $this->faults]);
            $bar?->advance(count($ids));
        }
        $memory->forget(self::MEMORY);
        if ($bar !== null) {
            $bar->finish();
            $this->newLine();
        }
    }

    /** @param list<int> $ids */
    private function tickets(Gateway $gateway, TicketStore $store, Tables $tables, array $ids): void
    {
        $found = $store->wholes($ids);
        foreach ($ids as $id) {
            $this->checked++;
            [$ticket, $entries] = $found[$id] ?? [null, []];
            foreach ($ticket === null ? ['the state does not fit the events'] : $this->faultsOf($gateway, $tables, $ticket, $entries) as $fault) {
                $this->faults++;
                $this->error("ticket #{$id}: {$fault}");
            }
        }
    }

    /**
     * @param list<string> $entries
     *
     * @return list<string>
     */
    private function faultsOf(Gateway $gateway, Tables $tables, StoredTicket $ticket, array $entries): array
    {
        $chain = $gateway->verify('ticket', $ticket->reference, $entries);
        if (!$chain->isSound() || count($entries) !== $ticket->events || $chain->head?->hash !== $ticket->head) {
            return [($chain->tampering ?? 'the state does not fit the events') . ($chain->index === null ? '' : " at entry {$chain->index}")];
        }
        $faults = $this->option('states') ? $this->statesAtFault($gateway, $tables, $ticket, $entries) : [];
        if ($faults === [] && !$this->option('chains')) {
            try {
                $difference = $gateway->execute($ticket, $entries)->difference;
            } catch (SlaThrowable $fault) {
                return [$fault->getMessage()];
            }
            if ($difference !== null) {
                $faults[] = "the rules make another history: {$difference->what} at event {$difference->seq}" . ($difference->path === '' ? '' : ", {$difference->path}")
                    . ($difference->refusal === null ? '' : "; {$difference->refusal->message}");
            }
        }

        return $faults;
    }

    private function logs(Gateway $gateway, Tables $tables): void
    {
        foreach ($this->option('skip-denials') ? [] : $tables->table('sla_denials')->distinct()->orderBy('log')->pluck('log')->all() as $log) {
            $this->checked++;
            $entries = $tables->table('sla_denials')->where('log', $log)->orderBy('seq')->pluck('entry')->all();
            if (!$gateway->verify('access', $log, $entries)->isSound()) {
                $this->faults++;
                $this->error("the log `{$log}` was altered");
            }
        }
    }

    private function policy(Gateway $gateway, Tables $tables, Settings $settings): void
    {
        $revisions = $tables->table('sla_policy_revisions')->orderBy('version')->pluck('entry')->all();
        if ($revisions === []) {
            return;
        }
        $this->checked++;
        $found = $gateway->verify('policy', $settings->policy(), $revisions);
        if (!$found->isSound()) {
            $this->faults++;
            $this->error("the chain of the policy: {$found->tampering}" . ($found->index === null ? '' : " at entry {$found->index}"));
        }
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
