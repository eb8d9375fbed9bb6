@php($live = $page->live)
@php($states = array_count_values(array_column([...$live->open, ...$live->waiting], 'state')))
<p class="dim">{{ __('sla::sla.as_of') }} {{ \Sla\Laravel\Http\Pages::time($live->as_of, $page->zone) }}</p>
<dl class="numbers">
<div><dt>{{ __('sla::sla.work.open') }}</dt><dd>{{ $live->counts['open'] }}</dd></div>
<div><dt>{{ __('sla::sla.states.breached') }}</dt><dd @isset ($states['breached']) class="bad" @endisset>{{ $states['breached'] ?? 0 }}</dd></div>
<div><dt>{{ __('sla::sla.states.at_risk') }}</dt><dd @isset ($states['at_risk']) class="warn" @endisset>{{ $states['at_risk'] ?? 0 }}</dd></div>
<div><dt>{{ __('sla::sla.waiting_customer') }}</dt><dd>{{ $live->counts['waiting'] }}</dd></div>
<div><dt>{{ __('sla::sla.work.unassigned') }}</dt><dd>{{ $live->counts['unassigned'] }}</dd></div>
<div><dt>{{ __('sla::sla.escalations') }}</dt><dd @if ($live->counts['escalations'] > 0) class="warn" @endif>{{ $live->counts['escalations'] }}</dd></div>
</dl>
<h2>{{ __('sla::sla.work.open') }}</h2>
@include('sla::agent.tickets', ['rows' => $live->open, 'count' => $live->counts['open'], 'none' => __('sla::sla.work.none_open')])
<h2>{{ __('sla::sla.waiting_customer') }}</h2>
@include('sla::agent.tickets', ['rows' => $live->waiting, 'count' => $live->counts['waiting'], 'none' => __('sla::sla.none')])
<h2>{{ __('sla::sla.work.unassigned') }}</h2>
@include('sla::agent.tickets', ['rows' => $live->unassigned, 'count' => $live->counts['unassigned'], 'none' => __('sla::sla.work.none_unassigned')])
<h2>{{ __('sla::sla.work.escalations') }}</h2>
@if ($live->counts['escalations'] > count($live->escalations))
<p class="dim">{{ __('sla::sla.unresolved_escalations', ['count' => $live->counts['escalations'], 'shown' => count($live->escalations)]) }}</p>
@endif
@include('sla::components.escalations', ['escalations' => $live->escalations])
<h2>{{ __('sla::sla.work.figures') }}</h2>
@include('sla::agent.figures')
