"""Spark replays a log to the bytes of one machine, wherever its partitions and batches are cut."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sla_engine import Aggregate, Engine

EXAMPLES = Path(__file__).parents[3] / "examples"
NOW = datetime(2017, 3, 1, tzinfo=UTC)
GROUPINGS: list[dict[str, Any]] = [
    {},
    {"by": ["channel", "agent"], "period": "week", "period_zone": "Asia/Jakarta"},
]


@pytest.fixture(scope="module")
def log() -> pa.Table:
    sys.path.insert(0, str(EXAMPLES / "python"))
    from incident_log import read

    return read(str(EXAMPLES / "data" / "incident-events.csv"))


def states() -> dict[str, Any]:
    from incident_log import STATES

    return STATES


@pytest.mark.parametrize("batch", [10_000, 7])
@pytest.mark.parametrize("grouping", GROUPINGS, ids=["everything", "by channel and agent, weekly"])
def test_spark_says_what_one_machine_says(log: pa.Table, grouping: dict[str, Any], batch: int, tmp_path: Path) -> None:
    # Several files, no row beside another of its ticket.
    places = sorted(range(len(log)), key=lambda row: (row * 7_919) % len(log))
    shuffled = log.take(places)
    for number, first in enumerate(range(0, len(log), 4_000)):
        pq.write_table(shuffled[first : first + 4_000], tmp_path / f"{number}.parquet")

    options = [option for word in grouping.get("by", ()) for option in ("--by", word)]
    if "period" in grouping:
        options += ["--period", grouping["period"], "--period-zone", grouping["period_zone"]]
    policy = EXAMPLES / "incident-desk.json"
    # Batches of a few rows cut tickets in two.
    settings = f"--master local[2] --conf spark.sql.execution.arrow.maxRecordsPerBatch={batch} pyspark-shell"
    found = subprocess.run(
        [
            sys.executable,
            "spark_replay.py",
            policy,
            tmp_path,
            "--states",
            "incident-log.toml",
            "--as-of",
            NOW.isoformat(),
            *options,
            "--json",
        ],
        env={**os.environ, "PYSPARK_SUBMIT_ARGS": settings},
        cwd=EXAMPLES / "python",
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    engine = Engine.compile(policy.read_bytes())
    expected = engine.aggregate_log(log, now=NOW, states=states(), **grouping)
    assert len(expected.refused) == 201
    assert found.strip() == expected.aggregate.json()
    assert Aggregate.from_json(found) == expected.aggregate
