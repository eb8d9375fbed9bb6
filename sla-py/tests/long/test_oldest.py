"""Columns of the oldest versions of other libraries that docs/columns.md names: in and out, the same answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import nanoarrow as na
import polars as pl
import pyarrow as pa
import pytest
from sla_engine import Calendar, Engine

UTC_US = pa.timestamp("us", "UTC")
NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE = Calendar({"time_zone": "UTC", "weekly": {"mon": ["08:00-12:00", "13:00-17:00"], "tue": ["08:00-17:00"]}})
ENGINE = Engine.compile(
    {
        "schema": "sla-policy/2",
        "id": "desk",
        "version": 1,
        "calendars": {"always": {"time_zone": "UTC", "always_open": True}},
        "channels": [{"id": "email", "name": "Email"}],
        "packages": [
            {
                "id": package,
                "name": package,
                "rank": rank,
                "channels": ["email"],
                "calendar": "always",
                "targets": {"first_response": f"{rank}h"},
            }
            for rank, package in enumerate(["gold", "silver"], 1)
        ],
    }
)
STARTS = [NINE, NINE + 2.5 * HOUR, None, NINE + 100 * HOUR]
DUE = [None if start is None else OFFICE.add(start, HOUR) for start in STARTS]
TICKETS = pa.table(
    {
        "ticket_id": ["a", "b", "c"],
        "package": ["gold", "silver", "gold"],
        "channel": ["email"] * 3,
        "opened_at": pa.array([NINE, NINE + HOUR, NINE], UTC_US),
        "first_reply_at": pa.array([NINE + 0.5 * HOUR, None, None], UTC_US),
    }
)
NOW = NINE + 2 * HOUR
STATES = ["met", "running", "breached"]


CONNECTION = duckdb.connect()
CONNECTION.execute("SET TimeZone = 'UTC'")


COLUMNS: dict[str, Callable[[pa.Array], Any]] = {
    "pyarrow array": lambda array: array,
    "nanoarrow": na.Array,
}
TABLES: dict[str, Callable[[pa.Table], Any]] = {
    "pyarrow table": lambda table: table,
    "pyarrow record batch": lambda table: table.to_batches()[0],
    "pyarrow reader": lambda table: table.to_reader(),
    # Its texts are views, which pyarrow knows since 16.
    "polars": lambda table: pl.from_arrow(table.drop_columns("ticket_id")),
    "polars categories": lambda table: pl.from_arrow(table.drop_columns("ticket_id")).with_columns(
        pl.col("package").cast(pl.Categorical)
    ),
    "pandas": lambda table: table.to_pandas(),
    "pandas categories": lambda table: table.to_pandas().astype({"package": "category"}),
    "duckdb": CONNECTION.from_arrow,
    "nanoarrow": na.ArrayStream,
}


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_are_read(name: str) -> None:
    found = OFFICE.add_column(COLUMNS[name](pa.array(STARTS, UTC_US)), HOUR)
    assert found.to_pylist() == DUE


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_read(name: str) -> None:
    found = ENGINE.evaluate_rows(TABLES[name](TICKETS), now=NOW).to_pylist()
    assert [row["first_response_state"] for row in found] == STATES
    total = ENGINE.aggregate_rows(TABLES[name](TICKETS), now=NOW, by=["package"])
    assert total == ENGINE.aggregate_rows(TICKETS, now=NOW, by=["package"])


def test_answers_are_given() -> None:
    column = OFFICE.add_column(pa.array(STARTS, UTC_US), HOUR)
    assert pa.array(column).to_pylist() == column.to_pyarrow().to_pylist() == DUE
    assert column.to_polars().to_list() == DUE
    assert na.Array(column).to_pylist() == DUE
    assert len(column.to_pandas()) == len(DUE)
    table = ENGINE.evaluate_rows(TICKETS, now=NOW)
    assert pa.table(table).column("first_response_state").to_pylist() == STATES
    assert table.to_polars()["first_response_state"].to_list() == STATES
    assert list(table.to_pandas()["first_response_state"]) == STATES
    answers = table
    found = duckdb.sql("SELECT first_response_state FROM answers ORDER BY ticket_id").fetchall()
    assert [state for (state,) in found] == STATES
    assert len(answers) == 3
