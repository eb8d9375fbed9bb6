"""Figures of a log that is larger than memory, with polars or with duckdb: partial figures, merged by GROUP BY and SUM.

    python polars_duckdb.py [LOG.parquet]

A log is a row a state (incident_log.py makes one of the sample data). It is taken in parts by ticket, since a ticket
must lie in one part as a whole. Each part becomes a few flat rows; these are added up by any engine, and read back as
the figures of the whole log, the same to the byte.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq
from figures import show
from incident_log import STATES, read
from sla_engine import Aggregate, Engine

EXAMPLES = Path(__file__).parents[1]
PARTS = 8
GROUPING = {"by": ["channel", "severity"], "period": "month", "period_zone": "UTC"}
SUMS = ["n", "sum_s", "sum_us_rest"]


def with_polars(engine: Engine, path: str, now: datetime) -> Aggregate:
    """Read, cut, merge with polars."""
    log = pl.scan_parquet(path).with_columns(part=pl.col("ticket_id").hash(0) % PARTS)
    partials = []
    for part in range(PARTS):
        rows = log.filter(pl.col("part") == part).sort("ticket_id", "event_at", "sequence").collect(engine="streaming")
        figures = engine.aggregate_log(rows, now=now, states=STATES, **GROUPING).aggregate
        partials.append(pl.DataFrame(figures.rows()))
    rows = pl.concat(partials)
    merged = rows.group_by(pl.exclude(SUMS)).agg(pl.col(SUMS).sum())
    return Aggregate.from_rows(merged, as_of=now, **GROUPING)


def with_duckdb(engine: Engine, path: str, now: datetime) -> Aggregate:
    """Read, cut, merge with duckdb."""
    database = duckdb.connect()
    database.execute("SET TimeZone = 'UTC'")
    for part in range(PARTS):
        rows = database.sql(
            "FROM read_parquet($path) WHERE hash(ticket_id) % $parts = $part ORDER BY ticket_id, event_at, sequence",
            params={"path": path, "parts": PARTS, "part": part},
        )
        figures = engine.aggregate_log(rows, now=now, states=STATES, **GROUPING).aggregate
        partial = figures.rows().to_pyarrow()
        database.register("partial", partial)
        database.execute("INSERT INTO partials FROM partial" if part else "CREATE TABLE partials AS FROM partial")
    merged = database.sql(
        "SELECT * EXCLUDE (n, sum_s, sum_us_rest), SUM(n) AS n, SUM(sum_s) AS sum_s, SUM(sum_us_rest) AS sum_us_rest "
        "FROM partials GROUP BY ALL"
    )
    return Aggregate.from_rows(merged, as_of=now, **GROUPING)


def main() -> None:
    engine = Engine.compile((EXAMPLES / "incident-desk.json").read_bytes())
    now = datetime(2017, 3, 1, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        if len(sys.argv) > 1:
            path = sys.argv[1]
        else:
            path = f"{folder}/incidents.parquet"
            pq.write_table(read(str(EXAMPLES / "data" / "incident-events.csv")), path)
        one, other = with_polars(engine, path, now), with_duckdb(engine, path, now)
        whole = engine.aggregate_log(pl.read_parquet(path), now=now, states=STATES, **GROUPING)
    show(one.regroup(by=["channel"], period=False).report())
    print(f"{len(whole.refused)} rows were left out")
    print(
        "polars and duckdb agree with one computation over everything:",
        one.json() == other.json() == whole.aggregate.json(),
    )


if __name__ == "__main__":
    main()
