<?php

declare(strict_types=1);

namespace Sla\Laravel\Console;

use Illuminate\Console\Command;
use Illuminate\Database\Query\Builder;
use Sla\Exceptions\SlaThrowable;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Engine\StoredTicket;
use Sla\Laravel\Figures\DayAudit;
use Sla\Laravel\Policy\PolicyRepository;
use Sla\Laravel\Store\Heads;
use Sla\Laravel\Store\Memory;
use Sla\Laravel\Store\RowAudit;
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
        {--states : Fold every history, too, and compare every row that follows from it, the texts of messages with their digests, and the sums of days and months with their rows}
        {--skip-denials : Do not look at the access log}
        {--heads= : A file of heads that was kept elsewhere; every chain must begin with what it names}
        {--write-heads= : Write the heads of all chains to this file, where nothing is at fault}
        {--resume : Go on where a run of all tickets was interrupted}';

    protected $description = 'Verify the audit chains of tickets, of the access log and of the policy, and execute every history again';

    private int $checked = 0;

    private int $faults = 0;

    private Gateway $gateway;

    private TicketStore $store;

    private RowAudit $rows;

    private Tables $tables;

    private Memory $memory;

    private Heads $heads;

    public function handle(Gateway $gateway, TicketStore $store, RowAudit $rows, DayAudit $days, Tables $tables, Memory $memory, PolicyRepository $revisions, Settings $settings): int
    {
        [$this->gateway, $this->store, $this->rows, $this->tables, $this->memory] = [$gateway, $store, $rows, $tables, $memory];
        try {
            $this->heads = Heads::of($this->option('heads'));
        } catch (\Exception $fault) {
            $this->error($fault->getMessage());

            return self::FAILURE;
        }
        $this->checked = 0;
        $this->faults = 0;
        $only = $this->argument('ticket');
        if ($revisions->isEmpty() && $this->tables->table('support_tickets')->exists()) {
            $this->error('no revision of the policy is left; nothing can be executed again');

            return self::FAILURE;
        }
        if ($only !== null) {
            $this->tickets([(int) $only]);
        } else {
            $this->allTickets();
            $this->orphans();
            foreach ($this->option('states') ? $days->faults() : [] as $fault) {
                $this->fault("{$fault}; run `php artisan sla:rebuild-figures`");
            }
            $this->logs();
            $this->policy($settings->policy());
            $this->keepHeads();
        }
        $this->line("{$this->checked} chains verified, {$this->faults} at fault");

        return $this->faults === 0 ? self::SUCCESS : self::FAILURE;
    }

    private function allTickets(): void
    {
        $before = $this->option('resume') ? $this->memory->of(self::MEMORY) : [];
        $after = (int) ($before['after'] ?? 0);
        $this->checked = (int) ($before['checked'] ?? 0);
        $this->faults = (int) ($before['faults'] ?? 0);
        if ($before !== []) {
            $this->line("resumed after ticket #{$after}, {$this->faults} at fault before");
        }
        $bar = $this->output->isDecorated() || $this->output->isVerbose() ? $this->output->createProgressBar($this->tables->table('support_tickets')->where('id', '>', $after)->count()) : null;
        while (($ids = $this->tables->table('support_tickets')->where('id', '>', $after)->orderBy('id')->limit(self::CHUNK)->pluck('id')->map(static fn ($id): int => (int) $id)->all()) !== []) {
            $this->tickets($ids);
            $after = (int) end($ids);
            $this->memory->keep(self::MEMORY, ['after' => $after, 'checked' => $this->checked, 'faults' => $this->faults]);
            $bar?->advance(count($ids));
        }
        $this->memory->forget(self::MEMORY);
        if ($bar !== null) {
            $bar->finish();
            $this->newLine();
        }
    }

    /** @param list<int> $ids */
    private function tickets(array $ids): void
    {
        $found = $this->store->wholes($ids);
        foreach ($ids as $id) {
            $this->checked++;
            foreach ($this->faultsOf($found[$id] ?? null) as $fault) {
                $this->fault("ticket #{$id}: {$fault}");
            }
        }
    }

    /**
     * @param array{StoredTicket, list<string>}|null $whole
     *
     * @return list<string>
     */
    private function faultsOf(?array $whole): array
    {
        if ($whole === null) {
            return ['the state does not fit the events'];
        }
        [$ticket, $entries] = $whole;
        try {
            $chain = $this->gateway->verify('ticket', $ticket->reference, $entries, $this->heads->pins('ticket', $ticket->reference));
            if (!$chain->isSound() || count($entries) !== $ticket->events || $chain->head?->hash !== $ticket->head) {
                return [($chain->tampering ?? 'the state does not fit the events') . ($chain->index === null ? '' : " at entry {$chain->index}")];
            }
            $faults = $this->option('states') ? $this->rows->faults($ticket, $entries) : [];
            if ($faults !== []) {
                // Another process may have stored events since the ticket was read.
                $again = $this->store->whole($ticket->id);

                return $again !== null && $again[0]->head !== $ticket->head ? $this->faultsOf($again) : $faults;
            }

            $this->heads->found($chain->head);

            return $this->option('chains') ? [] : $this->executionAtFault($ticket, $entries);
        } catch (SlaThrowable $fault) {
            return [$fault->getMessage()];
        }
    }

    /**
     * @param list<string> $entries
     *
     * @return list<string>
     */
    private function executionAtFault(StoredTicket $ticket, array $entries): array
    {
        $difference = $this->gateway->execute($ticket, $entries)->difference;

        return $difference === null ? [] : ["the rules make another history: {$difference->what} at event {$difference->seq}" . ($difference->path === '' ? '' : ", {$difference->path}")
            . ($difference->refusal === null ? '' : "; {$difference->refusal->message}")];
    }

    private function keepHeads(): void
    {
        // An interrupted run looked at the first chains, and this one at the others.
        $isWhole = !$this->option('resume') && !$this->option('skip-denials');
        foreach ($isWhole ? $this->heads->missing() : [] as $chain) {
            $this->fault("the chain `{$chain}` is in the file of heads, and nowhere else");
        }
        $file = $this->option('write-heads');
        if ($file === null) {
            return;
        }
        if (!$isWhole || $this->faults > 0) {
            $this->error('the heads were not written: ' . ($isWhole ? "{$this->faults} at fault" : 'not every chain was looked at'));

            return;
        }
        $heads = $this->heads->all();
        if (file_put_contents("{$file}.new", $this->gateway->pinned($heads)) === false || !rename("{$file}.new", $file)) {
            throw new \RuntimeException("`{$file}` cannot be written");
        }
        $this->line('the heads of ' . count($heads) . ' chains were written');
    }

    private function fault(string $text): void
    {
        $this->faults++;
        $this->error($text);
    }

    private function logs(): void
    {
        foreach ($this->option('skip-denials') ? [] : $this->tables->table('sla_denials')->distinct()->orderBy('log')->pluck('log')->all() as $log) {
            $this->checked++;
            $entries = $this->tables->table('sla_denials')->where('log', $log)->orderBy('seq')->pluck('entry')->all();
            try {
                $found = $this->gateway->verify('access', $log, $entries, $this->heads->pins('access', $log));
            } catch (SlaThrowable) {
                $found = null;
            }
            if ($found?->isSound() === true) {
                $this->heads->found($found->head);
            } else {
                $this->fault("the log `{$log}` was altered");
            }
        }
    }

    private function policy(string $policy): void
    {
        $revisions = $this->tables->table('sla_policy_revisions')->orderBy('version')->get();
        if ($revisions->isEmpty()) {
            return;
        }
        $this->checked++;
        try {
            $found = $this->gateway->verify('policy', $policy, $revisions->pluck('entry')->all(), $this->heads->pins('policy', $policy));
            $this->heads->found($found->head);
            if (!$found->isSound()) {
                $this->fault("the chain of the policy: {$found->tampering}" . ($found->index === null ? '' : " at entry {$found->index}"));

                return;
            }
        } catch (SlaThrowable $fault) {
            $this->fault("the chain of the policy: {$fault->getMessage()}");

            return;
        }
        foreach ($revisions as $row) {
            $published = json_decode($row->entry, false, 512, JSON_THROW_ON_ERROR);
            if ($published->policy_digest !== $row->policy_digest || !PolicyRepository::isText($row->document, $row->policy_digest)) {
                $this->fault("revision {$row->version} of the policy is not what was published");
            }
        }
    }

    /** Looks for what is left of tickets that are gone. */
    private function orphans(): void
    {
        $ids = $this->tables->table('sla_ticket_states')->whereNotExists(static fn (Builder $query) => $query->from('support_tickets')->whereColumn('support_tickets.id', 'sla_ticket_states.ticket_id'))
            ->orderBy('ticket_id')->limit(self::CHUNK)->pluck('ticket_id');
        foreach ($ids as $id) {
            $this->fault("ticket #{$id}: it has events and is not in support_tickets");
        }
    }
}
