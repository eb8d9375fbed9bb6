"""Calendars against an oracle that walks through time minute by minute, and against the laws of their arithmetic.

The oracle shares nothing with the engine: local times come from zoneinfo and the package tzdata. It writes down what
the clocks of a zone show in each minute of some weeks. An edge of a window is the minute that shows it. Where clocks
skip it (a gap), it is the minute in which they jump; where they show it twice (an overlap), an opening is the first of
both and a closing the last. A date that the clocks never show has no windows. A minute is open if a window holds it;
everything else is counting minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from desk import fault, instant, micros
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sla_engine import Calendar, HorizonError

MINUTE = timedelta(minutes=1)
MINUTE_US = 60_000_000
DAY_US = 1_440 * MINUTE_US
END_US = micros(datetime(2200, 1, 1, tzinfo=UTC))
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
# A zone and a date near which its clocks do something.
PERIODS = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2024, 3, 10)),
    ("America/New_York", date(2024, 11, 3)),
    ("Australia/Lord_Howe", date(2025, 4, 6)),
    ("Australia/Lord_Howe", date(2025, 10, 5)),
    ("America/Sao_Paulo", date(2017, 10, 15)),
    ("America/Sao_Paulo", date(2018, 2, 18)),
    ("Asia/Beirut", date(2026, 3, 29)),
    ("Asia/Beirut", date(2026, 10, 25)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Kwajalein", date(1993, 8, 21)),
    ("Pacific/Chatham", date(2026, 4, 5)),
    ("Africa/Casablanca", date(2025, 3, 30)),
    ("America/Caracas", date(2016, 5, 1)),
    ("Asia/Pyongyang", date(2018, 5, 5)),
    ("Asia/Jakarta", date(2026, 11, 23)),
    ("UTC", date(2028, 2, 29)),
]
SPAN_DAYS, MARGIN_DAYS = 20, 3


@dataclass(frozen=True, repr=False)
class Period:
    """What the clocks of a zone show in each minute of some weeks."""

    zone: str
    start: datetime
    shown: list[datetime]
    first: dict[datetime, int]
    last: dict[datetime, int]
    dates: list[date]

    def __repr__(self) -> str:
        return f"period({self.zone!r}, {self.start:%Y-%m-%d})"

    def edge(self, wall: datetime, opening: bool) -> int:
        """Return the minute of an edge, counted from the start."""
        found = (self.first if opening else self.last).get(wall)
        if found is not None:
            return found
        # Skipped: the clocks jump over it in the first minute that shows more, where none shows less later.
        jumps = (place for place in range(1, len(self.shown)) if self.shown[place - 1] < wall < self.shown[place])
        return next(jumps)


@cache
def period(zone: str, centre: date) -> Period:
    """Walk through a period."""
    path = files("tzdata").joinpath("zoneinfo", *zone.split("/"))
    with path.open("rb") as source:
        rules = ZoneInfo.from_file(source, key=zone)
    start = datetime.combine(centre, time(), UTC) - timedelta(days=SPAN_DAYS // 2)
    instants = (start + place * MINUTE for place in range(SPAN_DAYS * 1_440))
    shown = [at.astimezone(rules).replace(tzinfo=None, fold=0) for at in instants]
    first: dict[datetime, int] = {}
    last: dict[datetime, int] = {}
    for place, wall in enumerate(shown):
        first.setdefault(wall, place)
        last[wall] = place
    dates = sorted({wall.date() for wall in shown})[1:-2]
    return Period(zone, start, shown, first, last, dates)


class Oracle:
    """Counts minutes."""

    def __init__(self, period: Period, definition: dict[str, Any]) -> None:
        self.start_us = micros(period.start)
        self.open = bytearray(len(period.shown))
        holidays = {one["date"] for one in definition.get("holidays", ())}
        special = {one["date"]: one["windows"] for one in definition.get("special_days", ())}
        for day in period.dates:
            windows = definition["weekly"].get(DAYS[day.weekday()], [])
            if day.isoformat() in holidays or f"--{day:%m-%d}" in holidays:
                windows = []
            for window in special.get(day.isoformat(), windows):
                opens, closes = (wall(day, edge) for edge in window.split("-"))
                closes += timedelta(days=closes <= opens)
                here, there = period.edge(opens, opening=True), period.edge(closes, opening=False)
                self.open[here:there] = b"\1" * max(there - here, 0)

    def minutes(self, start_us: int, end_us: int, step: int = 1) -> Any:
        """Yield the open parts of a stretch, minute by minute; backwards with a step of -1."""
        places = range((start_us - self.start_us) // MINUTE_US, -((self.start_us - end_us) // MINUTE_US))
        for place in places[::step]:
            from_us = self.start_us + place * MINUTE_US
            since_us, to_us = max(from_us, start_us), min(from_us + MINUTE_US, end_us)
            if self.open[place] and since_us < to_us:
                yield since_us, to_us

    def elapsed(self, start_us: int, end_us: int) -> int:
        return sum(to - since for since, to in self.minutes(start_us, end_us))

    def add(self, start_us: int, length_us: int, end_us: int) -> int | None:
        """Return the answer, or None when it lies after the end."""
        if length_us == 0:
            return start_us
        for since, to in self.minutes(start_us, end_us):
            if length_us <= to - since:
                return since + length_us
            length_us -= to - since
        return None

    def subtract(self, end_us: int, length_us: int, start_us: int) -> int | None:
        """Return the answer, or None when it lies before the start."""
        if length_us == 0:
            return end_us
        for since, to in self.minutes(start_us, end_us, -1):
            if length_us <= to - since:
                return to - length_us
            length_us -= to - since
        return None

    def is_open(self, at_us: int) -> bool:
        return bool(self.open[(at_us - self.start_us) // MINUTE_US])

    def windows(self, start_us: int, end_us: int) -> list[list[int]]:
        merged: list[list[int]] = []
        for since, to in self.minutes(start_us, end_us):
            if merged and merged[-1][1] == since:
                merged[-1][1] = to
            else:
                merged.append([since, to])
        return merged


def answer(ask: Any, *arguments: int, otherwise: int) -> int:
    """Return an answer, or something else where it lies outside the horizon: a minute a week takes its time."""
    try:
        return ask(*arguments)
    except HorizonError:
        return otherwise


def wall(day: date, edge: str) -> datetime:
    hours, minutes = map(int, edge.split(":")[:2])
    return datetime.combine(day, time()) + timedelta(hours=hours, minutes=minutes)


def edges(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


# Round times, and those near which clocks change.
minute_of_day = st.one_of(
    st.sampled_from([0, 60, 90, 119, 120, 150, 179, 180, 181, 480, 1_020, 1_380, 1_410]), st.integers(0, 1_439)
)
window = st.builds(
    lambda opens, closes: f"{edges(opens)}-{edges(closes)}", minute_of_day, st.one_of(minute_of_day, st.just(1_440))
)
windows = st.lists(window, max_size=3)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Period, dict[str, Any], list[int]]:
    """Draw a period, a calendar, and instants of the period in their order."""
    found = period(*draw(st.sampled_from(PERIODS)))
    weekly = draw(st.dictionaries(st.sampled_from(DAYS), windows.filter(bool), min_size=1, max_size=7))
    dates = st.sampled_from(found.dates)
    holidays = draw(
        st.lists(
            st.builds(lambda day, yearly: f"--{day:%m-%d}" if yearly else day.isoformat(), dates, st.booleans()),
            max_size=2,
            unique=True,
        )
    )
    special = draw(st.dictionaries(dates.map(date.isoformat), windows, max_size=2))
    definition = {
        "time_zone": found.zone,
        "weekly": weekly,
        "holidays": [{"date": day, "name": "holiday"} for day in holidays],
        "special_days": [{"date": day, "name": "special", "windows": some} for day, some in special.items()],
    }
    from_us, to_us = (
        micros(found.start) + MARGIN_DAYS * DAY_US,
        micros(found.start) + (SPAN_DAYS - MARGIN_DAYS) * DAY_US,
    )
    near = micros(found.start) + SPAN_DAYS // 2 * DAY_US
    at = st.one_of(
        st.integers(from_us, to_us),
        st.integers(from_us // MINUTE_US, to_us // MINUTE_US).map(lambda minute: minute * MINUTE_US),
        st.integers(-96, 192).map(lambda quarter: near + quarter * 15 * MINUTE_US),
    )
    return found, definition, sorted(draw(st.lists(at, min_size=2, max_size=2)))


lengths = st.one_of(
    st.sampled_from([0, 1, MINUTE_US, 60 * MINUTE_US, 480 * MINUTE_US]),
    st.integers(0, 5_000).map(lambda minutes: minutes * MINUTE_US),
    st.integers(0, 3 * DAY_US),
)


@settings(max_examples=500, deadline=None)
@given(cases(), lengths)
def test_calendars_count_the_minutes_that_clocks_show(
    case: tuple[Period, dict[str, Any], list[int]], length_us: int
) -> None:
    found, definition, (start_us, end_us) = case
    calendar, oracle = Calendar(definition), Oracle(found, definition)
    assert calendar.elapsed_us(start_us, end_us) == oracle.elapsed(start_us, end_us)
    assert calendar.elapsed(instant(start_us), instant(end_us)) == timedelta(
        microseconds=oracle.elapsed(start_us, end_us)
    )
    limit_us = micros(found.start) + (SPAN_DAYS - MARGIN_DAYS) * DAY_US
    due_us = oracle.add(start_us, length_us, limit_us)
    if due_us is None:
        assert answer(calendar.add_us, start_us, length_us, otherwise=END_US) > limit_us
    else:
        assert calendar.add_us(start_us, length_us) == due_us
        assert calendar.add(instant(start_us), timedelta(microseconds=length_us)) == instant(due_us)
    first_us = micros(found.start) + MARGIN_DAYS * DAY_US
    since_us = oracle.subtract(end_us, length_us, first_us)
    if since_us is None:
        assert answer(calendar.subtract_us, end_us, length_us, otherwise=-1) < first_us
    else:
        assert calendar.subtract_us(end_us, length_us) == since_us
    for at_us in (start_us, end_us):
        assert calendar.is_open(instant(at_us)) == oracle.is_open(at_us)
    merged = oracle.windows(start_us, end_us)
    assert [
        [micros(opens), micros(closes)] for opens, closes in calendar.windows(instant(start_us), instant(end_us))
    ] == merged
    if merged:
        assert calendar.next_open_us(start_us) == merged[0][0]
        if merged[0][1] < end_us:
            assert calendar.next_close_us(start_us) == merged[0][1]
    else:
        assert calendar.next_open_us(start_us) >= end_us


@pytest.mark.parametrize(("zone", "centre"), PERIODS, ids=str)
def test_the_oracle_sees_what_clocks_do(zone: str, centre: date) -> None:
    found = period(zone, centre)
    jumps = [after - before for before, after in pairwise(found.shown) if after - before != MINUTE]
    assert bool(jumps) == (zone not in ("Asia/Jakarta", "UTC"))


# The laws of section 1 of the rules


CALENDARS = [
    {"time_zone": "Asia/Jakarta", "weekly": {"mon": ["08:00-12:00", "13:00-17:00"], "fri": ["22:00-06:00"]}},
    {"time_zone": "Europe/Berlin", "weekly": {day: ["01:30-02:45", "02:50-24:00"] for day in DAYS}},
    {"time_zone": "America/Sao_Paulo", "weekly": {"sun": ["00:00-00:30"], "sat": ["23:59:59-00:00:01"]}},
    {
        "time_zone": "Africa/Monrovia",
        "weekly": {"thu": ["09:00-17:00"]},
        "holidays": [{"date": "--12-25", "name": "Christmas"}],
    },
    {"time_zone": "UTC", "always_open": True},
]
calendars = st.sampled_from([Calendar(definition) for definition in CALENDARS])
# Years around the edges of the horizon leave room for the answers.
anywhere = st.one_of(
    st.integers(0, END_US - 60 * 366 * DAY_US),
    st.integers(1_700_000_000, 2_000_000_000).map(lambda second: second * 1_000_000),
)
short = st.one_of(
    st.integers(0, 10 * DAY_US), st.integers(0, 100).map(lambda hours: hours * 60 * MINUTE_US), st.integers(0, 2)
)
laws = settings(max_examples=400, deadline=None)


@laws
@given(calendars, anywhere, short, short)
def test_adding_is_what_elapses(calendar: Calendar, start_us: int, one_us: int, other_us: int) -> None:
    due_us = calendar.add_us(start_us, one_us)
    assert calendar.elapsed_us(start_us, due_us) == one_us
    # The earliest such instant: one microsecond before, less has elapsed.
    if due_us > start_us:
        assert calendar.elapsed_us(start_us, due_us - 1) == one_us - 1
    assert calendar.add_us(due_us, other_us) == calendar.add_us(start_us, one_us + other_us)
    assert calendar.add_us(start_us, 0) == start_us
    assert calendar.add_us(start_us, one_us) <= calendar.add_us(start_us, one_us + other_us)
    assert calendar.add_us(start_us, one_us) <= calendar.add_us(start_us + other_us, one_us)


@laws
@given(calendars, anywhere.map(lambda at_us: at_us + 50 * 366 * DAY_US), short)
def test_subtracting_is_what_elapsed(calendar: Calendar, end_us: int, length_us: int) -> None:
    since_us = calendar.subtract_us(end_us, length_us)
    assert calendar.elapsed_us(since_us, end_us) == length_us
    if since_us < end_us:
        assert calendar.elapsed_us(since_us + 1, end_us) == length_us - 1
    assert calendar.subtract_us(end_us, 0) == end_us


@laws
@given(calendars, st.lists(st.integers(0, END_US - 1), min_size=3, max_size=3).map(sorted))
def test_what_elapses_adds_up(calendar: Calendar, instants: list[int]) -> None:
    first, middle, last = instants
    whole = calendar.elapsed_us(first, last)
    assert calendar.elapsed_us(first, middle) + calendar.elapsed_us(middle, last) == whole
    assert 0 <= whole <= last - first


@laws
@given(calendars, anywhere, st.integers(0, 60 * DAY_US))
def test_windows_are_what_elapses_and_when_it_is_open(calendar: Calendar, start_us: int, length_us: int) -> None:
    start, end = instant(start_us), instant(start_us + length_us)
    found = calendar.windows(start, end)
    assert sum((closes - opens for opens, closes in found), timedelta()) == calendar.elapsed(start, end)
    assert all(opens < closes for opens, closes in found)
    # Touching ones are merged.
    assert all(one[1] < other[0] for one, other in pairwise(found))
    assert calendar.is_open(start) == (
        (length_us > 0 and bool(found) and found[0][0] == start) or calendar.next_open(start) == start
    )
    for opens, closes in found:
        assert calendar.is_open(opens)
        assert calendar.next_open(opens) == opens
        if closes < end:
            assert not calendar.is_open(closes)
            assert calendar.next_close(opens) == closes


@laws
@given(st.integers(0, END_US - 1), st.integers(0, END_US))
@example(END_US - 1, 0)
@example(0, END_US - 1)
@example(0, END_US)
def test_always_open_is_plain_addition(start_us: int, length_us: int) -> None:
    always = Calendar(CALENDARS[-1])
    if start_us + length_us >= END_US:
        fault(HorizonError, "out_of_horizon", always.add_us, start_us, length_us)
        return
    assert always.add_us(start_us, length_us) == start_us + length_us
    assert always.subtract_us(start_us + length_us, length_us) == start_us
    assert always.elapsed_us(start_us, start_us + length_us) == length_us


@settings(max_examples=60, deadline=None)
@given(
    calendars,
    st.lists(st.tuples(st.integers(-DAY_US, END_US + DAY_US), st.integers(-5, 10 * DAY_US)), max_size=60),
    st.integers(0, 7),
)
def test_columns_are_the_questions_one_by_one(calendar: Calendar, rows: list[tuple[int, int]], cut: int) -> None:
    def one(ask: Any, *arguments: int) -> int | None:
        try:
            return ask(*arguments)
        except (ValueError, HorizonError):
            return None

    starts, sizes = [start for start, _ in rows], [size for _, size in rows]
    ends = [start + size for start, size in rows]
    column = pa.chunked_array([pa.array(starts[:cut], pa.int64()), pa.array(starts[cut:], pa.int64())])
    other = {"sizes": pa.array(sizes, pa.int64()), "ends": pa.array(ends, pa.int64())}
    for found, ask, arguments in [
        (calendar.add_column(column, other["sizes"], on_fault="null"), calendar.add_us, (starts, sizes)),
        (calendar.subtract_column(column, other["sizes"], on_fault="null"), calendar.subtract_us, (starts, sizes)),
        (calendar.elapsed_column(column, other["ends"], on_fault="null"), calendar.elapsed_us, (starts, ends)),
        (calendar.next_open_column(column, on_fault="null"), calendar.next_open_us, (starts,)),
        (calendar.next_close_column(column, on_fault="null"), calendar.next_close_us, (starts,)),
    ]:
        assert pa.array(found).cast(pa.int64()).to_pylist() == [one(ask, *row) for row in zip(*arguments, strict=True)]
    in_horizon = [0 <= start < END_US for start in starts]
    is_open = pa.array(calendar.is_open_column(column, on_fault="null")).to_pylist()
    assert is_open == [
        calendar.is_open(instant(start)) if fits else None for start, fits in zip(starts, in_horizon, strict=True)
    ]


@laws
@given(calendars, anywhere)
def test_local_times_are_those_of_the_zone(calendar: Calendar, at_us: int) -> None:
    path = files("tzdata").joinpath("zoneinfo", *calendar.time_zone.split("/"))
    with path.open("rb") as source:
        rules = ZoneInfo.from_file(source, key=calendar.time_zone)
    # zoneinfo reckons from whole seconds; it knows offsets only, as do our answers.
    local = calendar.local(instant(at_us))
    assert local == instant(at_us)
    assert local.utcoffset() == instant(at_us).astimezone(rules).utcoffset()


def test_a_window_within_a_gap_opens_never_and_others_are_not_lost() -> None:
    """Clocks in Berlin went from 02:00 to 03:00 on Sunday, 2026-03-29."""
    sunday = datetime(2026, 3, 29, tzinfo=UTC)
    rows = [
        ("02:15-02:45", []),
        ("02:15-04:00", [["01:00", "02:00"]]),
        ("01:00-02:15", [["00:00", "01:00"]]),
        ("01:00-04:00", [["00:00", "02:00"]]),
    ]
    for text, expected in rows:
        calendar = Calendar({"time_zone": "Europe/Berlin", "weekly": {"sun": [text]}})
        found = calendar.windows(sunday - timedelta(hours=2), sunday + timedelta(hours=20))
        assert [[f"{edge:%H:%M}" for edge in window] for window in found] == expected, text


def test_a_window_within_an_overlap_is_open_from_the_first_to_the_last() -> None:
    """Clocks in Berlin went from 03:00 back to 02:00 on Sunday, 2026-10-25."""
    sunday = datetime(2026, 10, 25, tzinfo=UTC)
    rows = [
        ("02:15-02:45", [["00:15", "01:45"]]),
        ("02:15-04:00", [["00:15", "03:00"]]),
        ("01:00-02:15", [["23:00", "01:15"]]),
        ("01:00-04:00", [["23:00", "03:00"]]),
    ]
    for text, expected in rows:
        calendar = Calendar({"time_zone": "Europe/Berlin", "weekly": {"sun": [text]}})
        found = calendar.windows(sunday - timedelta(hours=2), sunday + timedelta(hours=20))
        assert [[f"{edge:%H:%M}" for edge in window] for window in found] == expected, text
