"""What calls and columns cost, beside their peers in the same run: python benches/figures.py

Each figure is the best of several rounds; compare them within one run. Prints a table in Markdown.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import workclock
from businesstimedelta import BusinessTimeDelta, LunchTimeRule, Rules, WorkDayRule
from sla_engine import Calendar, Engine

UTC = UTC
HOUR_US = 3_600_000_000
HOLIDAYS = ["2026-01-01", "2026-05-01", "2026-08-17", "2026-12-25"]
OFFICE = Calendar(
    {
        "time_zone": "Asia/Jakarta",
        "weekly": {day: ["08:00-12:00", "13:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
        "holidays": [{"date": day, "name": "holiday"} for day in HOLIDAYS],
    }
)
POLICY = json.loads((Path(__file__).parents[2] / "examples/talkabiz.json").read_text())


def cost(work: Callable[[], object], calls: int, rounds: int = 7) -> float:
    """Return nanoseconds a call."""
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter_ns()
        for _ in range(calls):
            work()
        best = min(best, (time.perf_counter_ns() - start) / calls)
    return best


def show(what: str, ns: float, goal: str = "", note: str = "") -> None:
    text = f"{ns:.0f} ns" if ns < 10_000 else f"{ns / 1000:.1f} µs" if ns < 10_000_000 else f"{ns / 1e6:.0f} ms"
    print(f"| {what} | {text} | {goal} | {note} |")


def rate(what: str, ns: float, rows: int, goal: str = "", note: str = "") -> None:
    print(f"| {what} | {rows / ns * 1e3:.1f} million | {goal} | {note} |")


def timestamps(micros: np.ndarray) -> pa.Array:
    return pa.array(micros).cast(pa.timestamp("us", "UTC"))


def scalars() -> float:
    start, length = datetime(2026, 11, 23, 3, tzinfo=UTC), timedelta(hours=8)
    local = start.astimezone(ZoneInfo("Asia/Jakarta"))
    start_us = int(start.timestamp()) * 1_000_000
    print("| one call | cost | goal | |\n| --- | ---: | ---: | --- |")
    show("an empty function of Python", cost(lambda: None, 200_000))
    show("`datetime + timedelta`", cost(lambda: start + length, 200_000))
    show("`Calendar.add_us`", cost(lambda: OFFICE.add_us(start_us, 8 * HOUR_US), 200_000), "100 ns")
    show("`Calendar.add`, UTC", ours := cost(lambda: OFFICE.add(start, length), 200_000), "200 ns")
    show("`Calendar.add`, ZoneInfo", cost(lambda: OFFICE.add(local, length), 200_000), "450 ns")
    show("`Calendar.elapsed`, UTC", cost(lambda: OFFICE.elapsed(start, start + length), 200_000))
    return ours


def pickles(engine: Engine) -> None:
    packed = pickle.dumps(engine)
    show(f"unpickling a known engine, {len(packed):,} bytes", cost(lambda: pickle.loads(packed), 2_000), "50 µs, 4 kB")


def peers(ours: float) -> None:
    start = datetime(2026, 11, 23, 9)
    hours = pd.offsets.CustomBusinessHour(start=["08:00", "13:00"], end=["12:00", "17:00"], holidays=HOLIDAYS)
    stamp = pd.Timestamp(start)
    pandas = cost(lambda: stamp + hours * 8, 200, 3)
    show("pandas `CustomBusinessHour`, + 8 h", pandas, "", f"{pandas / ours:.0f} times `Calendar.add`")
    day = WorkDayRule(
        start_time=start.replace(hour=8).time(), end_time=start.replace(hour=17).time(), working_days=[0, 1, 2, 3, 4]
    )
    lunch = LunchTimeRule(
        start_time=start.replace(hour=12).time(), end_time=start.replace(hour=13).time(), working_days=[0, 1, 2, 3, 4]
    )
    delta = BusinessTimeDelta(Rules([day, lunch]), hours=8)
    local = start.replace(tzinfo=UTC)
    walked = cost(lambda: local + delta, 200, 3)
    show("businesstimedelta, + 8 h", walked, "", f"{walked / ours:.0f} times `Calendar.add`")


def batch_peers(starts_us: np.ndarray) -> None:
    """Compare with the batch of workclock, on NumPy arrays; the answers agree before anything is timed."""
    schedule = workclock.Schedule(
        [
            workclock.WorkDay(clock(8), clock(17)),
            workclock.Break(clock(12), clock(13)),
            workclock.Holidays([date.fromisoformat(day) for day in HOLIDAYS]),
        ],
        time_zone=ZoneInfo("Asia/Jakarta"),
    )
    starts, length = starts_us.astype("datetime64[us]"), np.timedelta64(8, "h").astype("timedelta64[us]")
    column = timestamps(starts_us)
    ours = OFFICE.add_column(column, timedelta(hours=8)).to_pyarrow().cast(pa.int64()).to_numpy()
    theirs = schedule.add_many(starts, length).astype("datetime64[us]").astype(np.int64)
    assert (ours == theirs).all(), "workclock answers otherwise"
    walked = cost(lambda: schedule.add_many(starts, length), 1, 3)
    counted = cost(lambda: OFFICE.add_column(column, timedelta(hours=8)), 1, 9)
    rate(
        f"workclock {workclock.__version__} `add_many`, 8 h",
        walked,
        len(starts_us),
        "",
        f"`add_column` of the same: × {walked / counted:.0f}",
    )


def columns(engine: Engine, rows: int) -> None:
    random = np.random.default_rng(7)
    base = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
    opened = base + random.integers(0, 365 * 24 * HOUR_US, rows)
    starts, sorted_starts = timestamps(opened), timestamps(np.sort(opened))
    lengths = pa.array(random.integers(0, 24 * 3600, rows) * 1_000_000).cast(pa.duration("us"))
    print("\n| columns, rows a second and core | rate | goal | |\n| --- | ---: | ---: | --- |")
    rate(
        "`add_column`, random starts and lengths",
        cost(lambda: OFFICE.add_column(starts, lengths), 1, 5),
        rows,
        "40 million",
    )
    rate(
        "`add_column`, sorted starts, one length",
        cost(lambda: OFFICE.add_column(sorted_starts, timedelta(hours=8)), 1, 5),
        rows,
    )
    rate(
        "`elapsed_column`",
        cost(lambda: OFFICE.elapsed_column(starts, timestamps(opened + 30 * 24 * HOUR_US)), 1, 5),
        rows,
    )
    batch_peers(opened[:100_000])
    packages = np.array([package["id"] for package in POLICY["packages"]])[random.integers(0, 3, rows)]
    table = pa.table(
        {
            "package": packages,
            "channel": np.full(rows, "email"),
            "opened_at": starts,
            "assigned_at": starts,
            "first_reply_at": timestamps(opened + random.integers(0, 6 * HOUR_US, rows)),
            "resolved_at": timestamps(opened + random.integers(6 * HOUR_US, 72 * HOUR_US, rows)),
        }
    )
    now = datetime(2027, 3, 1, tzinfo=UTC)
    for timers in (["first_response"], ["first_response", "resolution"]):
        name = "one timer" if len(timers) == 1 else "two timers"
        judge = partial(engine.evaluate_rows, table, now=now, timers=timers)
        add_up = partial(engine.aggregate_rows, table, now=now, timers=timers, by=["package"])
        work = cost(judge, 1, 5)
        rate(f"`evaluate_rows`, {name}: due, warning, state, elapsed, overdue", work, rows, "10 million")
        work = cost(lambda add_up=add_up: add_up().rows(), 1, 5)
        rate(f"`aggregate_rows(...).rows()` by package, {name}", work, rows, "10 million")
    tickets = rows // 8
    kinds = ["open", "assign", "reply", "pause", "resume", "reply", "resolve", "close"]
    at = base + random.integers(0, 300 * 24 * HOUR_US, tickets)
    log = pa.table(
        {
            "ticket_id": np.repeat(np.char.add("T-", np.arange(tickets).astype(str)), 8),
            "event_at": timestamps((at[:, None] + np.arange(8)[None, :] * HOUR_US // 2).ravel()),
            "kind": np.tile(kinds, tickets),
            "actor": np.tile(["kim"] + ["ana"] * 7, tickets),
            "package": np.repeat(packages[:tickets], 8),
            "channel": np.full(tickets * 8, "email"),
            "reason": np.full(tickets * 8, "waiting"),
        }
    )
    rate(
        "`evaluate_log`, a sorted log of 8 events a ticket",
        cost(lambda: engine.evaluate_log(log, now=now), 1, 3),
        tickets * 8,
        "4 million",
    )
    part = log.slice(0, 400_000)
    judged = cost(lambda: engine.aggregate_log(part, now=now, by=["package"]), 1, 3)
    rate("`aggregate_log`, every event judged, all figures", judged, part.num_rows)


def memory(rows: int) -> None:
    """Measure the memory of a large batch in a process of its own, beside its input and output."""
    said = subprocess.run([sys.executable, __file__, "--memory", str(rows)], check=True, capture_output=True, text=True)
    print(f"\n{said.stdout.strip()}")


def highest() -> int:
    """Return the highest use of memory of this process, in bytes."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def measure_memory(rows: int) -> None:
    starts = timestamps(np.arange(rows) * 7_000_000 + 1_767_225_600_000_000)
    add = partial(OFFICE.add_column, starts, timedelta(hours=8))
    measure(f"`add_column` of {rows:,} rows", starts.nbytes, lambda: add().to_pyarrow())
    engine = Engine.compile(POLICY)
    packages = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), ["starter"])
    channels = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), ["email"])
    table = pa.table({"package": packages, "channel": channels, "opened_at": starts, "first_reply_at": starts})
    judge = partial(engine.evaluate_rows, table, now=datetime(2029, 1, 1, tzinfo=UTC), timers=["first_response"])
    measure(f"`evaluate_rows` of {rows:,} rows, one timer", table.nbytes, lambda: judge().to_pyarrow())


def measure(what: str, taken: int, work: Callable[[], Any]) -> None:
    """Say how much more memory some work needs at its highest than its input and output."""
    # Forgets the highest use so far.
    Path("/proc/self/clear_refs").write_text("5")
    before = highest()
    answer = work()
    peak = highest() - before
    given = answer.nbytes
    print(
        f"{what}: {taken / 1e6:.0f} MB of input, {given / 1e6:.0f} MB of output; with what it needs meanwhile "
        f"{(taken + peak) / 1e6:.0f} MB, × {(taken + peak) / (taken + given):.2f} (goal × 1.5)  "
    )


def imports() -> None:
    """Measure a fresh interpreter with and without the package."""

    def start(code: str) -> float:
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
        return min(
            cost(lambda: subprocess.run([sys.executable, "-c", code], check=True, env=environment), 1, 1)
            for _ in range(15)
        )

    show("`import sla_engine`, beyond an empty interpreter", start("import sla_engine") - start("pass"), "20 ms")


def main() -> None:
    if "--memory" in sys.argv:
        measure_memory(int(sys.argv[-1]))
        return
    engine = Engine.compile(POLICY)
    ours = scalars()
    pickles(engine)
    peers(ours)
    imports()
    columns(engine, 2_000_000)
    memory(10_000_000)


main()
