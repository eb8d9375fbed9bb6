@extends('sla::layout')
@section('title', __('sla::sla.dashboard'))
@section('content')
@include('sla::components.dashboard-nav')
<div data-live="{{ route('sla.dashboard.live') }}" data-refresh="{{ $page->refresh }}">
@include('sla::dashboard.live')
</div>
@if ($page->course !== [])
<h2>{{ __('sla::figures.per_day') }}</h2>
@include('sla::components.chart', ['chart' => \Sla\Laravel\Http\ReportView::complianceOf($page->course)])
<details>
<summary>{{ __('sla::figures.per_day') }}</summary>
<div class="scroll">
<table class="figures">
<thead><tr><th scope="col">{{ __('sla::figures.units.day') }}</th><th scope="col">{{ __('sla::figures.tickets.opened') }}</th><th scope="col">{{ __('sla::figures.tickets.resolved') }}</th>@foreach ($page->live->days->timers as $timer => $figures)<th scope="col">{{ __('sla::figures.compliance_of', ['timer' => \Sla\Laravel\Http\Pages::timer($timer)]) }}</th>@endforeach</tr></thead>
<tbody>
@foreach ($page->course as $group)
<tr><th scope="row">{{ $group->key['period'] }}</th><td>{{ $group->tickets->opened + $group->tickets->openedOutbound }}</td><td>{{ $group->tickets->resolved }}</td>@foreach ($page->live->days->timers as $timer => $figures)<td>{{ \Sla\Laravel\Http\FigureText::percent(($group->timers[$timer] ?? null)?->complianceMillionths) }}</td>@endforeach</tr>
@endforeach
</tbody>
</table>
</div>
</details>
@endif
@endsection
