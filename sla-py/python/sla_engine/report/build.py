"""Makes a report of histories. Every figure is the engine's; nothing is computed here but sums of its counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar

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

_T = TypeVar("_T")
PeriodUnit = Literal["hour", "day", "week", "month"]
Track = Callable[[Sequence[_T], str], Iterable[_T]]

_FIRST = ("assignment", "first_response", "next_response", "update", "resolution")


def untracked(things: Sequence[_T], _doing: str) -> Iterable[_T]:
    """Return the things as they are."""
    return things


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
    track: Callable[[Sequence[History], str], Iterable[History]] = untracked,
) -> ReportData:
    """Return what a report says of tickets.

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
        track: Wraps the tickets wherever they are gone through, with what is being done, to show progress.
    """
    tickets = list(histories)
    policy: dict[str, Any] = msgspec.json.decode(engine.policy.json())
    whole = Aggregate.of(
        engine,
        track(tickets, "Adding up"),
        now=now,
        by=("package", "channel", "agent", "severity"),
        period=period,
        period_zone=period_zone,
    )
    over_time = whole.regroup(by=(), period=True).report()
    timers = tuple(_in_order(over_time))
    flat = whole.regroup(by=(), period=False)
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
        tickets=len(tickets),
        events=sum(len(history) for history in tickets),
        timers=timers,
        package_names=_names(policy["packages"]),
        channel_names=_names(policy["channels"]),
        over_time=over_time,
        packages=whole.regroup(by=("package",), period=False).packages(engine),
        channels=whole.regroup(by=("channel",), period=False).report(),
        severities=whole.regroup(by=("severity",), period=False).report() if policy.get("severities") else None,
        distributions=distributions(msgspec.json.decode(flat.json())["rows"], timers),
        budgets=budgets(over_time, timers, objectives(policy)),
        agents=_busiest(whole.regroup(by=("agent",), period=False).agents(engine)),
        worst=tuple(_worst(engine, track(tickets, "Judging"), now, worst)),
        what_if=_compared(engine, candidate, candidate_name, track(tickets, "Playing again"), now),
        refused=tuple(sorted(refused, key=lambda row: row.line)),
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


def _worst(engine: Engine, tickets: Iterable[History], now: datetime, most: int) -> Iterator[WorstPromise]:
    overdue: list[tuple[int, str, History, str, int, bool]] = []
    for history in tickets:
        ticket = history.ticket
        promises = [
            (cycle.overdue_us, timer, cycle.number, cycle.stopped_at is not None)
            for timer, standing in engine.evaluate(ticket, now=now).timers.items()
            for cycle in standing.cycles
            if cycle.outcome == "breached"
        ]
        if promises:
            overdue_us, timer, number, answered = max(promises)
            overdue.append((overdue_us, ticket.id, history, timer, number, answered))
    overdue.sort(key=lambda found: (-found[0], found[1]))
    for overdue_us, ticket_id, history, timer, number, answered in overdue[:most]:
        yield WorstPromise(
            ticket=ticket_id,
            package=history.ticket.package,
            timer=timer,
            cycle=number,
            overdue_us=overdue_us,
            answered=answered,
            explanation=engine.explain(history, timer, now=now, cycle=number),
        )


def _compared(
    engine: Engine, candidate: Engine | None, name: str, tickets: Iterable[History], now: datetime
) -> Compared | None:
    if candidate is None:
        return None
    found = what_if(engine, candidate, tickets, now=now)
    return Compared(candidate=name, comparison=found.comparison, flips=tuple(found.flips))
