"""Figures of a log of any size with Spark.

    python spark_replay.py POLICY.json LOG.parquet --states incident-log.toml --as-of 2017-03-01T00:00:00Z --by channel

The log is a row a command, or with --states a row a state, in any order (incident_log.py makes one of the sample data).
Spark brings the rows of each ticket together in one partition, sorted; each partition becomes a few flat rows, in the
memory of some batches; Spark adds these up. The figures are those of one computation over everything, to the byte.

Needs pyspark, pyarrow and pandas beside sla-engine, on the workers too.
"""

from __future__ import annotations

import argparse
import os
import sys
import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from figures import show
from pyspark.accumulators import Accumulator
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f
from sla_engine import Aggregate, Engine

SUMS = ("n", "sum_s", "sum_us_rest")
# What the engine reads of a log; the rest is not sent around.
COLUMNS = (
    "ticket_id", "event_at", "sequence", "kind", "actor", "role", "customer", "package", "channel", "severity",
    "category", "agent", "status", "reason", "apply", "score", "number", "duplicate_of", "message_ref", "state",
    "opened_at", "row_number",
)  # fmt: skip
TYPES = {pa.string(): "string", pa.int64(): "bigint", pa.timestamp("us", "UTC"): "timestamp"}


def partial(
    engine: Engine, now: datetime, states: dict[str, Any] | None, grouping: dict[str, Any], left_out: Accumulator[int]
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Return what turns the sorted rows of a partition into rows of figures."""

    def add_up(rows: pa.Table) -> pa.RecordBatch:
        found = engine.aggregate_log(rows, now=now, states=states, **grouping)
        left_out.add(len(found.refused))
        return pa.record_batch(found.aggregate.rows())

    def each(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        waiting: pa.Table | None = None
        for batch in batches:
            if batch.num_rows == 0:
                continue
            rows = pa.Table.from_batches([batch])
            if waiting is not None:
                rows = pa.concat_tables([waiting, rows])
            # The last ticket may go on in the next batch.
            ids = rows["ticket_id"]
            begins = pc.index(ids, ids[-1]).as_py()
            waiting = rows[begins:]
            if begins:
                yield add_up(rows[:begins])
        if waiting is not None:
            yield add_up(waiting)

    return each


def replay(
    log: DataFrame, engine: Engine, now: datetime, states: dict[str, Any] | None, grouping: dict[str, Any]
) -> tuple[Aggregate, int]:
    """Return the figures of a log, and how many of its rows were left out."""
    left_out = log.sparkSession.sparkContext.accumulator(0)
    # What no ticket has says which columns there are.
    fields = Aggregate.of(engine, [], now=now, **grouping).rows().to_pyarrow().schema
    schema = ", ".join(f"`{field.name}` {TYPES[field.type]}" for field in fields)
    order = [name for name in ("ticket_id", "event_at", "sequence") if name in log.columns]
    rows = log.select(*(name for name in COLUMNS if name in log.columns)).repartition("ticket_id")
    partials = rows.sortWithinPartitions(*order).mapInArrow(partial(engine, now, states, grouping, left_out), schema)
    keys = [field.name for field in fields if field.name not in SUMS]
    merged = partials.groupBy(*keys).agg(*(f.sum(name).alias(name) for name in SUMS))
    return Aggregate.from_rows(merged.toArrow(), as_of=now, **grouping), left_out.value


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("policy")
    words.add_argument("log")
    words.add_argument("--as-of", type=datetime.fromisoformat, required=True, help="an instant with its offset")
    words.add_argument("--states", help="a mapping file, for a log of states: its table [states] says what they mean")
    words.add_argument("--by", action="append", default=[], help="what is kept apart, for example package")
    words.add_argument("--period", choices=("hour", "day", "week", "month"))
    words.add_argument("--period-zone", default="UTC")
    words.add_argument("--json", action="store_true", help="print the figures as the document that `from_json` reads")
    given = words.parse_args()
    with open(given.policy, "rb") as file:
        engine = Engine.compile(file.read())
    states = None
    if given.states:
        with open(given.states, "rb") as file:
            states = tomllib.load(file)["states"]
    grouping = {"by": given.by, "period": given.period, "period_zone": given.period_zone}
    settings = {
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    # Workers on this machine run in this environment; a cluster names its own.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("replay")
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    try:
        figures, left_out = replay(spark.read.parquet(given.log), engine, given.as_of, states, grouping)
    finally:
        spark.stop()
    if given.json:
        print(figures.json())
    else:
        show(figures.report())
        print(f"{left_out} rows were left out")


if __name__ == "__main__":
    main()
