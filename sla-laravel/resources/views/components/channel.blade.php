<label>{{ __('sla::sla.channel') }}
<select name="channel" required>
@foreach ($page->channels as $id => $name)
<option value="{{ $id }}" @if (old('channel', $page->ticket->channel) === $id) selected @endif>{{ $name }}</option>
@endforeach
</select>
</label>
