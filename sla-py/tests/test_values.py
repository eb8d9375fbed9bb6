"""Values: immutable, equal, hashable, picklable, shared between threads; instants and errors as Python has them."""

from __future__ import annotations

import copy
import json
import multiprocessing
import pickle
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import dateutil.tz
import msgspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import pytz
import sla_engine
from desk import (
    ANA,
    EPOCH,
    KIM,
    OFFICE,
    ROOT_ADMIN,
    document,
    engine,
    fault,
    instant,
    late,
    micros,
    monday,
    office,
    opened,
    opening,
)
from sla_engine import (
    Actor,
    Aggregate,
    Alerts,
    Calendar,
    Engine,
    History,
    HorizonError,
    InputError,
    Message,
    Policy,
    PolicyError,
    RecordedCommand,
    SlaError,
    Ticket,
    UnknownNameError,
    Zones,
    _decode,
    audit,
    commands,
)

ALWAYS = Calendar({"time_zone": "UTC", "always_open": True})
NOTHING = timedelta(0)


@cache
def values() -> dict[str, Any]:
    """Return one value of every kind that can be compared, copied and pickled."""
    history = late()
    evaluation = engine().evaluate(history, now=monday(9))
    explanation = engine().explain(history, "first_response", now=monday(9))
    aggregate = Aggregate.of(engine(), [history], now=monday(9), by=["package", "agent"], period="week")
    candidate = Engine.compile({**document(), "packages": document()["packages"][1:]})
    linked = audit.link(None, history.events, detected_at=monday(9))
    refused = engine().open(opening("whatsapp"), actor=KIM, now=monday())
    zones = Zones().with_tzif("Mars/Olympus", tzif("Europe/Berlin"), "2099z")
    return {
        "engine": engine(),
        "engine with zones": Engine.compile([document(), {**document(), "version": 2}], zones=zones),
        "policy": Policy(document()),
        "calendar": office(),
        "calendar with zones": Calendar({"time_zone": "Mars/Olympus", "always_open": True}, zones=zones),
        "zones": zones,
        "zone": zones.zone("Mars/Olympus"),
        "ticket": history.ticket,
        "history": history,
        "aggregate": aggregate,
        "actor": KIM,
        "message": Message.of("m", "text"),
        "command": opening(),
        "recorded": RecordedCommand(monday(), KIM, opening()),
        "event": history.events[0],
        "intent": history.events[1].intent,
        "decision": opened(),
        "refused decision": refused,
        "refusal": refused.refusal,
        "due events": engine().due_events(opened().ticket, now=monday(9)),
        "evaluation": evaluation,
        "timer": evaluation.timers["first_response"],
        "cycle": evaluation.timers["first_response"].current,
        "import": engine().import_history([RecordedCommand(monday(), KIM, opening())]),
        "verification of a history": engine().verify(history),
        "dry run": engine().dry_run([history], apply="keep", now=monday(9)),
        "explanation": explanation,
        "segment": explanation.passed[0],
        "ledger": engine().ledger(history, now=monday(9)),
        "report": aggregate.report(),
        "agents": aggregate.agents(engine()),
        "promises": sla_engine.at_risk(engine(), [opened().ticket], now=monday(1)),
        "what if": sla_engine.what_if(engine(), candidate, [history], now=monday(9)),
        "alerts": Alerts(engine()).observe(history.events),
        "head": linked.head,
        "linked": linked,
        "verification": audit.verify(audit.chain("ticket", "T-1", linked.entries)),
        "changes": Policy({**document(), "version": 2}).changes_since(Policy(document())),
        "warnings": Policy(document()).lint(datetime(2099, 1, 1, tzinfo=UTC)),
    }


def tzif(name: str) -> bytes:
    """Return the rules of a zone as the package tzdata has them."""
    from importlib.resources import files

    return files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()


NAMES = list(values())


@pytest.mark.parametrize("name", NAMES)
def test_every_value_is_equal_to_its_copies(name: str) -> None:
    value = values()[name]
    copies = [pickle.loads(pickle.dumps(value, protocol)) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)]
    copies += [copy.copy(value), copy.deepcopy(value)]
    for other in copies:
        assert type(other) is type(value)
        assert other == value
        assert hash(other) == hash(value)
        assert {value: 1}[other] == 1
    assert repr(value) == repr(copies[0])
    assert value != "something else"
    assert value is not None
    assert (value == 7) is False


@pytest.mark.parametrize("name", NAMES)
def test_no_value_can_be_changed(name: str) -> None:
    value = values()[name]
    if isinstance(value, tuple):
        value = value[0]
    fields = [word for word in dir(value) if not word.startswith("_")]
    assert fields
    for field in [*fields, "anything"]:
        with pytest.raises((AttributeError, TypeError)):
            setattr(value, field, 7)
    with pytest.raises((AttributeError, TypeError)):
        del value.anything
    if not isinstance(value, msgspec.Struct):
        with pytest.raises(TypeError):
            type("Child", (type(value),), {})


def test_unequal_values_are_unequal() -> None:
    here = document()
    others = [
        Engine.compile({**here, "version": 2}),
        Engine.compile([here, {**here, "version": 2}]),
        Engine.compile(here, zones=values()["zones"]),
        Policy({**here, "version": 2}),
        Calendar({**OFFICE, "time_zone": "Asia/Makassar"}),
        Zones(),
        Zones().with_tzif("Mars/Olympus", tzif("Europe/Paris"), "2099z"),
        opened().ticket,
        late(hours=4.5),
        Aggregate.of(engine(), [], now=monday()),
        ANA,
    ]
    everything = [*others, *(value for value in values().values() if not isinstance(value, tuple))]
    for place, one in enumerate(everything):
        assert [other for other in everything[:place] if other == one] == [], one


def test_equal_policies_make_equal_engines_however_they_are_written() -> None:
    here = document()
    written = [
        here,
        msgspec.json.encode(here),
        msgspec.json.format(msgspec.json.encode(here)).decode(),
        Policy(here),
        [here],
        (here,),
    ]
    assert {Engine.compile(one) for one in written} == {engine()}


def test_a_pickle_is_the_definition_and_small() -> None:
    assert len(pickle.dumps(engine())) < 6_000
    assert len(pickle.dumps(office())) < 600


def test_reprs_say_what_it_is() -> None:
    expected = {
        "engine": "<Engine of talkabiz version 1, 1 revisions>",
        "policy": "<Policy talkabiz version 1>",
        "calendar": "<Calendar Asia/Jakarta, 0 holidays>",
        "zones": "<Zones 2026f+2099z>",
        "ticket": "<Ticket T-1, new, 5 events>",
        "history": "<History of T-1, 5 events>",
        "aggregate": "<Aggregate by package, agent, ",
        "actor": "Actor(role='customer', id='c-7')",
    }
    for name, text in expected.items():
        assert repr(values()[name]).startswith(text)


def test_what_remembers_is_neither_copied_nor_pickled() -> None:
    for ask in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            ask(Alerts(engine()))


def test_everything_that_is_exported_exists() -> None:
    assert sorted(sla_engine.__all__) == sorted(set(sla_engine.__all__))
    for name in sla_engine.__all__:
        assert getattr(sla_engine, name) is not None
    for name in (
        "Engine",
        "Calendar",
        "Policy",
        "Ticket",
        "History",
        "Aggregate",
        "Alerts",
        "Zones",
        "Table",
        "Column",
    ):
        assert getattr(sla_engine, name).__module__ == "sla_engine"
        assert getattr(sla_engine, name).__doc__


# Processes and threads


def evaluated(engine: Engine, history: History, now: datetime) -> tuple[int, str]:
    """Evaluate in another process."""
    import os

    return os.getpid(), engine.evaluate(history, now=now).json()


def failed(engine: Engine, ticket: Ticket) -> Any:
    """Fail in another process."""
    return engine.evaluate(ticket, now=datetime(2020, 1, 1, tzinfo=UTC))


def same(values: dict[str, Any]) -> list[str]:
    """Return which values arrived otherwise than this process makes them."""
    here = globals()["values"]()
    return [name for name, value in values.items() if value != here[name] or hash(value) != hash(here[name])]


def test_values_travel_to_other_processes_and_back() -> None:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn) as pool:
        different = pool.submit(same, values())
        jobs = [pool.submit(evaluated, engine(), late(), monday(hours)) for hours in range(8, 20)]
        broken = pool.submit(failed, engine(), late().ticket)
        assert different.result() == []
        for hours, job in zip(range(8, 20), jobs, strict=True):
            assert job.result()[1] == engine().evaluate(late(), now=monday(hours)).json()
        error = broken.exception()
    assert isinstance(error, InputError)
    assert error.code == "time_went_back"


def test_one_engine_serves_many_threads() -> None:
    starts = pa.array([micros(monday()) + minute * 60_000_000 for minute in range(20_000)], pa.timestamp("us", "UTC"))
    table = pa.table({"opened_at": starts, "package": ["starter"] * len(starts), "channel": ["email"] * len(starts)})
    barrier = threading.Barrier(8)

    def work(number: int) -> tuple[str, list[Any], str, str]:
        barrier.wait()
        calendar = Engine.compile({**document(), "version": 1 + number % 2}).calendar("office")
        rows = engine().aggregate_rows(table, now=monday(10_000), by=["package"])
        ticket = engine().decide(
            opened(f"T-{number % 2}").ticket, commands.Assign("ana"), actor=ROOT_ADMIN, now=monday(1)
        )
        column = pa.array(calendar.add_column(starts, timedelta(hours=3))).to_pylist()[::997]
        return rows.json(), column, ticket.ticket.json(), calendar.json()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(work, range(8)))
    assert all(one == found[number % 2] for number, one in enumerate(found))


def test_batches_let_other_threads_run() -> None:
    """While a batch is worked on, the interpreter belongs to the others."""
    rows = 3_000_000
    starts = pa.array(np.arange(rows, dtype=np.int64) * 1_234_567 + micros(monday()))
    lengths = pa.array(np.arange(rows, dtype=np.int64) % 100 * 3_600_000_000)
    office().add_column(starts, lengths, on_fault="null")
    turns = 0
    done = threading.Event()

    def turn() -> None:
        nonlocal turns
        while not done.is_set():
            turns += 1
            done.wait(0.000_1)

    before = sys.getswitchinterval()
    # A thread that never lets go would keep the interpreter for all of its batch.
    sys.setswitchinterval(1_000)
    try:
        other = threading.Thread(target=turn)
        other.start()
        at_start = turns
        office().add_column(starts, lengths, on_fault="null")
        turned = turns - at_start
    finally:
        sys.setswitchinterval(before)
        done.set()
        other.join()
    assert turned > 5


# Instants and lengths


class Nowhere(tzinfo):
    """A zone that says no offset."""

    def utcoffset(self, moment: datetime | None) -> None:
        return None


class Broken(tzinfo):
    """A zone that fails."""

    def utcoffset(self, moment: datetime | None) -> timedelta:
        raise ZeroDivisionError


def asks(at: Any) -> list[Any]:
    """Return every kind of call that takes an instant, to be made."""
    ticket = opened().ticket
    return [
        lambda: office().add(at, NOTHING),
        lambda: office().subtract(at, NOTHING),
        lambda: office().elapsed(at, at),
        lambda: office().is_open(at),
        lambda: office().next_open(at),
        lambda: office().windows(at, at),
        lambda: office().local(at),
        lambda: office().is_provisional(at),
        lambda: engine().open(opening(), actor=KIM, now=at),
        lambda: engine().decide(ticket, commands.Resume(), actor=ANA, now=at),
        lambda: engine().evaluate(ticket, now=at),
        lambda: engine().due_events(ticket, now=at),
        lambda: Aggregate.of(engine(), [], now=at),
        lambda: sla_engine.at_risk(engine(), [], now=at),
        lambda: Policy(document()).lint(at),
        lambda: Alerts(engine()).advance(at),
        lambda: audit.link(None, late().events, detected_at=at),
    ]


@pytest.mark.parametrize(
    "at",
    [datetime(2026, 3, 2, 9), datetime.min, pd.Timestamp("2026-03-02 09:00"), datetime(2026, 3, 2, tzinfo=Nowhere())],
)
def test_instants_without_zone_are_refused_with_the_remedy(at: datetime) -> None:
    for ask in asks(at):
        error = fault(InputError, "naive_datetime", ask)
        assert "aware datetime" in error.help
        assert "aware datetime" in str(error)


@pytest.mark.parametrize(
    "at",
    [
        None,
        7,
        1.5,
        "2026-03-02T09:00:00Z",
        date(2026, 3, 2),
        pd.NaT,
        np.datetime64("2026-03-02"),
        np.datetime64("NaT"),
        NOTHING,
        object(),
    ],
)
def test_what_is_no_instant_is_refused(at: Any) -> None:
    for ask in asks(at):
        with pytest.raises(TypeError, match="an instant is an aware datetime, not "):
            ask()


def test_a_zone_that_fails_says_so_itself() -> None:
    with pytest.raises(ZeroDivisionError):
        office().is_open(datetime(2026, 3, 2, tzinfo=Broken()))


NAIVE = datetime(2026, 3, 2, 9, 30)
WITHOUT_ZONE: dict[str, Any] = {
    "until": lambda at: commands.Pause("pending", "waits", at),
    "received_at": lambda at: commands.CustomerMessage("email", Message.of("m-2", "hello"), at),
    "received_at of an opening": lambda at: commands.Open(
        ticket="T-1",
        customer="c-7",
        package="starter",
        channel="email",
        message=Message.of("m-1", "help"),
        received_at=at,
    ),
    "waiting_since": lambda at: commands.Absorb(ticket="T-2", waiting_since=at, reason="the same"),
    "at": lambda at: RecordedCommand(at, Actor.admin("root"), commands.Resume()),
}


@pytest.mark.parametrize("name", WITHOUT_ZONE)
def test_commands_refuse_naive_instants(name: str) -> None:
    make = WITHOUT_ZONE[name]
    for at in (NAIVE, NAIVE.replace(tzinfo=Nowhere())):
        assert "datetime.now(timezone.utc)" in fault(InputError, "naive_datetime", make, at).help
    make(NAIVE.replace(tzinfo=UTC))


LONE = "T-\ud800"


@pytest.mark.parametrize(
    "ask",
    [
        lambda: engine().decide(opened().ticket, commands.Assign(LONE), actor=ROOT_ADMIN, now=monday(1)),
        lambda: engine().open({"command": "open", "ticket": LONE}, actor=KIM, now=monday()),
        lambda: Engine.compile({LONE: 1}),
        lambda: commands.Assign(LONE).json(),
        lambda: hash(commands.Assign(LONE)),
        lambda: Message.of("m-1", LONE),
    ],
)
def test_texts_that_are_not_unicode_are_refused(ask: Any) -> None:
    assert "`" not in fault(InputError, "invalid_utf8", ask).help


def test_an_instant_that_no_datetime_is_of_is_outside_the_horizon() -> None:
    read = _decode.decoder("evaluation")
    evaluation = json.loads(engine().evaluate(opened().ticket, now=monday(1)).json())
    evaluation["now"] = "0000-01-01T00:00:00Z"
    fault(HorizonError, "out_of_horizon", read, json.dumps(evaluation).replace(" ", "").encode())
    with pytest.raises(msgspec.ValidationError):
        read(b"[]")


BERLIN = ZoneInfo("Europe/Berlin")
# 2026-03-29 02:00 to 03:00 does not exist in Berlin; 2026-10-25 02:00 to 03:00 exists twice.
INSTANTS = {
    "utc": (datetime(2026, 3, 2, 9, 30, tzinfo=UTC), "2026-03-02T09:30:00Z"),
    "utc by another name": (datetime(2026, 3, 2, 9, 30, tzinfo=ZoneInfo("UTC")), "2026-03-02T09:30:00Z"),
    "a zone east": (datetime(2026, 3, 2, 9, 30, tzinfo=ZoneInfo("Asia/Kathmandu")), "2026-03-02T03:45:00Z"),
    "a zone west": (datetime(2026, 7, 2, 9, 30, tzinfo=ZoneInfo("America/New_York")), "2026-07-02T13:30:00Z"),
    "an offset": (
        datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
        "2026-03-02T13:00:00Z",
    ),
    "an offset with seconds": (
        datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(seconds=1, microseconds=7))),
        "2026-03-02T09:29:58.999993Z",
    ),
    "the widest offset": (
        datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=23, minutes=59))),
        "2026-03-01T09:31:00Z",
    ),
    "pytz": (pytz.timezone("Asia/Jakarta").localize(datetime(2026, 3, 2, 9, 30)), "2026-03-02T02:30:00Z"),
    "pytz utc": (datetime(2026, 3, 2, 9, 30, tzinfo=pytz.utc), "2026-03-02T09:30:00Z"),
    "dateutil": (datetime(2026, 3, 2, 9, 30, tzinfo=dateutil.tz.gettz("Asia/Jakarta")), "2026-03-02T02:30:00Z"),
    "dateutil utc": (datetime(2026, 3, 2, 9, 30, tzinfo=dateutil.tz.tzutc()), "2026-03-02T09:30:00Z"),
    "pandas": (pd.Timestamp("2026-03-02 09:30", tz="Asia/Jakarta"), "2026-03-02T02:30:00Z"),
    "pandas, nanoseconds cut": (pd.Timestamp("2026-03-02 09:30:00.123456789", tz="UTC"), "2026-03-02T09:30:00.123456Z"),
    "the first of a time that comes twice": (datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN), "2026-10-25T00:30:00Z"),
    "the second of it": (datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1), "2026-10-25T01:30:00Z"),
    "a time in a gap": (datetime(2026, 3, 29, 2, 30, tzinfo=BERLIN), "2026-03-29T01:30:00Z"),
    "a time in a gap, seen from after": (datetime(2026, 3, 29, 2, 30, tzinfo=BERLIN, fold=1), "2026-03-29T00:30:00Z"),
    "the last microsecond before a gap": (
        datetime(2026, 3, 29, 1, 59, 59, 999_999, tzinfo=BERLIN),
        "2026-03-29T00:59:59.999999Z",
    ),
    "a leap day": (datetime(2028, 2, 29, 23, 59, 59, 1, tzinfo=UTC), "2028-02-29T23:59:59.000001Z"),
    "a century without leap day": (datetime(2100, 3, 1, tzinfo=UTC), "2100-03-01T00:00:00Z"),
    "the first": (EPOCH, "1970-01-01T00:00:00Z"),
}


@pytest.mark.parametrize("name", INSTANTS)
def test_any_zone_names_the_same_instant(name: str) -> None:
    at, text = INSTANTS[name]
    found = ALWAYS.add(at, NOTHING)
    assert found == datetime.fromisoformat(text)
    assert type(found) is datetime
    assert found.tzinfo is UTC
    assert ALWAYS.add(at, timedelta(hours=1, microseconds=5)) == found + timedelta(hours=1, microseconds=5)


def test_every_day_of_the_horizon_is_the_day_that_python_says() -> None:
    for day in range(0, 84_006, 11):
        at = EPOCH + timedelta(days=day, hours=day % 24, microseconds=day * 7_919)
        assert ALWAYS.add(at, NOTHING) == at
        assert ALWAYS.add_us(micros(at), 0) == micros(at)


@pytest.mark.parametrize(
    "at",
    [
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=23))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-23))),
        EPOCH - timedelta(microseconds=1),
        datetime(2200, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 30, tzinfo=timezone(timedelta(hours=1))),
    ],
)
def test_instants_outside_the_horizon_are_an_error(at: datetime) -> None:
    row = pa.table({"ticket_id": ["T"], "opened_at": [0], "package": ["starter"], "channel": ["email"]})
    calls = [
        lambda: office().add(at, NOTHING),
        lambda: office().subtract(at, NOTHING),
        lambda: office().elapsed(at, at),
        lambda: office().is_open(at),
        lambda: office().next_open(at),
        lambda: office().next_close(at),
        lambda: office().windows(at, at),
        lambda: engine().open(opening(), actor=KIM, now=at),
        lambda: engine().evaluate_rows(row, now=at),
    ]
    for ask in calls:
        error = fault(HorizonError, "out_of_horizon", ask)
        assert isinstance(error, OverflowError)


def test_numbers_beyond_every_instant_are_an_error() -> None:
    edges = [-1, -(2**63), 2**63 - 1, micros(datetime(2200, 1, 1, tzinfo=UTC))]
    for at_us in edges:
        for ask in (office().next_open_us, office().next_close_us):
            fault(HorizonError, "out_of_horizon", ask, at_us)
        fault(HorizonError, "out_of_horizon", office().add_us, at_us, 1)
        fault(HorizonError, "out_of_horizon", office().subtract_us, at_us, 1)
    fault(HorizonError, "out_of_horizon", office().add_us, 0, 2**63 - 1)
    for at_us in (2**63, -(2**63) - 1, 2**200):
        fault(InputError, "out_of_range", office().next_open_us, at_us)
        fault(InputError, "out_of_range", office().add_us, 0, at_us)
    fault(InputError, "out_of_range", office().business_days, monday(), -1)
    fault(InputError, "out_of_range", engine().burns, {"resolution": [(monday(), 2**64, 0)]}, now=monday())
    for wrong in (1.0, "1", None, monday()):
        with pytest.raises(TypeError):
            office().add_us(wrong, 1)
        with pytest.raises(TypeError):
            office().add_us(1, wrong)


def test_lengths_are_timedeltas_that_are_not_negative() -> None:
    assert ALWAYS.add(EPOCH, timedelta(days=84_005, microseconds=1)) == EPOCH + timedelta(days=84_005, microseconds=1)
    assert ALWAYS.elapsed(EPOCH, instant(86_400_000_000 * 400 + 1)) == timedelta(days=400, microseconds=1)
    assert ALWAYS.add(EPOCH, pd.Timedelta(hours=1)) == EPOCH + timedelta(hours=1)
    for length in (timedelta(microseconds=-1), timedelta.min):
        fault(InputError, "invalid_duration", office().add, monday(), length)
        fault(InputError, "invalid_duration", office().subtract, monday(), length)
    fault(InputError, "invalid_duration", office().add_us, 0, -1)
    for ask in (office().add, office().subtract):
        fault(HorizonError, "out_of_horizon", ask, monday(), timedelta.max)
        for wrong in (None, 3600, 1.5, "PT1H", pd.NaT, np.timedelta64(1, "h"), monday()):
            with pytest.raises(TypeError, match="a length is a timedelta, not "):
                ask(monday(), wrong)
    fault(InputError, "end_before_start", office().elapsed, monday(1), monday())
    fault(InputError, "end_before_start", office().windows, monday(1), monday())


def test_answers_are_in_utc_and_local_times_at_the_offset_of_the_zone() -> None:
    berlin = Calendar({"time_zone": "Europe/Berlin", "weekly": {"mon": ["08:00-17:00"]}})
    for at in (
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 7, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    ):
        local = berlin.local(at)
        assert local == at
        assert local.replace(tzinfo=None) == at.astimezone(BERLIN).replace(tzinfo=None)
        assert berlin.next_open(at).tzinfo is UTC
        assert all(edge.tzinfo is UTC for window in berlin.windows(at, at + timedelta(days=30)) for edge in window)
    assert berlin.time_zone == "Europe/Berlin"


# Errors


def problem() -> PolicyError:
    here = document()
    here["packages"][0]["calendar"] = "nowhere"
    here["packages"][1]["targets"]["resolution"] = "1d"
    return fault(PolicyError, "invalid_policy", Policy, here)


def test_errors_say_what_is_wrong_where_and_what_to_do() -> None:
    error = problem()
    assert isinstance(error, ValueError)
    assert [(one.path, one.code) for one in error.related] == [
        ("/packages/0/calendar", "unknown_calendar"),
        ("/packages/1/targets/resolution", "invalid_duration"),
    ]
    assert isinstance(error.related[0], UnknownNameError)
    assert all(one.message and one.path in str(error) and one.message in str(error) for one in error.related)
    assert str(error).count("\n") == 2
    fault(UnknownNameError, "unknown_calendar", engine().calendar, "nowhere")
    assert "office" in fault(LookupError, "unknown_calendar", engine().calendar, "nowhere").help
    assert "starter" in fault(LookupError, "unknown_package", engine().entitles, "gold", "email").help
    assert "whatsapp" in fault(LookupError, "unknown_channel", engine().entitles, "starter", "fax").help


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_errors_are_pickled_whole(protocol: int) -> None:
    for error in (problem(), fault(InputError, "naive_datetime", office().is_open, datetime(2026, 1, 1))):
        found = pickle.loads(pickle.dumps(error, protocol))
        assert type(found) is type(error)
        for name in ("code", "message", "path", "help", "args"):
            if name != "args":
                assert getattr(found, name) == getattr(error, name)
        assert [(type(one), one.code, one.path) for one in found.related] == [
            (type(one), one.code, one.path) for one in error.related
        ]
        assert str(found) == str(error)
        assert repr(found) == repr(error)


@pytest.mark.parametrize(
    ("error", "standard"),
    [
        (PolicyError, ValueError),
        (InputError, ValueError),
        (HorizonError, OverflowError),
        (UnknownNameError, LookupError),
    ],
)
def test_every_error_is_ours_and_one_of_pythons(error: type[SlaError], standard: type[Exception]) -> None:
    assert issubclass(error, SlaError)
    assert issubclass(error, standard)


def test_names_in_wrong_types_are_refused() -> None:
    ticket = opened().ticket
    calls = [
        lambda: engine().calendar(7),
        lambda: engine().entitles(None, "email"),
        lambda: engine().evaluate(None, now=monday()),
        lambda: engine().evaluate("T-1", now=monday()),
        lambda: engine().explain(ticket, "first_response", now=monday()),
        lambda: engine().decide(ticket, commands.Resume(), actor="ana", now=monday()),
        lambda: engine().decide(ticket, object(), actor=ANA, now=monday()),
        lambda: Aggregate.of(engine(), late(), now=monday(9)),
        lambda: Aggregate.of(engine(), [ticket], now=monday(9)),
        lambda: Calendar(OFFICE, zones="2026f"),
        lambda: office() < office(),
        lambda: Calendar(),
    ]
    for ask in calls:
        with pytest.raises((TypeError, AttributeError)):
            ask()
    fault(InputError, "unknown_word", engine().decide, ticket, commands.Resume(), actor=Actor("god", "x"), now=monday())
    fault(InputError, "unknown_action", engine().authorize, ANA, "fly")
    for text in (
        "",
        "{",
        "[]",
        "null",
        '{"schema":"sla-history/1"}',
        b"\xff",
        '{"schema":"sla-history/9","events":[]}',
    ):
        for read in (History.from_json, Ticket.from_json, Aggregate.from_json):
            fault(SlaError, None, read, text)


def test_a_zone_reads_and_tells_local_times() -> None:
    berlin = Zones().zone("Europe/Berlin")
    assert (berlin.name, repr(berlin)) == ("Europe/Berlin", "<Zone Europe/Berlin>")
    rows = [
        (datetime(2026, 3, 2, 9, 30), "2026-03-02T08:30:00Z"),
        (datetime(2026, 7, 2, 9, 30, 0, 1), "2026-07-02T07:30:00.000001Z"),
        # The earlier of two; one that is skipped as if the clocks had not been put forward.
        (datetime(2026, 10, 25, 2, 30), "2026-10-25T00:30:00Z"),
        (datetime(2026, 3, 29, 2, 30), "2026-03-29T01:30:00Z"),
    ]
    for local, text in rows:
        at = datetime.fromisoformat(text)
        assert berlin.instant(local) == at
        assert berlin.instant(local).tzinfo is UTC
        assert berlin.instant(local.replace(fold=1)) == at
        assert berlin.local(at) == at
        assert berlin.local(at).utcoffset() == at.astimezone(BERLIN).utcoffset()
    fault(InputError, "aware_datetime", berlin.instant, monday())
    fault(InputError, "naive_datetime", berlin.local, datetime(2026, 3, 2))
    fault(InputError, "unknown_time_zone", Zones().zone, "europe/berlin")
    for wrong in (None, "2026-03-02", pd.NaT):
        with pytest.raises(TypeError):
            berlin.instant(wrong)
    named = Zones().with_tzif("Europe/Berlin", tzif("Asia/Tokyo"), "x").zone("Europe/Berlin")
    assert named != berlin
    assert pickle.loads(pickle.dumps(named)).instant(datetime(2026, 3, 2, 9)) == datetime(2026, 3, 2, tzinfo=UTC)


def test_tables_keep_within_a_limit() -> None:
    week = {day: [f"{hour:02}:00-{hour:02}:50" for hour in range(24)] for day in ("mon", "tue", "wed", "thu", "fri")}
    calendar = Calendar({"time_zone": "UTC", "weekly": week})
    assert calendar.table_limit == 64 * 1024 * 1024
    small = calendar.with_table_limit(10_000)
    decade = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
    assert small.elapsed(*decade) == calendar.elapsed(*decade)
    assert small.table_bytes <= small.table_limit == 10_000 < calendar.table_bytes
    engine = Engine.compile(document())
    limited = engine.with_table_limit(0)
    assert limited == engine
    assert limited.calendar("office").next_open(monday()) == engine.calendar("office").next_open(monday())
    assert (limited.table_limit, limited.table_bytes) == (0, 0) < (engine.table_limit, engine.table_bytes)


def test_a_host_brings_zones_of_its_own() -> None:
    zones = Zones().with_tzif("Mars/Olympus", tzif("Europe/Berlin"), "2099z")
    week = {"mon": ["08:00-17:00"]}
    olympus = Calendar({"time_zone": "Mars/Olympus", "weekly": week}, zones=zones)
    assert olympus.next_open(monday()) == Calendar({"time_zone": "Europe/Berlin", "weekly": week}).next_open(monday())
    assert zones.version == "2026f+2099z"
    assert Zones().version == "2026f"
    fault(InputError, "invalid_time_zone_data", zones.with_tzif, "X/Y", b"nothing", "1")
    endless = tzif("Europe/Berlin")
    first = endless.index(b"TZif", 4) + 44
    endless = endless[: first + 8] + endless[first : first + 8] + endless[first + 16 :]
    fault(InputError, "invalid_time_zone_data", zones.with_tzif, "X/Y", endless, "1")
    fault(PolicyError, "invalid_policy", Calendar, {"time_zone": "Mars/Olympus", "weekly": week})
    policy = document()
    policy["calendars"]["office"]["time_zone"] = "Mars/Olympus"
    assert Engine.compile(policy, zones=zones).calendar("office").time_zone == "Mars/Olympus"
    assert (
        Engine.compile(Policy(policy, zones=zones), zones=zones).rules_digest
        == Policy(policy, zones=zones).rules_digest
    )
    fault(PolicyError, "invalid_policy", Engine.compile, policy)
