<?php

declare(strict_types=1);

namespace Sla\Laravel\Console;

use Illuminate\Console\Command;
use Sla\Exceptions\InvalidPolicy;
use Sla\Laravel\Policy\PolicyPublisher;
use Sla\Laravel\Policy\PolicyWhatIf;

/** Says what the draft would have made of the tickets of the last days. */
class WhatIfCommand extends Command
{
    protected $signature = 'sla:what-if
        {--days=30 : Tickets that had an event in so many days}
        {--tickets= : At most so many, the newest; all of them where it is left out}';

    protected $description = 'Play the tickets of the last days under the draft of the policy';

    public function handle(PolicyPublisher $publisher, PolicyWhatIf $whatIf): int
    {
        $days = filter_var($this->option('days'), FILTER_VALIDATE_INT, ['options' => ['min_range' => 1, 'max_range' => 3660]]);
        $most = $this->option('tickets') === null ? PHP_INT_MAX : filter_var($this->option('tickets'), FILTER_VALIDATE_INT, ['options' => ['min_range' => 1]]);
        if ($days === false || $most === false) {
            $this->error('--days is a number from 1 to 3660, --tickets one above 0');

            return self::FAILURE;
        }
        try {
            $draft = $publisher->check();
        } catch (InvalidPolicy $fault) {
            $this->error(count($fault->related) . ' problems; `php artisan sla:publish --check` lists them');

            return self::FAILURE;
        }
        $bar = $this->output->createProgressBar(min($most, $whatIf->active($days)));
        $found = $whatIf->of($draft, $days, $most, static fn (int $tickets) => $bar->advance($tickets));
        $bar->finish();
        $this->newLine();
        $rows = [];
        foreach ($found['promises'] as $one) {
            $rows[] = [$one['package'], $one['timer'], $one['before']['met'], $one['before']['breached'], $one['after']['met'], $one['after']['breached'], $one['flips']];
        }
        $this->table(['package', 'timer', 'met', 'breached', 'met under the draft', 'breached under the draft', 'other outcome'], $rows);
        foreach ($found['flips'] as $one) {
            $this->line("#{$one['ticket']}: {$one['text']}");
        }
        foreach ($found['failed'] as $one) {
            $this->error("ticket #{$one['ticket']} cannot be played: {$one['message']}");
        }
        $this->line("{$found['tickets']} of {$found['active']} tickets with an event in {$days} days, {$found['flipped_tickets']} with another outcome");

        return $found['failed'] === [] ? self::SUCCESS : self::FAILURE;
    }
}
