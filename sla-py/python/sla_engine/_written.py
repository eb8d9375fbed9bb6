"""Durations and shares in policy documents, read by the engine's own parsers."""

from __future__ import annotations

from typing import Any

from ._core import format_duration, parse_duration, parse_share

share = parse_share

WHOLE = 1_000_000
"""Millionths of 100 %."""


def objectives(policy: dict[str, Any]) -> dict[str, int]:
    """Return the highest objective of each timer in a policy, in millionths."""
    found: dict[str, int] = {}
    for burn in policy.get("objectives", {}).get("burn", ()):
        timer = burn["timer"]
        found[timer] = max(found.get(timer, 0), share(burn["objective"]))
    return found


def scaled(policy: dict[str, Any], timer: str, millionths: int) -> int:
    """Set every target of a timer to a share of itself, rounded down. Return the number of targets."""
    changed = 0
    for package in policy["packages"]:
        for holder in (package, *package.get("variants", ())):
            targets = holder.get("targets", {})
            if timer in targets:
                targets[timer] = format_duration(parse_duration(targets[timer]) * millionths // WHOLE)
                changed += 1
    return changed
