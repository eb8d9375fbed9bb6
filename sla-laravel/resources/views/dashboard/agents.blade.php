@php($report = $page->report)
@php($text = \Sla\Laravel\Http\FigureText::class)
@php($length = [\Sla\Laravel\Http\Pages::class, 'length'])
@extends('sla::layout')
@section('title', __('sla::figures.agents') . ', ' . $report->period->name())
@section('content')
@include('sla::components.period', ['route' => 'sla.agents'])
@if ($report->isEmpty())
<p>{{ __('sla::figures.nothing') }}</p>
@else
@include('sla::components.chart', ['chart' => $report->scoreChart()])
<div class="scroll">
<table class="figures">
<thead><tr><th scope="col">{{ __('sla::figures.agent') }}</th><th scope="col">{{ __('sla::figures.score') }}</th><th scope="col">{{ __('sla::figures.score_parts') }}</th><th scope="col">{{ __('sla::figures.tickets.handled') }}</th><th scope="col">{{ __('sla::figures.tickets.replies') }}</th>
@foreach ($report->timers as $timer)
<th scope="col">{{ __('sla::figures.compliance_of', ['timer' => $report->timer($timer)]) }}</th>@foreach (['mean', ...($report->isWhole ? ['median', 'p90'] : [])] as $what)<th scope="col">{{ __("sla::figures.{$what}_of", ['timer' => $report->timer($timer)]) }}</th>@endforeach
@endforeach
<th scope="col">{{ __('sla::figures.csat_mean') }}</th><th scope="col">{{ __('sla::figures.csat_count') }}</th><th scope="col">{{ __('sla::figures.escalations_received') }}</th></tr></thead>
<tbody>
@foreach ($report->agents as $agent)
<tr><th scope="row">{{ $report->agent($agent->agent) }}</th><td>{{ $text::score($agent->scoreMillionths) }}</td>
<td>@foreach ($agent->components as $part)<div>{{ __('sla::figures.part', ['name' => $part['name'] === 'csat' ? __('sla::figures.csat') : $report->timer($part['name']), 'value' => $text::percent($part['value_millionths']), 'weight' => $part['weight']]) }}</div>@endforeach</td>
<td>{{ $agent->handled }}</td><td>{{ $agent->replies }}</td>
@foreach ($report->timers as $timer)
@php($figures = $agent->timers[$timer] ?? null)
<td>{{ $text::percent($figures?->complianceMillionths) }} ({{ $figures?->met ?? 0 }}/{{ $figures?->decided ?? 0 }})</td>@foreach (['meanUs', ...($report->isWhole ? ['medianUs', 'p90Us'] : [])] as $field)<td>{{ $length($figures?->businessTime->{$field}) }}</td>@endforeach
@endforeach
<td>{{ $text::number($agent->csat->meanMillionths) }}</td><td>{{ $agent->csat->count }}</td><td>{{ $agent->escalationsReceived }}</td></tr>
@endforeach
</tbody>
</table>
</div>
@endif
@endsection
