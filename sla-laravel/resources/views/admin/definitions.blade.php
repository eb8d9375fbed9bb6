@extends('sla::layout')
@section('title', __('sla::sla.definitions'))
@section('content')
@if ($page->revision !== null)
<p class="dim">{{ __('sla::sla.published_as', ['version' => $page->revision->version, 'by' => $page->revision->published_by, 'reason' => $page->revision->reason]) }}</p>
@endif
@foreach (['problems' => 'alert', 'warnings' => 'status'] as $what => $role)
@if ($page->{$what} !== [])
<div class="notice {{ $what }}" role="{{ $role }}">
<p>{{ trans_choice("sla::policy.{$what}", count($page->{$what})) }}</p>
<ul>
@foreach ($page->{$what} as $one)
<li>@if ($one['place']['part'] === null || ($one['place']['id'] === null && isset($page->entries[$one['place']['part']])))<code>{{ $one['path'] }}</code>@else<a href="{{ route('sla.definitions.part', ['part' => $one['place']['part']] + ($one['place']['id'] === null ? [] : ['id' => $one['place']['id']])) }}"><code>{{ $one['path'] }}</code></a>@endif: {{ $one['message'] }}@if ($one['help'] !== ''); {{ $one['help'] }}@endif</li>
@endforeach
</ul>
</div>
@endif
@endforeach
@foreach ($page->entries as $part => $entries)
<h2>{{ __("sla::policy.parts.{$part}") }}</h2>
<ul class="entries">
@foreach ($entries as $id => $name)
<li><a href="{{ route('sla.definitions.part', ['part' => $part, 'id' => (string) $id]) }}">{{ $name }}</a>@if ($name !== (string) $id) <span class="dim">{{ $id }}</span>@endif</li>
@endforeach
</ul>
@if ($part !== 'steps')
<form class="line" method="get" action="{{ route('sla.definitions.part', $part) }}">
<label>{{ __("sla::policy.new.{$part}") }}<input name="id" maxlength="128" required></label>
<button>{{ __('sla::policy.add') }}</button>
</form>
@endif
@endforeach
<h2>{{ __('sla::policy.other_parts') }}</h2>
<ul class="entries">
@foreach (array_diff(\Sla\Laravel\Policy\DraftForms::PARTS, array_keys($page->entries)) as $part)
<li><a href="{{ route('sla.definitions.part', $part) }}">{{ __("sla::policy.parts.{$part}") }}</a></li>
@endforeach
</ul>
<p><a href="{{ route('sla.definitions.revisions') }}">{{ __('sla::policy.revisions.title') }}</a> · <a href="{{ route('sla.adoptions') }}">{{ __('sla::policy.adoption.title') }}</a></p>
<h2>{{ __('sla::sla.changes') }}</h2>
@if ($page->changes === [])
<p>{{ __($page->problems === [] ? 'sla::sla.no_changes' : 'sla::policy.problems_first') }}</p>
@else
<div class="scroll">
<table>
<tbody>
@foreach ($page->changes as $change)
<tr><th scope="row">{{ $change['path'] }}</th><td class="long"><code>{{ $change['before'] ?? '–' }}</code></td><td class="long"><code>{{ $change['after'] ?? '–' }}</code></td></tr>
@endforeach
</tbody>
</table>
</div>
@endif
@if ($page->can_be_published)
<p><a href="{{ route('sla.definitions.preview') }}">{{ __('sla::sla.preview') }}</a> · <a href="{{ route('sla.definitions.what_if') }}">{{ __('sla::policy.what_if.title') }}</a></p>
<form method="post" action="{{ route('sla.definitions.publish') }}">
@csrf
<label>{{ __('sla::sla.reason') }}<input name="reason" maxlength="10000" required></label>
<button>{{ __('sla::sla.publish') }}</button>
</form>
@endif
@endsection
