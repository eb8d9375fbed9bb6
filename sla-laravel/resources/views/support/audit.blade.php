@extends('sla::layout')
@section('title', __('sla::sla.audit') . " #{$page->ticket}")
@section('content')
<p class="{{ $page->chain['sound'] ? 'good' : 'bad' }}">{{ $page->chain['sound'] ? __('sla::sla.sound', ['count' => $page->chain['entries']]) : __('sla::sla.unsound') }}</p>
@if ($page->chain['sound'] && !$page->state['sound'])
<p class="bad">{{ __('sla::sla.state_unsound') }}</p>
@endif
<p><a href="{{ route('sla.ticket', $page->ticket) }}">#{{ $page->ticket }}</a></p>
@foreach ($page->explanations as $timer => $text)
<h2>{{ __('sla::sla.explanation') }}: {{ \Sla\Laravel\Http\Pages::timer($timer) }}</h2>
<pre>{{ $text }}</pre>
@endforeach
<h2>{{ __('sla::sla.event') }}</h2>
<div class="scroll">
<table>
<thead><tr><th scope="col">{{ __('sla::sla.number') }}</th><th scope="col">{{ __('sla::sla.event') }}</th><th scope="col">{{ __('sla::sla.at') }}</th><th scope="col">{{ __('sla::sla.by') }}</th><th scope="col">{{ __('sla::sla.hash') }}</th></tr></thead>
<tbody>
@foreach ($page->entries as $entry)
<tr><td>{{ $entry->seq }}</td><td>{{ $entry->kind }}</td><td>{{ \Sla\Laravel\Http\Pages::time(new DateTimeImmutable($entry->at), $page->zone) }}</td><td>{{ $entry->actor->role }} {{ $entry->actor->id }}</td><td class="long"><code>{{ $entry->hash }}</code></td></tr>
@endforeach
</tbody>
</table>
</div>
@endsection
