@include('sla::components.time', ['at' => $at])@if ($state !== null)<small class="{{ $state === 'breached' ? 'bad' : 'dim' }}">{{ __("sla::sla.states.{$state}") }}</small>@endif
