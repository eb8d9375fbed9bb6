<p><label>{{ __("sla::policy.adoption.statuses.{$page->adoption->status}") }}: {{ __('sla::policy.adoption.looked', ['looked' => $page->adoption->looked, 'tickets' => $page->adoption->tickets]) }}
<progress value="{{ $page->adoption->status === 'finished' ? 1 : $page->adoption->looked }}" max="{{ $page->adoption->status === 'finished' ? 1 : max(1, $page->adoption->tickets) }}"></progress></label></p>
<dl class="numbers">
<div><dt>{{ __('sla::policy.adoption.adopted') }}</dt><dd>{{ max(0, $page->adoption->looked - $page->adoption->refusals_count) }}</dd></div>
<div><dt>{{ __('sla::policy.adoption.refused') }}</dt><dd @if ($page->adoption->refusals_count > 0) class="warn" @endif>{{ $page->adoption->refusals_count }}</dd></div>
</dl>
@if ($page->isStalled)
<p class="notice" role="status">{{ __('sla::policy.adoption.stalled') }}</p>
@endif
@if ($page->refusals->isNotEmpty())
<div class="scroll">
<table>
<caption>{{ __('sla::policy.adoption.refused') }}</caption>
<thead><tr><th scope="col">{{ __('sla::sla.number') }}</th><th scope="col">{{ __('sla::sla.reason') }}</th></tr></thead>
<tbody>
@foreach ($page->refusals as $one)
<tr><td><a href="{{ route('sla.ticket', $one->ticket_id) }}">#{{ $one->ticket_id }}</a></td><td class="long">{{ $one->message }}</td></tr>
@endforeach
</tbody>
</table>
</div>
@if ($page->next !== null)
<p><a href="{{ route('sla.adoption', ['adoption' => $page->adoption->id, 'after' => $page->next]) }}">{{ __('sla::policy.adoption.more') }}</a></p>
@endif
@endif
