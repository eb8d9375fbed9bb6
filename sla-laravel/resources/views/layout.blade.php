<!doctype html>
<html lang="{{ str_replace('_', '-', app()->getLocale()) }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>@yield('title')</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{{ \Sla\Laravel\Http\Controllers\AssetController::url('style') }}">
<script src="{{ \Sla\Laravel\Http\Controllers\AssetController::url('script') }}" defer></script>
</head>
<body>
<a class="skip" href="#content">{{ __('sla::sla.skip') }}</a>
<header>
<nav aria-label="{{ __('sla::sla.tickets') }}">
<ul>
<li><a href="{{ route('sla.tickets') }}" @if (request()->routeIs('sla.tickets')) aria-current="page" @endif>{{ __('sla::sla.tickets') }}</a></li>
@if ($page->isStaff)
<li><a href="{{ route('sla.dashboard') }}" @if (request()->routeIs('sla.dashboard')) aria-current="page" @endif>{{ __('sla::sla.dashboard') }}</a></li>
<li><a href="{{ route('sla.escalations') }}" @if (request()->routeIs('sla.escalations')) aria-current="page" @endif>{{ __('sla::sla.escalations') }}</a></li>
<li><a href="{{ route('sla.agent.dashboard') }}" @if (request()->routeIs('sla.agent.dashboard')) aria-current="page" @endif>{{ __('sla::sla.work.title') }}</a></li>
<li><a href="{{ route('sla.agent.tickets') }}" @if (request()->routeIs('sla.agent.tickets')) aria-current="page" @endif>{{ __('sla::sla.assigned') }}</a></li>
@endif
@if ($page->isAdmin)
<li><a href="{{ route('sla.definitions') }}" @if (request()->routeIs('sla.definitions')) aria-current="page" @endif>{{ __('sla::sla.definitions') }}</a></li>
@endif
<li><a href="{{ route('sla.tickets.create') }}" @if (request()->routeIs('sla.tickets.create')) aria-current="page" @endif>{{ __('sla::sla.new') }}</a></li>
</ul>
</nav>
</header>
<main id="content">
<h1>@yield('title')</h1>
@if ($errors->any())
<div class="notice" role="alert">
@foreach ($errors->all() as $error)
<div>{{ $error }}</div>
@endforeach
</div>
@endif
@yield('content')
</main>
</body>
</html>
