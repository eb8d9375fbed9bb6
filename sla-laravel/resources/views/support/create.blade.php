@extends('sla::layout')
@section('title', __('sla::sla.new'))
@section('content')
<form method="post" action="{{ route('sla.tickets.store') }}">
@include('sla::components.command')
@if ($page->isStaff)
<label>{{ __('sla::sla.customer') }}<input name="customer" value="{{ old('customer') }}" maxlength="128" required></label>
@endif
<label>{{ __('sla::sla.subject') }}<input name="subject" value="{{ old('subject') }}" maxlength="255" required></label>
<label>{{ __('sla::sla.channel') }}
<select name="channel" required>
@foreach ($page->channels as $id => $name)
<option value="{{ $id }}" @if (old('channel') === $id) selected @endif>{{ $name }}</option>
@endforeach
</select>
</label>
<label>{{ __('sla::sla.message') }}<textarea name="message" required>{{ old('message') }}</textarea></label>
<button>{{ __('sla::sla.send') }}</button>
</form>
@endsection
