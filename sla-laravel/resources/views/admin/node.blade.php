@php($id = $node->id())
@php($name = $node->key === '' ? $node->label : __("sla::policy.fields.{$node->key}"))
@php($hint = \Illuminate\Support\Facades\Lang::has("sla::policy.hints.{$node->key}") ? __("sla::policy.hints.{$node->key}", ['audiences' => implode(', ', $page->audiences)]) : null)
@php($said = [...$node->faults, ...$node->warnings])
@php($described = trim(($hint === null ? '' : "{$id}-hint ") . ($said === [] ? '' : "{$id}-said")))
@if ($node->kind === 'hidden')
<input type="hidden" name="{{ $node->name }}" value="{{ $node->value }}">
@elseif (in_array($node->kind, ['group', 'map', 'target'], true))
@if ($node->pointer === '')
<div class="fields" id="{{ $id }}" tabindex="-1">
@foreach ($node->children as $child)
@include('sla::admin.node', ['node' => $child])
@endforeach
</div>
@else
<details class="wide" id="{{ $id }}" @if ($node->isUsed()) open @endif>
<summary>{{ $name }}</summary>
@include('sla::admin.said')
<div class="fields" role="group" aria-label="{{ $name }}">
@foreach ($node->children as $child)
@include('sla::admin.node', ['node' => $child])
@endforeach
</div>
</details>
@endif
@elseif ($node->kind === 'rows')
<section class="wide" id="{{ $id }}" tabindex="-1" aria-label="{{ $name }}">
@if ($node->pointer !== '')<h2>{{ $name }}</h2>@endif
@include('sla::admin.said')
@foreach ($node->rows as $index => $row)
<fieldset class="row"><legend>{{ $name }} {{ $index + 1 }}</legend>
<div class="fields">
@foreach ($row as $child)
@include('sla::admin.node', ['node' => $child])
@endforeach
</div>
<p class="buttons">
@if ($index > 0)<button class="minor" name="_do" value="raise {{ $node->pointer }}/{{ $index }}" aria-label="{{ __('sla::policy.raise') }}: {{ $name }} {{ $index + 1 }}">{{ __('sla::policy.raise') }}</button>@endif
<button class="minor" name="_do" value="remove {{ $node->pointer }}/{{ $index }}" aria-label="{{ __('sla::policy.remove') }}: {{ $name }} {{ $index + 1 }}">{{ __('sla::policy.remove') }}</button>
</p>
</fieldset>
@endforeach
@if ($node->isEmptyStated)<label class="box"><input type="checkbox" name="{{ $node->name }}[_empty]" value="1" @if ($node->value === []) checked @endif>{{ __('sla::policy.states_empty') }}</label>@endif
<p class="buttons"><button class="minor" name="_do" value="add {{ $node->pointer }}" @if ($node->hasFocus) autofocus @endif aria-label="{{ __('sla::policy.add') }}: {{ $name }}">{{ __('sla::policy.add') }}</button></p>
</section>
@elseif ($node->kind === 'choices')
<fieldset class="wide" id="{{ $id }}" tabindex="-1" @if ($described !== '') aria-describedby="{{ $described }}" @endif><legend>{{ $name }}</legend>
@foreach ($node->options as $value => $label)
<label><input type="checkbox" name="{{ $node->name }}[]" value="{{ $value }}" @if (in_array((string) $value, $node->value, true)) checked @endif>{{ $node->hasWords ? __("sla::policy.words.{$value}") : $label }}</label>
@endforeach
@if ($node->isEmptyStated)<label><input type="checkbox" name="{{ $node->name }}[_empty]" value="1">{{ __('sla::policy.states_empty') }}</label>@endif
@include('sla::admin.said')
</fieldset>
@elseif ($node->kind === 'flag')
<div class="field"><label class="box" for="{{ $id }}"><input type="checkbox" id="{{ $id }}" name="{{ $node->name }}" value="1" @if ($node->value === true) checked @endif @if ($described !== '') aria-describedby="{{ $described }}" @endif @if ($node->hasFocus) autofocus @endif>{{ $name }}</label>
@include('sla::admin.said')
</div>
@else
<div class="field">
<label for="{{ $id }}">{{ $name }}</label>
@if ($node->kind === 'choice' || $node->kind === 'quiet')
<select id="{{ $id }}" name="{{ $node->name }}" @if ($described !== '') aria-describedby="{{ $described }}" @endif @if ($node->faults !== []) aria-invalid="true" @endif @if ($node->hasFocus) autofocus @endif>
<option value="">–</option>
@foreach ($node->options as $value => $label)
<option value="{{ $value }}" @if ((string) $value === $node->value) selected @endif>@if ($node->kind === 'quiet'){{ $label === '' ? __("sla::policy.quiet.{$value}") : __('sla::policy.quiet.of', ['calendar' => $label]) }}@else{{ $node->hasWords ? __("sla::policy.words.{$value}") : $label }}@endif</option>
@endforeach
</select>
@elseif ($node->kind === 'lines')
<textarea id="{{ $id }}" name="{{ $node->name }}" @if ($described !== '') aria-describedby="{{ $described }}" @endif @if ($node->faults !== []) aria-invalid="true" @endif @if ($node->hasFocus) autofocus @endif>{{ $node->value }}</textarea>
@else
<input id="{{ $id }}" name="{{ $node->name }}" value="{{ $node->value }}" @if ($node->kind === 'number') inputmode="numeric" @endif autocomplete="off" @if ($described !== '') aria-describedby="{{ $described }}" @endif @if ($node->faults !== []) aria-invalid="true" @endif @if ($node->hasFocus) autofocus @endif>
@endif
@include('sla::admin.said')
</div>
@endif
