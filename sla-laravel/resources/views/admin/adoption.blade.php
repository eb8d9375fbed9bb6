@extends('sla::layout')
@section('title', __('sla::policy.adoption.title') . " {$page->adoption->id}")
@section('content')
<p><a href="{{ route('sla.adoptions') }}">{{ __('sla::policy.adoption.title') }}</a></p>
<p>{{ __('sla::policy.adoption.apply') }}: {{ __("sla::sla.applies.{$page->adoption->apply}") }}. {{ __('sla::sla.reason') }}: {{ $page->adoption->reason }} ({{ $page->adoption->started_by }})</p>
<div @if ($page->adoption->status === 'running') data-live="{{ route('sla.adoption.live', $page->adoption->id) }}" data-refresh="2000" @endif>
@include('sla::admin.adoption-live')
</div>
@if ($page->adoption->status === 'running')
<form method="post" action="{{ route('sla.adoption.stop', $page->adoption->id) }}">@csrf<button>{{ __('sla::policy.adoption.stop') }}</button></form>
@endif
@if ($page->adoption->status === 'stopped' || $page->isStalled)
<form method="post" action="{{ route('sla.adoption.resume', $page->adoption->id) }}">@csrf<button>{{ __('sla::policy.adoption.resume') }}</button></form>
@endif
@endsection
