@php($report = $page->report)
@php($text = \Sla\Laravel\Http\FigureText::class)
@php($length = [\Sla\Laravel\Http\Pages::class, 'length'])
@extends('sla::layout')
@section('title', __('sla::figures.packages') . ', ' . $report->period->name())
@section('content')
@include('sla::components.period', ['route' => 'sla.packages'])
@if ($report->isEmpty())
<p>{{ __('sla::figures.nothing') }}</p>
@else
@include('sla::components.chart', ['chart' => $report->packageChart()])
<div class="scroll">
<table class="figures">
<thead><tr><td></td>@foreach ($report->packages as $group)<th scope="col">{{ $report->package($group->key['package']) }}</th>@endforeach</tr></thead>
<tbody>
@foreach (['opened', 'opened_outbound', 'resolved', 'reopened', 'closed', 'withdrawn', 'voided', 'replies'] as $what)
<tr><th scope="row">{{ __("sla::figures.tickets.{$what}") }}</th>@foreach ($report->packages as $group)<td>{{ $group->tickets->{\Illuminate\Support\Str::camel($what)} }}</td>@endforeach</tr>
@endforeach
@foreach ($report->timers as $timer)
<tr><th scope="row">{{ __('sla::figures.compliance_of', ['timer' => $report->timer($timer)]) }}</th>@foreach ($report->packages as $group)<td>{{ $text::percent(($group->timers[$timer] ?? null)?->complianceMillionths) }}</td>@endforeach</tr>
<tr><th scope="row">{{ __('sla::figures.met') }}, {{ $report->timer($timer) }}</th>@foreach ($report->packages as $group)<td>{{ ($group->timers[$timer] ?? null)?->met ?? 0 }}</td>@endforeach</tr>
<tr><th scope="row">{{ __('sla::figures.breached') }}, {{ $report->timer($timer) }}</th>@foreach ($report->packages as $group)<td>{{ $report::breached($group->timers[$timer] ?? null) }}</td>@endforeach</tr>
@foreach (['mean' => 'meanUs'] + ($report->isWhole ? ['median' => 'medianUs', 'p90' => 'p90Us'] : []) as $what => $field)
<tr><th scope="row">{{ __("sla::figures.{$what}_of", ['timer' => $report->timer($timer)]) }}</th>@foreach ($report->packages as $group)<td>{{ $length(($group->timers[$timer] ?? null)?->businessTime->{$field}) }}</td>@endforeach</tr>
@endforeach
@endforeach
<tr><th scope="row">{{ __('sla::figures.csat_mean') }}</th>@foreach ($report->packages as $group)<td>{{ $text::number($group->tickets->csat->meanMillionths) }}</td>@endforeach</tr>
<tr><th scope="row">{{ __('sla::figures.csat_count') }}</th>@foreach ($report->packages as $group)<td>{{ $group->tickets->csat->count }}</td>@endforeach</tr>
<tr><th scope="row">{{ __('sla::figures.escalation_rate') }}</th>@foreach ($report->packages as $group)<td>{{ $text::number($group->tickets->escalationsPer100TicketsMillionths) }}</td>@endforeach</tr>
</tbody>
</table>
</div>
@endif
@endsection
