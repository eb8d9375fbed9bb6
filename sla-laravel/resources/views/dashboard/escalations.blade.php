@extends('sla::layout')
@section('title', __('sla::sla.escalations'))
@section('content')
@if ($page->escalations->isEmpty())
<p>{{ __('sla::sla.none') }}</p>
@else
<p class="dim">{{ __('sla::sla.unresolved_escalations', ['count' => $page->count, 'shown' => $page->escalations->count()]) }}</p>
<div class="scroll">
<table>
<thead><tr><th scope="col">{{ __('sla::sla.level') }}</th><th scope="col">{{ __('sla::sla.number') }}</th><th scope="col">{{ __('sla::sla.subject') }}</th><th scope="col">{{ __('sla::sla.reason') }}</th><th scope="col">{{ __('sla::sla.agent') }}</th><th scope="col">{{ __('sla::sla.at') }}</th><th scope="col">{{ __('sla::sla.status') }}</th></tr></thead>
<tbody>
@foreach ($page->escalations as $escalation)
<tr><td>{{ $escalation->level }}</td><td><a href="{{ \Sla\Laravel\Http\Pages::ticket(request(), $escalation->ticket_id) }}">#{{ $escalation->ticket_id }}</a></td><td class="long">{{ $escalation->ticket?->subject }}</td><td class="long">{{ $escalation->reason }}</td><td>{{ $escalation->ticket?->agent ?? '–' }}</td><td>{{ \Sla\Laravel\Http\Pages::time($escalation->at, $page->zone) }}</td><td>{{ __("sla::sla.statuses.{$escalation->status}") }}
@foreach (['open' => ['acknowledge', 'resolve'], 'acknowledged' => ['resolve']][$escalation->status] as $step)
<form method="post" action="{{ route('sla.agent.act', [$escalation->ticket_id, "{$step}_escalation"]) }}">{{ \Sla\Laravel\Http\Pages::command() }}<input type="hidden" name="_list" value="escalations"><input type="hidden" name="number" value="{{ $escalation->number }}"><button aria-label="{{ __("sla::sla.{$step}") }}: #{{ $escalation->ticket_id }}, {{ __('sla::sla.level') }} {{ $escalation->level }}">{{ __("sla::sla.{$step}") }}</button></form>
@endforeach
</td></tr>
@endforeach
</tbody>
</table>
</div>
@endif
@endsection
