@include('sla::components.dashboard-nav')
<nav class="sub" aria-label="{{ __('sla::figures.period') }}">
<ul>
@foreach ($report->units() as $unit)
<li><a href="{{ route($route, [$unit->value]) }}" @if ($unit === $report->period->unit) aria-current="true" @endif>{{ __("sla::figures.units.{$unit->value}") }}</a></li>
@endforeach
</ul>
<ul>
<li><a rel="prev" href="{{ route($route, [$report->period->unit->value, $report->period->previous()->name()]) }}">← {{ __('sla::figures.previous') }}</a></li>
@if ($report->isOver)
<li><a rel="next" href="{{ route($route, [$report->period->unit->value, $report->period->next()->name()]) }}">{{ __('sla::figures.next') }} →</a></li>
@endif
<li><a href="{{ route($route, [$report->period->unit->value, $report->period->name(), 'format' => 'csv']) }}">{{ __('sla::figures.download') }}</a></li>
</ul>
</nav>
<p class="dim">{{ __('sla::figures.range', ['first' => $report->period->firstDay, 'last' => $report->period->lastDay(), 'zone' => $report->period->zone->getName()]) }}.
{{ $report->isOver ? __('sla::figures.kept') : __('sla::figures.so_far') }} {{ __('sla::figures.absent') }}
@unless ($report->isWhole) {{ __('sla::figures.no_quantiles') }} @endunless</p>
