@extends('sla::layout')
@section('title', __('sla::policy.adoption.title'))
@section('content')
<p><a href="{{ route('sla.definitions') }}">{{ __('sla::sla.definitions') }}</a> · <a href="{{ route('sla.definitions.revisions') }}">{{ __('sla::policy.revisions.title') }}</a></p>
<p>{{ trans_choice('sla::policy.adoption.pending', $page->pending) }}</p>
@if ($page->pending > 0)
<form method="post" action="{{ route('sla.adoptions.start') }}">
@csrf
<label>{{ __('sla::policy.adoption.apply') }}<select name="apply" required>
@foreach ($page->applies as $one)
<option value="{{ $one->value }}" @if (old('apply', 'from_now') === $one->value) selected @endif>{{ __("sla::sla.applies.{$one->value}") }}</option>
@endforeach
</select></label>
<label>{{ __('sla::sla.reason') }}<input name="reason" value="{{ old('reason') }}" maxlength="10000" required></label>
<button>{{ __('sla::policy.adoption.start') }}</button>
</form>
@endif
@if ($page->adoptions->isNotEmpty())
<div class="scroll">
<table>
<thead><tr><th scope="col">{{ __('sla::sla.number') }}</th><th scope="col">{{ __('sla::sla.at') }}</th><th scope="col">{{ __('sla::sla.by') }}</th><th scope="col">{{ __('sla::sla.reason') }}</th><th scope="col">{{ __('sla::policy.adoption.apply') }}</th><th scope="col">{{ __('sla::sla.status') }}</th><th scope="col">{{ __('sla::sla.tickets') }}</th><th scope="col">{{ __('sla::policy.adoption.refused') }}</th></tr></thead>
<tbody>
@foreach ($page->adoptions as $one)
<tr><td><a href="{{ route('sla.adoption', $one->id) }}">{{ $one->id }}</a></td><td>@include('sla::components.time', ['at' => $one->started_at])</td><td>{{ $one->started_by }}</td><td class="long">{{ $one->reason }}</td><td>{{ __("sla::sla.applies.{$one->apply}") }}</td><td>{{ __("sla::policy.adoption.statuses.{$one->status}") }}</td><td>{{ $one->looked }} / {{ $one->tickets }}</td><td @if ($one->refusals_count > 0) class="warn" @endif>{{ $one->refusals_count }}</td></tr>
@endforeach
</tbody>
</table>
</div>
@endif
@endsection
