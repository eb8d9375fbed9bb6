@extends('sla::layout')
@section('title', $page->isAssigned ? __('sla::sla.assigned') : __('sla::sla.tickets'))
@section('content')
<form class="line" method="get" action="{{ url()->current() }}">
<label>{{ __('sla::sla.status') }}
<select name="status">
<option value="">{{ __('sla::sla.all') }}</option>
@foreach ($page->statuses as $status)
<option value="{{ $status }}" @if ($status === $page->status) selected @endif>{{ __("sla::sla.statuses.{$status}") }}</option>
@endforeach
</select>
</label>
<button>{{ __('sla::sla.filter') }}</button>
</form>
@if ($page->tickets === [])
<p>{{ __('sla::sla.none') }}</p>
@else
<div class="scroll">
<table>
<thead><tr>
<th scope="col">{{ __('sla::sla.number') }}</th><th scope="col">{{ __('sla::sla.subject') }}</th><th scope="col">{{ __('sla::sla.status') }}</th>
<th scope="col">{{ __('sla::sla.package') }}</th><th scope="col">{{ __('sla::sla.agent') }}</th>
<th scope="col">{{ __('sla::sla.first_response') }}</th><th scope="col">{{ __('sla::sla.resolution') }}</th>
</tr></thead>
<tbody>
@foreach ($page->tickets as $ticket)
<tr>
<td>#{{ $ticket->id }}</td>
<td class="long"><a href="{{ \Sla\Laravel\Http\Pages::ticket(request(), $ticket->id) }}">{{ $ticket->subject }}</a></td>
<td>{{ __("sla::sla.statuses.{$ticket->status}") }}</td>
<td>{{ $ticket->package }}</td>
<td>{{ $ticket->agent ?? '–' }}</td>
<td>{{ \Sla\Laravel\Http\Pages::time($ticket->first_response_due_at, $page->zone) }}@if ($ticket->first_response_state !== null)<small class="{{ $ticket->first_response_state === 'breached' ? 'bad' : 'dim' }}">{{ __('sla::sla.states.' . $ticket->first_response_state) }}</small>@endif</td>
<td>{{ \Sla\Laravel\Http\Pages::time($ticket->resolution_due_at, $page->zone) }}@if ($ticket->resolution_state !== null)<small class="{{ $ticket->resolution_state === 'breached' ? 'bad' : 'dim' }}">{{ __('sla::sla.states.' . $ticket->resolution_state) }}</small>@endif</td>
</tr>
@endforeach
</tbody>
</table>
</div>
@if ($page->next !== null)
<p><a href="{{ request()->fullUrlWithQuery(['before' => $page->next]) }}">{{ __('sla::sla.older') }}</a></p>
@endif
@endif
@endsection
