"""What the renderers of a report have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sla_engine.documents import Key, LeftOut, Trigger
from sla_engine.report import figures
from sla_engine.report.data import Name, ReportData

_SHOWN_REASONS = 20


@dataclass(frozen=True)
class Escalated:
    """How many escalations of one timer, trigger and level there were."""

    timer: str
    trigger: Trigger
    level: int
    count: int


def escalations(data: ReportData) -> list[Escalated]:
    """Return how many escalations there were; requests belong to the whole ticket."""
    total = data.over_time.total
    rows = [
        Escalated(timer, found.trigger, found.level, found.count)
        for timer in data.timers
        for found in total.timers[timer].escalations
    ]
    rows += [
        Escalated("whole ticket", found.trigger, found.level, found.count)
        for found in total.tickets.escalations
        if found.trigger == "request"
    ]
    return rows


def reasons(data: ReportData) -> list[tuple[str, int]]:
    """Return why rows were refused, the most frequent reason first."""
    return Counter(row.message for row in data.refused).most_common(_SHOWN_REASONS)


def named(names: tuple[Name, ...]) -> Callable[[str | None], str]:
    """Return a function from ids to what people call them."""
    known = {name.id: name.name for name in names}
    return lambda id: figures.NONE if id is None else known.get(id, id)


def severity(key: Key) -> str:
    """Return what a group by severity is of."""
    return figures.NONE if key.severity is None else key.severity


def team(key: Key) -> str:
    """Return what a group by team is of."""
    return figures.NONE if key.team is None else key.team


def lateness_ranges(data: ReportData) -> list[str]:
    """Return what the ranges of lateness are called: ``up to 15m``, and at the end ``more``."""
    ranges = next((found.lateness for found in data.over_time.total.timers.values()), ())
    return ["more" if one.up_to_us is None else f"up to {figures.span(one.up_to_us)}" for one in ranges]


def left_out(gone: LeftOut) -> str:
    """Return what the other policy does not know."""
    known = [("package", gone.package), ("severity", gone.severity), ("category", gone.category)]
    return ", ".join(f"the {what} {name}" for what, name in known if name is not None)
