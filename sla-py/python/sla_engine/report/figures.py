"""Figures as people read them. Integer arithmetic only, always rounded down."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

# Control characters but the line feed and the tab, and those that change the direction of what follows.
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MINUTE_US = 60_000_000
_HOUR_US = 60 * _MINUTE_US

NONE = "none"
"""What stands where there is nothing to divide by, or no duration."""


def count(number: int) -> str:
    """Return a number with its thousands apart: ``1,837``."""
    return f"{number:,}"


def percent(millionths: int | None) -> str:
    """Return a share with one decimal: ``90.5 %``."""
    return NONE if millionths is None else f"{tenths(millionths // 1_000)} %"


def points(millionths: int | None) -> str:
    """Return a score of 0 to 100 with one decimal."""
    return NONE if millionths is None else tenths(millionths // 1_000)


def hundredths(millionths: int | None) -> str:
    """Return a number that is given in millionths with two decimals."""
    if millionths is None:
        return NONE
    whole, rest = divmod(millionths // 10_000, 100)
    return f"{whole:,}.{rest:02}"


def objective(millionths: int) -> str:
    """Return a share with as many decimals as it has: ``99.95 %``."""
    whole, rest = divmod(millionths, 10_000)
    decimals = f"{rest:04}".rstrip("0")
    return f"{whole}.{decimals} %" if decimals else f"{whole} %"


def tenths(number: int) -> str:
    """Return a number of tenths as a decimal."""
    sign, number = ("-", -number) if number < 0 else ("", number)
    return f"{sign}{number // 10}.{number % 10}"


def hours(micros: int | None) -> str:
    """Return a length in hours and minutes, rounded down to the minute: ``16:05 h``."""
    if micros is None:
        return NONE
    minutes = micros // _MINUTE_US
    return f"{minutes // 60:,}:{minutes % 60:02} h"


def span(micros: int) -> str:
    """Return a short length for labels: ``15m``, ``8h``, ``1h30m``, ``45s``."""
    if micros % _MINUTE_US:
        return f"{micros // 1_000_000}s"
    whole, minutes = divmod(micros // _MINUTE_US, 60)
    if not minutes:
        return f"{whole}h"
    return f"{whole}h{minutes}m" if whole else f"{minutes}m"


def instant(at: datetime | None) -> str:
    """Return an instant to the minute with its offset: ``2026-11-23 09:00 UTC``."""
    if at is None:
        return NONE
    offset = at.utcoffset()
    zone = "UTC" if not offset else f"{at:%z}"[:3] + ":" + f"{at:%z}"[3:5]
    return f"{at:%Y-%m-%d %H:%M} {zone}"


def local(at: datetime) -> str:
    """Return a local time to the minute: ``Mon 2026-11-23 09:00``."""
    return f"{at:%a %Y-%m-%d %H:%M}"


def counted(number: int, thing: str) -> str:
    """Return how many of something: ``1 row``, ``2 rows``."""
    return f"{count(number)} {thing}" if number == 1 else f"{count(number)} {thing}s"


def plain(text: str) -> str:
    """Return a text that cannot steer a terminal or turn the reading direction: such characters are spelled out."""
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def words(identifier: str) -> str:
    """Return an id as words: ``first response``."""
    return identifier.replace("_", " ").strip() or identifier


def permille(part: timedelta, whole: timedelta) -> int:
    """Return how many thousandths of a stretch of time another one is, for drawing."""
    return part * 1_000 // whole if whole else 0
