<?php

declare(strict_types=1);

namespace Sla\Laravel;

use Illuminate\Console\Scheduling\Schedule;
use Illuminate\Contracts\Auth\Access\Gate;
use Illuminate\Contracts\Auth\Authenticatable;
use Illuminate\Contracts\Foundation\Application;
use Illuminate\Routing\Router;
use Illuminate\Support\ServiceProvider;
use Sla\Laravel\Console\AdoptCommand;
use Sla\Laravel\Console\DoctorCommand;
use Sla\Laravel\Console\InstallCommand;
use Sla\Laravel\Console\MonitorCompliance;
use Sla\Laravel\Console\PublishPolicyCommand;
use Sla\Laravel\Console\RebuildFiguresCommand;
use Sla\Laravel\Console\VerifyCommand;
use Sla\Laravel\Console\WhatIfCommand;
use Sla\Laravel\Contracts\ResolvesActor;
use Sla\Laravel\Contracts\ResolvesPackage;
use Sla\Laravel\Contracts\ResolvesRecipients;
use Sla\Laravel\Defaults\ConfiguredRecipients;
use Sla\Laravel\Defaults\UserActor;
use Sla\Laravel\Defaults\UserPackage;
use Sla\Laravel\Engine\Gateway;
use Sla\Laravel\Figures\DayTable;
use Sla\Laravel\Figures\FigureQuery;
use Sla\Laravel\Figures\FigureRebuild;
use Sla\Laravel\Figures\Figures;
use Sla\Laravel\Figures\PromiseProjector;
use Sla\Laravel\Figures\ReportNotifier;
use Sla\Laravel\Figures\Reports;
use Sla\Laravel\Http\Middleware\SlaActor;
use Sla\Laravel\Notifications\NotificationSender;
use Sla\Laravel\Policy\DraftForms;
use Sla\Laravel\Policy\DraftReview;
use Sla\Laravel\Policy\PolicyDraft;
use Sla\Laravel\Policy\PolicyPublisher;
use Sla\Laravel\Policy\PolicyRepository;
use Sla\Laravel\Services\ChannelAccessService;
use Sla\Laravel\Services\EscalationService;
use Sla\Laravel\Services\LiveMetrics;
use Sla\Laravel\Services\OperationWatch;
use Sla\Laravel\Services\SlaMonitorService;
use Sla\Laravel\Services\SupportTicketService;
use Sla\Laravel\Services\VisibleTicketQuery;
use Sla\Laravel\Store\AccessLog;
use Sla\Laravel\Store\AdoptionStore;
use Sla\Laravel\Store\AlertStore;
use Sla\Laravel\Store\Memory;
use Sla\Laravel\Store\Outbox;
use Sla\Laravel\Store\TicketStore;
use Sla\Laravel\Support\Clock;
use Sla\Laravel\Support\Settings;
use Sla\Laravel\Support\Tables;
use Sla\Native\Library;

class SlaServiceProvider extends ServiceProvider
{
    public function register(): void
    {
        $this->mergeConfigFrom(__DIR__ . '/../config/sla.php', 'sla');
        $this->app->singletonIf(Clock::class);
        $this->app->scoped(Settings::class, static fn (Application $app): Settings => new Settings($app['config']));
        $this->app->scoped(Tables::class, static fn (Application $app): Tables => new Tables($app['db'], $app['config']->get('sla.database.connection')));
        $this->app->bind(PolicyDraft::class, static fn (Application $app): PolicyDraft => new PolicyDraft(
            $app->make(Tables::class),
            $app->make(Clock::class),
            $app->make(Settings::class)->policy(),
        ));
        // One instance a request or job: a worker that lives on sees a revision that was published meanwhile.
        foreach (
            [
                PolicyRepository::class, Gateway::class, AccessLog::class, Memory::class, AdoptionStore::class, AlertStore::class, OperationWatch::class, Outbox::class, TicketStore::class, PolicyPublisher::class, DraftReview::class, DraftForms::class,
                SupportTicketService::class, ChannelAccessService::class, EscalationService::class, SlaMonitorService::class, VisibleTicketQuery::class, LiveMetrics::class,
                NotificationSender::class, PromiseProjector::class, FigureQuery::class, DayTable::class, Figures::class, Reports::class, FigureRebuild::class, ReportNotifier::class,
            ] as $class
        ) {
            $this->app->scoped($class);
        }
        $this->app->bindIf(ResolvesActor::class, UserActor::class);
        $this->app->bindIf(ResolvesPackage::class, UserPackage::class);
        $this->app->bindIf(ResolvesRecipients::class, ConfiguredRecipients::class);
    }

    public function boot(): void
    {
        $library = $this->app['config']->get('sla.library');
        if (is_string($library) && $library !== '') {
            Library::useFile($library);
        }
        if (Sla::$loadsMigrations) {
            $this->loadMigrationsFrom(__DIR__ . '/../database/migrations');
        }
        $this->callAfterResolving('router', static function (Router $router): void {
            $router->aliasMiddleware('sla.actor', SlaActor::class);
        });
        $this->callAfterResolving(Gate::class, function (Gate $gate): void {
            foreach (['view-metrics' => 'view_metrics', 'manage-policy' => 'manage_policy', 'manage-users' => 'manage_users'] as $name => $action) {
                $gate->define("sla.{$name}", function (Authenticatable $user) use ($action): bool {
                    $actor = $this->app->make(ResolvesActor::class)->actorOf($user);

                    return $actor !== null && $this->app->make(Gateway::class)->authorize($actor, $action) === null;
                });
            }
        });
        if (Sla::$registersRoutes) {
            $this->loadRoutesFrom(__DIR__ . '/../routes/sla.php');
        }
        $this->loadViewsFrom(__DIR__ . '/../resources/views', 'sla');
        $this->loadTranslationsFrom(__DIR__ . '/../lang', 'sla');
        if (!$this->app->runningInConsole()) {
            return;
        }
        $this->publishes([__DIR__ . '/../config/sla.php' => config_path('sla.php')], 'sla-config');
        $this->publishes([__DIR__ . '/../database/migrations' => database_path('migrations')], 'sla-migrations');
        $this->publishes([__DIR__ . '/../resources/views' => resource_path('views/vendor/sla')], 'sla-views');
        $this->publishes([__DIR__ . '/../lang' => $this->app->langPath() . '/vendor/sla'], 'sla-lang');
        $this->commands([MonitorCompliance::class, InstallCommand::class, DoctorCommand::class, PublishPolicyCommand::class, VerifyCommand::class, WhatIfCommand::class, AdoptCommand::class, RebuildFiguresCommand::class]);
        $this->callAfterResolving(Schedule::class, function (Schedule $schedule): void {
            if ($this->app->make(Settings::class)->isScheduled()) {
                $schedule->command('sla:monitor-compliance')->everyMinute()->withoutOverlapping(5);
                $schedule->command('sla:monitor-compliance --escalations')->everyFiveMinutes()->withoutOverlapping(15);
                $schedule->command('sla:monitor-compliance --reports')->dailyAt('00:10')->timezone($this->app->make(Settings::class)->timeZone())->withoutOverlapping(60);
            }
        });
    }
}
