<nav class="sub" aria-label="{{ __('sla::figures.pages') }}">
<ul>
@foreach (['dashboard' => __('sla::sla.dashboard'), 'reports' => __('sla::figures.reports'), 'packages' => __('sla::figures.packages'), 'agents' => __('sla::figures.agents')] as $name => $text)
<li><a href="{{ route("sla.{$name}") }}" @if (request()->routeIs("sla.{$name}")) aria-current="page" @endif>{{ $text }}</a></li>
@endforeach
</ul>
</nav>
