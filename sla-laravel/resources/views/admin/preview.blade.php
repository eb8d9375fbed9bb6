@extends('sla::layout')
@section('title', __('sla::sla.preview'))
@section('content')
<p><a href="{{ route('sla.definitions') }}">{{ __('sla::sla.definitions') }}</a> · <a href="{{ route('sla.definitions.what_if') }}">{{ __('sla::policy.what_if.title') }}</a></p>
<form class="line" method="get" action="{{ route('sla.definitions.preview') }}">
<label>{{ __('sla::sla.apply') }}<select name="apply">
@foreach ($page->applies as $one)
<option value="{{ $one->value }}" @if ($one->value === $page->apply) selected @endif>{{ __("sla::sla.applies.{$one->value}") }}</option>
@endforeach
</select></label>
<button>{{ __('sla::sla.show') }}</button>
</form>
<dl class="numbers">
@foreach ($page->counts as $what => $count)
<div><dt>{{ __("sla::sla.preview_counts.{$what}") }}</dt><dd @if ($count > 0 && in_array($what, ['breached', 'refused'], true)) class="bad" @endif>{{ $count }}</dd></div>
@endforeach
</dl>
@foreach (['breached', 'moved', 'refused'] as $what)
@if ($page->{$what} !== [])
<h2>{{ __("sla::sla.preview_counts.{$what}") }}</h2>
@if (count($page->{$what}) < $page->counts[$what])<p class="dim">{{ __('sla::sla.first_of', ['shown' => count($page->{$what}), 'count' => $page->counts[$what]]) }}</p>@endif
<div class="scroll">
<table>
<thead><tr><th scope="col">{{ __('sla::sla.number') }}</th>
@if ($what === 'refused')
<th scope="col">{{ __('sla::sla.reason') }}</th>
@else
<th scope="col">{{ __('sla::sla.timer') }}</th>@if ($what === 'moved')<th scope="col">{{ __('sla::sla.due_before') }}</th>@endif<th scope="col">{{ __('sla::sla.due') }}</th>
@endif
</tr></thead>
<tbody>
@foreach ($page->{$what} as $row)
<tr><td><a href="{{ route('sla.ticket', $row['ticket']) }}">#{{ $row['ticket'] }}</a></td>
@if ($what === 'refused')
<td class="long">{{ $row['message'] }}</td>
@else
<td>{{ $row['timer'] }}</td>
@foreach ($what === 'moved' ? ['before', 'after'] : ['due_at'] as $instant)
<td>@include('sla::components.time', ['at' => $row[$instant] === null ? null : new \DateTimeImmutable($row[$instant])])</td>
@endforeach
@endif
</tr>
@endforeach
</tbody>
</table>
</div>
@endif
@endforeach
@if ($page->canBePublished)
<h2>{{ __('sla::sla.publish') }}</h2>
<p class="dim">{{ __('sla::sla.publish_keeps') }}</p>
<form method="post" action="{{ route('sla.definitions.publish') }}">
@csrf
<label>{{ __('sla::sla.reason') }}<input name="reason" maxlength="10000" required></label>
<button>{{ __('sla::sla.publish') }}</button>
</form>
@endif
@endsection
