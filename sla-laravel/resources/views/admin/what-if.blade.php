@extends('sla::layout')
@section('title', __('sla::policy.what_if.title'))
@section('content')
<p><a href="{{ route('sla.definitions') }}">{{ __('sla::sla.definitions') }}</a> · <a href="{{ route('sla.definitions.preview') }}">{{ __('sla::sla.preview') }}</a></p>
<p>{{ __('sla::policy.what_if.about', ['days' => $page->days]) }}</p>
@if ($page->is_cut)
<p class="notice" role="status">{{ __('sla::policy.what_if.cut', ['shown' => $page->tickets, 'count' => $page->active]) }}</p>
@endif
<dl class="numbers">
<div><dt>{{ __('sla::policy.what_if.tickets') }}</dt><dd>{{ $page->tickets }}</dd></div>
<div><dt>{{ __('sla::policy.what_if.flipped') }}</dt><dd>{{ $page->flipped_tickets }}</dd></div>
@if ($page->failed !== [])<div><dt>{{ __('sla::policy.what_if.failed') }}</dt><dd class="bad">{{ count($page->failed) }}</dd></div>@endif
</dl>
@if ($page->promises !== [])
<div class="scroll">
<table>
<thead><tr><th scope="col">{{ __('sla::sla.package') }}</th><th scope="col">{{ __('sla::sla.timer') }}</th>
@foreach (['before', 'after'] as $side)
@foreach (['met', 'breached'] as $class)
<th scope="col">{{ __("sla::sla.states.{$class}") }}, {{ __("sla::policy.what_if.{$side}") }}</th>
@endforeach
<th scope="col">{{ __('sla::policy.what_if.compliance') }}, {{ __("sla::policy.what_if.{$side}") }}</th>
@endforeach
<th scope="col">{{ __('sla::policy.what_if.flips') }}</th></tr></thead>
<tbody>
@foreach ($page->promises as $one)
<tr><td>{{ $one['package'] }}</td><th scope="row">{{ $one['timer'] }}</th>
@foreach (['before', 'after'] as $side)
<td>{{ $one[$side]['met'] }}</td><td>{{ $one[$side]['breached'] }}</td><td>{{ $one[$side]['compliance_millionths'] === null ? '–' : number_format($one[$side]['compliance_millionths'] / 10000, 2) . ' %' }}</td>
@endforeach
<td @if ($one['flips'] > 0) class="warn" @endif>{{ $one['flips'] }}</td></tr>
@endforeach
</tbody>
</table>
</div>
@else
<p>{{ __('sla::sla.none') }}</p>
@endif
@if ($page->flips !== [])
<h2>{{ __('sla::policy.what_if.flips') }}</h2>
@if (count($page->flips) < array_sum(array_column($page->promises, 'flips')))<p class="dim">{{ __('sla::sla.first_of', ['shown' => count($page->flips), 'count' => array_sum(array_column($page->promises, 'flips'))]) }}</p>@endif
<div class="scroll">
<table>
<thead><tr><th scope="col">{{ __('sla::sla.number') }}</th><th scope="col">{{ __('sla::sla.package') }}</th><th scope="col">{{ __('sla::sla.timer') }}</th><th scope="col">{{ __('sla::policy.what_if.before') }}</th><th scope="col">{{ __('sla::policy.what_if.after') }}</th><th scope="col">{{ __('sla::policy.what_if.cause') }}</th></tr></thead>
<tbody>
@foreach ($page->flips as $one)
<tr><td><a href="{{ route('sla.ticket', $one['ticket']) }}">#{{ $one['ticket'] }}</a></td><td>{{ $one['package'] }}</td><td>{{ $one['timer'] }}</td>
@foreach (['before', 'after'] as $side)
<td>{{ __('sla::policy.classes.' . ($one[$side] ?? 'none')) }}</td>
@endforeach
<td>{{ implode(', ', array_map(static fn (string $cause): string => __("sla::policy.causes.{$cause}"), $one['causes'])) }}</td></tr>
@endforeach
</tbody>
</table>
</div>
@endif
@if ($page->left_out !== [])
<h2>{{ __('sla::policy.what_if.left_out') }}</h2>
<ul>
@foreach ($page->left_out as $one)
<li>@foreach ($one as $what => $value)@if ($what !== 'tickets'){{ __("sla::policy.fields.{$what}") }} {{ $value }}: @endif @endforeach{{ $one['tickets'] }}</li>
@endforeach
</ul>
@endif
@if ($page->failed !== [])
<h2>{{ __('sla::policy.what_if.failed') }}</h2>
<ul>
@foreach ($page->failed as $one)
<li><a href="{{ route('sla.ticket', $one['ticket']) }}">#{{ $one['ticket'] }}</a>: {{ $one['message'] }}</li>
@endforeach
</ul>
@endif
@endsection
