"""Holidays of other packages: (the years, in order, [(date, name)])."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias, TypeGuard

from .errors import InputError

MAX_FILE_BYTES = 4_194_304
MAX_REPETITIONS = 100_000
"""How often the events of a file may repeat from their first day on, and how many days they may have, all together."""
MAX_DATES = 20_000
"""As many as a calendar has."""

Found: TypeAlias = tuple[list[int], list[tuple[str, str]]]


def _years(years: int | Iterable[int]) -> list[int]:
    listed = sorted({years} if isinstance(years, int) else set(years))
    if not listed:
        raise InputError(
            "empty_list", "`years` is empty", help="pass one year or several, for example `range(2026, 2029)`"
        )
    if listed[0] < 1970 or listed[-1] > 2199:
        raise InputError("out_of_range", "a year is outside 1970 to 2199", help="pass years that calendars answer for")
    return listed


def _is_day(value: object) -> TypeGuard[date]:
    return isinstance(value, date) and not isinstance(value, datetime)


def of_country(country: str, years: int | Iterable[int], subdivision: str | None, language: str | None) -> Found:
    """Return the public holidays of a country."""
    listed = _years(years)
    try:
        import holidays
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            "install sla-engine[holidays] for the holidays of countries", name=missing.name
        ) from None
    try:
        known = holidays.country_holidays(country, subdiv=subdivision)
        if language is not None and language not in (known.supported_languages or ()):
            raise InputError(
                "unknown_language",
                f"`holidays` has no names of {country} in `{language}`",
                help=f"it has: {', '.join(known.supported_languages or ()) or 'the names as they are'}",
            )
        # Without a language, `holidays` would use that of the machine.
        spoken = language or known.default_language
        found = holidays.country_holidays(country, subdiv=subdivision, years=listed, language=spoken, expand=False)
    except NotImplementedError as unknown:
        raise InputError(
            "unknown_country", str(unknown), help="pass an ISO 3166 code that `holidays` has, for example `ID`"
        ) from None
    if not found:
        raise InputError(
            "out_of_range",
            f"`holidays` has no dates of {country} in {listed[0]} to {listed[-1]}",
            help="pass other years",
        )
    return listed, [(day.isoformat(), name) for day, name in sorted(found.items())]


def of_icalendar(text: str | bytes, years: int | Iterable[int]) -> Found:
    """Return the all-day events of an iCalendar file."""
    listed = _years(years)
    first, after = date(listed[0], 1, 1), date(listed[-1] + 1, 1, 1)
    try:
        import icalendar
        import recurring_ical_events
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError("install sla-engine[icalendar] to read iCalendar files", name=missing.name) from None
    length = len(text.encode(errors="replace") if isinstance(text, str) else text)
    if length > MAX_FILE_BYTES:
        raise InputError(
            "limit_exceeded", f"the file has {length} bytes", help=f"pass at most {MAX_FILE_BYTES} bytes at a time"
        )
    try:
        calendar = icalendar.Calendar.from_ical(text)
        _check_rules(calendar, after)
        events = recurring_ical_events.of(calendar).between(first, after)
    except InputError:
        raise
    except (ValueError, KeyError, TypeError, OverflowError) as fault:
        raise InputError(
            "invalid_icalendar", f"the text is not an iCalendar file: {fault}", help="pass the content of an .ics file"
        ) from None
    dates: dict[str, str] = {}
    passed = 0
    for event in events:
        # RFC 5545: such an event does not take place. An override may cancel one day of a series.
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        name = _name(event)
        start = event.decoded("DTSTART")
        # The end is exclusive; an event without one is a day.
        end = event.decoded("DTEND") if "DTEND" in event else None
        if not _is_day(start) or not (end is None or _is_day(end)):
            raise InputError(
                "timed_event",
                f"`{name}` ({start}) is not an all-day event",
                help="keep only all-day events in the file",
            )
        length = max((end - start).days, 1) if end is not None else 1
        days = range(max((first - start).days, 0), min((after - start).days, length))
        passed += len(days)
        if passed > MAX_REPETITIONS:
            raise _too_many(name, MAX_REPETITIONS)
        for offset in days:
            day = start + timedelta(days=offset)
            if day.year in listed:
                dates.setdefault(day.isoformat(), name)
        if len(dates) > MAX_DATES:
            raise _too_many(name, MAX_DATES)
    return listed, sorted(dates.items())


def _check_rules(calendar: Any, after: date) -> None:
    """Refuse rules that are not of days, that match no day, or that together match too many before a date."""
    events = calendar.walk("VEVENT")
    # The expansion looks for days that were moved into the years, too.
    last = after + max((_moved_back(event) for event in events), default=timedelta())
    passed = 0
    for event in events:
        rules = event.get("RRULE", [])
        for rule in rules if isinstance(rules, list) else [rules]:
            name = _name(event)
            frequency = str(rule.get("FREQ", [""])[0]).upper()
            if frequency in ("HOURLY", "MINUTELY", "SECONDLY"):
                raise InputError(
                    "timed_event",
                    f"`{name}` repeats more often than daily (`FREQ={frequency}`)",
                    help="keep only events that repeat by days, weeks, months or years",
                )
            if rule.get("INTERVAL", [1])[0] < 1:
                raise ValueError(f"`{name}` has an `INTERVAL` below 1")
            # RFC 5545: rules of whole days are read without them.
            for part in ("BYHOUR", "BYMINUTE", "BYSECOND"):
                rule.pop(part, None)
            # Some programs write `COUNT=-1` for a rule without end.
            if rule.get("COUNT", [1])[0] < 0:
                rule.pop("COUNT")
            matches = False
            for day in _repetitions(event, rule):
                matches = True
                passed += 1
                if day >= last:
                    break
                if passed > MAX_REPETITIONS:
                    raise _too_many(name, MAX_REPETITIONS)
            # The expansion would look for one until the year 9999.
            if not matches:
                raise ValueError(f"the `RRULE` of `{name}` matches no day")


def _repetitions(event: Any, rule: Any) -> Iterator[date]:
    """Yield the days that a rule matches, and one after its `UNTIL`."""
    from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

    if "DTSTART" not in event:
        raise ValueError(f"`{_name(event)}` has no `DTSTART`")
    start = event.decoded("DTSTART")
    parts = {part: values for part, values in rule.items() if part != "UNTIL"}
    until = rule.get("UNTIL", [date.max])[0]
    midnight = datetime(start.year, start.month, start.day)
    for at in rrulestr(type(rule)(parts).to_ical().decode(), dtstart=midnight):
        yield at.date()
        if at.date() > _day_of(until):
            return


def _moved_back(event: Any) -> timedelta:
    if "RECURRENCE-ID" not in event or "DTSTART" not in event:
        return timedelta()
    planned, start = event.decoded("RECURRENCE-ID"), event.decoded("DTSTART")
    return max(_day_of(planned) - _day_of(start), timedelta())


def _day_of(at: date) -> date:
    return date(at.year, at.month, at.day)


def _name(event: Any) -> str:
    return str(event.get("SUMMARY", "")).strip() or "holiday"


def _too_many(name: str, most: int) -> InputError:
    return InputError(
        "limit_exceeded",
        f"the events up to `{name}` have more than {most} days",
        help="shorten the events, or let them begin or repeat later",
    )
