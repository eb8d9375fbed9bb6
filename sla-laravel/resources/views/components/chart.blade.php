<figure class="chart">
<figcaption>{{ $chart->title }}
@if (count($chart->series) > 1)
@foreach ($chart->series as $number => $name)
<span class="key"><svg width="12" height="12" aria-hidden="true"><rect class="s{{ $number % 4 }}" width="12" height="12"/></svg> {{ $name }}</span>
@endforeach
@endif
</figcaption>
<svg viewBox="0 0 {{ \Sla\Laravel\Http\Chart::WIDTH }} {{ \Sla\Laravel\Http\Chart::HEIGHT }}" role="img" aria-label="{{ $chart->title }}">
@foreach ($chart->lines as $line)
<line x1="{{ \Sla\Laravel\Http\Chart::LEFT }}" x2="{{ \Sla\Laravel\Http\Chart::WIDTH }}" y1="{{ $line['y'] }}" y2="{{ $line['y'] }}"/><text x="{{ \Sla\Laravel\Http\Chart::LEFT - 6 }}" y="{{ $line['y'] + 4 }}" text-anchor="end">{{ $line['text'] }}</text>
@endforeach
@foreach ($chart->bars as $bar)
<rect class="s{{ $bar['series'] % 4 }}" x="{{ $bar['x'] }}" y="{{ $bar['y'] }}" width="{{ $bar['width'] }}" height="{{ $bar['height'] }}"><title>{{ $bar['title'] }}</title></rect>
@endforeach
@foreach ($chart->labels as $label)
<text x="{{ $label['x'] }}" y="{{ \Sla\Laravel\Http\Chart::HEIGHT - 6 }}" text-anchor="middle">{{ $label['text'] }}</text>
@endforeach
</svg>
</figure>
