@extends('sla::layout')
@section('title', __('sla::policy.revisions.title'))
@section('content')
<p><a href="{{ route('sla.definitions') }}">{{ __('sla::sla.definitions') }}</a></p>
@foreach ($page->revisions as $one)
<h2>{{ __('sla::policy.revisions.revision', ['version' => $one['version']]) }}</h2>
<p>@include('sla::components.time', ['at' => new \DateTimeImmutable($one['published_at'])]), {{ $one['published_by'] }}: {{ $one['reason'] }}</p>
@if ($one['changes'] !== [])
<details>
<summary>{{ trans_choice('sla::policy.revisions.changes', count($one['changes'])) }}</summary>
<div class="scroll">
<table>
<tbody>
@foreach ($one['changes'] as $change)
<tr><th scope="row">{{ $change['path'] }}</th><td class="long"><code>{{ $change['before'] ?? '–' }}</code></td><td class="long"><code>{{ $change['after'] ?? '–' }}</code></td></tr>
@endforeach
</tbody>
</table>
</div>
</details>
@endif
@endforeach
@endsection
