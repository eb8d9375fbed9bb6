<?php

use Illuminate\Support\Facades\Route;
use Sla\Laravel\Figures\ReportUnit;
use Sla\Laravel\Http\Controllers\AdoptionController;
use Sla\Laravel\Http\Controllers\AgentController;
use Sla\Laravel\Http\Controllers\AssetController;
use Sla\Laravel\Http\Controllers\AuditController;
use Sla\Laravel\Http\Controllers\CommandController;
use Sla\Laravel\Http\Controllers\DashboardController;
use Sla\Laravel\Http\Controllers\EscalationController;
use Sla\Laravel\Http\Controllers\HealthController;
use Sla\Laravel\Http\Controllers\PolicyController;
use Sla\Laravel\Http\Controllers\PolicyFormController;
use Sla\Laravel\Http\Controllers\ReportController;
use Sla\Laravel\Http\Controllers\TicketController;
use Sla\Laravel\Http\Middleware\PageHeaders;
use Sla\Laravel\Policy\DraftForms;
use Sla\Laravel\Policy\PolicyDraft;

$commands = implode('|', CommandController::commands());
$units = implode('|', array_column(ReportUnit::cases(), 'value'));
// What an integer of the database holds.
$number = '[0-9]{1,18}';
$parts = implode('|', DraftForms::PARTS);

Route::prefix(config('sla.routes.api.prefix'))
    ->middleware([...config('sla.routes.api.middleware'), 'sla.actor'])
    ->name('sla.api.')
    ->group(static function () use ($commands, $number, $units): void {
        Route::get('tickets', [TicketController::class, 'index'])->name('tickets');
        Route::post('tickets', [TicketController::class, 'store'])->name('tickets.store');
        Route::get('tickets/{ticket}', [TicketController::class, 'show'])->where('ticket', $number)->name('ticket');
        Route::get('tickets/{ticket}/audit', [AuditController::class, 'show'])->where('ticket', $number)->name('ticket.audit');
        Route::post('tickets/{ticket}/{command}', [CommandController::class, 'act'])->where('ticket', $number)->where('command', $commands)->name('ticket.act');
        Route::get('dashboard', [DashboardController::class, 'index'])->name('dashboard');
        Route::get('agent/dashboard', [AgentController::class, 'index'])->name('agent.dashboard');
        Route::get('reports/{unit?}/{period?}', [ReportController::class, 'show'])->where('unit', $units)->name('reports');
        Route::get('packages/{unit?}/{period?}', [ReportController::class, 'packages'])->where('unit', $units)->name('packages');
        Route::get('agents/{unit?}/{period?}', [ReportController::class, 'agents'])->where('unit', $units)->name('agents');
        Route::get('policy/draft', [PolicyController::class, 'draft'])->name('policy.draft');
        Route::put('policy/draft/packages/{package}', [PolicyController::class, 'package'])->where('package', '.+')->name('policy.package');
        Route::delete('policy/draft/packages/{package}', [PolicyController::class, 'removePackage'])->where('package', '.+')->name('policy.package.remove');
        Route::put('policy/draft/channels/{channel}', [PolicyController::class, 'channel'])->where('channel', '.+')->name('policy.channel');
        Route::delete('policy/draft/channels/{channel}', [PolicyController::class, 'removeChannel'])->where('channel', '.+')->name('policy.channel.remove');
        Route::put('policy/draft/settings/{key}', [PolicyController::class, 'setting'])->where('key', implode('|', PolicyDraft::SETTINGS))->name('policy.setting');
        Route::post('policy/preview', [PolicyController::class, 'preview'])->name('policy.preview');
        Route::post('policy/what-if', [PolicyController::class, 'whatIf'])->name('policy.what_if');
        Route::post('policy/revisions', [PolicyController::class, 'publish'])->name('policy.publish');
        Route::get('policy/revisions', [PolicyController::class, 'revisions'])->name('policy.revisions');
        Route::get('policy/adoptions', [AdoptionController::class, 'index'])->name('policy.adoptions');
        Route::post('policy/adoptions', [AdoptionController::class, 'start'])->name('policy.adoptions.start');
        Route::get('policy/adoptions/{adoption}', [AdoptionController::class, 'show'])->where('adoption', $number)->name('policy.adoption');
        Route::post('policy/adoptions/{adoption}/stop', [AdoptionController::class, 'stop'])->where('adoption', $number)->name('policy.adoption.stop');
        Route::post('policy/adoptions/{adoption}/resume', [AdoptionController::class, 'resume'])->where('adoption', $number)->name('policy.adoption.resume');
        Route::get('escalations', [EscalationController::class, 'index'])->name('escalations');
    });

Route::prefix(config('sla.routes.web.prefix'))
    ->middleware([...config('sla.routes.web.middleware'), PageHeaders::class, 'sla.actor'])
    ->name('sla.')
    ->group(static function () use ($commands, $number, $parts, $units): void {
        Route::get('support/tickets', [TicketController::class, 'index'])->name('tickets');
        Route::get('support/tickets/new', [TicketController::class, 'create'])->name('tickets.create');
        Route::get('support/tickets/{ticket}/audit', [AuditController::class, 'show'])->where('ticket', $number)->name('ticket.audit');
        Route::get('support/tickets/{ticket}', [TicketController::class, 'show'])->where('ticket', $number)->name('ticket');
        Route::post('support/tickets', [TicketController::class, 'store'])->name('tickets.store');
        Route::post('support/tickets/{ticket}/response', [CommandController::class, 'respond'])->where('ticket', $number)->name('ticket.response');
        Route::post('support/tickets/{ticket}/escalation', [CommandController::class, 'escalate'])->where('ticket', $number)->name('ticket.escalation');
        Route::post('support/tickets/{ticket}/rating', [CommandController::class, 'rate'])->where('ticket', $number)->name('ticket.rating');
        Route::get('sla-dashboard', [DashboardController::class, 'index'])->name('dashboard');
        Route::get('sla-dashboard/live', [DashboardController::class, 'fragment'])->name('dashboard.live');
        Route::get('sla-dashboard/escalations', [EscalationController::class, 'page'])->name('escalations');
        Route::get('sla-dashboard/reports/{unit?}/{period?}', [ReportController::class, 'show'])->where('unit', $units)->name('reports');
        Route::get('sla-dashboard/packages/{unit?}/{period?}', [ReportController::class, 'packages'])->where('unit', $units)->name('packages');
        Route::get('sla-dashboard/agents/{unit?}/{period?}', [ReportController::class, 'agents'])->where('unit', $units)->name('agents');
        Route::get('admin/sla/definitions/preview', [PolicyController::class, 'preview'])->name('definitions.preview');
        Route::get('admin/sla/definitions/what-if', [PolicyController::class, 'whatIf'])->name('definitions.what_if');
        Route::get('admin/sla/definitions', [PolicyController::class, 'draft'])->name('definitions');
        Route::get('admin/sla/definitions/{part}', [PolicyFormController::class, 'show'])->where('part', $parts)->name('definitions.part');
        Route::post('admin/sla/definitions/{part}', [PolicyFormController::class, 'save'])->where('part', $parts)->name('definitions.part.save');
        Route::get('admin/sla/adoptions', [AdoptionController::class, 'index'])->name('adoptions');
        Route::post('admin/sla/adoptions', [AdoptionController::class, 'start'])->name('adoptions.start');
        Route::get('admin/sla/adoptions/{adoption}', [AdoptionController::class, 'show'])->where('adoption', $number)->name('adoption');
        Route::get('admin/sla/adoptions/{adoption}/live', [AdoptionController::class, 'fragment'])->where('adoption', $number)->name('adoption.live');
        Route::post('admin/sla/adoptions/{adoption}/stop', [AdoptionController::class, 'stop'])->where('adoption', $number)->name('adoption.stop');
        Route::post('admin/sla/adoptions/{adoption}/resume', [AdoptionController::class, 'resume'])->where('adoption', $number)->name('adoption.resume');
        Route::get('admin/sla/definitions/revisions', [PolicyController::class, 'revisions'])->name('definitions.revisions');
        Route::post('admin/sla/definitions/revisions', [PolicyController::class, 'publish'])->name('definitions.publish');
        Route::get('agent/dashboard', [AgentController::class, 'index'])->name('agent.dashboard');
        Route::get('agent/dashboard/live', [AgentController::class, 'fragment'])->name('agent.dashboard.live');
        Route::get('agent/tickets/assigned', [TicketController::class, 'index'])->defaults('assigned', 'me')->name('agent.tickets');
        Route::post('agent/tickets/{ticket}/{command}', [CommandController::class, 'act'])->where('ticket', $number)->where('command', $commands)->name('agent.act');
    });

Route::get(trim(config('sla.routes.web.prefix') . '/sla-assets/{hash}/{name}', '/'), [AssetController::class, 'show'])->name('sla.asset');
Route::get(trim(config('sla.routes.web.prefix') . '/sla-health', '/'), [HealthController::class, 'show'])->name('sla.health');
