<?php

declare(strict_types=1);

namespace Sla\Laravel\Console;

use Illuminate\Console\Command;
use Sla\Actor;
use Sla\Apply;
use Sla\Laravel\Models\SlaAdoption;
use Sla\Laravel\Models\SlaAdoptionRefusal;
use Sla\Laravel\Store\AdoptionStore;
use Sla\Refusal;

/** Lets open tickets adopt the newest revision. */
class AdoptCommand extends Command
{
    private const REFUSALS = 1000;

    protected $signature = 'sla:adopt
        {adoption? : The number of one that was interrupted or stopped, to go on with it}
        {--apply=from_now : keep, from_now or retroactive: what becomes of promises that run}
        {--reason= : Why; it stands in the chain of each ticket}
        {--by=console : The id of the admin who does it}';

    protected $description = 'Let open tickets adopt the newest revision of the policy';

    public function handle(AdoptionStore $adoptions): int
    {
        $id = $this->argument('adoption') === null ? $this->started($adoptions) : (int) $this->argument('adoption');
        $adoption = $id === null ? null : SlaAdoption::query()->find($id);
        if ($adoption === null) {
            if ($id !== null) {
                $this->error("there is no adoption {$id}");
            }

            return self::FAILURE;
        }
        if ($adoption->status === 'stopped' && !$adoptions->resume((int) $adoption->id)) {
            return $this->another();
        }
        $bar = $this->output->createProgressBar((int) $adoption->tickets);
        $bar->setProgress((int) $adoption->looked);
        do {
            $isMore = $adoptions->step((int) $adoption->id);
            $bar->setProgress((int) SlaAdoption::query()->findOrFail($adoption->id)->looked);
        } while ($isMore);
        $bar->finish();
        $this->newLine();
        $refusals = SlaAdoptionRefusal::query()->where('adoption_id', $adoption->id)->orderBy('ticket_id');
        $refused = $refusals->count();
        foreach ($refusals->limit(self::REFUSALS)->get() as $one) {
            $this->line("#{$one->ticket_id}: {$one->message}");
        }
        $adoption = SlaAdoption::query()->findOrFail($adoption->id);
        $this->line(($adoption->looked - $refused) . " tickets adopted the revision, {$refused} refused");
        if ($adoption->status !== 'finished') {
            $this->error("it was stopped; php artisan sla:adopt {$adoption->id} resumes it");

            return self::FAILURE;
        }

        return self::SUCCESS;
    }

    private function another(): int
    {
        $this->error('another adoption is not finished: ' . SlaAdoption::query()->where('status', 'running')->value('id'));

        return self::FAILURE;
    }

    private function started(AdoptionStore $adoptions): ?int
    {
        $apply = Apply::tryFrom((string) $this->option('apply'));
        $reason = trim((string) $this->option('reason'));
        if ($apply === null || $reason === '') {
            $this->error($apply === null ? '--apply is keep, from_now or retroactive' : '--reason says why');

            return null;
        }
        $id = $adoptions->start(Actor::admin((string) $this->option('by')), $apply, $reason);
        if ($id instanceof Refusal) {
            $this->error("{$id->message}; {$id->accepted}");

            return null;
        }
        if ($id === null) {
            $this->another();
        }

        return $id;
    }
}
