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
@php($names = ['level' => __('sla::sla.level'), 'acknowledge' => __('sla::sla.acknowledge'), 'resolve' => __('sla::sla.resolve')])
@php($statuses = ['open' => [__('sla::sla.statuses.open'), ['acknowledge', 'resolve']], 'acknowledged' => [__('sla::sla.statuses.acknowledged'), ['resolve']]])
@foreach ($page->escalations as $escalation)
<tr><td>{{ $escalation->level }}</td><td><a href="{{ \Sla\Laravel\Http\Pages::ticket(request(), $escalation->ticket) }}">#{{ $escalation->ticket }}</a></td><td class="long">{{ $escalation->subject }}</td><td class="long">{{ $escalation->reason }}</td><td>{{ $escalation->agent ?? '–' }}</td><td>{{ \Sla\Laravel\Http\Pages::time($escalation->at, $page->zone) }}</td><td>{{ $statuses[$escalation->status][0] }}
@foreach ($statuses[$escalation->status][1] as $step)
<form method="post" action="{{ \Sla\Laravel\Http\Pages::act(request(), $escalation->ticket, "{$step}_escalation") }}">{{ \Sla\Laravel\Http\Pages::command() }}<input type="hidden" name="_list" value="escalations"><input type="hidden" name="number" value="{{ $escalation->number }}"><button aria-label="{{ $names[$step] }}: #{{ $escalation->ticket }}, {{ $names['level'] }} {{ $escalation->level }}">{{ $names[$step] }}</button></form>
@endforeach
</td></tr>
@endforeach
</tbody>
</table>
</div>
@endif
@endsection
