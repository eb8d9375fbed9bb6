@extends('sla::layout')
@section('title', "#{$page->ticket->id} {$page->ticket->subject}")
@section('content')
<p class="dim">{{ __("sla::sla.statuses.{$page->ticket->status}") }} · {{ $page->ticket->package }} · {{ __('sla::sla.agent') }}: {{ $page->ticket->agent ?? '–' }}
@if ($page->isStaff) · {{ __('sla::sla.customer') }}: {{ $page->ticket->customer }} · <a href="{{ route('sla.ticket.audit', $page->ticket->id) }}">{{ __('sla::sla.audit') }}</a>@endif</p>

@if ($page->timers === null)
<div class="notice" role="alert">{{ __('sla::sla.unreadable_ticket') }}</div>
@endif
<div class="beside">
<div>
@if ($page->timers !== null)
<h2>{{ __('sla::sla.due') }}</h2>
<div class="scroll">
<table>
<thead><tr><th scope="col">{{ __('sla::sla.timer') }}</th><th scope="col">{{ __('sla::sla.state') }}</th><th scope="col">{{ __('sla::sla.due') }}</th><th scope="col">{{ __('sla::sla.remaining') }}</th></tr></thead>
<tbody>
@foreach ($page->timers as $timer)
<tr>
<td>{{ \Sla\Laravel\Http\Pages::timer($timer->name) }}</td>
<td class="{{ $timer->tone }}">{{ __("sla::sla.states.{$timer->state}") }}</td>
<td>{{ \Sla\Laravel\Http\Pages::time($timer->dueAt, $page->zone) }}</td>
<td>{{ $timer->left }}</td>
</tr>
@endforeach
</tbody>
</table>
</div>
@endif

<h2>{{ __('sla::sla.conversation') }}</h2>
<ol class="messages">
@foreach ($page->responses as $response)
<li @unless ($response->is_public) class="internal" @endunless><p>{{ $response->actor_id }} · {{ $response->is_public ? ($response->channel ?? '') : __('sla::sla.note') }} · {{ \Sla\Laravel\Http\Pages::time($response->at, $page->zone) }}</p>{{ $response->body }}</li>
@endforeach
</ol>
@if (in_array('response', $page->actions, true))
<form method="post" action="{{ route('sla.ticket.response', $page->ticket->id) }}">
@include('sla::components.command')
@include('sla::components.channel')
<label>{{ __('sla::sla.message') }}<textarea name="message" required>{{ old('message') }}</textarea></label>
<button>{{ __('sla::sla.send') }}</button>
</form>
@endif
@if (in_array('note', $page->actions, true))
<form method="post" action="{{ route('sla.agent.act', [$page->ticket->id, 'note']) }}">
@include('sla::components.command')
<label>{{ __('sla::sla.note') }}<textarea name="message" required></textarea></label>
<button>{{ __('sla::sla.send') }}</button>
</form>
@endif

@if ($page->escalations->isNotEmpty())
<h2>{{ __('sla::sla.escalations') }}</h2>
<div class="scroll">
<table>
<thead><tr><th scope="col">{{ __('sla::sla.number') }}</th><th scope="col">{{ __('sla::sla.level') }}</th><th scope="col">{{ __('sla::sla.reason') }}</th><th scope="col">{{ __('sla::sla.status') }}</th><th scope="col">{{ __('sla::sla.at') }}</th></tr></thead>
<tbody>
@foreach ($page->escalations as $escalation)
<tr><td>{{ $escalation->number }}</td><td>{{ $escalation->level }}</td><td class="long">{{ $escalation->reason }}</td><td>{{ __("sla::sla.statuses.{$escalation->status}") }}
@foreach ($page->isStaff && $page->timers !== null ? ['open' => ['acknowledge', 'resolve'], 'acknowledged' => ['resolve']][$escalation->status] ?? [] : [] as $step)
<form method="post" action="{{ route('sla.agent.act', [$page->ticket->id, "{$step}_escalation"]) }}">@include('sla::components.command')<input type="hidden" name="number" value="{{ $escalation->number }}"><button>{{ __("sla::sla.{$step}") }}</button></form>
@endforeach
</td><td>{{ \Sla\Laravel\Http\Pages::time($escalation->at, $page->zone) }}</td></tr>
@endforeach
</tbody>
</table>
</div>
@endif
</div>
@if (array_diff($page->actions, ['response', 'note']) !== [])
<section>
<h2>{{ __('sla::sla.actions') }}</h2>
@if (in_array('escalation', $page->actions, true))
<form method="post" action="{{ route('sla.ticket.escalation', $page->ticket->id) }}">
@include('sla::components.command')
@unless ($page->isStaff) @include('sla::components.channel') @endunless
<label>{{ __('sla::sla.reason') }}<input name="reason" maxlength="10000" required></label>
<button>{{ __('sla::sla.request_escalation') }}</button>
</form>
@endif
@if (in_array('rating', $page->actions, true))
<form class="line" method="post" action="{{ route('sla.ticket.rating', $page->ticket->id) }}">
@include('sla::components.command')
<label>{{ __('sla::sla.score') }}<input name="score" type="number" min="1" max="5" required></label>
<button>{{ __('sla::sla.rate') }}</button>
</form>
@endif
@if (in_array('assign', $page->actions, true))
<form class="line" method="post" action="{{ route('sla.agent.act', [$page->ticket->id, 'assign']) }}">
@include('sla::components.command')
<label>{{ __('sla::sla.agent') }}<input name="agent" maxlength="128" value="{{ $page->self }}"></label>
<label>{{ __('sla::sla.team') }}<input name="team" maxlength="128"></label>
<button>{{ __('sla::sla.assign') }}</button>
</form>
@endif
@if (in_array('pause', $page->actions, true))
<form class="line" method="post" action="{{ route('sla.agent.act', [$page->ticket->id, 'pause']) }}">
@include('sla::components.command')
<label>{{ __('sla::sla.status') }}<select name="status"><option value="pending">{{ __('sla::sla.waiting_customer') }}</option><option value="on_hold">{{ __('sla::sla.waiting_other') }}</option></select></label>
<label>{{ __('sla::sla.reason') }}<input name="reason" maxlength="10000" required></label>
<label>{{ __('sla::sla.until') }} ({{ $page->zone->getName() }})<input name="until" type="datetime-local"></label>
<button>{{ __('sla::sla.pause') }}</button>
</form>
@endif
@if (in_array('resolve', $page->actions, true))
<form method="post" action="{{ route('sla.agent.act', [$page->ticket->id, 'resolve']) }}">
@include('sla::components.command')
<label>{{ __('sla::sla.message') }}<textarea name="message" required></textarea></label>
<button>{{ __('sla::sla.resolve') }}</button>
</form>
@endif
@foreach (array_intersect(['resume', 'close'], $page->actions) as $action)
<form method="post" action="{{ route('sla.agent.act', [$page->ticket->id, $action]) }}">@include('sla::components.command')<button>{{ __("sla::sla.{$action}") }}</button></form>
@endforeach
</section>
@endif
</div>
@endsection
