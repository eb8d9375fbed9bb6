"""`sla-engine worklist`."""

from __future__ import annotations

import sys

import msgspec

from sla_engine import worklist
from sla_engine.cli.load import Loaded
from sla_engine.cli.options import LogOptions
from sla_engine.cli.show import Cell, Terminal, state
from sla_engine.documents import OpenPromise
from sla_engine.report import figures


def run(terminal: Terminal, options: LogOptions, *, limit: int, as_json: bool) -> None:
    """List the open promises: breached ones first, the longest overdue on top."""
    with options.load(terminal) as loaded:
        found = worklist(loaded.engine, loaded.histories(), now=loaded.now, most=limit or sys.maxsize)
        if as_json:
            for promise in found:
                terminal.json(msgspec.to_builtins(promise))
        else:
            _show(terminal, loaded, found)
        terminal.refused(loaded.refused, loaded.source)


def _show(terminal: Terminal, loaded: Loaded, promises: tuple[OpenPromise, ...]) -> None:
    rows = [_row(promise) for promise in promises]
    title = (
        f"{figures.counted(len(promises), 'open promise')} as of {figures.instant(loaded.now)}, "
        "breached ones first, the longest overdue on top"
    )
    terminal.table(title, ["ticket", "timer", "state", "due", "overdue, or time left"], rows)


def _row(promise: OpenPromise) -> list[Cell]:
    if promise.breached:
        length, word = f"{figures.hours(promise.overdue_us)} overdue", "breached"
    else:
        length, word = f"{figures.hours(promise.remaining_us)} left", "paused" if promise.paused else "running"
    return [promise.ticket, figures.words(promise.timer), state(word), figures.instant(promise.due_at), length]
