"""Calls that split their rows over threads say the same with any number of them."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest
from desk import HOUR_US, engine, fault, micros, monday, office
from sla_engine import HorizonError, InputError

UTC_US = pa.timestamp("us", "UTC")
NOW = monday(24 * 60)
THREADS = (2, 3, 7)
WEEKLY: dict[str, Any] = {"by": ["package", "agent"], "period": "week", "period_zone": "Asia/Jakarta"}


def wide(rows: int) -> pa.Table:
    """Return wide rows in chunks of odd lengths, some of which cannot be judged, with gaps in every column."""
    draw = random.Random(rows)
    made: dict[str, list[Any]] = {name: [] for name in ("package", "agent", "opened_at", "assigned_at", "resolved_at")}
    for _ in range(rows):
        opened = micros(monday()) + draw.randrange(1_000 * HOUR_US)
        assigned = opened + draw.randrange(-60_000_000, HOUR_US) if draw.random() < 0.9 else None
        resolved = (assigned or opened) + draw.randrange(30 * HOUR_US) if draw.random() < 0.8 else None
        made["package"].append(draw.choice(["starter", "professional", "enterprise", "none", None]))
        made["agent"].append(draw.choice(["ana", "bob", "eve", None]))
        made["opened_at"].append(opened if draw.random() < 0.99 else None)
        made["assigned_at"].append(assigned)
        made["resolved_at"].append(resolved)
    columns = {name: pa.array(values, UTC_US if name.endswith("_at") else pa.string()) for name, values in made.items()}
    table = pa.table({**columns, "first_reply_at": columns["resolved_at"], "channel": pa.array(["email"] * rows)})
    cut = rows // 3 + 1
    return pa.concat_tables([table[:cut], table[cut : cut + 13], table[cut + 13 :]])


def log(tickets: int) -> pa.Table:
    """Return a log with rows that are refused, and values that the policy does not list."""
    draw = random.Random(tickets)
    rows = []
    for number in range(tickets):
        at = micros(monday()) + draw.randrange(500 * HOUR_US)
        channel = draw.choice(["email", "chat", "fax"])
        package = draw.choice(["starter", "enterprise"])
        rows.append((f"T-{number}", at, "open", package, channel, None, "low" if number == tickets - 1 else None))
        for kind in ("assign", "reply", draw.choice(["resolve", "resume"])):
            at += draw.randrange(8 * HOUR_US)
            rows.append((f"T-{number}", at, kind, None, None, draw.choice(["ana", "bob"]), None))
    names = ["ticket_id", "event_at", "kind", "package", "channel", "agent", "severity"]
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    return pa.table({**columns, "event_at": pa.array(columns["event_at"], UTC_US)})


def parts(table: Any) -> list[pa.RecordBatch]:
    return pa.RecordBatchReader.from_stream(table).read_all().to_batches()


def test_wide_rows() -> None:
    rows = wide(40_000)
    one = engine().evaluate_rows(rows, now=NOW, threads=1)
    figures = engine().aggregate_rows(rows, now=NOW, threads=1, **WEEKLY)
    refused = {row["refused"] for row in one.to_pylist()}
    assert {None, "unknown_package", "missing_field", "end_before_start"} <= refused
    for threads in (*THREADS, None):
        assert parts(engine().evaluate_rows(rows, now=NOW, threads=threads)) == parts(one)
        assert engine().aggregate_rows(rows, now=NOW, threads=threads, **WEEKLY).json() == figures.json()
        table, sums = engine().judge_rows(rows, now=NOW, threads=threads, **WEEKLY)
        assert parts(table) == parts(one)
        assert sums.json() == figures.json()


def test_figures_without_durations() -> None:
    rows = wide(40_000)
    whole = engine().aggregate_rows(rows, now=NOW, threads=1, **WEEKLY)
    counts = engine().aggregate_rows(rows, now=NOW, threads=1, durations=False, **WEEKLY)
    lasting = ("overdue", "business_time", "wall_time", "unpromised_business_time", "unpromised_wall_time")
    counted = [row for row in whole.rows().to_pylist() if row["outcome"] not in lasting]
    assert counts.rows().to_pylist() == counted
    assert counts.report().total.timers["resolution"].business_time.mean_us is None
    columns = engine().evaluate_rows(rows, now=NOW)
    for threads in (1, *THREADS):
        table, sums = engine().judge_rows(rows, now=NOW, threads=threads, durations=False, **WEEKLY)
        assert parts(table) == parts(columns)
        assert sums == counts


@pytest.mark.parametrize("answers", [[], ["state"], ["due_at", "overdue"], ["elapsed", "warn_at"]])
def test_only_the_answers_that_are_asked(answers: list[str]) -> None:
    rows = wide(999)
    whole = engine().evaluate_rows(rows, now=NOW).to_pyarrow()
    names = [name for name in whole.column_names if name == "refused" or name.endswith(tuple(answers or ["-"]))]
    some = engine().evaluate_rows(rows, now=NOW, answers=answers).to_pyarrow()
    assert some == whole.select(names)
    table, sums = engine().judge_rows(rows, now=NOW, answers=answers, **WEEKLY)
    assert table.to_pyarrow() == some
    assert sums == engine().aggregate_rows(rows, now=NOW, **WEEKLY)


def test_answers_and_threads_are_checked() -> None:
    fault(InputError, "unknown_word", engine().evaluate_rows, wide(3), now=NOW, answers=["deadline"])
    fault(InputError, "out_of_range", engine().evaluate_rows, wide(3), now=NOW, threads=0)


def test_tables_without_rows() -> None:
    rows = wide(10)[:0]
    table, sums = engine().judge_rows(rows, now=NOW, threads=2, **WEEKLY)
    assert (len(table), sums) == (0, engine().aggregate_rows(rows, now=NOW, threads=1, **WEEKLY))
    assert len(engine().evaluate_log(log(3)[:0], now=NOW)) == 0


def test_logs() -> None:
    rows = log(9_000)
    one = engine().evaluate_log(rows, now=NOW, threads=1)
    judged = engine().aggregate_log(rows, now=NOW, threads=1, **WEEKLY)
    histories = engine().import_log(rows, now=NOW, threads=1)
    assert judged.refused
    assert judged.remarks
    for threads in THREADS:
        assert parts(engine().evaluate_log(rows, now=NOW, threads=threads)) == parts(one)
        found = engine().aggregate_log(rows, now=NOW, threads=threads, **WEEKLY)
        assert found.aggregate.json() == judged.aggregate.json()
        assert (found.refused, found.remarks) == (judged.refused, judged.remarks)
        imported = engine().import_log(rows, now=NOW, threads=threads)
        assert [history.json() for history in imported.histories] == [history.json() for history in histories.histories]
        assert (imported.refused, imported.remarks) == (histories.refused, histories.remarks)


def test_questions_to_a_calendar() -> None:
    draw = random.Random(1)
    starts = [monday(draw.random() * 4_000) if draw.random() < 0.9 else None for _ in range(50_001)]
    starts[40_000] = monday(24 * 366 * 200)
    column = pa.array(starts, UTC_US)[1:]
    for ask in (
        lambda threads: office().add_column(column, timedelta(hours=3), on_fault="null", threads=threads),
        lambda threads: office().subtract_column(column, timedelta(hours=3), on_fault="null", threads=threads),
        lambda threads: office().elapsed_column(monday(-1), column, on_fault="null", threads=threads),
        lambda threads: office().is_open_column(column, on_fault="null", threads=threads),
        lambda threads: office().next_open_column(column, on_fault="null", threads=threads),
        lambda threads: office().next_close_column(column, on_fault="null", threads=threads),
    ):
        one = ask(1).to_pyarrow()
        assert one.null_count > 0
        assert all(ask(threads).to_pyarrow() == one for threads in (*THREADS, None))
    first = fault(HorizonError, None, office().add_column, column, timedelta(hours=3), threads=2)
    assert "row 39999 has no answer" in str(first)


def test_texts_that_are_alike_at_both_ends() -> None:
    agents = [
        "",
        "a",
        "aa",
        "abcd",
        "abcde",
        "abcdabcd",
        "aaaaaaaa-1-bbbbbbbb",
        "aaaaaaaa-2-bbbbbbbb",
        "aaaaaaaa--bbbbbbbb",
    ]
    rows = wide(4_000)[:3_600].select(["package", "opened_at", "assigned_at", "resolved_at"])
    rows = rows.append_column("agent", pa.array(agents * 400)).append_column("channel", pa.array(["email"] * 3_600))
    whole = rows.append_column("first_reply_at", rows["resolved_at"])
    encoded = whole.set_column(4, "agent", whole["agent"].combine_chunks().dictionary_encode())
    large = whole.set_column(4, "agent", whole["agent"].cast(pa.large_string()))
    view = whole.set_column(4, "agent", whole["agent"].cast(pa.string_view()))
    sums = [engine().aggregate_rows(table, now=NOW, by=["agent"]) for table in (whole, encoded, large, view)]
    assert sums[0] == sums[1] == sums[2] == sums[3]
    groups = {row["agent"] for row in sums[0].rows().to_pylist()}
    assert groups == {"unassigned", *agents} - {""}
