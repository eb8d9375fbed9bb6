"""Promises as columns in a file, a row each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from sla_engine.cli.fault import Fault
from sla_engine.cli.load import Loaded

SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("ticket_id", "package", "status", "agent", "timer")),
        ("cycle", pa.int32()),
        *((name, pa.string()) for name in ("outcome", "activity")),
        *((name, pa.timestamp("us", "UTC")) for name in ("started_at", "due_at", "breached_at", "stopped_at")),
        *((name, pa.int64()) for name in ("target_us", "elapsed_us", "remaining_us", "overdue_us")),
        ("provisional", pa.bool_()),
    ]
)

_SUFFIXES = (".parquet", ".csv")


def check(path: str) -> None:
    """Refuse a file of a format that cannot be written, before any work is done."""
    if Path(path).suffix.lower() not in _SUFFIXES:
        raise Fault(f"{path}: write to a file that ends in `.parquet` or `.csv`, or use `--json`")


def write(loaded: Loaded, path: str) -> None:
    """Write the promises of all tickets, in order."""
    batches = (loaded.engine.evaluate_tickets(histories, now=loaded.now) for histories in loaded.batches())
    tables = ((table := batch.to_pyarrow()).filter(table["timer"].is_valid()) for batch in batches)
    # Without a ticket that can be judged, the first batch raises and there is no file.
    first = next(tables)
    try:
        with _writer(path) as writer:
            writer.write_table(_columns(first))
            for table in tables:
                writer.write_table(_columns(table))
    except OSError as fault:
        raise Fault(f"{path}: {fault.strerror or fault}") from fault


def _columns(table: pa.Table) -> pa.Table:
    columns = [table[field.name.removesuffix("_us")].cast(field.type) for field in SCHEMA]
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def _writer(path: str) -> Any:
    if Path(path).suffix.lower() == ".csv":
        import pyarrow.csv as pc

        return pc.CSVWriter(path, SCHEMA)
    import pyarrow.parquet as pq

    return pq.ParquetWriter(path, SCHEMA)
