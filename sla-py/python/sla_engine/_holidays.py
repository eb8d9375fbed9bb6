"""Holidays of other packages: (the years, in order, [(date, name)])."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TypeAlias, TypeGuard

from .errors import InputError

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
    try:
        import icalendar
        import recurring_ical_events
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError("install sla-engine[icalendar] to read iCalendar files", name=missing.name) from None
    try:
        calendar = icalendar.Calendar.from_ical(text)
        events = recurring_ical_events.of(calendar).between(date(listed[0], 1, 1), date(listed[-1] + 1, 1, 1))
    except (ValueError, KeyError, TypeError) as fault:
        raise InputError(
            "invalid_icalendar", f"the text is not an iCalendar file: {fault}", help="pass the content of an .ics file"
        ) from None
    dates: dict[str, str] = {}
    for event in events:
        name = str(event.get("SUMMARY", "")).strip() or "holiday"
        first = event.decoded("DTSTART")
        # The end is exclusive; an event without one is a day.
        end = event.decoded("DTEND") if "DTEND" in event else None
        if not _is_day(first) or not (end is None or _is_day(end)):
            raise InputError(
                "timed_event",
                f"`{name}` ({first}) is not an all-day event",
                help="keep only all-day events in the file",
            )
        for offset in range(max((end - first).days, 1) if end is not None else 1):
            day = first + timedelta(days=offset)
            if day.year in listed:
                dates.setdefault(day.isoformat(), name)
    return listed, sorted(dates.items())
