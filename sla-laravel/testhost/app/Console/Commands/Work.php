<?php

namespace App\Console\Commands;

use App\Support\PlayedClock;
use App\Support\RecordingDispatcher;
use App\Models\User;
use Illuminate\Console\Command;
use Illuminate\Contracts\Http\Kernel;
use Illuminate\Contracts\Notifications\Dispatcher;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Event;
use Sla\Actor;
use Sla\Apply;
use Sla\Laravel\Figures\DayTable;
use Sla\Laravel\Notifications\NotificationSender;
use Sla\Laravel\Policy\DraftReview;
use Sla\Laravel\Policy\PolicyDraft;
use Sla\Laravel\Policy\PolicyPublisher;
use Sla\Laravel\Services\EscalationService;
use Sla\Laravel\Services\NewTicket;
use Sla\Laravel\Services\SlaMonitorService;
use Sla\Laravel\Services\SupportTicketService;
use Sla\Laravel\Store\AdoptionStore;
use Sla\Laravel\Store\Outcome;
use Sla\Laravel\Support\Clock;
use Sla\PauseStatus;

/** One of the processes that tests run side by side, or kill. */
class Work extends Command
{
    protected $signature = 'testhost:work
        {kind : writer, monitor, sender, queue, admin, editor or rebuild}
        {--base= : Microseconds since 1970 at which the played time begins}
        {--started= : Real microseconds since 1970 at which it began}
        {--speed=0 : Played seconds a real second}
        {--seconds=0 : For how long at least}
        {--turns=1 : How often at least}
        {--seed=1 : Of what the writer does}
        {--deliveries= : The file that records what was sent}
        {--kill-at=0 : Kill this process before this step of the database}';

    public function handle(): int
    {
        $clock = new PlayedClock((int) $this->option('base'), (int) $this->option('started'), (int) $this->option('speed'));
        $this->laravel->instance(Clock::class, $clock);
        if ($this->option('deliveries') !== null) {
            $this->laravel->instance(Dispatcher::class, new RecordingDispatcher($this->option('deliveries')));
        }
        DB::statement(DB::getDriverName() === 'sqlite' ? 'pragma busy_timeout = 60000' : 'select 1');
        // Played time would void claims within milliseconds.
        config(['sla.notifications.claim' => 300 * max(1, (int) $this->option('speed')), 'sla.adoption.chunk' => 2]);
        $this->killAt((int) $this->option('kill-at'));
        mt_srand((int) $this->option('seed'));
        $until = microtime(true) + (int) $this->option('seconds');
        for ($turn = 0; $turn < (int) $this->option('turns') || microtime(true) < $until; $turn++) {
            $this->laravel->forgetScopedInstances();
            $this->once();
        }

        return self::SUCCESS;
    }

    private function once(): void
    {
        match ($this->argument('kind')) {
            'writer' => $this->write(),
            'monitor' => [$this->laravel->make(SlaMonitorService::class)->run(), $this->laravel->make(DayTable::class)->refresh()],
            'sender' => $this->laravel->make(NotificationSender::class)->run(),
            'admin' => $this->administer(),
            'editor' => $this->edit((int) $this->option('seed')),
            'rebuild' => $this->callSilently('sla:rebuild-figures'),
            'queue' => $this->call('queue:work', ['--queue' => 'sla-monitoring', '--stop-when-empty' => true, '--sleep' => 0]),
        };
    }

    private function write(): Outcome
    {
        $tickets = $this->laravel->make(SupportTicketService::class);
        // Few tickets, so that writers and monitors meet. An opening that came second may have left a number unused.
        $newest = DB::table('support_tickets')->orderByDesc('id')->limit(6)->pluck('id')->all();
        $id = $newest === [] ? 0 : (int) $newest[mt_rand(0, count($newest) - 1)];
        if ($id === 0 || mt_rand(0, 6) === 0) {
            $customer = ['kim', 'lee'][mt_rand(0, 1)];
            $key = mt_rand(0, 3) === 0 ? 'key-' . mt_rand(1, 5) : null;

            return $tickets->open(new NewTicket('Nothing works', 'Please help.', ['email', 'chat', 'whatsapp'][mt_rand(0, 2)], commandId: $key), Actor::customer($customer));
        }
        $actor = [Actor::admin('root'), Actor::admin('root'), Actor::agent('ana'), Actor::customer('kim')][mt_rand(0, 3)];
        $key = mt_rand(0, 3) === 0 ? 'key-' . mt_rand(1, 20) : null;

        return match (mt_rand(0, 15)) {
            0 => $tickets->assign($id, $actor, ['ana', 'bob'][mt_rand(0, 1)], null, $key),
            1, 2 => $tickets->reply($id, $actor, 'email', 'On it.', false, $key),
            3 => $tickets->customerMessage($id, $actor, 'chat', 'Hello?', null, $key),
            4 => $tickets->note($id, $actor, 'A note.', $key),
            5 => $tickets->pause($id, $actor, PauseStatus::Pending, 'waiting', null, $key),
            6 => $tickets->resume($id, $actor, $key),
            7 => $this->laravel->make(EscalationService::class)->request($id, $actor, 'hurry', 'email', $key),
            8 => mt_rand(0, 4) === 0 ? $tickets->resolve($id, $actor, 'Solved.', $key) : $tickets->note($id, $actor, 'Another note.', $key),
            9 => $tickets->rate($id, Actor::customer('kim'), mt_rand(1, 5), $key),
            10 => $tickets->reopen($id, Actor::customer('kim'), 'email', null, $key),
            11 => $tickets->reopen($id, Actor::admin('root'), null, 'not solved', $key),
            12 => mt_rand(0, 4) === 0 ? $tickets->close($id, $actor, $key) : $tickets->unassign($id, $actor, 'not mine', $key),
            13 => $tickets->changePackage($id, $actor, ['starter', 'enterprise'][mt_rand(0, 1)], Apply::cases()[mt_rand(0, 2)], 'another offer', $key),
            14 => mt_rand(0, 9) === 0 ? $tickets->absorb($id, $actor, (int) $newest[0], 'the same', $key) : $tickets->reply($id, $actor, 'chat', 'Again.', true, $key),
            15 => mt_rand(0, 9) === 0 ? $tickets->withdraw($id, $actor, $key) : $tickets->resolve($id, $actor, 'Solved, too.', $key),
        };
    }

    /** Publishes another target, and lets open tickets adopt it. */
    private function administer(): void
    {
        $admin = Actor::admin('root');
        $package = ['name' => 'Starter', 'rank' => 1, 'channels' => ['email', 'chat'], 'calendar' => 'office', 'priority' => 'normal', 'first_response' => mt_rand(1, 9) . 'h', 'resolution' => mt_rand(10, 30) . 'h'];
        $this->laravel->make(PolicyDraft::class)->package('starter', $package);
        if ($this->laravel->make(PolicyPublisher::class)->isChanged()) {
            $this->laravel->make(PolicyPublisher::class)->publish($admin, 'another target');
        }
        $adoptions = $this->laravel->make(AdoptionStore::class);
        $id = $adoptions->start($admin, Apply::cases()[mt_rand(0, 2)], 'a new offer');
        for ($step = 0; is_int($id) && $adoptions->step($id); $step++) {
            if ($step === 3) {
                $adoptions->stop($id);
            }
        }
        usleep(100_000);
    }

    /** Saves a calendar of this process as the form does, and looks whether it is kept. */
    private function edit(int $number): void
    {
        $zone = ['Asia/Jakarta', 'Europe/Berlin', 'America/New_York'][mt_rand(0, 2)];
        $review = $this->laravel->make(DraftReview::class);
        $id = "desk-{$number}";
        auth()->setUser(User::query()->findOrFail('root'));
        $seen = hash('sha256', json_encode($review->document()->calendars->{$id} ?? null));
        $fields = ['id' => $id, '_do' => 'save', '_end' => '1', '_seen' => $seen, 'f' => ['time_zone' => $zone, 'always_open' => '1']];
        $status = $this->laravel->make(Kernel::class)->handle(Request::create('/admin/sla/definitions/calendars', 'POST', $fields))->getStatusCode();
        $stored = $review->document()->calendars->{$id}->time_zone ?? null;
        if ($status !== 303 || $stored !== $zone) {
            throw new \RuntimeException("{$id}: {$status}, {$stored} in place of {$zone}");
        }
    }

    private function killAt(int $step): void
    {
        if ($step === 0) {
            return;
        }
        $count = 0;
        $tick = static function () use (&$count, $step): void {
            if (++$count === $step) {
                posix_kill(getmypid(), SIGKILL);
            }
        };
        DB::connection()->beforeExecuting($tick);
        foreach ([\Illuminate\Database\Events\TransactionBeginning::class, \Illuminate\Database\Events\TransactionCommitted::class] as $event) {
            Event::listen($event, $tick);
        }
    }
}
