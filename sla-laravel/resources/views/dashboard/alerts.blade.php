@if ($page->live->alerts !== [])
<section aria-label="{{ __('sla::operation.alerts') }}">
@foreach ($page->live->alerts as $alert)
<div @if ($alert->ended_at === null) class="notice" role="alert" @else class="dim" @endif>{{ __("sla::operation.{$alert->name}", [
    'timer' => $alert->timer ?? '', 'backlog' => $alert->details['backlog'] ?? '', 'lag' => \Sla\Laravel\Http\Pages::length($alert->details['lag_us'] ?? null),
    'long_breached' => $alert->details['long_breached'] ?? '', 'long_decided' => $alert->details['long_decided'] ?? '', 'long' => \Sla\Laravel\Http\Pages::length($alert->details['long_window_us'] ?? null),
    'short_breached' => $alert->details['short_breached'] ?? '', 'short_decided' => $alert->details['short_decided'] ?? '', 'short' => \Sla\Laravel\Http\Pages::length($alert->details['short_window_us'] ?? null),
]) }}, {{ __('sla::operation.since') }} {{ \Sla\Laravel\Http\Pages::time($alert->at, $page->zone) }}@if ($alert->ended_at !== null), {{ __('sla::operation.over') }} {{ \Sla\Laravel\Http\Pages::time($alert->ended_at, $page->zone) }}@endif</div>
@endforeach
</section>
@endif
