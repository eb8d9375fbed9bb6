"""What a host with a database stores, in one call."""

from __future__ import annotations

import pyarrow as pa
import pytest
from desk import KIM, ROOT_ADMIN, engine, fault, monday, opened, opening
from sla_engine import Actor, History, InputError, Message, audit, commands

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
