"""`sla-engine what-if`, and the candidate of a report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from sla_engine import Engine, Policy, what_if
from sla_engine import _written as written
from sla_engine.cli.fault import Fault, alike, listed
from sla_engine.cli.load import engine_of
from sla_engine.cli.options import LogOptions
from sla_engine.cli.show import Terminal
from sla_engine.report import figures
from sla_engine.report.words import left_out


def candidate_of(engine: Engine, candidate: str | None, targets: Sequence[str]) -> tuple[Engine, str] | None:
    """Return the engine to compare with and its name; None when nothing is to be compared."""
    if candidate is not None and targets:
        raise Fault("`--candidate` and `--what-if` exclude each other: write one")
    if candidate is not None:
        return engine_of(candidate), candidate
    if not targets:
        return None
    policy: dict[str, Any] = msgspec.json.decode(engine.policy.json())
    named = []
    for target in targets:
        timer, equals, share = target.partition("=")
        if not equals:
            raise Fault(
                f"`--what-if {target}` has no share; write `--what-if TIMER=SHARE`, for example `resolution=75%`"
            )
        try:
            millionths = written.share(share)
        except ValueError as fault:
            raise Fault(f"`--what-if {target}`: {fault}") from fault
        if millionths == 0:
            raise Fault(f"`--what-if {target}` leaves nothing of the target; write a share above 0%")
        if not written.scaled(policy, timer, millionths):
            timers = sorted({name for package in policy["packages"] for name in package["targets"]})
            raise Fault(f"no package has a target for `{timer}`{alike(timer, timers)}; they have {listed(timers)}")
        named.append(f"{figures.words(timer)} targets at {figures.objective(millionths)}")
    return Engine.compile(Policy(msgspec.json.encode(policy))), ", ".join(named)


def run(
    terminal: Terminal,
    options: LogOptions,
    *,
    candidate: str | None,
    targets: Sequence[str],
    limit: int,
    as_json: bool,
) -> None:
    """Compare the outcomes of a log with those under another policy."""
    if candidate is None and not targets:
        raise Fault("name what to compare with: `--candidate FILE`, or `--what-if resolution=75%`")
    with options.load(terminal) as loaded:
        other = candidate_of(loaded.engine, candidate, targets)
        assert other is not None
        found = what_if(loaded.engine, other[0], loaded.histories(), now=loaded.now)
        refused = loaded.refused
    comparison = found.comparison
    if as_json:
        terminal.json({"candidate": other[1], "comparison": comparison, "flips": found.flips})
    else:
        rows = []
        for promise in comparison.promises:
            row = [promise.package, figures.words(promise.timer)]
            for side in (promise.before, promise.after):
                row += [
                    figures.percent(side.compliance_millionths),
                    figures.count(side.met),
                    figures.count(side.breached),
                ]
            rows.append([*row, figures.count(promise.flips)])
        terminal.table(
            f"{figures.counted(comparison.tickets, 'ticket')}, now and under {other[1]}",
            [
                "package",
                "timer",
                "compliance now",
                "met",
                "breached",
                "compliance then",
                "met",
                "breached",
                "end differently",
            ],
            rows,
            numbers="  nnnnnnn",
        )
        for gone in comparison.left_out:
            left = figures.counted(gone.tickets, "ticket")
            terminal.line(f"left out, because the other policy does not know {left_out(gone)}: {left}")
        flips = found.flips[:limit] if limit else found.flips
        terminal.line()
        for flip in flips:
            terminal.line(flip.text)
        if len(flips) < len(found.flips):
            terminal.line(f"and {figures.count(len(found.flips) - len(flips))} more: `--limit 0` shows all")
    terminal.refused(refused, loaded.source)
