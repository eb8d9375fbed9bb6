"""How long cycles took, from the buckets of an aggregate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sla_engine.report.data import Bar, Distribution

_MINUTE_US = 60_000_000
_HOUR_US = 60 * _MINUTE_US
_EDGES_US = (
    0,
    *(minutes * _MINUTE_US for minutes in (5, 15, 30)),
    *(hours * _HOUR_US for hours in (1, 2, 4, 8, 16, 32, 64, 128, 256)),
)

_DOUBLING = 128


def lower_bound(bucket: int) -> int:
    """Return the shortest duration of a bucket in microseconds; docs/analytics.md says how they are cut."""
    page, place = divmod(bucket, _DOUBLING)
    return place if page == 0 else (_DOUBLING + place) << (page - 1)


def distributions(rows: Iterable[Mapping[str, Any]], timers: Iterable[str]) -> tuple[Distribution, ...]:
    """Return how the business time of each timer is spread, from the rows of an aggregate that keeps nothing apart."""
    counted: dict[str, list[int]] = {timer: [0] * len(_EDGES_US) for timer in timers}
    for row in rows:
        bars = counted.get(row.get("timer") or "")
        if bars is not None and row["outcome"] == "business_time":
            bars[_place(lower_bound(row["bucket"]))] += row["n"]
    return tuple(_distribution(timer, counts) for timer, counts in counted.items())


def _place(micros: int) -> int:
    return next(place for place in reversed(range(len(_EDGES_US))) if micros >= _EDGES_US[place])


def _distribution(timer: str, counts: list[int]) -> Distribution:
    ends: tuple[int | None, ...] = (*_EDGES_US[1:], None)
    bars = tuple(
        Bar(from_us=start, to_us=end, count=count) for start, end, count in zip(_EDGES_US, ends, counts, strict=True)
    )
    return Distribution(timer=timer, count=sum(counts), bars=bars)
