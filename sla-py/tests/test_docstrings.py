"""The examples of the documentation run, and every main class and function has one."""

from __future__ import annotations

import doctest
import inspect
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sla_engine
from desk import ROOT
from sla_engine import documents

POLICY = (ROOT / "sla-core" / "src" / "doc_fixture.rs").read_text().split('r#"')[1].split('"#')[0]
"""The policy of the examples in the core's documentation."""

WITH_EXAMPLES = [
    "Aggregate",
    "Aggregate.merge",
    "Aggregate.rows",
    "Alerts",
    "Calendar",
    "Calendar.add",
    "Calendar.elapsed",
    "Calendar.subtract",
    "Calendar.windows",
    "Engine.authorize",
    "Engine.compile",
    "Engine.decide",
    "Engine.due_events",
    "Engine.evaluate",
    "Engine.explain",
    "Engine.import_history",
    "Engine.ledger",
    "Engine.open",
    "History",
    "Policy",
    "Policy.lint",
    "Ticket",
    "Ticket.fold",
    "Zones",
    "at_risk",
    "audit.link",
    "what_if",
]


@cache
def names() -> dict[str, Any]:
    """Return the names that examples use: the package, and a ticket opened on Monday 2026-03-02 at 10:00 UTC."""
    from sla_engine import Actor, Engine, History, Message, Policy, commands

    now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    engine = Engine.compile(POLICY)
    message = Message.of("m-1", "help")
    opening = commands.Open(ticket="T-1", customer="kim", package="starter", channel="email", message=message)
    decision = engine.open(opening, actor=Actor.customer("kim"), now=now)
    return {
        **{name: getattr(sla_engine, name) for name in sla_engine.__all__},
        "ZoneInfo": ZoneInfo,
        "calendar": engine.calendar("office"),
        "datetime": datetime,
        "engine": engine,
        "history": History(decision.events),
        "now": now,
        "opening": opening,
        "policy": Policy(POLICY),
        "ticket": decision.ticket,
        "timedelta": timedelta,
        "timezone": timezone,
    }


def documented() -> Iterator[tuple[str, str]]:
    """Yield the name and the docstring of everything public."""
    yield "sla_engine", sla_engine.__doc__ or ""
    places = [("", sla_engine, sla_engine.__all__), ("audit.", sla_engine.audit, sla_engine.audit.__all__)]
    places += [("documents.", documents, [name for name in dir(documents) if not name.startswith("_")])]
    for prefix, place, listed in places:
        for name in listed:
            value = getattr(place, name)
            if inspect.ismodule(value) or not hasattr(value, "__doc__"):
                continue
            yield prefix + name, value.__doc__ or ""
            if inspect.isclass(value):
                for part in vars(value):
                    if not part.startswith("_"):
                        yield f"{prefix}{name}.{part}", getattr(value, part).__doc__ or ""


EXAMPLES = {
    name: doctest.DocTestParser().get_doctest(text, {}, name, None, None)
    for name, text in documented()
    if ">>>" in text
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_run(name: str) -> None:
    example = EXAMPLES[name]
    example.globs = {**names()}
    report: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, out=report.append)
    assert not report, "".join(report)


def test_main_classes_and_functions_have_an_example() -> None:
    assert [name for name in WITH_EXAMPLES if name not in EXAMPLES] == []
