"""What every test needs: the desk of examples/talkabiz.json on a Monday at nine, and ways to make tickets."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sla_engine import Actor, Calendar, Engine, History, Message, SlaError, commands

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "tests" / "vectors"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR_US = 3_600_000_000

OFFICE: dict[str, Any] = {
    "time_zone": "Asia/Jakarta",
    "weekly": {"mon": ["08:00-12:00", "13:00-17:00"], "tue": ["08:00-17:00"]},
    "holidays_known_until": "2026-12-31",
}
"""An office in Jakarta with a lunch break."""

KIM, ANA, ROOT_ADMIN = Actor.customer("c-7"), Actor.agent("ana"), Actor.admin("root")


def document() -> dict[str, Any]:
    """Return the policy of the desk."""
    return json.loads((ROOT / "examples" / "talkabiz.json").read_text())


@cache
def engine() -> Engine:
    """Return the desk's engine."""
    return Engine.compile(document())


@cache
def office() -> Calendar:
    """Return an office in Jakarta."""
    return Calendar(OFFICE)


def monday(hours: float = 0) -> datetime:
    """Return 2026-11-23T09:00:00+07:00, a Monday, and so many hours later."""
    return datetime(2026, 11, 23, 2, tzinfo=UTC) + timedelta(hours=hours)


def micros(at: datetime) -> int:
    """Return an instant in microseconds, exactly."""
    return (at - EPOCH) // timedelta(microseconds=1)


def instant(at_us: int) -> datetime:
    """Return the instant of a number of microseconds."""
    return EPOCH + timedelta(microseconds=at_us)


def opening(channel: str = "email", package: str = "starter", ticket: str = "T-1") -> commands.Open:
    """Return the command that opens a ticket."""
    message = Message.of("m-1", "help")
    return commands.Open(ticket=ticket, customer="c-7", package=package, channel=channel, message=message)


def opened(ticket: str = "T-1", at: datetime | None = None) -> Any:
    """Return the decision to open a ticket."""
    return engine().open(opening(ticket=ticket), actor=KIM, now=at or monday())


def late(ticket: str = "T-1", hours: float = 8) -> History:
    """Return a ticket that nobody answered."""
    begun = opened(ticket)
    return History([*begun.events, *engine().due_events(begun.ticket, now=monday(hours)).events])


def kinds(events: Any) -> str:
    """Return what happened, in one line."""
    return " ".join(event.kind for event in events)


def fault(error: type[Exception], code: str | None, ask: Any, *arguments: Any, **named: Any) -> Any:
    """Return the exception that a call raises, of a class and with a code."""
    with pytest.raises(error) as raised:
        ask(*arguments, **named)
    if code is not None:
        assert isinstance(raised.value, SlaError)
        assert raised.value.code == code, raised.value
    return raised.value
