@extends('sla::layout')
@section('title', __('sla::sla.work.title'))
@section('content')
<div data-live="{{ route('sla.agent.dashboard.live') }}" data-refresh="{{ $page->refresh }}">
@include('sla::agent.live')
</div>
@endsection
