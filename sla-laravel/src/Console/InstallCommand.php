<?php

declare(strict_types=1);

namespace Sla\Laravel\Console;

use Illuminate\Console\Command;

/** Publishes the settings and says what to do next. */
class InstallCommand extends Command
{
    protected $signature = 'sla:install';

    protected $description = 'Publish config/sla.php and say what to do next';

    public function handle(): int
    {
        $this->call('vendor:publish', ['--tag' => 'sla-config']);
        foreach (
            [
                'php artisan migrate',
                'php artisan db:seed --class=SlaDefinitionSeeder',
                'php artisan sla:doctor',
            ] as $command
        ) {
            $this->line("  {$command}");
        }
        $this->line('and into the schedule, or SLA_MONITORING_SCHEDULE=true into .env:');
        $this->line("  \$schedule->command('sla:monitor-compliance')->everyMinute();");
        $this->line("  \$schedule->command('sla:monitor-compliance --escalations')->everyFiveMinutes();");
        $this->line("  \$schedule->command('sla:monitor-compliance --reports')->dailyAt('00:10')->timezone(config('sla.time_zone'));");

        return self::SUCCESS;
    }
}
