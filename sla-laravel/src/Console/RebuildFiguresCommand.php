<?php

declare(strict_types=1);

namespace Sla\Laravel\Console;

use Illuminate\Console\Command;
use Sla\Laravel\Figures\FigureRebuild;

/** Makes the rows of figures again from the histories of tickets, and adds up every day. */
class RebuildFiguresCommand extends Command
{
    protected $signature = 'sla:rebuild-figures
        {--restart : Begin with the first ticket, although an earlier rebuild was interrupted}';

    protected $description = 'Make the figures of dashboards and reports again from the histories of tickets';

    public function handle(FigureRebuild $rebuild): int
    {
        $bar = $this->output->createProgressBar($rebuild->begin((bool) $this->option('restart')));
        $faults = $rebuild->run(static fn (int $tickets) => $bar->advance($tickets));
        $bar->finish();
        $this->newLine();
        $bar = $this->output->createProgressBar($rebuild->daysToAdd());
        $days = $rebuild->addUp(static fn (int $count) => $bar->advance($count));
        $bar->finish();
        $this->newLine();
        foreach ($faults as $id => $fault) {
            $this->error("ticket #{$id}: {$fault->getMessage()}");
        }
        $this->line("{$days} days were added up");

        return $faults === [] ? self::SUCCESS : self::FAILURE;
    }
}
