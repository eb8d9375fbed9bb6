"""`sla-engine report`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from sla_engine.cli import times
from sla_engine.cli.fault import Fault
from sla_engine.cli.options import LogOptions
from sla_engine.cli.show import Terminal
from sla_engine.cli.what_if import candidate_of
from sla_engine.report import Format, ReportData, figures, render
from sla_engine.report.build import PeriodUnit, build

_FORMATS: dict[str, Format] = {".html": "html", ".htm": "html", ".md": "md", ".markdown": "md", ".json": "json"}


@dataclass(frozen=True)
class Wish:
    """The options of a report."""

    output: str | None
    format: Format | None
    candidate: str | None
    targets: tuple[str, ...]
    period: PeriodUnit
    report_zone: str | None
    worst: int
    as_json: bool


def run(terminal: Terminal, options: LogOptions, wish: Wish) -> None:
    """Make a report, and show its summary."""
    format = _format(wish)
    zone = wish.report_zone or options.read_mapping().time_zone or "UTC"
    times.zone(zone)
    with options.load(terminal) as loaded:
        other = candidate_of(loaded.engine, wish.candidate, wish.targets)
        data = build(
            loaded.engine,
            loaded.histories(),
            now=loaded.now,
            period=wish.period,
            period_zone=zone,
            candidate=other[0] if other else None,
            candidate_name=other[1] if other else "",
            worst=wish.worst,
        )
        data = msgspec.structs.replace(data, source=loaded.source, refused=tuple(loaded.refused))
    try:
        text = render(data, format)
    except ModuleNotFoundError as missing:
        raise Fault(str(missing)) from missing
    if wish.output is None:
        terminal.raw(text)
        terminal.refused(data.refused, data.source)
        return
    try:
        Path(wish.output).write_text(text, encoding="utf-8")
    except OSError as fault:
        raise Fault(f"{wish.output}: {fault.strerror or fault}") from fault
    if wish.as_json:
        terminal.raw(data.json())
    else:
        _tell(terminal, data)
        terminal.line()
        terminal.line(f"The report: {Path(wish.output).resolve()}")
    terminal.refused(data.refused, data.source)


def _format(wish: Wish) -> Format:
    if wish.output is None and wish.as_json:
        if wish.format not in (None, "json"):
            raise Fault(f"`--json` and `--format {wish.format}` exclude each other without `-o`: write one")
        return "json"
    if wish.format is not None:
        found = wish.format
    elif wish.output is None:
        found = "html"
    else:
        suffix = Path(wish.output).suffix.lower()
        if suffix not in _FORMATS:
            raise Fault(f"{wish.output}: write to a file that ends in `.html`, `.md` or `.json`, or add `--format`")
        found = _FORMATS[suffix]
    if wish.output is None and found == "html":
        raise Fault("name the file of the page: `-o report.html`; `--format md` and `--json` write to standard output")
    return found


def _tell(terminal: Terminal, data: ReportData) -> None:
    rows = []
    for timer in data.timers:
        found = data.over_time.total.timers[timer]
        counts = (
            found.decided, found.met, found.breached_answered, found.breached_open, found.breached_ended,
            found.running, found.paused, found.cancelled, found.terms + found.unpromised,
        )  # fmt: skip
        share = figures.percent(found.compliance_millionths)
        spread = (figures.hours(found.business_time.median_us), figures.hours(found.business_time.p90_us))
        rows.append([figures.words(timer), share, *map(figures.count, counts), *spread])
    terminal.table(
        f"{figures.counted(data.tickets, 'ticket')} of {data.source.name} as of {figures.instant(data.as_of)}; "
        "compliance = met / decided, decided = met + breached",
        [
            "timer", "compliance", "decided", "met", "breached, answered", "breached, open", "breached, ended",
            "running", "paused", "cancelled", "unpromised", "median", "p90",
        ],
        rows,
        numbers=" nnnnnnnnnnnn",
    )  # fmt: skip
    if data.what_if is not None:
        comparison = data.what_if.comparison
        terminal.line()
        flipped = figures.counted(comparison.flipped_tickets, "ticket")
        terminal.line(f"Under {data.what_if.candidate} promises of {flipped} would end differently")
