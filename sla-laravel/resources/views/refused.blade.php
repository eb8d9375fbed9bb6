@extends('sla::layout')
@section('title', __('sla::sla.refused'))
@section('content')
<p>{{ $page->message }}</p>
<p>{{ $page->accepted }}</p>
<p><a href="{{ route('sla.tickets') }}">{{ __('sla::sla.back') }}</a></p>
@endsection
