@php($text = \Sla\Laravel\Http\FigureText::class)
@php($length = [\Sla\Laravel\Http\Pages::class, 'length'])
<p class="dim">{{ __('sla::figures.so_far') }} {{ __('sla::figures.absent') }}</p>
<div class="scroll">
<table class="figures">
<thead><tr><th scope="col">{{ __('sla::figures.period') }}</th><th scope="col">{{ __('sla::sla.work.whose') }}</th>
@foreach ($page->timers as $timer)
<th scope="col">{{ __('sla::figures.compliance_of', ['timer' => \Sla\Laravel\Http\Pages::timer($timer)]) }}</th><th scope="col">{{ __('sla::figures.mean_of', ['timer' => \Sla\Laravel\Http\Pages::timer($timer)]) }}</th>
@endforeach
</tr></thead>
<tbody>
@foreach ($page->live->periods as $one)
@foreach (['own' => __('sla::sla.work.own'), 'others' => $page->live->teams === [] ? __('sla::sla.work.all') : __('sla::sla.work.teams', ['teams' => implode(', ', $page->live->teams)])] as $whose => $name)
<tr><td>@if ($whose === 'own')<a href="{{ route('sla.agents', [$one['period']->unit->value, $one['period']->name()]) }}">{{ __("sla::sla.work.{$one['period']->unit->value}") }}</a>@else{{ __("sla::sla.work.{$one['period']->unit->value}") }}@endif</td><th scope="row">{{ $name }}</th>
@foreach ($page->timers as $timer)
@php($figures = $one[$whose]?->timers[$timer] ?? null)
<td>{{ $text::percent($figures?->complianceMillionths) }} ({{ $figures?->met ?? 0 }}/{{ $figures?->decided ?? 0 }})</td><td>{{ $length($figures?->businessTime->meanUs) }}</td>
@endforeach
</tr>
@endforeach
@endforeach
</tbody>
</table>
</div>
