@extends('sla::layout')
@section('title', __('sla::sla.definitions'))
@section('content')
@if ($page->revision !== null)
<p class="dim">{{ __('sla::sla.published_as', ['version' => $page->revision->version, 'by' => $page->revision->published_by, 'reason' => $page->revision->reason]) }}</p>
@endif
@if (($page->problemsAt['']['']  ?? []) !== [])
<div class="notice" role="alert">
@foreach ($page->problemsAt[''][''] as $fault)
<div>{{ $fault }}</div>
@endforeach
</div>
@endif
@foreach ($page->document->packages as $package)
<h2>{{ $package->name }} <span class="dim">{{ $package->id }}</span></h2>
<form method="post" action="{{ route('sla.definitions.package', $package->id) }}">
<input type="hidden" name="_method" value="PUT">
@include('sla::admin.package', ['package' => $package])
<button>{{ __('sla::sla.save') }}</button>
</form>
@endforeach
<h2>{{ __('sla::sla.add_package') }}</h2>
<form method="post" action="{{ route('sla.definitions.package.add') }}">
<label>{{ __('sla::sla.package_id') }}<input name="id" maxlength="128" required></label>
@include('sla::admin.package', ['package' => null])
<button>{{ __('sla::sla.save') }}</button>
</form>
<h2>{{ __('sla::sla.changes') }}</h2>
@if ($page->changes === [])
<p>{{ __('sla::sla.no_changes') }}</p>
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
<p><a href="{{ route('sla.definitions.preview') }}">{{ __('sla::sla.preview') }}</a></p>
<form method="post" action="{{ route('sla.definitions.publish') }}">
@csrf
<label>{{ __('sla::sla.reason') }}<input name="reason" maxlength="10000" required></label>
<button>{{ __('sla::sla.publish') }}</button>
</form>
@endif
@endsection
