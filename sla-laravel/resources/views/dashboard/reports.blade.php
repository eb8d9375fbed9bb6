@php($report = $page->report)
@php($text = \Sla\Laravel\Http\FigureText::class)
@php($length = [\Sla\Laravel\Http\Pages::class, 'length'])
@extends('sla::layout')
@section('title', __('sla::figures.report') . ' ' . $report->period->name())
@section('content')
@include('sla::components.period', ['route' => 'sla.reports'])
@if ($report->isEmpty())
<p>{{ __('sla::figures.nothing') }}</p>
@else
<dl class="numbers">
@foreach (['opened', 'resolved', 'reopened', 'closed', 'replies'] as $what)
<div><dt>{{ __("sla::figures.tickets.{$what}") }}</dt><dd>{{ $report->total->tickets->{$what} }}</dd></div>
@endforeach
@foreach ($report->timers as $timer)
@php($figures = $report->total->timers[$timer] ?? null)
<div><dt>{{ __('sla::figures.compliance_of', ['timer' => $report->timer($timer)]) }}</dt><dd>{{ $text::percent($figures?->complianceMillionths) }}</dd></div>
<div><dt>{{ __('sla::figures.mean_of', ['timer' => $report->timer($timer)]) }}</dt><dd>{{ $length($figures?->businessTime->meanUs) }}</dd></div>
@endforeach
<div><dt>{{ __('sla::figures.csat_mean') }}</dt><dd>{{ $text::number($report->total->tickets->csat->meanMillionths) }}</dd></div>
<div><dt>{{ __('sla::figures.escalation_rate') }}</dt><dd>{{ $text::number($report->total->tickets->escalationsPer100TicketsMillionths) }}</dd></div>
</dl>
@if ($report->course !== [])
<h2>{{ $report->isWhole ? __('sla::figures.per_day') : __('sla::figures.per_month') }}</h2>
@include('sla::components.chart', ['chart' => $report->complianceChart()])
@include('sla::components.chart', ['chart' => $report->volumeChart()])
<div class="scroll">
<table class="figures">
<thead><tr><th scope="col">{{ __('sla::figures.period') }}</th><th scope="col">{{ __('sla::figures.tickets.opened') }}</th><th scope="col">{{ __('sla::figures.tickets.resolved') }}</th>@foreach ($report->timers as $timer)<th scope="col">{{ __('sla::figures.compliance_of', ['timer' => $report->timer($timer)]) }}</th>@endforeach<th scope="col">{{ __('sla::figures.csat_mean') }}</th></tr></thead>
<tbody>
@foreach ($report->course as $group)
<tr><th scope="row">{{ $group->key['period'] }}</th><td>{{ $group->tickets->opened + $group->tickets->openedOutbound }}</td><td>{{ $group->tickets->resolved }}</td>@foreach ($report->timers as $timer)<td>{{ $text::percent(($group->timers[$timer] ?? null)?->complianceMillionths) }}</td>@endforeach<td>{{ $text::number($group->tickets->csat->meanMillionths) }}</td></tr>
@endforeach
</tbody>
</table>
</div>
@endif
<h2>{{ __('sla::figures.compliance') }}</h2>
<div class="scroll">
<table class="figures">
<thead><tr><th scope="col">{{ __('sla::figures.timer') }}</th><th scope="col">{{ __('sla::figures.compliance') }}</th><th scope="col">{{ __('sla::figures.met') }}</th><th scope="col">{{ __('sla::figures.breached') }}</th><th scope="col">{{ __('sla::figures.mean') }}</th>@if ($report->isWhole)<th scope="col">{{ __('sla::figures.median') }}</th><th scope="col">{{ __('sla::figures.p90') }}</th><th scope="col">{{ __('sla::figures.p99') }}</th>@endif<th scope="col">{{ __('sla::figures.overdue') }}</th><th scope="col">{{ __('sla::figures.warnings') }}</th><th scope="col">{{ __('sla::figures.late_pauses') }}</th></tr></thead>
<tbody>
@foreach ($report->total->timers as $timer => $figures)
<tr><th scope="row">{{ $report->timer($timer) }}</th><td>{{ $text::percent($figures->complianceMillionths) }}</td><td>{{ $figures->met }}</td><td>{{ $report::breached($figures) }}</td><td>{{ $length($figures->businessTime->meanUs) }}</td>@if ($report->isWhole)<td>{{ $length($figures->businessTime->medianUs) }}</td><td>{{ $length($figures->businessTime->p90Us) }}</td><td>{{ $length($figures->businessTime->p99Us) }}</td>@endif<td>{{ $length($figures->overdue->meanUs) }}</td><td>{{ $figures->warnings }}</td><td>{{ $figures->latePauses }}</td></tr>
@endforeach
</tbody>
</table>
</div>
@foreach (['package' => $report->packages, 'channel' => $report->channels] as $dimension => $groups)
<h2>{{ __("sla::figures.by_{$dimension}") }}</h2>
<div class="scroll">
<table class="figures">
<thead><tr><th scope="col">{{ __("sla::figures.{$dimension}") }}</th><th scope="col">{{ __('sla::figures.tickets.opened') }}</th><th scope="col">{{ __('sla::figures.tickets.resolved') }}</th>@foreach ($report->timers as $timer)<th scope="col">{{ __('sla::figures.compliance_of', ['timer' => $report->timer($timer)]) }}</th>@endforeach<th scope="col">{{ __('sla::figures.csat_mean') }}</th><th scope="col">{{ __('sla::figures.escalation_rate') }}</th></tr></thead>
<tbody>
@foreach ($groups as $group)
<tr><th scope="row">{{ $report->{$dimension}($group->key[$dimension]) }}</th><td>{{ $group->tickets->opened + $group->tickets->openedOutbound }}</td><td>{{ $group->tickets->resolved }}</td>@foreach ($report->timers as $timer)<td>{{ $text::percent(($group->timers[$timer] ?? null)?->complianceMillionths) }}</td>@endforeach<td>{{ $text::number($group->tickets->csat->meanMillionths) }}</td><td>{{ $text::number($group->tickets->escalationsPer100TicketsMillionths) }}</td></tr>
@endforeach
</tbody>
</table>
</div>
@endforeach
@if ($report->total->tickets->csat->count > 0)
<h2>{{ __('sla::figures.csat') }}</h2>
@include('sla::components.chart', ['chart' => $report->csatChart()])
<div class="scroll">
<table class="figures">
<thead><tr>@foreach (range(1, 5) as $score)<th scope="col">{{ __('sla::figures.score_of', ['score' => $score]) }}</th>@endforeach</tr></thead>
<tbody><tr>@foreach ($report->total->tickets->csat->distribution as $count)<td>{{ $count }}</td>@endforeach</tr></tbody>
</table>
</div>
@endif
@if ($report->total->tickets->escalations !== [])
<h2>{{ __('sla::figures.escalations') }}</h2>
<div class="scroll">
<table class="figures">
<thead><tr><th scope="col">{{ __('sla::figures.trigger') }}</th><th scope="col">{{ __('sla::figures.level') }}</th><th scope="col">{{ __('sla::figures.count') }}</th></tr></thead>
<tbody>
@foreach ($report->total->tickets->escalations as $escalation)
<tr><td>{{ __("sla::figures.triggers.{$escalation->trigger}") }}</td><td>{{ $escalation->level }}</td><td>{{ $escalation->count }}</td></tr>
@endforeach
</tbody>
</table>
</div>
@endif
@if ($report->isWhole)
@foreach ($report->total->timers as $timer => $figures)
@if ($figures->overdue->count > 0)
<h2>{{ __('sla::figures.lateness') }}: {{ $report->timer($timer) }}</h2>
<div class="scroll">
<table class="figures">
<thead><tr>@foreach ($figures->lateness as $late)<th scope="col">{{ $late->upToUs === null ? __('sla::figures.later') : __('sla::figures.up_to', ['length' => $length($late->upToUs)]) }}</th>@endforeach</tr></thead>
<tbody><tr>@foreach ($figures->lateness as $late)<td>{{ $late->count }}</td>@endforeach</tr></tbody>
</table>
</div>
@endif
@endforeach
@endif
@endif
@endsection
