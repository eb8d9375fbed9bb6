"""Partial figures from anywhere, merged by engines that know nothing of them, are those of one machine to the byte."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import dask
import dask.dataframe as dd
import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from desk import HOUR_US, engine, fault, instant, micros
from hypothesis import given, settings
from hypothesis import strategies as st
from sla_engine import Aggregate, Engine, InputError

NOW = datetime(2026, 12, 1, tzinfo=UTC)
UTC_US = pa.timestamp("us", "UTC")
SUMS = ["n", "sum_s", "sum_us_rest"]
GROUPINGS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "package and channel": {"by": ["package", "channel"]},
    "agent by week": {"by": ["agent"], "period": "week", "period_zone": "Asia/Jakarta"},
    "everything by day": {
        "by": ["package", "channel", "agent", "priority", "severity", "category"],
        "period": "day",
        "period_zone": "Asia/Jakarta",
    },
}


@cache
def log() -> pa.Table:
    """Return some hundred tickets as a log."""
    draw = random.Random(7)
    rows: list[dict[str, Any]] = []
    start_us = micros(datetime(2026, 11, 2, tzinfo=UTC))
    for number in range(300):
        at_us = start_us + draw.randrange(500 * HOUR_US)
        package, channel = draw.choice([("starter", "email"), ("professional", "phone"), ("enterprise", "whatsapp")])
        agent = draw.choice(["ana", "bob", "cleo"])
        steps: list[dict[str, Any]] = [{"kind": "open", "package": package, "channel": channel}]
        steps += [{"kind": "assign", "agent": agent}] * draw.randrange(2)
        steps += [{"kind": "reply", "actor": agent, "role": "admin"}] * draw.randrange(3)
        if steps[1:] and steps[1]["kind"] == "assign":
            steps += [{"kind": "pause", "status": "on_hold", "reason": "waiting"}, {"kind": "resume"}] * draw.randrange(
                2
            )
        steps += [
            {"kind": "resolve", "actor": agent},
            {"kind": "rate", "score": str(draw.randrange(1, 6))},
        ] * draw.randrange(2)
        for step in steps:
            rows.append({"ticket_id": f"T-{number:04}", "event_at": instant(at_us), **step})
            at_us += draw.randrange(6 * HOUR_US)
    names = ["kind", "package", "channel", "actor", "role", "agent", "status", "reason", "score"]
    schema = pa.schema([("ticket_id", pa.string()), ("event_at", UTC_US), *((name, pa.string()) for name in names)])
    return pa.Table.from_pylist(rows, schema)


@cache
def wide() -> pa.Table:
    """Return some thousand tickets as wide rows."""
    draw = random.Random(11)
    start_us = micros(datetime(2026, 11, 2, tzinfo=UTC))

    def later(at_us: int) -> int | None:
        return at_us + draw.randrange(30 * HOUR_US) if draw.random() < 0.8 else None

    rows = []
    for _ in range(3_000):
        package, channel = draw.choice([("starter", "email"), ("professional", "phone"), ("enterprise", "whatsapp")])
        opened = start_us + draw.randrange(500 * HOUR_US)
        times = [opened, *(later(opened) for _ in range(3))]
        rows.append([package, channel, draw.choice(["ana", "bob", None]), *times])
    names = ["package", "channel", "agent", "opened_at", "assigned_at", "first_reply_at", "resolved_at"]
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    return pa.table(
        {name: pa.array(column).cast(UTC_US) if name.endswith("_at") else column for name, column in columns.items()}
    )


@cache
def whole(name: str) -> Aggregate:
    """Return the figures of the log, added up on one machine in one go."""
    total = engine().aggregate_log(log(), now=NOW, **GROUPINGS[name])
    assert total.refused == ()
    return total.aggregate


def parts(name: str, count: int, seed: int) -> list[Aggregate]:
    """Deal the tickets out to so many machines, at random."""
    draw = random.Random(seed)
    machine = {ticket: draw.randrange(count) for ticket in log()["ticket_id"].unique().to_pylist()}
    places = pa.array([machine[ticket] for ticket in log()["ticket_id"].to_pylist()])
    shares = [log().filter(pc.equal(places, one)) for one in range(count)]
    return [engine().aggregate_log(share, now=NOW, **GROUPINGS[name]).aggregate for share in shares]


def keys(table: pa.Table) -> list[str]:
    return [name for name in table.column_names if name not in SUMS]


def by_polars(table: pa.Table) -> Any:
    return pl.DataFrame(table).group_by(keys(table)).agg(pl.col(SUMS).sum())


def by_polars_lazily(table: pa.Table) -> Any:
    return pl.DataFrame(table).lazy().group_by(keys(table)).agg(pl.col(SUMS).sum()).collect(engine="streaming")


def by_duckdb(table: pa.Table) -> Any:
    # SUM of 64-bit integers is a 128-bit one there, which is read as it comes.
    return duckdb.from_arrow(table).aggregate(
        ", ".join([*(f'"{key}"' for key in keys(table)), *(f"sum({one}) AS {one}" for one in SUMS)])
    )


def by_duckdb_in_integers(table: pa.Table) -> Any:
    sums = [f"sum({one})::UBIGINT AS {one}" for one in SUMS]
    return duckdb.from_arrow(table).aggregate(", ".join([*(f'"{key}"' for key in keys(table)), *sums]))


def by_pandas(table: pa.Table) -> Any:
    return table.to_pandas().groupby(keys(table), as_index=False, observed=True)[SUMS].sum()


def by_pyarrow(table: pa.Table) -> Any:
    merged = table.group_by(keys(table)).aggregate([(one, "sum") for one in SUMS])
    return merged.rename_columns(
        [column.removesuffix("_sum") if column != "sum_s" else column for column in merged.column_names]
    )


def unmerged(table: pa.Table) -> Any:
    """The engine adds up rows of one key itself."""
    return table


MERGERS = [by_polars, by_polars_lazily, by_duckdb, by_duckdb_in_integers, by_pandas, by_pyarrow, unmerged]


@pytest.mark.parametrize("merge", MERGERS, ids=lambda merge: merge.__name__)
@pytest.mark.parametrize("name", GROUPINGS)
def test_any_engine_merges_parts_to_the_same_bytes(name: str, merge: Any) -> None:
    for count, seed in ((1, 0), (2, 1), (5, 2), (40, 3)):
        dealt = parts(name, count, seed)
        rows = pa.concat_tables([part.rows().to_pyarrow() for part in dealt])
        found = Aggregate.from_rows(merge(rows), as_of=NOW, **GROUPINGS[name])
        assert found.json() == whole(name).json()
        assert found == whole(name)
        assert found.rows().to_pylist() == whole(name).rows().to_pylist()
        assert found.report() == whole(name).report()


@pytest.mark.parametrize("name", GROUPINGS)
def test_parts_add_up_in_any_order(name: str) -> None:
    dealt = parts(name, 6, 4)
    first, *others = dealt
    backwards, *rest = dealt[::-1]
    assert first.merge(*others).json() == backwards.merge(*rest).json() == whole(name).json()
    pairs = [dealt[0] + dealt[1], dealt[2] + dealt[3], dealt[4] + dealt[5]]
    assert pairs[2] + (pairs[0] + pairs[1]) == whole(name)
    assert first.merge() == first
    assert Aggregate.from_json(whole(name).json()) == whole(name)
    nothing = Aggregate.of(engine(), [], now=NOW, **GROUPINGS[name])
    assert nothing + whole(name) == whole(name) + nothing == whole(name)


def test_less_can_be_kept_apart_later() -> None:
    everything = whole("everything by day")
    assert everything.regroup(by=["package", "channel"], period=False) == whole("package and channel")
    assert everything.regroup(period=False) == whole("nothing")
    assert everything.regroup(by=["package"]).report().total == everything.report().total
    fault(InputError, "conflicting_fields", whole("package and channel").regroup, by=["agent"])
    fault(InputError, "conflicting_fields", whole("nothing").merge, whole("package and channel"))
    fault(InputError, "conflicting_fields", lambda: whole("nothing") + whole("agent by week"))
    with pytest.raises(TypeError):
        _ = whole("nothing") + 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 3_000), max_size=12).map(sorted), st.sampled_from(list(GROUPINGS)))
def test_wide_rows_may_be_cut_anywhere(cuts: list[int], name: str) -> None:
    edges = [0, *cuts, 3_000]
    expected = engine().aggregate_rows(wide(), now=NOW, **GROUPINGS[name])
    pieces = [wide()[since:to] for since, to in pairwise(edges)]
    partial = [engine().aggregate_rows(piece, now=NOW, **GROUPINGS[name]) for piece in pieces]
    rows = pa.concat_tables([one.rows().to_pyarrow() for one in partial])
    merged = Aggregate.from_rows(by_polars(rows), as_of=NOW if len(rows) else None, **GROUPINGS[name])
    assert merged.json() == partial[0].merge(*partial[1:]).json() == expected.json()


# Dask


def partial(frame: pd.DataFrame, engine: Engine) -> pd.DataFrame:
    """Add up one partition, in whatever process it is."""
    total = engine.aggregate_log(
        frame, now=NOW, sort=True, by=["package", "agent"], period="day", period_zone="Asia/Jakarta"
    )
    return total.aggregate.rows().to_pandas()


@pytest.mark.parametrize("scheduler", ["threads", "processes"])
def test_dask_adds_up_partitions(scheduler: str) -> None:
    named = {"by": ["package", "agent"], "period": "day", "period_zone": "Asia/Jakarta"}
    expected = engine().aggregate_log(log(), now=NOW, **named).aggregate
    frame = log().to_pandas()
    shuffled = frame.sample(frac=1, random_state=5)
    with dask.config.set({"dataframe.shuffle.method": "tasks", "scheduler": scheduler, "num_workers": 2}):
        tickets = dd.from_pandas(shuffled, npartitions=5).shuffle("ticket_id", npartitions=4)
        rows = tickets.map_partitions(partial, engine(), meta=partial(frame[:0], engine()))
        merged = rows.groupby(keys(expected.rows().to_pyarrow()), dropna=False)[SUMS].sum().reset_index().compute()
    assert Aggregate.from_rows(merged, as_of=NOW, **named).json() == expected.json()


# What is no merged table


def rows(**columns: Any) -> pa.Table:
    table = whole("package and channel").rows().to_pyarrow()
    for name, column in columns.items():
        place = table.column_names.index(name)
        table = table.remove_column(place) if column is None else table.set_column(place, name, column(table[name]))
    return table


BY = GROUPINGS["package and channel"]


def test_rows_in_any_order_and_type_that_holds_them() -> None:
    whole_rows = rows()
    shuffled = whole_rows.take(random.Random(3).sample(range(len(whole_rows)), len(whole_rows)))
    for kind in (pa.int32(), pa.uint16(), pa.uint64(), pa.decimal128(38, 0)):
        converted = shuffled.set_column(shuffled.column_names.index("n"), "n", shuffled["n"].cast(kind))
        assert Aggregate.from_rows(converted, as_of=NOW, **BY) == whole("package and channel")
    for frame in (pl.DataFrame(shuffled), shuffled.to_pandas(), duckdb.from_arrow(shuffled)):
        assert Aggregate.from_rows(frame, as_of=NOW, **BY) == whole("package and channel")
    encoded = rows(
        package=lambda column: column.dictionary_encode(), outcome=lambda column: column.cast(pa.string_view())
    )
    assert Aggregate.from_rows(encoded, as_of=NOW, **BY) == whole("package and channel")
    renamed = whole_rows.rename_columns(["plan" if name == "package" else name for name in whole_rows.column_names])
    assert Aggregate.from_rows(renamed, as_of=NOW, columns={"package": "plan"}, **BY) == whole("package and channel")
    nothing = Aggregate.from_rows(whole_rows[:0], **BY)
    assert nothing.as_of is None
    assert nothing.report().groups == ()
    assert whole("package and channel").as_of == NOW
    later = Aggregate.from_rows(whole_rows, as_of=NOW + timedelta(days=1), **BY)
    assert (later + whole("package and channel")).as_of == NOW + timedelta(days=1)


def test_rows_that_nobody_can_have_added_up_are_refused() -> None:
    def ones(value: Any, kind: pa.DataType) -> Any:
        return lambda column: pa.array([value] * len(column), kind)

    wrong = [
        ("missing_field", {"n": None}),
        ("missing_field", {"timer": None}),
        ("missing_field", {"package": None}),
        ("unknown_word", {"outcome": ones("won", pa.string())}),
        ("out_of_range", {"n": ones(-1, pa.int64())}),
        ("out_of_range", {"n": ones(None, pa.int64())}),
        ("out_of_range", {"sum_s": ones(2**64, pa.decimal128(38, 0))}),
        ("out_of_range", {"bucket": ones(10**12, pa.int64())}),
        ("wrong_type", {"n": ones(1.0, pa.float64())}),
        ("wrong_type", {"n": ones("1", pa.string())}),
        ("wrong_type", {"package": ones(1.5, pa.float64())}),
    ]
    for code, columns in wrong:
        fault(InputError, code, Aggregate.from_rows, rows(**columns), **BY)
    fault(InputError, "missing_field", Aggregate.from_rows, rows(), by=["agent"])
    fault(InputError, "missing_field", Aggregate.from_rows, rows(), period="day", **BY)
    fault(InputError, "unknown_word", Aggregate.from_rows, rows(), by=["floor"])
    with pytest.raises(TypeError):
        Aggregate.from_rows(rows().to_pylist(), **BY)
