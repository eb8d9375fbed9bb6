"""Makes a report of histories. Every figure is the engine's; nothing is computed here but sums of its counts."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Literal

import msgspec

from sla_engine import Aggregate, Engine, History, what_if
from sla_engine._written import objectives
from sla_engine.documents import AgentPerformance, Period, Report
from sla_engine.report.budget import budgets
from sla_engine.report.data import (
    Compared,
    Name,
    PolicyOf,
    RefusedLine,
    ReportData,
    SourceOf,
    WorstPromise,
)
from sla_engine.report.distribution import distributions

PeriodUnit = Literal["hour", "day", "week", "month"]

_Overdue = tuple[tuple[int, str, int, bool], History]
"""How long a promise is overdue, its timer and cycle, whether it was answered, and its ticket."""

_CHUNK = 8_192
_PARTS = 4
_FIRST = ("assignment", "first_response", "next_response", "update", "resolution")


def build(
    engine: Engine,
    histories: Iterable[History],
    *,
    now: datetime,
    period: PeriodUnit = "week",
    period_zone: str = "UTC",
    candidate: Engine | None = None,
    candidate_name: str = "candidate",
    source: SourceOf | None = None,
    refused: Iterable[RefusedLine] = (),
    worst: int = 5,
) -> ReportData:
    """Return what a report says of tickets. They are taken once, and only a few are kept at a time.

    Args:
        engine: Judges the tickets.
        histories: Every ticket once.
        now: The instant as of which they are judged, not before the last event of any.
        period: The unit of the figures over time.
        period_zone: In which the periods are cut.
        candidate: Another policy to compare with, or nothing.
        candidate_name: What people call it.
        source: Where the tickets came from.
        refused: Rows of the source that were not taken over.
        worst: How many of the promises that are overdue the longest are derived, one a ticket.
    """
    policy: dict[str, Any] = msgspec.json.decode(engine.policy.json())
    found = _Figures(engine, now, period, period_zone, worst)
    compared = _compared(engine, candidate, candidate_name, found.through(histories), now)
    by_period, by_class, by_holder = found.sums()
    over_time = by_period.report()
    timers = tuple(_in_order(over_time))
    flat = by_period.regroup(by=(), period=False)
    return ReportData(
        policy=PolicyOf(
            id=engine.policy.id,
            version=engine.policy.version,
            policy_digest=engine.policy.digest,
            rules_digest=engine.policy.rules_digest,
        ),
        source=source or SourceOf(name="tickets"),
        as_of=now,
        period=Period(period, period_zone),
        tickets=found.tickets,
        events=found.events,
        timers=timers,
        package_names=_names(policy["packages"]),
        channel_names=_names(policy["channels"]),
        over_time=over_time,
        packages=by_class.regroup(by=("package",)).packages(engine),
        channels=by_class.regroup(by=("channel",)).report(),
        severities=by_class.regroup(by=("severity",)).report() if policy.get("severities") else None,
        teams=by_holder.regroup(by=("team",)).report(),
        distributions=distributions(msgspec.json.decode(flat.json())["rows"], timers),
        budgets=budgets(over_time, timers, objectives(policy)),
        agents=_busiest(by_holder.agents(engine)),
        worst=tuple(found.worst()),
        what_if=compared,
        refused=tuple(sorted(refused, key=lambda row: row.line)),
    )


class _Figures:
    """What a report needs of the tickets that pass through: sums, and the promises that are overdue the longest."""

    def __init__(self, engine: Engine, now: datetime, period: PeriodUnit, period_zone: str, worst: int) -> None:
        self.tickets = self.events = 0
        self._engine = engine
        self._now = now
        self._worst = worst
        self._overdue: list[_Overdue] = []
        # One aggregate by everything would have a group for each combination that occurs: these three stay small.
        self._how: list[dict[str, Any]] = [
            {"period": period, "period_zone": period_zone},
            {"by": ("package", "channel", "severity")},
            {"by": ("agent", "team")},
        ]
        self._parts: list[list[Aggregate]] = [[Aggregate.of(engine, (), now=now, **how)] for how in self._how]

    def through(self, histories: Iterable[History]) -> Iterator[History]:
        """Yield the tickets, and count each."""
        histories = iter(histories)
        while chunk := list(islice(histories, _CHUNK)):
            self._count(chunk)
            yield from chunk

    def _count(self, chunk: Sequence[History]) -> None:
        self.tickets += len(chunk)
        self.events += sum(len(history) for history in chunk)
        for how, parts in zip(self._how, self._parts, strict=True):
            parts.append(Aggregate.of(self._engine, chunk, now=self._now, **how))
            # Every merge copies the sum.
            if len(parts) == _PARTS:
                parts[:] = [parts[0].merge(*parts[1:])]
        if self._worst:
            self._keep_worst(chunk)

    def sums(self) -> list[Aggregate]:
        """Return the figures over time, by package, channel and severity, and by agent and team."""
        return [parts[0].merge(*parts[1:]) for parts in self._parts]

    def _keep_worst(self, chunk: Sequence[History]) -> None:
        import pyarrow as pa

        from sla_engine._arrow import compute as pc

        cycles = self._engine.evaluate_tickets(chunk, now=self._now).to_pyarrow()
        least = self._overdue[-1][0][0] if len(self._overdue) == self._worst else 0
        overdue = cycles["overdue"].cast(pa.int64())
        cycles = cycles.append_column("overdue_us", overdue).append_column(
            "is_answered", cycles["stopped_at"].is_valid()
        )
        cycles = cycles.filter(pc.and_(pc.equal(cycles["outcome"], "breached"), pc.greater_equal(overdue, least)))
        known = {history.ticket.id: history for history in chunk} if len(cycles) else {}
        by_ticket: dict[str, tuple[int, str, int, bool]] = {}
        for row in cycles.select(["ticket_id", "overdue_us", "timer", "cycle", "is_answered"]).to_pylist():
            promise = (row["overdue_us"], row["timer"], row["cycle"], row["is_answered"])
            by_ticket[row["ticket_id"]] = max(promise, by_ticket.get(row["ticket_id"], promise))
        found = [(promise, known[ticket]) for ticket, promise in by_ticket.items()]
        found = heapq.nsmallest(self._worst, [*self._overdue, *found], key=lambda one: (-one[0][0], one[1].ticket.id))
        self._overdue = found

    def worst(self) -> Iterator[WorstPromise]:
        """Yield the promises that are overdue the longest, with their derivation."""
        for (overdue_us, timer, number, is_answered), history in self._overdue:
            yield WorstPromise(
                ticket=history.ticket.id,
                package=history.ticket.package,
                timer=timer,
                cycle=number,
                overdue_us=overdue_us,
                answered=is_answered,
                explanation=self._engine.explain(history, timer, now=self._now, cycle=number),
            )


def _names(things: Iterable[dict[str, Any]]) -> tuple[Name, ...]:
    return tuple(Name(thing["id"], thing["name"]) for thing in things)


def _in_order(report: Report) -> Iterator[str]:
    """The presets in the order of a ticket's life, then the others."""
    known = report.total.timers
    yield from (timer for timer in _FIRST if timer in known)
    yield from (timer for timer in known if timer not in _FIRST)


def _busiest(agents: Iterable[AgentPerformance]) -> tuple[AgentPerformance, ...]:
    return tuple(sorted(agents, key=lambda agent: (-agent.handled, agent.agent)))


def _compared(
    engine: Engine, candidate: Engine | None, name: str, tickets: Iterable[History], now: datetime
) -> Compared | None:
    if candidate is None:
        for _ in tickets:
            pass
        return None
    found = what_if(engine, candidate, tickets, now=now)
    return Compared(candidate=name, comparison=found.comparison, flips=tuple(found.flips))
