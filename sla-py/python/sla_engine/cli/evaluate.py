"""`sla-engine evaluate`."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

import msgspec
from rich.text import Text

from sla_engine import Evaluation, History
from sla_engine.cli import promises
from sla_engine.cli.load import Loaded
from sla_engine.cli.options import LogOptions
from sla_engine.cli.show import Terminal, state
from sla_engine.documents import Timer
from sla_engine.report import figures

_NEVER = 1 << 62

Judged = tuple[History, Evaluation]


def run(terminal: Terminal, options: LogOptions, *, output: str | None, limit: int, as_json: bool) -> None:
    """Show where tickets stand."""
    if output is not None:
        promises.check(output)
    engine, loaded = options.load(terminal)
    tracked = terminal.track(loaded.histories, "Judging")
    judged = ((history, engine.evaluate(history.ticket, now=loaded.now)) for history in tracked)
    if output is not None:
        written = promises.write(judged, output)
        terminal.remark(f"{figures.counted(written, 'ticket')} written to {output}")
    elif as_json:
        for history, evaluation in judged:
            terminal.json({"ticket": history.ticket.id, **msgspec.to_builtins(evaluation)})
    else:
        _tell(terminal, loaded, judged, limit)
    terminal.refused(loaded.refused, loaded.source)


def _urgency(judged: Judged) -> tuple[int, str]:
    """Promises that still run come first: those that are overdue the longest, then those with the least time left."""
    history, evaluation = judged
    left = [
        cycle.remaining_us - cycle.overdue_us
        for timer in evaluation.timers.values()
        for cycle in timer.cycles
        if cycle.activity in ("running", "paused")
    ]
    return (min(left, default=_NEVER), history.ticket.id)


def _tell(terminal: Terminal, loaded: Loaded, judged: Iterable[Judged], limit: int) -> None:
    tickets = len(loaded.histories)
    shown = heapq.nsmallest(limit or tickets, judged, key=_urgency)
    timers = list(dict.fromkeys(name for _, evaluation in shown for name in evaluation.timers))
    rows = []
    for history, evaluation in shown:
        ticket = history.ticket
        row: list[str | Text] = [
            ticket.id,
            ticket.package,
            figures.words(evaluation.status),
            ticket.agent or figures.NONE,
        ]
        for name in timers:
            row += _cells(evaluation.timers.get(name))
        rows.append(row)
    headings = ["ticket", "package", "status", "agent"]
    for name in timers:
        headings += [figures.words(name), "due, or time left"]
    title = f"{figures.counted(tickets, 'ticket')} as of {figures.instant(loaded.now)}, the most urgent first"
    terminal.table(title, headings, rows)
    if len(shown) < tickets:
        terminal.line(f"and {figures.count(tickets - len(shown))} more: `--limit 0` shows all")


def _cells(timer: Timer | None) -> list[str | Text]:
    cycle = timer.current if timer is not None else None
    if timer is None or cycle is None:
        return [Text("not started", style="dim") if timer is not None else Text("", style="dim"), ""]
    if cycle.outcome == "breached":
        return [state(timer.state), f"{figures.hours(cycle.overdue_us)} overdue"]
    if cycle.activity == "paused":
        return [state(timer.state), f"{figures.hours(cycle.remaining_us)} left"]
    if cycle.activity == "running":
        due = figures.instant(cycle.due_at) if cycle.due_at is not None else figures.NONE
        return [state(timer.state), f"{due}, {figures.hours(cycle.remaining_us)} left"]
    return [state(timer.state), ""]
