"""Logs and rows against histories: the same tickets, told in different ways, stand the same and add up to the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from desk import HOUR_US, VECTORS, engine, fault, instant, micros, monday
from hypothesis import given, settings
from hypothesis import strategies as st
from sla_engine import Actor, Aggregate, Engine, History, InputError, Message, RecordedCommand, commands, log_commands
from tables import TABLES

UTC_US = pa.timestamp("us", "UTC")
MINUTE_US = 60_000_000
LOGS = json.loads((VECTORS / "logs.json").read_text())["cases"]
START_US = micros(datetime(2026, 3, 25, 9, 17, tzinfo=UTC))
POLICY: dict[str, Any] = {
    "schema": "sla-policy/2",
    "id": "desk",
    "version": 1,
    "calendars": {
        "office": {
            "time_zone": "Europe/Berlin",
            "weekly": {
                "mon": ["08:00-12:00", "13:00-17:00"],
                "tue": ["08:00-12:00", "13:00-17:00"],
                "wed": ["08:00-12:00"],
                "thu": ["08:00-17:00"],
                "sun": ["01:00-04:00"],
            },
            "holidays": [{"date": "2026-04-06", "name": "Easter Monday"}],
        },
        "always": {"time_zone": "UTC", "always_open": True},
    },
    "channels": [{"id": "email", "name": "Email"}, {"id": "chat", "name": "Chat"}],
    "severities": ["low", "high"],
    "categories": ["billing"],
    "packages": [
        {
            "id": "a",
            "name": "A",
            "rank": 1,
            "channels": ["email"],
            "calendar": "office",
            "priority": "P2",
            "targets": {
                "assignment": "90m",
                "first_response": "2h",
                "next_response": "4h",
                "resolution": "11h",
                "update": "3h",
            },
        },
        {
            "id": "b",
            "name": "B",
            "rank": 2,
            "channels": ["email", "chat"],
            "calendar": "always",
            "targets": {"assignment": "20m", "first_response": "1h", "next_response": "30m", "resolution": "9h"},
            "variants": [
                {"when": {"channel": "chat"}, "targets": {"first_response": "15m"}},
                {"when": {"severity": "high"}, "calendar": "office", "targets": {"resolution": "3h"}},
            ],
        },
        {"id": "none", "name": "None", "rank": 0, "channels": ["chat"], "calendar": "office", "targets": {}},
    ],
    "steps": {
        "resolution": [{"id": "half", "at": "50%", "action": "warn"}, {"id": "most", "at": "80%", "action": "warn"}],
        "first_response": [{"id": "soon", "at": "75%", "action": "warn"}],
    },
    "pauses": {"max_pause": "7h"},
    "inactivity": [{"id": "close", "status": "resolved", "after": "40h", "action": "close"}],
    "roles": {"agents_may_classify": True},
}


@cache
def desk() -> Engine:
    return Engine.compile(POLICY)


@cache
def patient() -> Engine:
    """Return a desk at which nothing is closed by itself, as wide rows have it."""
    return Engine.compile({name: value for name, value in POLICY.items() if name != "inactivity"})


# Wide rows

MILESTONES = ("assigned_at", "first_reply_at", "resolved_at")
ROW = {
    "ticket_id": pa.string(),
    "package": pa.string(),
    "channel": pa.string(),
    "severity": pa.string(),
    "agent": pa.string(),
    "opened_at": UTC_US,
}
WIDE = pa.schema([*ROW.items(), *((name, UTC_US) for name in MILESTONES)])
KINDS = [
    ("a", "email", None, "ana"),
    ("b", "chat", "low", "bob"),
    ("b", "email", "high", "ana"),
    ("none", "chat", None, None),
]
later = st.one_of(
    st.none(),
    st.just(0),
    st.integers(0, 400).map(lambda minutes: minutes * MINUTE_US),
    st.integers(0, 9_000 * MINUTE_US),
)
rows = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 30_000), later, later, later), min_size=1, max_size=10)


def wide(drawn: list[Any]) -> pa.Table:
    """Return tickets as wide rows."""
    found = []
    for number, ((package, channel, severity, agent), minutes, *milestones) in enumerate(drawn):
        opened_us = START_US + minutes * MINUTE_US
        at = {
            name: None if length is None else opened_us + length
            for name, length in zip(MILESTONES, milestones, strict=True)
        }
        row = {"ticket_id": f"T-{number}", "package": package, "channel": channel, "severity": severity, "agent": agent}
        found.append({**row, "opened_at": opened_us, **at})
    columns = {name: [row[name] for row in found] for name in WIDE.names}
    return pa.table(
        {
            name: pa.array(columns[name], pa.int64() if name.endswith("_at") else WIDE.field(name).type)
            for name in WIDE.names
        }
    ).cast(WIDE)


def told(table: pa.Table) -> list[History]:
    """Import what wide rows say, command by command."""
    histories = []
    for row in table.to_pylist():
        message = Message.of("m", "text")
        agent = row["agent"] or "unassigned"
        customer, admin = Actor.customer("kim"), Actor.admin(agent)
        opening = commands.Open(
            ticket=row["ticket_id"], customer="kim", package=row["package"], channel=row["channel"],
            severity=row["severity"], message=message,
        )  # fmt: skip
        # Resolving a ticket that nobody holds assigns it.
        assigned = min((at for at in (row["assigned_at"], row["resolved_at"]) if at is not None), default=None)
        steps = [
            (assigned, commands.Assign(agent)),
            (row["first_reply_at"], commands.Reply(row["channel"], message)),
            (row["resolved_at"], commands.Resolve(message)),
        ]
        happened = sorted(
            (RecordedCommand(at, admin, command) for at, command in steps if at is not None), key=lambda one: one.at
        )
        made = patient().import_history([RecordedCommand(row["opened_at"], customer, opening), *happened])
        assert made.refused == ()
        histories.append(made.history)
    return histories


def last(table: pa.Table) -> int:
    return max(
        micros(at) for row in table.to_pylist() for name, at in row.items() if name.endswith("_at") and at is not None
    )


# What rows cannot say: who warned, escalated and answered.
OUTCOMES = {
    "opened",
    "resolved",
    "open",
    "met",
    "breached_answered",
    "breached_open",
    "running",
    "business_time",
    "wall_time",
}


def figures(aggregate: Aggregate, timers: set[str]) -> list[dict[str, Any]]:
    rows = aggregate.rows().to_pylist()
    return [row for row in rows if row["outcome"] in OUTCOMES and (row["timer"] in timers or not row["timer"])]


GROUPINGS: list[dict[str, Any]] = [
    {},
    {
        "by": ["package", "channel", "agent", "priority", "severity", "category"],
        "period": "hour",
        "period_zone": "Asia/Kolkata",
    },
    {"by": ["agent", "priority"], "period": "week", "period_zone": "Europe/Berlin"},
]


@settings(max_examples=300, deadline=None)
@given(rows, st.integers(0, 20_000), st.integers(1, 4))
def test_wide_rows_say_what_histories_say(drawn: list[Any], minutes: int, batch: int) -> None:
    table = wide(drawn)
    now = instant(last(table) + minutes * MINUTE_US // 7)
    histories = told(table)
    batches = pa.Table.from_batches(table.to_batches(max_chunksize=batch))
    found = patient().evaluate_rows(batches, now=now).to_pylist()
    timers = {name.removesuffix("_state") for name in found[0] if name.endswith("_state")}
    assert timers == {"assignment", "first_response", "resolution"}
    for row, history in zip(found, histories, strict=True):
        assert row["refused"] is None
        evaluation = patient().evaluate(history, now=now)
        events = [*history.events, *evaluation.due_events]
        for timer in timers:
            known = evaluation.timers.get(timer)
            cycle = known.current if known else None
            expected = {
                "state": known.state if known else None,
                "due_at": cycle.due_at if cycle else None,
                "elapsed": cycle.elapsed if cycle else None,
                "overdue": cycle.overdue if cycle else None,
            }
            assert {name: row[f"{timer}_{name}"] for name in expected} == expected, (timer, row)
            warned = [event.at for event in events if event.kind == "warned" and event.data["timer"] == timer]
            assert not warned or row[f"{timer}_warn_at"] == warned[0]
            promises = cycle is not None and cycle.target_us is not None
            assert (row[f"{timer}_warn_at"] is not None) == (timer != "assignment" and promises)
    for grouping in GROUPINGS:
        rows_say = figures(patient().aggregate_rows(batches, now=now, **grouping), timers)
        assert rows_say == figures(Aggregate.of(patient(), histories, now=now, **grouping), timers)


# Logs

FIELDS = (
    "actor",
    "role",
    "customer",
    "package",
    "channel",
    "severity",
    "category",
    "agent",
    "status",
    "reason",
    "apply",
    "score",
    "number",
)
LOG = pa.schema(
    [("ticket_id", pa.string()), ("event_at", UTC_US), ("kind", pa.string()), *((name, pa.string()) for name in FIELDS)]
)
APPLY = st.sampled_from(["keep", "from_now", "retroactive"])


def row(kind: str, **fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Draw a row of a kind; fields are drawn, or the same for all."""
    drawn = {name: one if isinstance(one, st.SearchStrategy) else st.just(one) for name, one in fields.items()}
    return st.fixed_dictionaries({"kind": st.just(kind), **drawn})


step = st.one_of(
    row("assign", agent=st.sampled_from(["ana", "bob"])),
    row("reply"),
    row("note"),
    row("customer_message"),
    row("pause", status=st.sampled_from(["pending", "on_hold", None]), reason="waiting"),
    row("resume"),
    row("resolve"),
    row("reopen", reason="again"),
    row("reopen", role="customer"),
    row("close"),
    row("withdraw"),
    row("void", reason="spam"),
    row("request_escalation", reason="urgent"),
    row("rate", score=st.sampled_from(["1", "5"])),
    row("change_package", package=st.sampled_from(["a", "b"]), apply=APPLY, reason="sold"),
    row("classify", severity=st.sampled_from(["low", "high"]), apply=APPLY, reason="looked"),
)
wait = st.one_of(
    st.just(0), st.integers(0, 48).map(lambda quarters: quarters * 15 * MINUTE_US), st.integers(0, 20 * HOUR_US)
)
tickets = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.lists(st.tuples(wait, step), max_size=14)), min_size=1, max_size=5
)


def log(drawn: list[Any]) -> list[dict[str, Any]]:
    """Return tickets as rows of a log."""
    found = []
    for number, (package, steps) in enumerate(drawn):
        at_us = START_US + number * 17 * HOUR_US
        opening = {"kind": "open", "package": package, "channel": "email", "customer": f"kim {number}"}
        for length_us, happened in [(0, opening), *steps]:
            at_us += length_us
            found.append({"ticket_id": f"T-{number}", "event_at": instant(at_us), **happened})
    return found


def table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, LOG)


def accepted(engine: Engine, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of which an import refuses nothing."""
    while refused := {one.row for one in engine.import_log(table(rows)).refused}:
        rows = [row for place, row in enumerate(rows) if place not in refused]
    return rows


CYCLE = ("state", "started_at", "stopped_at", "due_at", "elapsed", "remaining", "overdue")


def promises(engine: Engine, histories: tuple[History, ...], now: datetime) -> list[dict[str, Any]]:
    """Return where each promise stands, as a log's evaluation says it."""
    found = []
    for history in histories:
        evaluation = engine.evaluate(history, now=now)
        ticket = engine.due_events(history, now=now).ticket
        same = {"ticket_id": ticket.id, "package": ticket.package, "status": evaluation.status}
        cycles = [(timer, cycle) for timer, known in evaluation.timers.items() for cycle in known.cycles]
        for timer, cycle in cycles:
            # A breached cycle is breached whatever it does; a cancelled one is not.
            state = cycle.outcome if cycle.outcome != "none" else cycle.activity
            if cycle.outcome == "none" and cycle.target_us is None:
                state = "unpromised"
            known = {"state": state, **{name: getattr(cycle, name) for name in CYCLE[1:]}}
            found.append({**same, "timer": timer, "cycle": cycle.number, **known})
        if not cycles:
            found.append({**same, "timer": None, "cycle": None, **dict.fromkeys(CYCLE)})
    return found


def by_cycle(row: dict[str, Any]) -> tuple[str, str, int]:
    return row["ticket_id"], row["timer"] or "", row["cycle"] or 0


@settings(max_examples=600, deadline=None)
@given(tickets, st.integers(0, 200), st.integers(1, 9))
def test_logs_say_what_imported_histories_say(drawn: list[Any], hours: int, batch: int) -> None:
    rows = accepted(desk(), log(drawn))
    whole = table(rows)
    now = max(row["event_at"] for row in rows) + timedelta(hours=hours, microseconds=hours)
    batches = pa.Table.from_batches(whole.to_batches(max_chunksize=batch))
    imported = desk().import_log(batches)
    assert imported.refused == ()
    found = desk().evaluate_log(batches, now=now).to_pylist()
    assert {(row["left_out"], row["refused"]) for row in found} == {(0, None)}
    expected = promises(desk(), imported.histories, now)
    said = [{name: row[name] for name in expected[0]} for row in found]
    assert sorted(said, key=by_cycle) == sorted(expected, key=by_cycle)
    for history in imported.histories:
        events = [*history.events, *desk().evaluate(history, now=now).due_events]
        for row in found:
            warned = [
                event.at
                for event in events
                if event.kind == "warned" and (event.ticket, event.data["timer"], event.data["cycle"]) == by_cycle(row)
            ]
            assert not warned or row["warn_at"] in (None, warned[0])
    for grouping in GROUPINGS:
        total = desk().aggregate_log(batches, now=now, **grouping)
        assert total.refused == ()
        assert total.aggregate == Aggregate.of(desk(), imported.histories, now=now, **grouping)


@settings(max_examples=200, deadline=None)
@given(tickets, st.integers(0, 60))
def test_logs_with_rows_that_are_refused_are_judged_alike(drawn: list[Any], hours: int) -> None:
    rows = log(drawn)
    now = max(row["event_at"] for row in rows) + timedelta(hours=hours)
    imported = desk().import_log(table(rows))
    total = desk().aggregate_log(table(rows), now=now, by=["package"])
    assert total.refused == imported.refused
    assert total.aggregate == Aggregate.of(desk(), imported.histories, now=now, by=["package"])
    # What is played without judging never fails either, and has every ticket.
    played = desk().evaluate_log(table(rows), now=now).to_pylist()
    assert {row["ticket_id"] for row in played} == {row["ticket_id"] for row in rows}


STORY = [
    {"ticket_id": "7", "event_at": monday(), "kind": "open", "package": "starter", "channel": "email"},
    {"ticket_id": "7", "event_at": monday(1), "kind": "assign", "agent": "ana"},
    {"ticket_id": "7", "event_at": monday(1), "kind": "reply", "actor": "ana", "role": "agent"},
    {"ticket_id": "7", "event_at": monday(2), "kind": "pause", "status": "pending", "reason": "waiting"},
    {"ticket_id": "7", "event_at": monday(6), "kind": "customer_message"},
    {"ticket_id": "7", "event_at": monday(7), "kind": "resolve", "actor": "ana", "role": "agent"},
    {"ticket_id": "3", "event_at": monday(-2), "kind": "open", "package": "enterprise", "channel": "whatsapp"},
    {"ticket_id": "3", "event_at": monday(2), "kind": "resolve", "actor": "root"},
    {"ticket_id": "3", "event_at": monday(3), "kind": "rate", "score": "4"},
    {"ticket_id": "5", "event_at": monday(), "kind": "open", "package": "professional", "channel": "phone"},
]  # fmt: skip
NOW = monday(30)
PLAYED = engine().evaluate_log(table(STORY), now=NOW).to_pylist()
TOTAL = engine().aggregate_log(table(STORY), now=NOW, by=["package", "agent"], period="day", period_zone="Asia/Jakarta")


def test_a_log_is_played() -> None:
    said = [(row["ticket_id"], row["status"], row["timer"], row["cycle"], row["state"]) for row in PLAYED]
    assert said == [
        ("7", "resolved", "first_response", 1, "met"),
        ("7", "resolved", "resolution", 1, "met"),
        ("3", "resolved", "first_response", 1, "breached"),
        ("3", "resolved", "resolution", 1, "met"),
        ("5", "new", "first_response", 1, "breached"),
    ]
    first, resolution = PLAYED[:2]
    assert (first["started_at"], first["stopped_at"], first["due_at"], first["warn_at"]) == (
        monday(),
        monday(1),
        monday(5),
        monday(4.2),
    )
    # An hour, then five of which the customer had all, then one.
    assert resolution["elapsed"] == timedelta(hours=2)
    assert resolution["remaining"] == timedelta(hours=22)
    assert (first["left_out"], first["refused"]) == (0, None)
    imported = engine().import_log(table(STORY))
    assert [history.ticket.id for history in imported.histories] == ["7", "3", "5"]
    assert imported.histories[1].ticket.agent == "root"
    assert TOTAL.refused == ()


def nested(kind: Any, split: bool = False) -> pa.Table:
    """Return the story as one row a ticket, with what holds for the ticket in columns of its own."""
    own = ("package", "channel") if split else ()
    names = [name for name in LOG.names if name != "ticket_id" and name not in own]
    fields = pa.struct([LOG.field(name) for name in names])
    ids = list(dict.fromkeys(row["ticket_id"] for row in STORY))
    events = [[{name: row.get(name) for name in names} for row in STORY if row["ticket_id"] == one] for one in ids]
    columns = {"ticket_id": pa.array(ids), "events": pa.array(events, kind(fields))}
    for name in own:
        columns[name] = pa.array([next(row[name] for row in STORY if row["ticket_id"] == one) for one in ids])
    return pa.table(columns)


LISTS = {
    "lists": nested(pa.list_),
    "large lists": nested(pa.large_list),
    "columns of the ticket": nested(pa.list_, split=True),
    "large lists, columns of the ticket": nested(pa.large_list, split=True),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_row_a_ticket_says_the_same(name: str) -> None:
    whole = LISTS[name]
    doubled = pa.concat_tables([whole, whole]).combine_chunks()
    empty = pa.table(
        {**dict.fromkeys(whole.column_names, None), **{one: pa.nulls(1, whole[one].type) for one in whole.column_names}}
    )
    empty = empty.set_column(0, "ticket_id", pa.array(["empty"]))
    blank = empty.set_column(empty.column_names.index("events"), "events", pa.array([[]], whole["events"].type))
    shapes = {
        "whole": whole,
        "sliced": doubled[3:],
        "a batch a ticket": pa.Table.from_batches(whole.to_batches(max_chunksize=1)),
        "a batch without rows": pa.concat_tables([whole[:0], whole[:1], whole[:0], whole[1:]]),
        "null and empty lists": pa.concat_tables(
            [empty, whole[:2], blank.set_column(0, "ticket_id", pa.array(["blank"])), whole[2:]]
        ),
        "polars": pl.DataFrame(whole),
        "duckdb": TABLES["duckdb relation"](whole) if "large" not in name else whole,
        "nanoarrow": TABLES["nanoarrow stream"](whole),
        "pandas of arrow": TABLES["pandas of arrow"](whole),
    }
    for shape, rows in shapes.items():
        assert engine().evaluate_log(rows, now=NOW).to_pylist() == PLAYED, shape
    grouping = {"by": ["package", "agent"], "period": "day", "period_zone": "Asia/Jakarta"}
    assert engine().aggregate_log(whole, now=NOW, **grouping) == TOTAL
    assert engine().import_log(whole).histories == engine().import_log(table(STORY)).histories
    renamed = whole.rename_columns(
        [{"events": "history", "ticket_id": "number"}.get(one, one) for one in whole.column_names]
    )
    names = {"events": "history", "ticket_id": "number"}
    assert engine().evaluate_log(renamed, now=NOW, columns=names).to_pylist() == PLAYED
    assert engine().evaluate_log(whole[:0], now=NOW).to_pylist() == []


@pytest.mark.parametrize("name", TABLES)
def test_logs_of_every_library_are_read(name: str) -> None:
    assert engine().evaluate_log(TABLES[name](table(STORY)), now=NOW).to_pylist() == PLAYED


@pytest.mark.parametrize(
    "kind",
    [
        pa.int8(),
        pa.int64(),
        pa.uint16(),
        pa.uint64(),
        pa.large_string(),
        pa.string_view(),
        pa.dictionary(pa.uint8(), pa.string()),
    ],
    ids=str,
)
def test_tickets_are_named_by_texts_or_integers(kind: pa.DataType) -> None:
    ids = table(STORY)["ticket_id"]
    found = ids.cast(kind) if not pa.types.is_dictionary(kind) else ids.dictionary_encode()
    named = table(STORY).set_column(0, "ticket_id", found)
    assert engine().evaluate_log(named, now=NOW).to_pylist() == PLAYED
    scores = table(STORY).set_column(LOG.get_field_index("score"), "score", pa.array([None] * 8 + [4, None], pa.int8()))
    assert engine().import_log(scores).histories == engine().import_log(table(STORY)).histories


def test_a_log_is_sorted_or_sorted_first() -> None:
    rows = table(STORY)
    shuffled = rows.take([6, 0, 9, 7, 1, 2, 8, 3, 4, 5])
    backwards = rows.take([0, 2, 1, 4, 3, 5, 6, 7, 8, 9])
    for unsorted, row, why in ((shuffled, 3, "comes again after another"), (backwards, 4, "time goes back")):
        for ask in (engine().evaluate_log, engine().aggregate_log):
            error = fault(InputError, "unsorted_log", ask, unsorted, now=NOW)
            assert f"row {row}: " in error.message
            assert why in error.message
            assert "sort=True" in error.help
        fault(InputError, "unsorted_log", engine().import_log, unsorted)
    # Sorted by ticket and time; rows of one instant stay in the order in which they came.
    found = engine().evaluate_log(shuffled, now=NOW, sort=True).to_pylist()
    assert found == [*PLAYED[2:4], PLAYED[4], *PLAYED[:2]]
    histories = engine().import_log(shuffled, sort=True).histories
    assert [history.ticket.id for history in histories] == ["3", "5", "7"]
    assert (
        engine()
        .aggregate_log(shuffled, now=NOW, sort=True, by=["package", "agent"], period="day", period_zone="Asia/Jakarta")
        .aggregate
        == TOTAL.aggregate
    )
    again = pa.concat_tables([rows, rows])
    fault(InputError, "unsorted_log", engine().evaluate_log, again, now=NOW)


def test_rows_that_cannot_be_taken_are_named() -> None:
    open_ = STORY[0]
    rows = [
        open_,
        {**open_, "event_at": monday(1)},
        {**open_, "event_at": monday(1), "kind": "dance"},
        {**open_, "event_at": monday(1), "kind": None},
        {**open_, "event_at": None, "kind": "reply"},
        {**open_, "event_at": monday(1), "kind": "assign", "actor": "eve", "role": "god"},
        {**open_, "event_at": monday(1), "kind": "pause", "status": "asleep"},
        {**open_, "event_at": monday(1), "kind": "rate", "score": "five"},
        {**open_, "event_at": monday(1), "kind": "reply", "channel": "fax"},
        {**open_, "event_at": monday(1), "kind": "resume"},
        {**open_, "event_at": monday(99), "kind": "reply"},
        {"ticket_id": "late", "event_at": monday(200), "kind": "open", "package": "starter", "channel": "email"},
        {"ticket_id": "no opening", "event_at": monday(), "kind": "reply"},
        {"ticket_id": "no package", "event_at": monday(), "kind": "open", "channel": "email"},
        {"ticket_id": "no such package", "event_at": monday(), "kind": "open", "package": "gold", "channel": "email"},
        {"ticket_id": "no such package", "event_at": monday(), "kind": "reply"},
        {"ticket_id": " ", "event_at": monday(), "kind": "open", "package": "starter", "channel": "email"},
        {"ticket_id": "9", "event_at": monday(), "kind": "open", "package": "starter", "channel": "email"},
    ]
    imported = engine().import_log(table(rows))
    assert [(one.row, one.code) for one in imported.refused] == [
        (1, "wrong_status"),
        (2, "unknown_word"),
        (3, "missing_field"),
        (4, "missing_field"),
        (5, "unknown_word"),
        (6, "unknown_word"),
        (7, "out_of_range"),
        (8, "unknown_channel"),
        (9, "wrong_status"),
        (12, "invalid_history"),
        (13, "missing_field"),
        (14, "unknown_package"),
        (15, "unknown_package"),
        (16, "invalid_reference"),
    ]
    assert all(one.message and one.ticket == rows[one.row]["ticket_id"] for one in imported.refused)
    assert [history.ticket.id for history in imported.histories] == ["7", "late", "9"]
    refused = engine().aggregate_log(table(rows), now=monday(9)).refused
    assert {one.row for one in refused} == {one.row for one in imported.refused} | {10, 11}
    played = {row["ticket_id"]: row for row in engine().evaluate_log(table(rows), now=monday(9)).to_pylist()}
    assert {name: row["refused"] for name, row in played.items()} == {
        "7": None, "late": "time_went_back", "no opening": "invalid_history", "no package": "missing_field",
        "no such package": "unknown_package", " ": "invalid_id", "9": None,
    }  # fmt: skip
    fault(InputError, "missing_field", engine().evaluate_log, table([{**open_, "ticket_id": None}]), now=NOW)


def test_tables_that_are_no_log_are_refused() -> None:
    rows, lists = table(STORY), nested(pa.list_)
    for name in ("ticket_id", "event_at", "kind"):
        error = fault(InputError, "missing_field", engine().evaluate_log, rows.drop_columns(name), now=NOW)
        assert f"no column `{name}`" in error.message
    fault(InputError, "wrong_type", engine().evaluate_log, lists.set_column(1, "events", pa.array([[1]] * 3)), now=NOW)
    without = pa.array([[{"event_at": monday()}]] * 3)
    fault(InputError, "missing_field", engine().evaluate_log, lists.set_column(1, "events", without), now=NOW)
    holes = pa.array([[None]] * 3, lists["events"].type)
    fault(InputError, "missing_field", engine().evaluate_log, lists.set_column(1, "events", holes), now=NOW)
    fault(
        InputError, "wrong_type", engine().evaluate_log, rows.set_column(1, "event_at", pa.array(["now"] * 10)), now=NOW
    )
    fault(InputError, "wrong_type", engine().evaluate_log, rows.set_column(2, "kind", pa.array([1.5] * 10)), now=NOW)
    fault(InputError, "unknown_field", engine().evaluate_log, rows, now=NOW, constants={"colour": "red"})
    naive = rows.set_column(1, "event_at", rows["event_at"].cast(pa.timestamp("us")))
    fault(InputError, "naive_datetime", engine().evaluate_log, naive, now=NOW)
    assert engine().evaluate_log(naive, now=NOW, time_zone="UTC").to_pylist() == PLAYED


def test_rows_outside_the_horizon_concern_their_tickets_only() -> None:
    rows = [*STORY, {**STORY[9], "ticket_id": "1", "event_at": instant(-1)}]
    rows.insert(10, {**STORY[9], "kind": "reply", "event_at": datetime(2200, 1, 1, tzinfo=UTC)})
    played = engine().evaluate_log(table(rows), now=NOW).to_pylist()
    assert played[:4] == PLAYED[:4]
    assert (played[4]["left_out"], played[5]["refused"]) == (1, "out_of_horizon")
    imported = engine().import_log(table(rows))
    assert [(one.row, one.code) for one in imported.refused] == [(10, "out_of_horizon"), (11, "out_of_horizon")]
    assert len(imported.histories) == 3


def test_a_log_lacks_what_is_the_same_for_all() -> None:
    rows = [row for row in STORY if row["ticket_id"] == "7"]
    without = table(rows).drop_columns(["package", "channel"])
    found = engine().evaluate_log(without, now=NOW, constants={"package": "starter", "channel": "email"}).to_pylist()
    assert found == PLAYED[:2]
    fault_free = engine().import_log(without, constants={"package": "starter", "channel": "email"})
    assert fault_free.refused == ()


STATES: dict[str, Any] = {
    "New": "new",
    "Working": "active",
    "Waiting": {"means": "pending", "replied": True},
    "Vendor": {"means": "on_hold", "reason": "vendor"},
    "Done": "resolved",
    "Closed": {"means": "closed"},
    "Spam": "voided",
}


def state(ticket: str, hour: float, name: str | None, **fields: Any) -> dict[str, Any]:
    return {
        "ticket_id": ticket, "event_at": monday(hour), "state": name, "package": "starter", "channel": "email",
        "agent": "ana", **fields,
    }  # fmt: skip


STATE_ROWS = [
    state("1", 0, "New", opened_at=monday(-1)),
    state("1", 1, "Waiting", row_number=70),
    state("1", 2, "Asleep", row_number=71),
    state("1", 3, "Vendor", channel="phone"),
    state("1", 4, "Closed", severity="1"),
    state("1", 5, None),
    state("1", 60, "Working"),
    state("2", 0, "Spam", package="gold"),
]


def test_rows_of_states_become_commands() -> None:
    rows = pa.Table.from_pylist(STATE_ROWS, schema_of(STATE_ROWS))
    imported = engine().import_log(rows, states=STATES, now=NOW)
    (history,) = imported.histories
    assert [event.kind for event in history.events if event.actor.role != "system"] == [
        "opened", "noted", "assigned", "replied", "paused", "paused", "resolved", "closed",
    ]  # fmt: skip
    assert (history.ticket.customer, history.ticket.opened_at) == ("customer of 1", monday(-1))
    assert [event.data["reason"] for event in history.events if event.kind == "paused"] == ["waiting", "vendor"]
    assert [(row.row, row.code) for row in imported.refused] == [
        (71, "unknown_state"), (3, "channel_changed"), (4, "channel_changed"), (5, "missing_field"),
        (6, "time_went_back"), (7, "unknown_package"),
    ]  # fmt: skip
    assert [remark.column for remark in imported.remarks] == ["severity"]
    total = engine().aggregate_log(rows, states=STATES, now=NOW)
    assert (total.refused, total.remarks) == (imported.refused, imported.remarks)
    assert total.aggregate == Aggregate.of(engine(), imported.histories, now=NOW)
    played = engine().evaluate_log(rows, states=STATES, now=NOW).to_pylist()
    assert {(row["ticket_id"], row["status"], row["left_out"], row["refused"]) for row in played} == {
        ("1", "closed", 3, None), ("2", None, 1, "unknown_package"),
    }  # fmt: skip


def schema_of(rows: list[dict[str, Any]]) -> pa.Schema:
    names = list(dict.fromkeys(name for row in rows for name in row))
    kinds = {"event_at": UTC_US, "opened_at": UTC_US, "row_number": pa.int64()}
    return pa.schema([(name, kinds.get(name, pa.string())) for name in names])


def test_meanings_of_states_are_checked() -> None:
    rows = pa.Table.from_pylist(STATE_ROWS, schema_of(STATE_ROWS))
    for states, code in (
        ({"New": "fresh"}, "unknown_word"),
        ({"New": {"replied": True}}, "missing_field"),
        ({"New": {"means": "new", "colour": "red"}}, "unknown_field"),
    ):
        fault(InputError, code, engine().import_log, rows, states=states)
    without = rows.drop_columns("state")
    fault(InputError, "missing_field", engine().import_log, without, states=STATES)


def test_sequence_orders_rows_of_one_instant() -> None:
    rows = [
        {"ticket_id": "7", "event_at": monday(), "kind": "reply", "actor": "ana", "role": "admin", "sequence": "2"},
        {**STORY[0], "event_at": monday(), "sequence": "1"},
    ]
    unordered = pa.Table.from_pylist(rows, pa.schema([*LOG, ("sequence", pa.string())]))
    (history,) = engine().import_log(unordered, sort=True).histories
    assert [event.data["message"]["message_ref"] for event in history.events] == ["7#1", "7#2"]
    wrong = unordered.set_column(unordered.column_names.index("sequence"), "sequence", pa.array(["1", "two"]))
    fault(InputError, "wrong_type", engine().import_log, wrong, sort=True)


@pytest.mark.parametrize("case", LOGS, ids=lambda case: case["name"])
def test_logs_become_the_commands_of_the_vectors(case: dict[str, Any]) -> None:
    found = log_commands(case["log"]["rows"], states=case["log"].get("states"))
    assert all(row.message for row in found.refused)
    written = json.loads(found.json())
    for row in written["refused"]:
        del row["message"]
    assert written == case["expected"]


def test_the_commands_of_a_ticket_are_imported() -> None:
    def row(hours: float, state: str) -> dict[str, Any]:
        rest = {"package": "starter", "channel": "email", "agent": "ana", "severity": None}
        return {"ticket_id": "T-1", "event_at": monday(hours), "state": state, **rest}

    states: dict[str, Any] = {"New": "new", "Waiting": {"means": "pending", "replied": True}, "Done": "resolved"}
    given = [(2, "Done"), (0, "New"), (1, "Waiting"), (1.5, "Asleep")]
    found = log_commands((row(*one) for one in given), states=states)
    assert [(left.row, left.ticket, left.code) for left in found.refused] == [(3, "T-1", "unknown_state")]
    imported = engine().import_history(found.tickets[0].recorded)
    assert isinstance(found.tickets[0].recorded[0].command, commands.Open)
    assert imported.history is not None
    kinds = [event.kind for event in imported.history.events]
    assert kinds == ["opened", "noted", "assigned", "replied", "paused", "resolved"]
    fault(InputError, "unknown_field", log_commands, [{"ticket_id": "T-1"}, {"colour": "red"}])
    fault(InputError, "unknown_word", log_commands, [], states={"New": {"means": "fresh"}})
