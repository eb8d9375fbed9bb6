<p class="dim">{{ __('sla::sla.as_of') }} {{ \Sla\Laravel\Http\Pages::time($page->live->as_of, $page->zone) }}</p>
@include('sla::dashboard.alerts')
<dl class="numbers">
@foreach ($page->live->active as $status => $count)
<div><dt>{{ __("sla::sla.statuses.{$status}") }}</dt><dd>{{ $count }}</dd></div>
@endforeach
<div><dt>{{ __('sla::sla.breached_open') }}</dt><dd @if ($page->live->breached > 0) class="bad" @endif>{{ $page->live->breached }}</dd></div>
@foreach ($page->live->escalations as $level => $count)
<div><dt>{{ __('sla::sla.escalations') }}, {{ __('sla::sla.level') }} {{ $level }}</dt><dd class="warn">{{ $count }}</dd></div>
@endforeach
<div><dt>{{ __('sla::sla.refusals') }}</dt><dd>{{ $page->live->refusals }}</dd></div>
<div><dt>{{ __('sla::sla.unsent') }}</dt><dd>{{ $page->live->unsent }}</dd></div>
</dl>
@php($isLate = $page->live->monitor['lag_us'] > \Sla\Laravel\Services\SlaMonitorService::LATE_US)
@if (!$page->live->monitor['enabled'] || $isLate || $page->live->monitor['failed'] !== [])
<div class="notice" role="alert">
@unless ($page->live->monitor['enabled'])<div>{{ __('sla::sla.monitor_off') }}</div>@endunless
@if ($isLate)<div>{{ __('sla::sla.monitor_late', ['count' => $page->live->monitor['backlog'], 'length' => \Sla\Laravel\Http\Pages::length($page->live->monitor['lag_us'])]) }}</div>@endif
@if ($page->live->monitor['failed'] !== [])<div>{{ __('sla::sla.monitor_failed') }}: #{{ implode(', #', $page->live->monitor['failed']) }}</div>@endif
</div>
@endif
<h2>{{ __('sla::figures.last_30_days') }}</h2>
@if ($page->live->days->timers === [])
<p>{{ __('sla::figures.nothing') }}</p>
@else
<dl class="numbers">
@foreach ($page->live->days->timers as $timer => $figures)
<div><dt>{{ __('sla::figures.compliance_of', ['timer' => \Sla\Laravel\Http\Pages::timer($timer)]) }}</dt><dd>{{ \Sla\Laravel\Http\FigureText::percent($figures->complianceMillionths) }}</dd></div>
<div><dt>{{ __('sla::figures.mean_of', ['timer' => \Sla\Laravel\Http\Pages::timer($timer)]) }}</dt><dd>{{ \Sla\Laravel\Http\Pages::length($figures->businessTime->meanUs) }}</dd></div>
@endforeach
</dl>
@endif
<h2>{{ __('sla::sla.next') }}</h2>
@if ($page->live->next === [])
<p>{{ __('sla::sla.none') }}</p>
@else
<div class="scroll">
<table>
<thead><tr><th scope="col">{{ __('sla::sla.due') }}</th><th scope="col">{{ __('sla::sla.timer') }}</th><th scope="col">{{ __('sla::sla.number') }}</th><th scope="col">{{ __('sla::sla.subject') }}</th><th scope="col">{{ __('sla::sla.agent') }}</th></tr></thead>
<tbody>
@foreach ($page->live->next as $row)
<tr><td>{{ \Sla\Laravel\Http\Pages::time($row['due_at'], $page->zone) }}</td><td>{{ __("sla::sla.{$row['timer']}") }}</td><td>#{{ $row['ticket']->id }}</td><td class="long"><a href="{{ \Sla\Laravel\Http\Pages::ticket(request(), $row['ticket']->id) }}">{{ $row['ticket']->subject }}</a></td><td>{{ $row['ticket']->agent ?? '–' }}</td></tr>
@endforeach
</tbody>
</table>
</div>
@endif
<h2>{{ __('sla::sla.escalations') }}</h2>
@include('sla::components.escalations', ['escalations' => $page->live->latest])
