<?php

namespace App\Console\Commands;

use App\Models\User;
use Illuminate\Console\Command;
use Illuminate\Support\Carbon;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Hash;
use Sla\Actor;
use Sla\Laravel\Notifications\NotificationSender;
use Sla\Laravel\Services\EscalationService;
use Sla\Laravel\Services\NewTicket;
use Sla\Laravel\Services\SlaMonitorService;
use Sla\Laravel\Services\SupportTicketService;
use Sla\Laravel\Store\Outcome;
use Sla\Laravel\Support\Settings;
use Sla\Log;
use Sla\LogState;
use Sla\Meaning;
use Sla\Opening;
use Sla\PauseStatus;
use Sla\RecordedCommand;
use Sla\Time;

/**
 * Fills an empty database with a desk to try: packages, users, and tickets of the sample log, played through the services
 * at the instants of the log, moved by whole weeks so that it ends now.
 */
class Desk extends Command
{
    public const PASSWORD = 'desk';

    protected $signature = 'testhost:desk
        {--tickets=300 : How many tickets of the log}
        {--log= : The file of the log; examples/data/incident-events.csv unless given}';

    protected $description = 'Set up a desk to try';

    private const WEEK_US = 604_800_000_000;
    /** Where the log is at its busiest; the desk's now is in the week after it. */
    private const FULL = '2016-05-20T12:00';
    /** Customers with their package, and the channel that they use. */
    private const CUSTOMERS = ['kim' => ['starter', 'email'], 'lee' => ['professional', 'phone'], 'max' => ['enterprise', 'whatsapp']];

    public function handle(Settings $settings): int
    {
        if (DB::table('users')->exists() || DB::table('support_tickets')->exists()) {
            $this->line('the desk is set up already');

            return self::SUCCESS;
        }
        if (DB::getDriverName() === 'sqlite') {
            // A set-up that is interrupted starts again from an empty database, so nothing waits for the disk.
            DB::statement('pragma synchronous = off');
        }
        $nowUs = Time::toUs(Carbon::now());
        $recorded = $this->recorded(new \DateTimeZone($settings->timeZone()), $nowUs);
        $this->users();
        try {
            // The policy is as old as the first ticket.
            Carbon::setTestNow(Carbon::instance(Time::fromUs($recorded[0]['us'] ?? $nowUs)));
            $this->callSilent('db:seed', ['--class' => 'SlaDefinitionSeeder', '--force' => true]);
            $refused = $this->play($recorded, $nowUs);
        } finally {
            Carbon::setTestNow();
        }
        $this->laravel->make(NotificationSender::class)->run();
        $this->line(sprintf('%d tickets, %d events, %d commands refused', DB::table('support_tickets')->count(), DB::table('support_events')->count(), $refused));

        return self::SUCCESS;
    }

    private function users(): void
    {
        $password = Hash::make(self::PASSWORD);
        foreach (self::CUSTOMERS as $id => [$package]) {
            User::query()->create(['id' => $id, 'email' => "{$id}@desk.test", 'password' => $password, 'sla_role' => 'customer', 'sla_package' => $package]);
        }
        foreach (['ana' => 'agent', 'root' => 'admin'] as $id => $role) {
            User::query()->create(['id' => $id, 'email' => "{$id}@desk.test", 'password' => $password, 'sla_role' => $role]);
        }
    }

    /**
     * Reads the log as commands, oldest first, at their moved instants.
     *
     * @return list<array{us: int, ticket: string, actor: Actor, agent: string, command: RecordedCommand}>
     */
    private function recorded(\DateTimeZone $zone, int $nowUs): array
    {
        $full = Time::toUs(new \DateTimeImmutable(self::FULL, $zone));
        $shift = intdiv($nowUs - $full, self::WEEK_US) * self::WEEK_US;
        $moved = static fn (string $local): int => Time::toUs(new \DateTimeImmutable($local, $zone)) + $shift;
        $rows = [];
        $opened = [];
        $held = [];
        foreach ($this->lines() as $line) {
            $us = $moved($line['event_at']);
            $first = min($us, $moved($line['opened_at']));
            if ($us > $nowUs) {
                continue;
            }
            $opened[$line['ticket_id']] = min($first, $opened[$line['ticket_id']] ?? $first);
            $held[$line['ticket_id']] = $line['team'];
            $rows[$line['ticket_id']][] = [
                'ticket_id' => $line['ticket_id'], 'sequence' => (int) $line['seq'], 'event_at' => Time::fromUs($us), 'opened_at' => Time::fromUs($first),
                'state' => $line['state'], 'actor' => $line['actor'], 'agent' => $line['team'] === '' ? null : $line['team'], 'package' => 'any', 'channel' => 'any',
            ];
        }
        arsort($opened);
        $rows = array_intersect_key($rows, array_slice($opened, 0, max(1, (int) $this->option('tickets')), true));
        // The team that holds most of these tickets is the agent who can sign in.
        $teams = array_count_values(array_filter(array_intersect_key($held, $rows)));
        arsort($teams);
        $busiest = array_key_first($teams);
        $commands = Log::commands(array_merge(...array_values($rows)), [
            'New' => Meaning::New, 'Active' => Meaning::Active, 'Resolved' => Meaning::Resolved, 'Closed' => Meaning::Closed,
            'Awaiting User Info' => new LogState(Meaning::Pending, replied: true),
            'Awaiting Vendor' => Meaning::OnHold, 'Awaiting Problem' => Meaning::OnHold, 'Awaiting Evidence' => Meaning::OnHold,
        ]);
        $found = [];
        foreach ($commands->tickets as $ticket) {
            foreach ($ticket->recorded as $command) {
                $agent = $command->command instanceof Opening ? '' : ($command->command->document()['agent'] ?? '');
                $actor = $command->actor->id === $busiest ? Actor::agent('ana') : $command->actor;
                $found[] = ['us' => Time::toUs($command->at), 'ticket' => $ticket->ticket, 'actor' => $actor, 'agent' => $agent === $busiest ? 'ana' : $agent, 'command' => $command];
            }
        }
        // Stable: the commands of a row stay in their order.
        usort($found, static fn (array $one, array $other): int => $one['us'] <=> $other['us']);

        return $found;
    }

    /** @return \Generator<int, array<string, string>> */
    private function lines(): \Generator
    {
        $file = new \SplFileObject($this->option('log') ?? dirname(base_path(), 2) . '/examples/data/incident-events.csv');
        $file->setFlags(\SplFileObject::READ_CSV | \SplFileObject::SKIP_EMPTY | \SplFileObject::READ_AHEAD);
        $names = null;
        foreach ($file as $line) {
            if ($names === null) {
                $names = $line;
                continue;
            }
            yield array_combine($names, $line);
        }
    }

    /**
     * Gives the commands, each at its instant, and lets the monitor look whenever something is due.
     *
     * @param list<array{us: int, ticket: string, actor: Actor, agent: string, command: RecordedCommand}> $recorded
     *
     * @return int how many were refused
     */
    private function play(array $recorded, int $nowUs): int
    {
        $tickets = $this->laravel->make(SupportTicketService::class);
        $ids = [];
        $refused = 0;
        $bar = $this->output->isDecorated() ? $this->output->createProgressBar(count($recorded)) : null;
        foreach ($recorded as $one) {
            $this->monitorUntil($one['us']);
            Carbon::setTestNow(Carbon::instance(Time::fromUs($one['us'])));
            if ($one['command']->command instanceof Opening) {
                $customer = array_keys(self::CUSTOMERS)[count($ids) % count(self::CUSTOMERS)];
                $new = new NewTicket("Incident {$one['ticket']}", 'The sample log has no texts.', self::CUSTOMERS[$customer][1]);
                $outcome = $tickets->open($new, Actor::customer($customer));
                $ids[$one['ticket']] = [$outcome->ticketId, $new->channel];
            } else {
                [$id, $channel] = $ids[$one['ticket']];
                $outcome = $this->give($tickets, (int) $id, $channel, $one['actor'], $one['agent'], $one['command']->command->document());
            }
            $refused += $outcome->isAccepted() ? 0 : 1;
            $bar?->advance();
        }
        $this->monitorUntil($nowUs);
        $bar?->finish();
        $this->line('');

        return $refused;
    }

    /** @param array<string, mixed> $command */
    private function give(SupportTicketService $tickets, int $id, string $channel, Actor $actor, string $agent, array $command): Outcome
    {
        return match ($command['command']) {
            'assign' => $tickets->assign($id, $actor, $agent),
            'unassign' => $tickets->unassign($id, $actor, $command['reason']),
            'reply' => $tickets->reply($id, $actor, $channel, "{$actor->id} asked the customer."),
            'note' => $tickets->note($id, $actor, "{$actor->id} changed something."),
            'pause' => $tickets->pause($id, $actor, PauseStatus::from($command['status']), $command['reason']),
            'resume' => $tickets->resume($id, $actor),
            'resolve' => $tickets->resolve($id, $actor, "Solved: {$actor->id}."),
            'reopen' => $tickets->reopen($id, $actor, null, $command['reason']),
            'close' => $this->close($tickets, $id, $actor),
        };
    }

    /** Closes a ticket whose escalations are resolved then. */
    private function close(SupportTicketService $tickets, int $id, Actor $actor): Outcome
    {
        $escalations = $this->laravel->make(EscalationService::class);
        foreach ($escalations->unresolved()->where('ticket_id', $id)->pluck('number') as $number) {
            $escalations->resolve($id, (int) $number, Actor::admin('root'));
        }

        return $tickets->close($id, $actor);
    }

    /** Lets the monitor look at each instant at which something is due, as one that is never late. */
    private function monitorUntil(int $us): void
    {
        while (($next = DB::table('sla_ticket_states')->where('next_check_at', '<=', $us)->min('next_check_at')) !== null) {
            Carbon::setTestNow(Carbon::instance(Time::fromUs((int) $next)));
            if ($this->laravel->make(SlaMonitorService::class)->run()->looked === 0) {
                throw new \LogicException('the monitor does not look at what is due');
            }
        }
    }
}
