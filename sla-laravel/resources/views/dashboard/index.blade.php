@extends('sla::layout')
@section('title', __('sla::sla.dashboard'))
@section('content')
<div data-live="{{ route('sla.dashboard.live') }}" data-refresh="{{ $page->refresh }}">
@include('sla::dashboard.live')
</div>
@endsection
