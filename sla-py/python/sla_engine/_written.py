"""Values as policy documents write them."""

from __future__ import annotations

import re
from typing import Any

_SHARE = re.compile(r"(\d{1,6})(?:\.(\d{1,4}))?%", re.ASCII)
_DURATION = re.compile(
    r"(?:PT)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)(?:\.(\d{1,6}))?s)?",
    re.ASCII | re.IGNORECASE,
)

WHOLE = 1_000_000
"""Millionths of 100 %."""


def share(text: str) -> int:
    """Return a share in millionths: ``99.95%`` is 999,500.

    Raises:
        ValueError: It is not a percentage with at most four decimals.
    """
    found = _SHARE.fullmatch(text.strip().replace(" ", ""))
    if found is None:
        raise ValueError(f"`{text}` is not a share; write a percentage with at most four decimals, for example `75%`")
    whole, decimals = found.groups()
    return int(whole) * 10_000 + int((decimals or "").ljust(4, "0"))


def duration(text: str) -> int:
    """Return a duration in microseconds: ``1h30m``, ``90s``, ``PT1H30M``.

    Raises:
        ValueError: It is no duration.
    """
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        raise ValueError(f"`{text}` is not a duration; write for example `1h30m`")
    hours, minutes, seconds, decimals = found.groups()
    whole = int(hours or 0) * 3_600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole * 1_000_000 + int((decimals or "").ljust(6, "0"))


def duration_text(micros: int) -> str:
    """Return a duration as a policy document may write it."""
    seconds, rest = divmod(micros, 1_000_000)
    return f"{seconds}.{rest:06}s" if rest else f"{seconds}s"


def objectives(policy: dict[str, Any]) -> dict[str, int]:
    """Return the shares that a policy wants met, in millionths, by timer; of several for one timer the highest."""
    found: dict[str, int] = {}
    for burn in policy.get("objectives", {}).get("burn", ()):
        timer = burn["timer"]
        found[timer] = max(found.get(timer, 0), share(burn["objective"]))
    return found


def scaled(policy: dict[str, Any], timer: str, millionths: int) -> int:
    """Set every target of a timer to a share of what it is, rounded down. Returns how many targets that are."""
    changed = 0
    for package in policy["packages"]:
        for holder in (package, *package.get("variants", ())):
            targets = holder.get("targets", {})
            if timer in targets:
                targets[timer] = duration_text(duration(targets[timer]) * millionths // WHOLE)
                changed += 1
    return changed
