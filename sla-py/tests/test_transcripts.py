"""Asks again what the Rust tests asked for their vectors (tests/rust/transcript.rs), and expects the same answers."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from desk import EPOCH, instant, micros
from sla_engine import Actor, Aggregate, Calendar, Engine, History, SlaError, Ticket

FOLDER = os.environ.get("SLA_TRANSCRIPTS")
LEAST = {"calendars": 1_400, "stories": 250, "scenarios": 55, "reports": 44, "verifications": 50}
# Datetimes end with the year 9999; numbers go on.
DATETIMES = range(micros(datetime(1, 1, 1, tzinfo=UTC)), micros(datetime(9999, 12, 31, tzinfo=UTC)))
QUESTIONS = {
    "add": Calendar.add_us,
    "subtract": Calendar.subtract_us,
    "elapsed": Calendar.elapsed_us,
    "next_open": Calendar.next_open_us,
    "next_close": Calendar.next_close_us,
}
COLUMNS = {
    "add": Calendar.add_column,
    "subtract": Calendar.subtract_column,
    "elapsed": Calendar.elapsed_column,
    "next_open": Calendar.next_open_column,
    "next_close": Calendar.next_close_column,
    "is_open": Calendar.is_open_column,
}

Line = tuple[str, str, list[str]]


def lines(name: str) -> Iterator[Line]:
    """Yield where a line stands, what it asks, and its parts."""
    if FOLDER is None:
        if os.environ.get("CI") == "true":
            pytest.fail("SLA_TRANSCRIPTS names the folder that the Rust tests leave transcripts in")
        pytest.skip("SLA_TRANSCRIPTS names no folder with what the Rust tests asked; `make test` sets it")
    for number, line in enumerate((Path(FOLDER) / name).read_text().split("\n")[:-1], 1):
        what, *parts = line.split("\t")
        yield f"{name}:{number}", what, parts


def answer(ask: Callable[..., Any], *arguments: Any) -> str:
    """Return an answer as transcripts write it: a number, or the code of what is wrong."""
    try:
        found = ask(*arguments)
    except SlaError as error:
        return (error.related[0] if error.related else error).code
    match found:
        case bool():
            return str(int(found))
        case datetime():
            assert found.tzinfo is UTC
            return str(micros(found))
        case timedelta():
            return str(found // timedelta(microseconds=1))
        case tuple():
            pairs = [[micros(opens), micros(closes)] for opens, closes in found]
            return json.dumps(pairs, separators=(",", ":"))
    return str(found)


def ask_in_datetimes(calendar: Calendar, what: str, numbers: list[int]) -> str | None:
    """Ask as hosts with datetimes do; None where there is no such datetime."""
    lengths = what in ("add", "subtract")
    instants = numbers[:1] if lengths else numbers
    if any(number not in DATETIMES for number in instants):
        return None
    arguments: list[Any] = [instant(number) for number in instants]
    if lengths:
        if abs(numbers[1]) > timedelta.max // timedelta(microseconds=1):
            return None
        arguments.append(timedelta(microseconds=numbers[1]))
    return answer(getattr(calendar, what), *arguments)


def test_calendars_answer_as_in_rust() -> None:
    asked = in_datetimes = 0
    calendar: Calendar | None = None
    members: dict[str, Calendar] = {}
    for where, what, [*parts, expected] in lines("calendars"):
        asked += 1
        if what == "calendar":
            calendar = None
            try:
                calendar = Calendar(parts[0])
                found = "ok"
            except SlaError as error:
                found = (error.related[0] if error.related else error).code
            assert found == expected, where
            continue
        if what == "any_of":
            calendar = Calendar.any_of(members, time_zone=parts[0])
            assert pickle.loads(pickle.dumps(calendar)) == calendar
            assert expected == "ok", where
            members = {}
            continue
        assert calendar is not None, where
        if what == "member":
            members[expected] = calendar
            continue
        if what == "business_days":
            start, days, by, cut_off = parts
            ask = partial(calendar.business_days, cut_off=None if cut_off == "-" else cut_off)
            found = answer(ask, instant(int(start)), int(days), by)
            assert found == expected, where
            continue
        numbers = [int(part) for part in parts]
        if what in QUESTIONS:
            assert answer(QUESTIONS[what], calendar, *numbers) == expected, where
        found = ask_in_datetimes(calendar, what, numbers)
        if found is not None:
            in_datetimes += 1
            assert found == expected, where
    assert asked >= LEAST["calendars"]
    assert in_datetimes >= 700


def test_calendars_answer_columns_as_in_rust() -> None:
    rows = 0
    calendar: Calendar | None = None
    members: dict[str, Calendar] = {}
    for what, group in groupby(lines("calendars"), key=lambda line: line[1]):
        questions = list(group)
        if what == "calendar":
            document, verdict = questions[-1][2]
            calendar = Calendar(document) if verdict == "ok" else None
            continue
        if what == "any_of":
            calendar = Calendar.any_of(members, time_zone=questions[-1][2][0])
            members = {}
            continue
        if what == "member":
            assert calendar is not None
            members[questions[-1][2][0]] = calendar
            continue
        if what in ("windows", "business_days"):
            continue
        assert calendar is not None, questions[0][0]
        asked = list(zip(*[[int(part) for part in parts[:-1]] for _, _, parts in questions], strict=True))
        expected = [parts[-1] for _, _, parts in questions]
        integers = [pa.array(column, pa.int64()) for column in asked]
        timestamps = [integers[0].cast(pa.timestamp("us", "UTC"))]
        if len(integers) == 2:
            timestamps.append(integers[1].cast(pa.duration("us") if what != "elapsed" else pa.timestamp("us", "UTC")))
        for columns in (integers, timestamps):
            found = pa.array(COLUMNS[what](calendar, *columns, on_fault="null"))
            found = found.cast(pa.int8() if what == "is_open" else pa.int64()).to_pylist()
            wanted = [int(one) if one.lstrip("-").isdigit() else None for one in expected]
            assert found == wanted, (questions[0][0], what)
            refused = [one for one in expected if not one.lstrip("-").isdigit()]
            if refused:
                assert answer(COLUMNS[what], calendar, *columns) == refused[0], questions[0][0]
        rows += len(questions)
    assert rows >= 700


class Desk:
    """Asks about tickets, line by line."""

    def __init__(self) -> None:
        self.engine: Engine
        self.ticket: Ticket | None = None
        self.history: History
        self.aggregate: Aggregate
        self.grouping: dict[str, Any] = {}

    def ask(self, what: str, parts: list[str], where: str) -> int:
        match what, parts:
            case "engine", [policies]:
                self.engine = Engine.compile(json.loads(policies))
                return 0
            case "open" | "decide" | "decide_snapshot", [command, actor, now, expected]:
                self.decided(what, command, actor, instant(int(now)), json.loads(expected), where)
            case "due" | "monitor", [now, expected]:
                due = self.engine.due_events(self.ticket, now=instant(int(now)))
                same_events(json.loads(expected), due.events, where)
                if what == "monitor":
                    self.ticket = due.ticket
                    self.history = self.history.extend(due.events)
            case "evaluate", [now, expected]:
                found = self.engine.evaluate(self.ticket, now=instant(int(now)))
                wanted = json.loads(expected)
                same_events(wanted.pop("due_events"), found.due_events, where)
                mirrors(wanted, found, where)
            case "verify", [history, snapshot, expected]:
                stored = None if snapshot == "-" else Ticket.from_json(snapshot)
                if expected.startswith("{"):
                    mirrors(
                        json.loads(expected), self.engine.verify(History.from_json(history), snapshot=stored), where
                    )
                else:
                    with pytest.raises(SlaError) as refused:
                        self.engine.verify(History.from_json(history), snapshot=stored)
                    assert refused.value.code == expected, where
            case "ticket_rows", [history, now, time_zone, state, expected]:
                found = self.engine.ticket_rows(
                    History.from_json(history),
                    now=instant(int(now)),
                    time_zone=time_zone,
                    row_state=None if state == "-" else state,
                )
                wanted = json.loads(expected)
                assert json.loads(msgspec.json.encode(found.cycles)) == wanted["cycles"], where
                assert json.loads(msgspec.json.encode(found.facts)) == wanted["facts"], where
                assert json.loads(found.state) == wanted["state"], where
            case "aggregate", [grouping]:
                document = json.loads(grouping)
                period = document["period"] or {"unit": None, "time_zone": "UTC"}
                self.grouping = {
                    "by": document["dimensions"],
                    "period": period["unit"],
                    "period_zone": period["time_zone"],
                }
                self.aggregate = Aggregate.of(self.engine, [], now=EPOCH, **self.grouping)
                return 0
            case "count", [history, now]:
                one = Aggregate.of(self.engine, [History.from_json(history)], now=instant(int(now)), **self.grouping)
                self.aggregate = self.aggregate + one
                return 0
            case "report", [expected]:
                mirrors(json.loads(expected), self.aggregate.report(), where)
            case "packages", [expected]:
                mirrors(json.loads(expected), self.aggregate.packages(self.engine), where)
            case "agents", [expected]:
                mirrors(json.loads(expected)["agents"], self.aggregate.agents(self.engine), where)
            case "rows", [expected]:
                assert self.aggregate.json() == expected, where
                grouping = {**self.grouping, "as_of": self.aggregate.as_of}
                assert Aggregate.from_rows(self.aggregate.rows(), **grouping).json() == expected, where
            case _:
                pytest.fail(f"{where}: nobody knows how to ask `{what}`")
        return 1

    def decided(self, what: str, command: str, actor: str, now: datetime, expected: Any, where: str) -> None:
        named = {"actor": msgspec.json.decode(actor, type=Actor), "now": now}
        if what == "open":
            self.ticket = None
            decision = self.engine.open(command, **named)
        else:
            decision = self.engine.decide(self.ticket if what == "decide_snapshot" else self.history, command, **named)
        if "refused" in expected:
            assert not decision.accepted
            assert decision.ticket is None
            mirrors(expected["refused"], decision.refusal, where)
            return
        assert decision.accepted, where
        assert decision.refusal is None, where
        same_events(expected["accepted"]["events"], decision.events, where)
        if self.ticket is None:
            self.history = History(decision.events)
        else:
            assert self.ticket.fold(decision.events) == decision.ticket, where
            self.history = self.history.extend(decision.events)
        self.ticket = decision.ticket


def same_events(expected: list[Any], found: Any, where: str) -> None:
    assert [json.loads(event.json()) for event in found] == expected, where
    mirrors(expected, found, where)


def mirrors(expected: Any, found: Any, where: str) -> None:
    """Everything that a document says is said by the value, under the same name or the one that it has here."""
    match expected:
        case dict() if isinstance(found, msgspec.Struct):
            names = {field.encode_name: field.name for field in msgspec.structs.fields(found)}
            for name, one in expected.items():
                assert name in names, f"{where}: {type(found).__name__} has no {name}"
                mirrors(one, getattr(found, names[name]), f"{where}/{name}")
        case dict():
            assert isinstance(found, dict), where
            assert set(expected) == set(found), where
            for name, one in expected.items():
                mirrors(one, found[name], f"{where}/{name}")
        case list():
            assert len(expected) == len(found), where
            for place, one in enumerate(expected):
                mirrors(one, found[place], f"{where}/{place}")
        case str() if isinstance(found, datetime):
            assert datetime.fromisoformat(expected) == found, where
            assert found.tzinfo is not None, where
        case _:
            assert type(expected) is type(found), where
            assert expected == found, where


@pytest.mark.parametrize("name", ["stories", "scenarios", "reports", "verifications"])
def test_tickets_go_as_in_rust(name: str) -> None:
    desk = Desk()
    asked = sum(desk.ask(what, parts, where) for where, what, parts in lines(name))
    assert asked >= LEAST[name]
