@if ($escalations === [])
<p>{{ __('sla::sla.none') }}</p>
@else
<div class="scroll">
<table>
<thead><tr><th scope="col">{{ __('sla::sla.level') }}</th><th scope="col">{{ __('sla::sla.number') }}</th><th scope="col">{{ __('sla::sla.reason') }}</th><th scope="col">{{ __('sla::sla.status') }}</th><th scope="col">{{ __('sla::sla.at') }}</th></tr></thead>
<tbody>
@foreach ($escalations as $escalation)
<tr><td>{{ $escalation->level }}</td><td><a href="{{ \Sla\Laravel\Http\Pages::ticket(request(), $escalation->ticket_id) }}">#{{ $escalation->ticket_id }}</a></td><td class="long">{{ $escalation->reason }}</td><td>{{ __("sla::sla.statuses.{$escalation->status}") }}</td><td>{{ \Sla\Laravel\Http\Pages::time($escalation->at, $page->zone) }}</td></tr>
@endforeach
</tbody>
</table>
</div>
@endif
