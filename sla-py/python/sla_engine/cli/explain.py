"""`sla-engine explain`."""

from __future__ import annotations

from sla_engine.cli.fault import Fault, Problem, alike, listed
from sla_engine.cli.options import LogOptions
from sla_engine.cli.show import Terminal
from sla_engine.report import figures


def run(terminal: Terminal, options: LogOptions, *, ticket: str, timer: str, cycle: int | None, as_json: bool) -> None:
    """Show how a deadline came about."""
    with options.load(terminal) as loaded:
        history = loaded.find(ticket)
        timers = loaded.engine.evaluate(history.ticket, now=loaded.now).timers
        if timer not in timers:
            raise Fault(f"the ticket has no timer `{timer}`{alike(timer, timers)}; it has {listed(timers)}")
        cycles = timers[timer].cycles
        if not cycles:
            raise Problem(
                f"the timer `{timer}` of ticket `{ticket}` has not started as of {figures.instant(loaded.now)}"
            )
        if cycle is not None and cycle > len(cycles):
            raise Fault(f"the timer `{timer}` of ticket `{ticket}` has {len(cycles)} cycles; write `--cycle` from 1")
        explanation = loaded.engine.explain(history, timer, now=loaded.now, cycle=cycle)
        if as_json:
            terminal.raw(explanation.json())
        else:
            terminal.line(explanation.text.rstrip("\n"))
        terminal.refused(loaded.refused, loaded.source)
