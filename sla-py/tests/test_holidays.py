"""Holidays of countries, and of iCalendar files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any

import holidays
import pytest
from desk import OFFICE, fault, office
from sla_engine import Calendar, InputError


def dates(calendar: Calendar) -> dict[str, str]:
    listed = json.loads(calendar.json()).get("holidays", ())
    return {one["date"]: one["name"] for one in listed if "date" in one}


def test_a_country_has_its_holidays() -> None:
    found = office().with_holidays("ID", range(2026, 2028))
    known = holidays.country_holidays("ID", years=[2026, 2027], language="id")
    expected = {day.isoformat(): name for day, name in known.items()}
    assert dates(found) == expected
    assert len(expected) > 20
    assert json.loads(found.json())["holidays_known_until"] == "2027-12-31"
    assert not found.is_provisional(datetime(2027, 12, 1, tzinfo=UTC))
    assert office().is_provisional(datetime(2027, 12, 1, tzinfo=UTC))
    # 2026-08-17, Independence Day, is a Monday: Tuesday is the next that opens.
    monday = datetime(2026, 8, 17, 2, tzinfo=UTC)
    assert office().is_open(monday)
    assert not found.is_open(monday)
    assert found.next_open(monday) == datetime(2026, 8, 18, 1, tzinfo=UTC)
    # What it was made of stays as it was, and what is asked for twice is the same.
    assert dates(office()) == {}
    assert found.with_holidays("ID", [2026, 2027]) == found
    assert office().with_holidays("ID", 2026).with_holidays("ID", 2027) == found


def test_subdivisions_and_languages() -> None:
    bavaria, germany = (office().with_holidays("DE", 2026, subdivision=state) for state in ("BY", None))
    assert set(dates(bavaria)) - set(dates(germany)) == {"2026-01-06", "2026-06-04", "2026-08-15", "2026-11-01"} & set(
        dates(bavaria)
    )
    assert "2026-01-06" in dates(bavaria)
    assert dates(office().with_holidays("DE", 2026, language="en_US"))["2026-12-25"] == "Christmas Day"
    assert dates(germany)["2026-12-25"] == "Erster Weihnachtstag"


@pytest.mark.parametrize("locale", ["C", "de_DE.UTF-8", "th"])
def test_names_do_not_depend_on_the_machine(locale: str) -> None:
    """Otherwise the digest of a policy would."""
    ask = (
        "from sla_engine import Calendar; "
        "print(Calendar({'time_zone': 'UTC', 'weekly': {'mon': ['08:00-17:00']}}).with_holidays('ID', 2026).json())"
    )
    environment = {**os.environ, **dict.fromkeys(("LANG", "LANGUAGE", "LC_ALL"), locale), "PYTHONUTF8": "1"}
    found = subprocess.run([sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True)
    here = Calendar({"time_zone": "UTC", "weekly": {"mon": ["08:00-17:00"]}}).with_holidays("ID", 2026)
    assert found.stdout.strip() == here.json()
    assert "Hari Kemerdekaan" in found.stdout


def test_what_is_listed_already_stays() -> None:
    named = Calendar(
        {**OFFICE, "holidays": [{"date": "2026-08-17", "name": "ours"}], "holidays_known_until": "2030-12-31"}
    )
    found = named.with_holidays("ID", 2026)
    assert dates(found)["2026-08-17"] == "ours"
    assert json.loads(found.json())["holidays_known_until"] == "2030-12-31"


def test_what_is_listed_for_every_year_or_as_a_range_stays() -> None:
    ours = [
        {"date": "--08-17", "name": "every year"},
        {"from": "2026-03-20", "to": "2026-03-24", "name": "a range"},
        {"from": "--12-24", "to": "--01-02", "name": "over new year"},
    ]
    listed = {holiday["name"] for holiday in json.loads(Calendar({**OFFICE, "holidays": ours}).json())["holidays"]}
    found = dates(Calendar({**OFFICE, "holidays": ours}).with_holidays("ID", 2026))
    assert listed == {"every year", "a range", "over new year"}
    covered = {"2026-08-17", "2026-03-21", "2026-12-25", "2026-01-01"}
    assert covered <= set(dates(office().with_holidays("ID", 2026)))
    assert not covered & set(found)
    assert "2026-05-01" in found


@pytest.mark.parametrize(
    ("code", "arguments", "named"),
    [
        ("unknown_country", ("ZZ", 2026), {}),
        ("unknown_country", ("Atlantis", 2026), {}),
        ("unknown_country", ("", 2026), {}),
        ("unknown_country", ("DE", 2026), {"subdivision": "XX"}),
        ("unknown_language", ("DE", 2026), {"language": "xx"}),
        ("empty_list", ("ID", []), {}),
        ("out_of_range", ("ID", 1969), {}),
        ("out_of_range", ("ID", [2026, 2200]), {}),
    ],
)
def test_what_is_not_known_is_said(code: str, arguments: Any, named: Any) -> None:
    error = fault(InputError, code, office().with_holidays, *arguments, **named)
    assert error.help


def event(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", "UID:1@desk", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT"])


def ics(*events: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//desk//EN", *events, "END:VCALENDAR", ""])


ICS: dict[str, tuple[str, dict[str, str]]] = {
    "a day": (
        ics(event("SUMMARY:Party", "DTSTART;VALUE=DATE:20260504", "DTEND;VALUE=DATE:20260505")),
        {"2026-05-04": "Party"},
    ),
    "a day without end": (ics(event("SUMMARY:Party", "DTSTART;VALUE=DATE:20260504")), {"2026-05-04": "Party"}),
    "several days, the end exclusive": (
        ics(event("SUMMARY:Trip", "DTSTART;VALUE=DATE:20260504", "DTEND;VALUE=DATE:20260507")),
        {"2026-05-04": "Trip", "2026-05-05": "Trip", "2026-05-06": "Trip"},
    ),
    "a length in days": (
        ics(event("SUMMARY:Trip", "DTSTART;VALUE=DATE:20260504", "DURATION:P2D")),
        {"2026-05-04": "Trip", "2026-05-05": "Trip"},
    ),
    "every year": (
        ics(event("SUMMARY:Founded", "DTSTART;VALUE=DATE:20200311", "RRULE:FREQ=YEARLY")),
        {"2026-03-11": "Founded", "2027-03-11": "Founded"},
    ),
    "the last Friday of May, but not in 2027": (
        ics(
            event(
                "SUMMARY:Picnic",
                "DTSTART;VALUE=DATE:20260529",
                "RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1FR",
                "EXDATE;VALUE=DATE:20270528",
            )
        ),
        {"2026-05-29": "Picnic"},
    ),
    "across the new year": (
        ics(event("SUMMARY:Break", "DTSTART;VALUE=DATE:20251230", "DTEND;VALUE=DATE:20260103")),
        {"2026-01-01": "Break", "2026-01-02": "Break"},
    ),
    "of other years": (ics(event("SUMMARY:Past", "DTSTART;VALUE=DATE:20240504")), {}),
    "without a name": (ics(event("DTSTART;VALUE=DATE:20260504")), {"2026-05-04": "holiday"}),
    "two on one day": (
        ics(
            event("SUMMARY:One", "DTSTART;VALUE=DATE:20260504"),
            event("SUMMARY:Two", "DTSTART;VALUE=DATE:20260505").replace("1@", "2@"),
        ),
        {"2026-05-04": "One", "2026-05-05": "Two"},
    ),
    "cancelled": (ics(event("SUMMARY:Party", "DTSTART;VALUE=DATE:20260504", "STATUS:CANCELLED")), {}),
    "one day of a series cancelled": (
        ics(
            event("SUMMARY:Founded", "DTSTART;VALUE=DATE:20200311", "RRULE:FREQ=YEARLY"),
            event(
                "SUMMARY:Founded",
                "DTSTART;VALUE=DATE:20270311",
                "RECURRENCE-ID;VALUE=DATE:20270311",
                "STATUS:cancelled",
            ),
        ),
        {"2026-03-11": "Founded"},
    ),
    "tentative and confirmed": (
        ics(
            event("SUMMARY:One", "DTSTART;VALUE=DATE:20260504", "STATUS:TENTATIVE"),
            event("SUMMARY:Two", "DTSTART;VALUE=DATE:20260505", "STATUS:CONFIRMED").replace("1@", "2@"),
        ),
        {"2026-05-04": "One", "2026-05-05": "Two"},
    ),
    "hours of a rule of days": (
        ics(event("SUMMARY:Trip", "DTSTART;VALUE=DATE:20260504", "RRULE:FREQ=DAILY;COUNT=2;BYHOUR=1,2;BYMINUTE=3,4")),
        {"2026-05-04": "Trip", "2026-05-05": "Trip"},
    ),
    "a rule that ended": (
        ics(event("SUMMARY:Past", "DTSTART;VALUE=DATE:20240504", "RRULE:FREQ=YEARLY;UNTIL=20250504T000000Z")),
        {},
    ),
    "a count below one": (
        ics(event("SUMMARY:Founded", "DTSTART;VALUE=DATE:20260311", "RRULE:FREQ=YEARLY;COUNT=-1")),
        {"2026-03-11": "Founded", "2027-03-11": "Founded"},
    ),
    "from before to after": (
        ics(event("SUMMARY:Closed", "DTSTART;VALUE=DATE:19700101", "DTEND;VALUE=DATE:20260102", "RRULE:FREQ=YEARLY")),
        {
            (date(2026, 1, 1) + timedelta(days=day)).isoformat(): "Closed"
            for day in range((date(2028, 1, 1) - date(2026, 1, 1)).days)
        },
    ),
    "nothing": (ics(), {}),
}


@pytest.mark.parametrize("name", ICS)
def test_icalendar_files_name_holidays(name: str) -> None:
    text, expected = ICS[name]
    for form in (text, text.encode()):
        found = office().with_icalendar(form, [2026, 2027])
        assert dates(found) == expected
        assert json.loads(found.json())["holidays_known_until"] == "2027-12-31"


@pytest.mark.parametrize(
    "start",
    ["DTSTART:20260504T090000Z", "DTSTART:20260504T090000", "DTSTART;TZID=Europe/Berlin:20260504T090000"],
)
def test_events_of_hours_are_refused(start: str) -> None:
    text = ics(event("SUMMARY:Meeting", start, "DURATION:PT1H"))
    error = fault(InputError, "timed_event", office().with_icalendar, text, 2026)
    assert "Meeting" in error.message


@pytest.mark.parametrize("frequency", ["HOURLY", "MINUTELY", "SECONDLY", "secondly"])
def test_rules_of_less_than_a_day_are_refused(frequency: str) -> None:
    """Their expansion would not end."""
    text = ics(event("SUMMARY:Meeting", "DTSTART;VALUE=DATE:20270101", f"RRULE:FREQ={frequency}"))
    error = fault(InputError, "timed_event", office().with_icalendar, text, 2026)
    assert error.message == f"`Meeting` repeats more often than daily (`FREQ={frequency.upper()}`)"


TOO_LONG = {
    "a rule from year 1": ics(event("DTSTART;VALUE=DATE:00010101", "RRULE:FREQ=DAILY")),
    "rules together": ics(
        *(event("DTSTART;VALUE=DATE:19000101", "RRULE:FREQ=DAILY").replace("1@", f"{n}@") for n in range(3))
    ),
    "long events that repeat": ics(
        event("DTSTART;VALUE=DATE:20200101", "DTEND;VALUE=DATE:20500101", "RRULE:FREQ=DAILY")
    ),
    "a day moved from the end of time": ics(
        event("DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=DAILY"),
        event("DTSTART;VALUE=DATE:20260102", "RECURRENCE-ID;VALUE=DATE:99000101"),
    ),
    "a file": ics(event("SUMMARY:" + "x" * 4_194_304, "DTSTART;VALUE=DATE:20260101")),
}


@pytest.mark.parametrize("name", TOO_LONG)
def test_what_an_icalendar_file_costs_is_bounded(name: str) -> None:
    for text in (TOO_LONG[name], TOO_LONG[name].encode()):
        error = fault(InputError, "limit_exceeded", office().with_icalendar, text, [2026, 2027])
        assert error.help


def test_an_icalendar_file_has_as_many_dates_as_a_calendar() -> None:
    text = ics(event("DTSTART;VALUE=DATE:20000101", "DTEND;VALUE=DATE:21000101"))
    error = fault(InputError, "limit_exceeded", office().with_icalendar, text, range(2000, 2100))
    assert "20000 days" in error.message


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("FREQ=YEARLY;INTERVAL=0", "`INTERVAL` below 1"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "matches no day"),
        ("FREQ=FORTNIGHTLY", "FORTNIGHTLY"),
    ],
)
def test_rules_that_cannot_be_read_are_refused(rule: str, told: str) -> None:
    text = ics(event("SUMMARY:Founded", "DTSTART;VALUE=DATE:20260311", f"RRULE:{rule}"))
    assert told in fault(InputError, "invalid_icalendar", office().with_icalendar, text, 2026).message


@pytest.mark.parametrize(
    "text", ["", "garbage", "BEGIN:VCALENDAR", b"\xff\xfe", "{}", "BEGIN:VEVENT\r\nEND:VEVENT\r\n"]
)
def test_garbage_is_no_icalendar_file(text: Any) -> None:
    fault(InputError, "invalid_icalendar", office().with_icalendar, text, 2026)


@pytest.mark.parametrize(
    ("module", "ask"),
    [
        ("holidays", lambda: office().with_holidays("ID", 2026)),
        ("icalendar", lambda: office().with_icalendar(ics(), 2026)),
    ],
)
def test_extras_that_are_not_installed_are_named(module: str, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ModuleNotFoundError, match=rf"install sla-engine\[{module}\]"):
        ask()


def test_two_weeks_with_a_holiday_are_shorter() -> None:
    found = office().with_holidays("ID", 2026)
    start = datetime(2026, 8, 16, 17, tzinfo=UTC)
    fortnight = timedelta(days=14)
    assert office().elapsed(start, start + fortnight) - found.elapsed(start, start + fortnight) == timedelta(
        hours=8 + 9
    )
    assert {date(2026, 8, 17).isoformat(), date(2026, 8, 25).isoformat()} <= set(dates(found))


@pytest.mark.parametrize(
    ("known", "years", "until"),
    [
        (None, [2026], "2026-12-31"),
        (None, [2026, 2027, 2028], "2028-12-31"),
        (None, [2026, 2035], "2026-12-31"),
        ("2027-12-31", [2026, 2027], "2027-12-31"),
        ("2027-12-31", [2028, 2029], "2029-12-31"),
        ("2027-12-31", [2030], "2027-12-31"),
        ("2028-06-30", [2028], "2028-12-31"),
        ("2028-06-30", [2029], "2028-06-30"),
    ],
)
def test_a_year_that_is_left_out_is_not_known(known: str | None, years: list[int], until: str) -> None:
    rules = {"time_zone": "Asia/Jakarta", "weekly": {"mon": ["09:00-17:00"]}}
    if known is not None:
        rules["holidays_known_until"] = known
    found = json.loads(Calendar(rules).with_holidays("ID", years).json())
    assert found["holidays_known_until"] == until
