"""Charts as SVG for the page: drawn by Vega-Lite, coloured by the page's style sheet, so that they follow dark mode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import vl_convert
from markupsafe import Markup, escape

from sla_engine import Zone, Zones
from sla_engine.documents import Period, Report, TimerFigures
from sla_engine.report import figures
from sla_engine.report.data import Budget, Distribution

_WIDTH = 262
_VEGA_LITE = "6.4"
_MET, _ANSWERED, _OPEN, _ENDED = "met", "breached, answered", "breached, open", "breached, ended"
_COLOURS = {
    _MET: "var(--met)",
    _ANSWERED: "var(--answered)",
    _OPEN: "var(--open)",
    _ENDED: "var(--ended)",
}
_AXIS = {
    "labelColor": "var(--muted)",
    "titleColor": "var(--muted)",
    "tickColor": "var(--rule)",
    "domainColor": "var(--rule)",
    "gridColor": "var(--rule)",
    "labelFontSize": 11,
    "titleFontSize": 11,
    "titleFontWeight": "normal",
    "labelPadding": 4,
}
_CONFIG = {
    "background": None,
    "font": "sans-serif",
    "axis": _AXIS,
    "view": {"stroke": None},
    "concat": {"spacing": 10},
}
_UNITS = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
    "month": timedelta(days=28),
}
_LABELS = 4
_TIME = {"type": "utc", "nice": False, "padding": 7}


Spec = dict[str, Any]


def over_time(report: Report, timer: str, objective: int | None) -> Markup:
    """Draw the compliance of a timer by period above the counts that it is of."""
    zone = _zone(report)
    shares: list[Spec] = []
    counts: list[Spec] = []
    unit = _UNITS[report.period.unit if report.period else "week"]
    run, last = 0, None
    for group in report.groups:
        found = group.timers.get(timer)
        if found is None or not found.decided or group.key.period_start is None:
            continue
        # The line joins neighbours only: where nothing was decided there is nothing to draw.
        if last is not None and group.key.period_start - last > unit * 3 / 2:
            run += 1
        last = group.key.period_start
        at = _local(group.key.period_start, zone)
        shares.append({"at": at, "share": found.compliance_millionths, "decided": found.decided, "run": run})
        counts += [{"at": at, "class": name, "n": n} for name, n in _classes(found) if n]
    spec = {"vconcat": [_shares(shares, objective), _counts(counts, report)], "spacing": 12}
    total = report.total.timers[timer]
    title = f"{figures.words(timer)}: compliance over time"
    told = (
        f"{len(shares)} periods in which something was decided; "
        f"{figures.percent(total.compliance_millionths)} of {figures.count(total.decided)} in all. "
        "The table below has every figure."
    )
    return _svg(spec, title, told)


def distribution(spread: Distribution) -> Markup:
    """Draw how long the cycles of a timer took."""
    values = [{"range": _range(bar.from_us, bar.to_us), "n": bar.count} for bar in spread.bars]
    order = [value["range"] for value in values]
    spec = {
        "width": _WIDTH - 12,
        "height": 170,
        "data": {"values": values},
        "encoding": {
            "y": {"field": "range", "type": "nominal", "sort": order, "title": None, "axis": {"ticks": False}},
            "x": {"field": "n", "type": "quantitative", "title": "cycles", "axis": {"tickCount": 4, "format": ",d"}},
        },
        "layer": [
            {"mark": {"type": "bar", "color": "var(--series)", "height": {"band": 0.72}}},
        ],
    }
    title = f"{figures.words(spread.timer)}: business time taken"
    told = ", ".join(f"{value['range']}: {value['n']}" for value in values if value["n"])
    return _svg(spec, title, told)


def burn_down(budget: Budget, period: Period) -> Markup:
    """Draw what is left of an error budget after each period."""
    clock = Zones().zone(period.time_zone)
    step = _UNITS[period.unit]
    values = [{"at": _local(point.period_start + step, clock), "left": point.left} for point in budget.points]
    values[:0] = [{"at": _local(point.period_start, clock), "left": budget.allowed} for point in budget.points[:1]]
    x = {"field": "at", "type": "temporal", "scale": _TIME, "axis": _time_axis(values, period.unit)}
    lowest = min(0, *(point.left for point in budget.points)) if budget.points else 0
    y = {
        "field": "left",
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [lowest, max(budget.allowed, 1)], "nice": False},
        "axis": {"tickCount": 5, "format": ",d"},
    }
    below = {"y": {"datum": 0, "type": "quantitative"}, "y2": {"datum": lowest}}
    spec = {
        "width": _WIDTH,
        "height": 150,
        "data": {"values": values},
        "layer": [
            *([{"mark": {"type": "rect", "color": "var(--overdrawn)"}, "encoding": below}] if lowest < 0 else []),
            {
                "mark": {"type": "line", "color": "var(--series)", "strokeWidth": 2},
                "encoding": {"x": x, "y": y},
            },
            {
                "mark": {"type": "rule", "color": "var(--ink)", "strokeWidth": 1},
                "encoding": {"y": {"datum": 0, "type": "quantitative"}},
            },
        ],
    }
    left = budget.points[-1].left if budget.points else budget.allowed
    title = f"{figures.words(budget.timer)}: error budget"
    told = f"Of {budget.allowed} breaches allowed, {budget.breached} happened; {left} left."
    return _svg(spec, title, told)


def _shares(values: Sequence[Spec], objective: int | None) -> Spec:
    x = {
        "field": "at",
        "type": "temporal",
        "scale": _TIME,
        "axis": {"title": None, "grid": False, "labels": False, "ticks": False},
    }
    y = {
        "field": "share",
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [0, 1_000_000]},
        "axis": {
            "values": [0, 250_000, 500_000, 750_000, 1_000_000],
            "labelExpr": "datum.value / 10000 + ' %'",
            "labelOverlap": False,
        },
    }
    size = {"field": "decided", "type": "quantitative", "legend": None, "scale": {"range": [8, 70], "zero": True}}
    layers: list[Spec] = [
        {
            "mark": {"type": "line", "color": "var(--met)", "opacity": 0.45, "strokeWidth": 1.5},
            "encoding": {"x": x, "y": y, "detail": {"field": "run", "type": "nominal"}},
        },
        {"mark": {"type": "circle", "color": "var(--met)", "opacity": 1}, "encoding": {"x": x, "y": y, "size": size}},
    ]
    if objective is not None:
        at = {"y": {**{key: said for key, said in y.items() if key != "field"}, "datum": objective}}
        rule = {"type": "rule", "color": "var(--ink)", "strokeDash": [4, 3], "strokeWidth": 1}
        layers.insert(0, {"mark": rule, "encoding": at})
    return {"width": _WIDTH, "height": 120, "data": {"values": list(values)}, "layer": layers}


def _counts(values: Sequence[Spec], report: Report) -> Spec:
    unit = report.period.unit if report.period else "week"
    x = {"field": "at", "type": "temporal", "scale": _TIME, "axis": _time_axis(values, unit)}
    present = [name for name in _COLOURS if any(value["class"] == name for value in values)]
    return {
        "width": _WIDTH,
        "height": 56,
        "data": {"values": list(values)},
        "mark": {"type": "bar", "width": _bar_width(values, unit)},
        "encoding": {
            "x": x,
            "y": {
                "field": "n",
                "type": "quantitative",
                "title": None,
                "stack": "zero",
                "axis": {"tickCount": 2, "format": ",d"},
            },
            "color": {
                "field": "class",
                "type": "nominal",
                "legend": None,
                "scale": {"domain": present, "range": [_COLOURS[name] for name in present]},
            },
            "order": {"field": "place", "type": "quantitative"},
        },
        "transform": [{"calculate": _place_of(present), "as": "place"}],
    }


def _time_axis(values: Sequence[Spec], unit: str) -> Spec:
    """Labels where periods begin, as many as fit."""
    instants = _instants(values)
    axis: Spec = {"title": None, "grid": False, "labelFlush": True, "labelOverlap": "greedy"}
    if not instants:
        return axis
    first, whole = instants[0], instants[-1] - instants[0]
    if unit == "month":
        ticks = instants[:: len(instants) // _LABELS + 1]
    else:
        step = _UNITS[unit] * (whole // _UNITS[unit] // _LABELS + 1)
        ticks = [first + place * step for place in range(whole // step + 1)]
    form = "%b %Y" if unit == "month" or whole > timedelta(days=300) else "%-d %b"
    if whole < timedelta(days=2):
        form = "%H:%M"
    return {**axis, "values": [tick.timestamp() * 1_000 for tick in ticks], "format": form}


def _instants(values: Sequence[Spec]) -> list[datetime]:
    return sorted({datetime.fromisoformat(value["at"]) for value in values})


def _bar_width(values: Sequence[Spec], unit: str) -> int:
    """As wide as a period is on the axis, less a gap."""
    instants = _instants(values)
    if not instants:
        return 2
    periods = (instants[-1] - instants[0]) // _UNITS[unit] + 1
    return max(2, min(14, _WIDTH * 4 // 5 // periods))


def _place_of(present: Sequence[str]) -> str:
    places = ", ".join(f"'{name}'" for name in present)
    return f"indexof([{places}], datum.class)"


def _classes(found: TimerFigures) -> list[tuple[str, int]]:
    return [
        (_MET, found.met),
        (_ANSWERED, found.breached_answered),
        (_OPEN, found.breached_open),
        (_ENDED, found.breached_ended),
    ]


def _range(from_us: int, to_us: int | None) -> str:
    if to_us is None:
        return f"{figures.span(from_us)} and more"
    return f"under {figures.span(to_us)}" if from_us == 0 else f"{figures.span(from_us)} to {figures.span(to_us)}"


def _zone(report: Report) -> Zone:
    return Zones().zone(report.period.time_zone if report.period else "UTC")


def _local(at: datetime, zone: Zone) -> str:
    """A local time as if it were UTC, so that the axis shows the clock of the zone."""
    return f"{zone.local(at):%Y-%m-%dT%H:%M:%SZ}"


def _svg(spec: Mapping[str, Any], title: str, told: str) -> Markup:
    drawn = vl_convert.vegalite_to_svg({**spec, "config": _CONFIG}, vl_version=_VEGA_LITE)
    body = drawn[drawn.index(">") + 1 : drawn.rindex("</svg>")]
    head = drawn[: drawn.index(">")]
    box = head.split('viewBox="', 1)[1].split('"', 1)[0]
    # The parts of the drawing say nothing that title and description do not; a reader hears those alone.
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="{}" class="chart"><title>{}</title>'
        '<desc>{}</desc><g aria-hidden="true">{}</g></svg>'
    ).format(escape(box), title, told, Markup(body))
