@if ($rows === [])
<p>{{ $none }}</p>
@else
@if ($count > count($rows))
<p class="dim">{{ __('sla::sla.first_of', ['shown' => count($rows), 'count' => $count]) }}</p>
@endif
<div class="scroll">
<table>
<thead><tr><th scope="col">{{ __('sla::sla.due') }}</th><th scope="col">{{ __('sla::sla.remaining') }}</th><th scope="col">{{ __('sla::sla.state') }}</th><th scope="col">{{ __('sla::sla.subject') }}</th><th scope="col">{{ __('sla::sla.status') }}</th><th scope="col">{{ __('sla::sla.package') }}</th></tr></thead>
<tbody>
@foreach ($rows as $row)
<tr><td>{{ \Sla\Laravel\Http\Pages::time($row['promise']?->dueAt, $page->zone) }}</td><td class="left">{{ \Sla\Laravel\Http\Pages::left($row['promise']?->remainingUs, $row['promise']?->overdueUs) }}</td><td class="{{ ['breached' => 'bad', 'unreadable' => 'bad', 'at_risk' => 'warn', 'running' => ''][$row['state']] ?? 'dim' }}">{{ __("sla::sla.states.{$row['state']}") }}@isset ($row['promise'])<small class="dim">{{ \Sla\Laravel\Http\Pages::timer($row['promise']->timer) }}</small>@endisset</td><td class="long"><a href="{{ \Sla\Laravel\Http\Pages::ticket(request(), $row['ticket']->id) }}">#{{ $row['ticket']->id }} {{ $row['ticket']->subject }}</a></td><td>{{ __("sla::sla.statuses.{$row['ticket']->status}") }}</td><td>{{ $row['ticket']->package }}</td></tr>
@endforeach
</tbody>
</table>
</div>
@endif
