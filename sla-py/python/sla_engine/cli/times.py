"""Instants as logs and options write them, one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sla_engine import InputError, Zone, Zones
from sla_engine.cli.fault import Fault


class NoInstant(ValueError):
    """A value that is not an instant, with an example of one."""


class NoZone(ValueError):
    """A local time without a zone."""


def zone(name: str) -> Zone:
    """Return a time zone by its IANA name."""
    try:
        return Zones().zone(name)
    except InputError as unknown:
        raise Fault(f"{unknown.message}; {unknown.help}") from unknown


def reader(time_zone: Zone | None, time_format: str | None = None) -> Callable[[Any], datetime | None]:
    """Return a function from the values of a log to instants in UTC; None for an empty value.

    A local time that a clock shows twice is the earlier instant; one that it skips lies as far after the gap.
    """

    def parse(value: Any) -> datetime | None:
        if value is None or value == "":
            return None
        found = _read(value, time_format)
        if found.tzinfo is None:
            if time_zone is None:
                raise NoZone
            return time_zone.instant(found)
        try:
            return found.astimezone(UTC)
        except OverflowError as fault:
            raise NoInstant(f"`{value}` is out of range") from fault

    return parse


def as_of(text: str | None) -> datetime | None:
    """Return the instant of an option: RFC 3339 with an offset, or ``now``."""
    if text is None:
        return None
    if text == "now":
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError as fault:
        raise Fault(f"`{text}` is not an instant; write `now`, or for example `2026-11-23T09:00:00Z`") from fault
    if found.tzinfo is None:
        local = f"{text}T09:00:00" if _is_date(text) else text
        raise Fault(f"`{text}` has no offset; write for example `{local}Z` or `{local}+07:00`")
    try:
        return found.astimezone(UTC)
    except OverflowError as fault:
        raise Fault(f"`{text}` is out of range") from fault


def _read(value: Any, time_format: str | None) -> datetime:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or isinstance(value, date):
        raise NoInstant(f"`{value}` is not an instant; write for example `2026-11-23T09:00:00Z`")
    try:
        if time_format is not None:
            return datetime.strptime(value, time_format)
        found = datetime.fromisoformat(value.strip())
    except ValueError:
        form = time_format or "2026-11-23T09:00:00Z"
        raise NoInstant(f"`{value}` is not an instant of the form `{form}`") from None
    if ":" not in value and "T" not in value:
        raise NoInstant(f"`{value}` has no time of day; write for example `{value}T09:00:00`")
    return found


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
