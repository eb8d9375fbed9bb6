@if ($at === null)–@else<time datetime="{{ $at->format('Y-m-d\TH:i:s.u\Z') }}">{{ $at->setTimezone($page->zone)->format('Y-m-d H:i T') }}</time>@endif
