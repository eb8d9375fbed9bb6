@if ($hint !== null)<span class="hint" id="{{ $id }}-hint">{{ $hint }}</span>@endif
@if ($said !== [])<span class="said" id="{{ $id }}-said">@foreach ($node->faults as $text)<span class="fault">{{ $text }}</span>@endforeach
@foreach ($node->warnings as $text)<span class="fault warn">{{ $text }}</span>@endforeach</span>@endif
