@csrf
@php($faults = $page->problemsAt[$package->id ?? ''] ?? [])
@foreach (['name' => 'name', 'rank' => 'rank', 'calendar' => 'calendar', 'priority' => 'priority', 'first_response' => 'first_response', 'resolution' => 'resolution'] as $field => $label)
@php($value = in_array($field, ['first_response', 'resolution'], true) ? ($package->targets->{$field} ?? '') : ($package->{$field} ?? ''))
<label>{{ __("sla::sla.{$label}") }}<input name="{{ $field }}" value="{{ is_string($value) || is_int($value) ? $value : '' }}" @if (in_array($field, ['name', 'rank'], true)) required @endif @if ($field === 'rank') type="number" min="0" @endif>
@foreach ($package === null ? [] : ($faults[$field] ?? []) as $fault)
<span class="fault">{{ $fault }}</span>
@endforeach
</label>
@endforeach
<fieldset><legend>{{ __('sla::sla.channels') }}</legend>
@foreach ($page->document->channels as $channel)
<label><input type="checkbox" name="channels[]" value="{{ $channel->id }}" @if (in_array($channel->id, $package->channels ?? [], true)) checked @endif>{{ $channel->name }}</label>
@endforeach
@foreach ($package === null ? [] : ($faults['channels'] ?? []) as $fault)
<span class="fault">{{ $fault }}</span>
@endforeach
</fieldset>
@foreach ($package === null ? [] : ($faults[''] ?? []) as $fault)
<span class="fault">{{ $fault }}</span>
@endforeach
