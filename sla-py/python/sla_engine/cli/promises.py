"""Promises as columns in a file, a row each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from sla_engine import Evaluation, History
from sla_engine.cli.fault import Fault

SCHEMA = pa.schema(
    [
        ("ticket_id", pa.string()),
        ("package", pa.string()),
        ("status", pa.string()),
        ("agent", pa.string()),
        ("timer", pa.string()),
        ("cycle", pa.int32()),
        ("outcome", pa.string()),
        ("activity", pa.string()),
        *((name, pa.timestamp("us", "UTC")) for name in ("started_at", "due_at", "breached_at", "stopped_at")),
        *((name, pa.int64()) for name in ("target_us", "elapsed_us", "remaining_us", "overdue_us")),
        ("provisional", pa.bool_()),
    ]
)

_ROWS_AT_ONCE = 50_000
_SUFFIXES = (".parquet", ".csv")


def check(path: str) -> None:
    """Refuse a file of a format that cannot be written, before any work is done."""
    if Path(path).suffix.lower() not in _SUFFIXES:
        raise Fault(f"{path}: write to a file that ends in `.parquet` or `.csv`, or use `--json`")


def write(judged: Iterable[tuple[History, Evaluation]], path: str) -> int:
    """Write the promises of tickets, in order. Returns how many tickets that are."""
    tickets = 0
    rows: list[dict[str, Any]] = []
    try:
        with _writer(path) as writer:
            for history, evaluation in judged:
                tickets += 1
                rows.extend(_rows(history, evaluation))
                if len(rows) >= _ROWS_AT_ONCE:
                    writer.write_table(pa.Table.from_pylist(rows, schema=SCHEMA))
                    rows.clear()
            writer.write_table(pa.Table.from_pylist(rows, schema=SCHEMA))
    except OSError as fault:
        raise Fault(f"{path}: {fault.strerror or fault}") from fault
    return tickets


def _writer(path: str) -> Any:
    if Path(path).suffix.lower() == ".csv":
        import pyarrow.csv as pc

        return pc.CSVWriter(path, SCHEMA)
    import pyarrow.parquet as pq

    return pq.ParquetWriter(path, SCHEMA)


def _rows(history: History, evaluation: Evaluation) -> Iterator[dict[str, Any]]:
    ticket = history.ticket
    for name, timer in evaluation.timers.items():
        for cycle in timer.cycles:
            yield {
                "ticket_id": ticket.id,
                "package": ticket.package,
                "status": evaluation.status,
                "agent": ticket.agent,
                "timer": name,
                "cycle": cycle.number,
                "outcome": cycle.outcome,
                "activity": cycle.activity,
                "started_at": cycle.started_at,
                "due_at": cycle.due_at,
                "breached_at": cycle.breached_at,
                "stopped_at": cycle.stopped_at,
                "target_us": cycle.target_us,
                "elapsed_us": cycle.elapsed_us,
                "remaining_us": cycle.remaining_us,
                "overdue_us": cycle.overdue_us,
                "provisional": cycle.provisional,
            }
