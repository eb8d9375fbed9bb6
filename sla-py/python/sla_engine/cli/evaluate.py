"""`sla-engine evaluate`."""

from __future__ import annotations

import heapq

import msgspec
import pyarrow as pa

from sla_engine import History
from sla_engine._arrow import compute as pc
from sla_engine.cli import promises
from sla_engine.cli.load import Loaded
from sla_engine.cli.options import LogOptions
from sla_engine.cli.show import Cell, Terminal, state
from sla_engine.documents import Timer
from sla_engine.report import figures

_NEVER = 1 << 62


def run(terminal: Terminal, options: LogOptions, *, output: str | None, limit: int, as_json: bool) -> None:
    """Show where tickets stand."""
    if output is not None:
        promises.check(output)
    with options.load(terminal) as loaded:
        if output is not None:
            promises.write(loaded, output)
            terminal.remark(f"{figures.counted(loaded.tickets, 'ticket')} written to {output}")
        elif as_json:
            for history in loaded.histories():
                evaluation = loaded.engine.evaluate(history.ticket, now=loaded.now)
                terminal.json({"ticket": history.ticket.id, **msgspec.to_builtins(evaluation)})
        else:
            _show(terminal, loaded, limit)
        terminal.refused(loaded.refused, loaded.source)


def _most_urgent(loaded: Loaded, most: int) -> list[History]:
    """Return the tickets whose running promises are overdue the longest, then those with the least time left."""
    found: list[tuple[int, str, History]] = []
    for histories in loaded.batches():
        known = {history.ticket.id: history for history in histories}
        table = loaded.engine.evaluate_tickets(histories, now=loaded.now).to_pyarrow()
        found += ((left, ticket, known[ticket]) for ticket, left in _time_left(table, most).items())
        if most:
            found = heapq.nsmallest(most, found, key=lambda ticket: ticket[:2])
    return [history for _, _, history in sorted(found, key=lambda ticket: ticket[:2])]


def _time_left(table: pa.Table, most: int) -> dict[str, int]:
    """Return the tickets of a batch that can be among the most urgent, each with the least time left of a promise."""
    runs = pc.is_in(table["activity"], pa.array(["running", "paused"]))
    left = pc.subtract(table["remaining"].cast(pa.int64()), table["overdue"].cast(pa.int64()))
    rows = pa.table({"left": pc.coalesce(pc.if_else(runs, left, None), _NEVER), "ticket": table["ticket_id"]})
    rows = rows.take(pc.sort_indices(rows, sort_keys=[("left", "ascending"), ("ticket", "ascending")]))
    found: dict[str, int] = {}
    for least, ticket in zip(rows["left"].to_pylist(), rows["ticket"].to_pylist(), strict=True):
        if len(found) == most > 0:
            break
        found.setdefault(ticket, least)
    return found


def _show(terminal: Terminal, loaded: Loaded, limit: int) -> None:
    shown = [
        (history.ticket, loaded.engine.evaluate(history.ticket, now=loaded.now))
        for history in _most_urgent(loaded, limit)
    ]
    timers = list(dict.fromkeys(name for _, evaluation in shown for name in evaluation.timers))
    rows = []
    for ticket, evaluation in shown:
        row: list[Cell] = [ticket.id, ticket.package, figures.words(evaluation.status), ticket.agent or figures.NONE]
        for name in timers:
            row += _cells(evaluation.timers.get(name))
        rows.append(row)
    headings = ["ticket", "package", "status", "agent"]
    for name in timers:
        headings += [figures.words(name), "due, or time left"]
    title = f"{figures.counted(loaded.tickets, 'ticket')} as of {figures.instant(loaded.now)}, the most urgent first"
    terminal.table(title, headings, rows)
    if len(shown) < loaded.tickets:
        terminal.line(f"and {figures.count(loaded.tickets - len(shown))} more: `--limit 0` shows all")


def _cells(timer: Timer | None) -> list[Cell]:
    cycle = timer.current if timer is not None else None
    if timer is None or cycle is None:
        return [state("not_started") if timer is not None else "", ""]
    if cycle.outcome == "breached":
        return [state(timer.state), f"{figures.hours(cycle.overdue_us)} overdue"]
    if cycle.remaining_us is None:
        return [state(timer.state), f"{figures.hours(cycle.elapsed_us)} so far" if cycle.activity != "stopped" else ""]
    if cycle.activity == "paused":
        return [state(timer.state), f"{figures.hours(cycle.remaining_us)} left"]
    if cycle.activity == "running":
        due = figures.instant(cycle.due_at) if cycle.due_at is not None else figures.NONE
        return [state(timer.state), f"{due}, {figures.hours(cycle.remaining_us)} left"]
    return [state(timer.state), ""]
