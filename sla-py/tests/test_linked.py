"""What a host with a database stores, in one call."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

import pyarrow as pa
import pytest
from desk import KIM, ROOT, ROOT_ADMIN, engine, fault, monday, opened, opening
from sla_engine import Actor, Aggregate, History, InputError, Message, audit, commands, documents

REPLY = commands.Reply("email", Message.of("m-2", "hello"))


def test_a_decision_is_linked_as_the_separate_calls_link_it() -> None:
    desk, now = engine(), monday(8)
    begun, plain = desk.open_linked(opening(), actor=KIM, now=monday()), opened()
    assert begun.accepted
    assert begun.entries == audit.link(None, plain.events, detected_at=monday()).entries
    assert (begun.ticket, begun.next_check_at) == (plain.ticket, plain.next_check_at)

    apart = desk.decide(begun.ticket, REPLY, actor=ROOT_ADMIN, now=now)
    linked = desk.decide_linked(begun.ticket, begun.head, REPLY, actor=ROOT_ADMIN, now=now, detected_at=monday(9))
    entries = audit.link(begun.head, apart.events, detected_at=monday(9))
    assert (linked.entries, linked.head) == (entries.entries, entries.head)
    assert linked.ticket == apart.ticket

    due = desk.due_events_linked(begun.ticket, begun.head, now=now)
    assert len(due.entries) == len(desk.due_events(begun.ticket, now=now).events)
    assert desk.due_events_linked(due.ticket, due.head, now=now).entries == ()
    refused = desk.decide_linked(due.ticket, due.head, REPLY, actor=Actor.agent("bob"), now=now)
    assert (refused.accepted, refused.entries, refused.head, refused.values) == (False, (), None, None)
    assert refused.refusal.code == "not_assigned_agent"
    with pytest.raises(InputError, match="does not follow"):
        desk.due_events_linked(due.ticket, begun.head, now=now)


def test_the_fault_of_one_request_does_not_stop_the_others() -> None:
    desk, now = engine(), monday(8)
    begun = desk.open_linked(opening(), actor=KIM, now=monday())
    due = desk.due_events_linked(begun.ticket, begun.head, now=now)
    requests = [
        (begun.ticket, begun.head),
        (due.ticket, begun.head),
        (begun.ticket, begun.head, REPLY, Actor.agent("bob")),
        (begun.ticket, begun.head, REPLY, ROOT_ADMIN),
    ]
    one, failed, refused, decided = desk.batch(requests, now=now)
    assert one == due
    assert isinstance(failed, InputError)
    assert failed.code == "invalid_history"
    assert refused.refusal.code == "not_assigned_agent"
    assert decided == desk.decide_linked(begun.ticket, begun.head, REPLY, actor=ROOT_ADMIN, now=now)


def test_stored_entries_are_read_as_they_are() -> None:
    desk = engine()
    begun = desk.open_linked(opening(), actor=KIM, now=monday())
    due = desk.due_events_linked(begun.ticket, begun.head, now=monday(8))
    entries = [*begun.entries, *due.entries]
    history = History.from_entries(entries)
    assert history.ticket == due.ticket
    assert desk.explain(history, "first_response", now=monday(9)).cycle.outcome == "breached"
    sound = audit.verify_entries("ticket", "T-1", entries)
    assert sound == audit.verify(audit.chain("ticket", "T-1", entries))
    assert (sound.whole, sound.head) == (True, due.head)
    cut = audit.verify_entries("ticket", "T-1", begun.entries, pins=audit.pin([due.head]))
    assert (cut.whole, cut.fault) == (False, "removed")
    fault(InputError, "invalid_json", History.from_entries, ["{"])
    late = fault(InputError, "invalid_history", History.from_entries, due.entries[1:])
    assert late.path == "/0"


def test_what_is_no_request_is_said() -> None:
    desk, now = engine(), monday(8)
    begun = desk.open_linked(opening(), actor=KIM, now=monday())
    for request in [(begun.ticket,), (begun.ticket, begun.head, REPLY), begun.ticket]:
        with pytest.raises(TypeError, match=r"a request is `\(ticket, head\)` or"):
            desk.batch([request], now=now)
    with pytest.raises(TypeError, match="expected a document: JSON text, bytes or a value, not None"):
        desk.decide_linked(begun.ticket, None, REPLY, actor=ROOT_ADMIN, now=now)
    fault(InputError, "out_of_range", desk.with_table_limit, -1)
    instants = pa.array([monday()])
    for threads in (-1, 0):
        with pytest.raises(InputError, match=f"{threads} threads are out of range; pass threads=1 or more"):
            desk.calendar("office").next_open_column(instants, threads=threads)


def test_a_ticket_is_read_as_values() -> None:
    desk = engine()
    begun = desk.open_linked(opening(), actor=KIM, now=monday())
    due = desk.due_events_linked(begun.ticket, begun.head, now=monday(8))
    values = due.values
    assert (
        values
        == desk.ticket_values(due.ticket)
        == desk.ticket_values(History.from_entries([*begun.entries, *due.entries]))
    )
    assert (values.status, values.package, values.priority, values.agent) == ("new", "starter", "normal", None)
    assert values.events == len(begun.entries) + len(due.entries)
    assert values.opened_at_us == int(monday().timestamp()) * 1_000_000
    assert [escalation.stage for escalation in values.escalations] == ["open"] * len(values.escalations)
    [timer] = [timer for timer in values.timers if timer.timer == "first_response"]
    assert (timer.state, timer.outcome, timer.activity) == ("breached", "breached", "running")


def test_rows_put_together_step_by_step_are_those_of_the_history() -> None:
    desk, now, zone = engine(), monday(8), "Asia/Jakarta"
    begun = desk.open_linked(opening(), actor=KIM, now=monday(), time_zone=zone)
    due = desk.due_events_linked(begun.ticket, begun.head, now=now, time_zone=zone, row_state=begun.rows.state)
    asked = {"actor": ROOT_ADMIN, "now": now, "time_zone": zone, "row_state": due.rows.state}
    replied = desk.decide_linked(due.ticket, due.head, REPLY, **asked)
    request = (due.ticket, due.head, REPLY, ROOT_ADMIN, due.rows.state)
    assert desk.batch([request], now=now, time_zone=zone) == (replied,)
    again, refused = desk.batch(
        [(begun.ticket, begun.head, begun.rows.state), (begun.ticket, begun.head, REPLY, Actor.agent("bob"))],
        now=now,
        time_zone=zone,
    )
    assert (again, refused.rows) == (due, None)
    steps = (begun, due, replied)
    cycles = {(row.timer, row.cycle): row for step in steps for row in step.rows.cycles}
    facts = {row.key: row for step in steps for row in step.rows.facts}
    history = History.from_entries([entry for step in steps for entry in step.entries])
    whole = desk.ticket_rows(history, now=now, time_zone=zone)
    assert facts == {row.key: row for row in whole.facts}
    assert cycles == {(row.timer, row.cycle): row for row in whole.cycles}
    assert replied.rows.state == whole.state

    first = cycles["first_response", 1]
    assert (first.class_, first.place.at_us, first.place.day.isoformat()) == (
        "breached_answered",
        first.due_at_us,
        "2026-11-23",
    )
    assert (first.ended.agent, first.wall_us) == (None, first.ended.at_us - first.started_at_us)
    later = desk.ticket_rows(replied.ticket, now=monday(9), time_zone=zone, row_state=replied.rows.state)
    assert [row.key for row in later.facts if row.as_of_now][-1] == "status"
    assert later.state == whole.state
    assert desk.due_events_linked(replied.ticket, replied.head, now=now).rows is None
    with pytest.raises(InputError, match="the row state"):
        desk.ticket_rows(replied.ticket, now=now, time_zone=zone, row_state=begun.rows.state)
    with pytest.raises(InputError, match="Moon/Base"):
        desk.ticket_rows(history, now=now, time_zone="Moon/Base")


def columns(row: Any) -> dict[str, Any]:
    """Return a row of one ticket as the columns of a table."""
    found = {name: getattr(row, name) for name in row.__struct_fields__}
    place, ended = found.pop("place"), found.pop("ended", None)
    found["class"] = found.pop("class_", None)
    for name in documents.RowPlace.__struct_fields__:
        found[name] = getattr(place, name)
        found[f"ended_{name}"] = getattr(ended, name, None)
    return {name: value for name, value in found.items() if value is None or isinstance(value, int | str)}


def test_the_query_of_the_page_gives_the_rows_of_an_aggregate() -> None:
    """docs/analytics.md: it is read without renaming a column."""
    desk, zone, now = engine(), "Asia/Kathmandu", monday(30)
    histories = []
    for number in range(4):
        history = History(opened(f"T-{number}", at=monday(number)).events)
        for step in range(number):
            command = (commands.Assign("ana"), REPLY, commands.Resolve(Message.of("m-3", "done")))[step]
            answer = desk.decide(history, command, actor=ROOT_ADMIN, now=monday(6 + step))
            history = history.extend(answer.events)
        histories.append(history.extend(desk.due_events(history, now=now).events))
    database = sqlite3.connect(":memory:")
    rows = [desk.ticket_rows(history, now=now, time_zone=zone) for history in histories]
    for table in ("cycles", "facts"):
        values = [columns(row) for one in rows for row in getattr(one, table)]
        names = sorted({name for value in values for name in value})
        database.execute(f"CREATE TABLE {table} ({', '.join(names)})")
        wanted = f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})"
        database.executemany(wanted, [[value.get(name) for name in names] for value in values])
    query = re.search(r"```sql\n(.*?)```", (ROOT / "docs" / "analytics.md").read_text(), re.S)
    assert query
    found = database.execute(query[1])
    named = [column[0] for column in found.description]
    table = pa.Table.from_pylist([dict(zip(named, row, strict=True)) for row in found])
    grouping: dict[str, Any] = {"by": ["package", "agent"], "period": "day", "period_zone": zone}
    assert Aggregate.from_rows(table, as_of=now, **grouping) == Aggregate.of(desk, histories, now=now, **grouping)
