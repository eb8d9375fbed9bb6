"""Wide rows in one call beside numpy by hand, and every call on one thread and on all: python benches/wide.py

The peer is what a data team would write: dues by cumulative windows and `searchsorted`, breaches by comparing, figures
by package and week with `bincount`. The answers agree before anything is timed. Medians of one run:
compare ratios only.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from sla_engine import Engine

POLICY = json.loads((Path(__file__).parents[2] / "examples/talkabiz.json").read_text())
ENGINE = Engine.compile(POLICY)
PACKAGES = ["starter", "professional", "enterprise"]
HOUR_US, DAY_US = 3_600_000_000, 86_400_000_000
TARGETS_US = {"first_response": np.array([4, 2, 1]) * HOUR_US, "resolution": np.array([24, 12, 8]) * HOUR_US}
NEVER = np.iinfo(np.int64).max
START_US = 1_767_225_600_000_000
NOW = datetime(2027, 3, 1, tzinfo=UTC)
NOW_US = int(NOW.timestamp()) * 1_000_000


def tickets(rows: int, *, shuffled: bool) -> tuple[pa.Table, dict[str, np.ndarray]]:
    random = np.random.default_rng(7)
    opened = START_US + random.integers(0, 360 * DAY_US, rows)
    if not shuffled:
        opened.sort()
    assigned = opened + random.integers(0, HOUR_US, rows)
    replied = assigned + random.integers(0, 6 * HOUR_US, rows)
    resolved = replied + random.integers(0, 60 * HOUR_US, rows)
    package, agent = random.integers(0, 3, rows), random.integers(0, 200, rows)
    open_ = {"replied": random.random(rows) < 0.02, "resolved": random.random(rows) < 0.05}
    instants = {"opened_at": opened, "assigned_at": assigned, "first_reply_at": replied, "resolved_at": resolved}
    gaps = {"first_reply_at": open_["replied"], "resolved_at": open_["resolved"]}
    table = pa.table(
        {
            "package": pa.array(PACKAGES).take(pa.array(package)),
            "channel": pa.array(["email", "chat"]).take(pa.array(random.integers(0, 2, rows))),
            "agent": pa.array([f"agent-{number}" for number in range(200)]).take(pa.array(agent)),
            **{
                name: pa.array(micros, mask=gaps.get(name)).cast(pa.timestamp("us", "UTC"))
                for name, micros in instants.items()
            },
        }
    )
    resolved = np.where(open_["resolved"], NEVER, resolved)
    return table, {
        "package": package,
        "opened": opened,
        "assigned": assigned,
        # A resolve answers the customer too.
        "replied": np.where(open_["replied"], resolved, replied),
        "resolved": resolved,
    }


def windows() -> tuple[np.ndarray, np.ndarray]:
    """Return the openings of the office in UTC, and the open time before each."""
    closed = {holiday["date"] for holiday in POLICY["calendars"]["office"]["holidays"]}
    starts = []
    for day in range(-7, 500):
        date = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
        if date.weekday() < 5 and f"{date:%Y-%m-%d}" not in closed:
            midnight = START_US + day * DAY_US - 7 * HOUR_US
            starts += [midnight + 8 * HOUR_US, midnight + 13 * HOUR_US]
    return np.array(starts), np.arange(len(starts)) * 4 * HOUR_US


OPENINGS, BEFORE = windows()


def by_hand(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Answer dues, breaches and compliance by package and week as one does by hand."""
    package, found = columns["package"], {}
    at_work = package < 2
    spans = {"first_response": ("opened", "replied"), "resolution": ("assigned", "resolved")}
    for timer, (start, stop) in spans.items():
        start_us, target = columns[start], TARGETS_US[timer][package]
        window = np.searchsorted(OPENINGS, start_us, side="right") - 1
        passed = BEFORE[window] + np.minimum(start_us - OPENINGS[window], 4 * HOUR_US) + target
        # Work that ends at a closing ends then, not at the next opening.
        last = np.searchsorted(BEFORE, passed, side="left") - 1
        due = np.where(at_work, OPENINGS[last] + passed - BEFORE[last], start_us + target)
        stopped = np.minimum(columns[stop], NOW_US)
        breached = stopped > due
        decided_at = np.where(breached, due, stopped)
        decided = breached | (columns[stop] != NEVER)
        week = (decided_at + 7 * HOUR_US - 4 * DAY_US) // (7 * DAY_US)
        group = ((week - week.min()) * 3 + package)[decided]
        found |= {
            f"{timer}_due": due,
            f"{timer}_breached": breached,
            f"{timer}_groups": np.bincount(group),
            f"{timer}_breaches": np.bincount(group, weights=breached[decided]),
        }
    return found


def one_call(table: pa.Table, threads: int | None, *, durations: bool = False) -> Any:
    return ENGINE.judge_rows(
        table,
        now=NOW,
        answers=["due_at", "state"],
        by=["package"],
        durations=durations,
        period="week",
        period_zone="Asia/Jakarta",
        threads=threads,
    )


def encoded(table: pa.Table) -> pa.Table:
    """Return the table with texts as dictionaries: the peer has numbers for packages, too."""
    for name in ("package", "channel", "agent"):
        place = table.column_names.index(name)
        table = table.set_column(place, name, table[name].combine_chunks().dictionary_encode())
    return table


def compare(table: pa.Table, columns: dict[str, np.ndarray]) -> None:
    ours, figures = one_call(table, None)
    ours, hand = ours.to_pyarrow(), by_hand(columns)
    report = figures.report()
    for timer in TARGETS_US:
        due = ours[f"{timer}_due_at"].cast(pa.int64()).to_numpy()
        assert (due == hand[f"{timer}_due"]).all(), timer
        states = ours[f"{timer}_state"].to_numpy(zero_copy_only=False)
        assert ((states == "breached") == hand[f"{timer}_breached"]).all(), timer
        groups = [group.timers[timer] for group in report.groups if timer in group.timers]
        assert sorted(one.decided for one in groups if one.decided) == sorted(n for n in hand[f"{timer}_groups"] if n)
        breaches = sum(one.decided - one.met for one in groups)
        assert breaches == hand[f"{timer}_breaches"].sum()


def median(work: Callable[[], object], rounds: int = 5) -> float:
    def once() -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    work()
    return statistics.median(once() for _ in range(rounds))


def log(count: int) -> pa.Table:
    _, columns = tickets(count, shuffled=False)
    packages = np.array(PACKAGES)[columns["package"]]
    kinds = ["open", "assign", "reply", "resolve"]
    at = np.stack([columns[name] for name in ("opened", "assigned", "replied", "resolved")], axis=1).ravel()
    kind, ticket = np.tile(np.arange(4), count), np.repeat(np.arange(count), 4)
    kept = at != NEVER
    return pa.table(
        {
            "ticket_id": pa.array(ticket[kept]),
            "event_at": pa.array(at[kept]).cast(pa.timestamp("us", "UTC")),
            "kind": pa.array(kinds).take(pa.array(kind[kept])),
            "package": pa.array(np.where(kind == 0, packages[ticket], None)[kept]),
            "channel": pa.array(np.where(kind == 0, "email", None)[kept]),
            "agent": pa.array(np.where(kind == 1, "ana", None)[kept]),
        }
    )


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(f"| dues, states and figures by package and week of {rows:,} rows | million rows a second | × numpy |")
    print("| --- | ---: | ---: |")
    for shuffled in (False, True):
        table, columns = tickets(rows, shuffled=shuffled)
        compare(table, columns)
        hand = median(lambda columns=columns: by_hand(columns))
        order = "shuffled" if shuffled else "sorted"
        print(f"| numpy by hand, {order} | {rows / hand / 1e6:.1f} | |")
        ways = {"texts": (table, False), "dictionaries": (encoded(table), False), "with durations": (table, True)}
        for way, (given, durations) in ways.items():
            for threads in (1, None):
                ours = median(
                    lambda given=given, n=threads, durations=durations: one_call(given, n, durations=durations)
                )
                how = f"{way}, {threads} thread" if threads else f"{way}, all cores"
                print(f"| `judge_rows`, {order}, {how} | {rows / ours / 1e6:.1f} | {hand / ours:.2f} |")
    weekly = {"period": "week", "period_zone": "Asia/Jakarta"}
    entries = log(rows // 20)
    office = ENGINE.calendar("office")
    calls: dict[str, Callable[[int | None], object]] = {
        "`add_column`": lambda n: office.add_column(table["opened_at"], timedelta(hours=8), threads=n),
        "`elapsed_column`": lambda n: office.elapsed_column(
            table["opened_at"], table["resolved_at"], on_fault="null", threads=n
        ),
        "`evaluate_rows`": lambda n: ENGINE.evaluate_rows(table, now=NOW, threads=n),
        "`aggregate_rows` by package, week": lambda n: ENGINE.aggregate_rows(
            table, now=NOW, by=["package"], threads=n, **weekly
        ),
        "`aggregate_rows` by agent, week": lambda n: ENGINE.aggregate_rows(
            table, now=NOW, by=["agent"], threads=n, **weekly
        ),
        "`evaluate_log`": lambda n: ENGINE.evaluate_log(entries, now=NOW, threads=n),
        "`import_log`": lambda n: ENGINE.import_log(entries, now=NOW, threads=n),
        "`aggregate_log` by package, week": lambda n: ENGINE.aggregate_log(
            entries, now=NOW, by=["package"], threads=n, **weekly
        ),
        "`aggregate_log` by agent, week": lambda n: ENGINE.aggregate_log(
            entries, now=NOW, by=["agent"], threads=n, **weekly
        ),
    }
    print("\n| call | one thread, ms | all cores, ms | × |\n| --- | ---: | ---: | ---: |")
    for name, call in calls.items():
        one, all_cores = (median(lambda call=call, n=n: call(n), 3) for n in (1, None))
        print(f"| {name} | {one * 1e3:.0f} | {all_cores * 1e3:.0f} | {one / all_cores:.2f} |")


if __name__ == "__main__":
    main()
