@extends('sla::layout')
@section('title', __("sla::policy.parts.{$page->part}") . ($page->id === null ? '' : ": {$page->id}"))
@section('content')
<p><a href="{{ route('sla.definitions') }}">{{ __('sla::sla.definitions') }}</a></p>
<p class="dim">{{ __("sla::policy.about.{$page->part}") }}</p>
@if ($page->isSaved)
<p class="good" role="status">{{ __('sla::policy.saved') }}</p>
@endif
@if ($page->form->marked() !== [])
<div class="notice" role="alert">
<ul>
@foreach ($page->form->marked() as $node)
@foreach ([...$node->faults, ...$node->warnings] as $text)
<li><a href="#{{ $node->id() }}">{{ $text }}</a></li>
@endforeach
@endforeach
</ul>
</div>
@endif
<form method="post" action="{{ route('sla.definitions.part.save', $page->part) }}">
@csrf
{{-- The button that Enter in a field presses is the first one. --}}
<button class="skip" name="_do" value="save" tabindex="-1" aria-hidden="true">{{ __('sla::sla.save') }}</button>
@if ($page->id !== null)<input type="hidden" name="id" value="{{ $page->id }}">@endif
<input type="hidden" name="_seen" value="{{ $page->seen }}">
@include('sla::admin.node', ['node' => $page->form->root])
<p class="buttons"><button name="_do" value="save">{{ __('sla::sla.save') }}</button>
@if ($page->id !== null && !$page->isNew)<button class="minor" name="_do" value="delete">{{ __('sla::policy.delete', ['id' => $page->id]) }}</button>@endif
</p>
<input type="hidden" name="_end" value="1">
</form>
@endsection
