"""How a deadline came about, in the words of a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla_engine.documents import Segment
from sla_engine.report import figures
from sla_engine.report.data import WorstPromise

_LONGEST = 400


@dataclass(frozen=True)
class Row:
    """A part of the time up to the due."""

    start: str
    end: str
    why: str
    counted: str
    used: str


@dataclass(frozen=True)
class Derivation:
    """One promise with its derivation, ready to be shown."""

    promise: WorstPromise
    told: str
    strip: tuple[tuple[str, int], ...]
    """Kind and seconds, in order."""
    strip_label: str
    due_permille: int | None
    """Where on the strip the due lies."""
    resolved: bool
    rows: tuple[Row, ...]
    later: str | None
    """What came after the due."""


def derive(promise: WorstPromise) -> Derivation:
    """Return the derivation of a promise: the parts of its time up to the due, and what came later in one sentence."""
    explanation = promise.explanation
    parts = explanation.passed + explanation.ahead
    due = explanation.due_at
    until_due = [part for part in parts if due is None or part.start <= due][:_LONGEST]
    later = parts[len(until_due) :]
    whole = parts[-1].end - parts[0].start if parts else timedelta()
    due_permille = None
    if due is not None and parts and parts[0].start <= due <= parts[-1].end:
        due_permille = figures.permille(due - parts[0].start, whole)
    return Derivation(
        promise=promise,
        told=_told(promise),
        strip=_strip(parts),
        strip_label=_label(promise, parts),
        due_permille=due_permille,
        resolved=any(part.kind == "resolved" for part in parts),
        rows=tuple(_row(part, due) for part in until_due),
        later=_later(promise, later),
    )


def why(part: Segment) -> str:
    """Return what a part of the time counts as, and why: ``paused (pending) by agent ana: awaiting the customer``."""
    if part.closed is not None:
        reason = figures.words(part.closed.reason)
        return f"closed: {reason}" + (f", {part.closed.name}" if part.closed.name else "")
    if part.paused is not None:
        by = part.paused.by
        return f"paused ({figures.words(part.paused.status)}) by {by.role} {by.id}: {part.paused.reason}"
    return part.kind


def _told(promise: WorstPromise) -> str:
    explanation = promise.explanation
    cycle = explanation.cycle
    parts = [
        f"{figures.hours(cycle.target_us)} promised in the calendar {cycle.calendar} ({explanation.time_zone})",
        f"{figures.hours(cycle.elapsed_us)} used",
    ]
    if explanation.due_at is not None:
        parts.append(f"due {figures.local(explanation.due_at)}")
    if cycle.stopped_at is not None:
        stopped = cycle.stopped_at
        if explanation.due_at is not None:
            stopped = stopped.astimezone(explanation.due_at.tzinfo)
        parts.append(f"stopped {figures.local(stopped)}")
    return "; ".join(parts) + "."


def _strip(parts: Sequence[Segment]) -> tuple[tuple[str, int], ...]:
    found: list[tuple[str, int]] = []
    for part in parts:
        seconds = (part.end - part.start) // timedelta(seconds=1)
        if found and found[-1][0] == part.kind:
            found[-1] = (part.kind, found[-1][1] + seconds)
        elif seconds:
            found.append((part.kind, seconds))
    return tuple(found)


def _label(promise: WorstPromise, parts: Sequence[Segment]) -> str:
    sums: dict[str, timedelta] = {}
    for part in parts:
        sums[part.kind] = sums.get(part.kind, timedelta()) + (part.end - part.start)
    told = ", ".join(f"{kind} {figures.hours(length // timedelta(microseconds=1))}" for kind, length in sums.items())
    return f"Time line of {promise.ticket}, wall time: {told}"


def _row(part: Segment, due: datetime | None) -> Row:
    counted = part.kind == "counted"
    here = due is not None and part.start < due < part.end
    return Row(
        start=figures.local(part.start),
        end=figures.local(part.end),
        why=f"{why(part)}; due {due:%H:%M:%S}" if due is not None and here else why(part),
        counted=figures.hours(part.counted_us) if counted else "",
        used=figures.hours(part.used_us) if counted else "",
    )


def _later(promise: WorstPromise, later: Sequence[Segment]) -> str | None:
    if not later:
        return None
    end = "until it stopped" if promise.answered else f"until {figures.local(later[-1].end)}"
    return f"Then {len(later)} more parts {end}: overdue {figures.hours(promise.overdue_us)}"
