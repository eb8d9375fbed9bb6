<?php

declare(strict_types=1);

namespace Sla\Laravel\Console;

use Illuminate\Console\Command;
use Sla\Actor;
use Sla\Exceptions\InvalidPolicy;
use Sla\Laravel\Policy\PolicyPublisher;

/** Publishes the draft of the policy. */
class PublishPolicyCommand extends Command
{
    protected $signature = 'sla:publish
        {--reason= : Why; it stands in the policy\'s chain}
        {--by=console : The id of the admin who publishes}
        {--check : Only say what is wrong with the draft}';

    protected $description = 'Publish the draft of the policy as a revision';

    public function handle(PolicyPublisher $publisher): int
    {
        try {
            $policy = $publisher->check();
            foreach ($policy->lint(new \DateTimeImmutable()) as $warning) {
                $this->warn("{$warning->code} at {$warning->path}: {$warning->message}");
            }
            $isChanged = $publisher->isChanged();
            if ($this->option('check') || !$isChanged) {
                $this->line($isChanged ? 'the draft can be published' : 'the draft is what is published');

                return self::SUCCESS;
            }
            $published = $publisher->publish(Actor::admin((string) $this->option('by')), (string) $this->option('reason'));
        } catch (InvalidPolicy $fault) {
            foreach ($fault->related as $problem) {
                $this->error("{$problem->path}: {$problem->message}" . ($problem->help === '' ? '' : "; {$problem->help}"));
            }

            return self::FAILURE;
        }
        if ($published->refusal !== null) {
            $this->error("{$published->refusal->message}; {$published->refusal->accepted}");

            return self::FAILURE;
        }
        if ($published->policyDigest === null) {
            $this->line('the draft is what is published');

            return self::SUCCESS;
        }
        foreach ($published->changes as $change) {
            $this->line("{$change->path}: " . ($change->before ?? 'nothing') . ' -> ' . ($change->after ?? 'nothing'));
        }
        $this->line("revision {$published->version} is published");

        return self::SUCCESS;
    }
}
