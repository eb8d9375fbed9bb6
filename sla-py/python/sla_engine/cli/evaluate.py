"""`sla-engine evaluate`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
from rich.text import Text

from sla_engine import Evaluation, History
from sla_engine.cli.fault import Fault
from sla_engine.cli.load import Loaded
from sla_engine.cli.options import LogOptions
from sla_engine.cli.show import Terminal, state
from sla_engine.documents import Timer
from sla_engine.report import figures

_NEVER = 1 << 62

_PROMISES = pa.schema(
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


@dataclass(frozen=True)
class _Standing:
    history: History
    evaluation: Evaluation

    @property
    def urgency(self) -> tuple[int, str]:
        """Open promises with the least time left come first, then broken ones that still run, then the rest."""
        left = [
            cycle.remaining_us - cycle.overdue_us
            for timer in self.evaluation.timers.values()
            for cycle in timer.cycles
            if cycle.activity in ("running", "paused")
        ]
        return (min(left, default=_NEVER), self.history.ticket.id)


def run(terminal: Terminal, options: LogOptions, *, output: str | None, limit: int, as_json: bool) -> None:
    """Show where tickets stand."""
    write = _writer(output)
    engine, loaded = options.load(terminal)
    standing = [
        _Standing(history, engine.evaluate(history.ticket, now=loaded.now))
        for history in terminal.track(loaded.histories, "Judging")
    ]
    if write is not None and output is not None:
        write(_promises(standing), output)
        terminal.remark(f"{figures.counted(len(standing), 'ticket')} written to {output}")
    elif as_json:
        for found in standing:
            terminal.json({"ticket": found.history.ticket.id, **msgspec.to_builtins(found.evaluation)})
    else:
        _tell(terminal, loaded, sorted(standing, key=lambda found: found.urgency), limit)
    terminal.refused(loaded.refused, loaded.source)


def _writer(output: str | None) -> Any:
    if output is None:
        return None
    suffix = Path(output).suffix.lower()
    if suffix not in (".parquet", ".csv"):
        raise Fault(f"{output}: write to a file that ends in `.parquet` or `.csv`, or use `--json`")
    return _write_parquet if suffix == ".parquet" else _write_csv


def _write_parquet(table: pa.Table, path: str) -> None:
    import pyarrow.parquet as pq

    try:
        pq.write_table(table, path)
    except OSError as fault:
        raise Fault(f"{path}: {fault.strerror or fault}") from fault


def _write_csv(table: pa.Table, path: str) -> None:
    import pyarrow.csv as pc

    try:
        pc.write_csv(table, path)
    except OSError as fault:
        raise Fault(f"{path}: {fault.strerror or fault}") from fault


def _promises(standing: Sequence[_Standing]) -> pa.Table:
    return pa.Table.from_pylist(list(_rows(standing)), schema=_PROMISES)


def _rows(standing: Sequence[_Standing]) -> Iterator[dict[str, Any]]:
    for found in standing:
        ticket = found.history.ticket
        about = {
            "ticket_id": ticket.id,
            "package": ticket.package,
            "status": found.evaluation.status,
            "agent": ticket.agent,
        }
        for name, timer in found.evaluation.timers.items():
            for cycle in timer.cycles:
                promise = {field: getattr(cycle, field) for field in _PROMISES.names if hasattr(cycle, field)}
                yield {**about, "timer": name, "cycle": cycle.number, **promise}


def _tell(terminal: Terminal, loaded: Loaded, standing: Sequence[_Standing], limit: int) -> None:
    shown = standing[:limit] if limit else standing
    timers = list(dict.fromkeys(name for found in shown for name in found.evaluation.timers))
    rows = []
    for found in shown:
        ticket, evaluation = found.history.ticket, found.evaluation
        row: list[str | Text] = [
            ticket.id,
            ticket.package,
            figures.words(evaluation.status),
            ticket.agent or figures.NONE,
        ]
        for name in timers:
            row += _cells(evaluation.timers.get(name))
        rows.append(row)
    headings = ["ticket", "package", "status", "agent"]
    for name in timers:
        headings += [figures.words(name), "due, or time left"]
    title = f"{figures.counted(len(standing), 'ticket')} as of {figures.instant(loaded.now)}, the most urgent first"
    terminal.table(title, headings, rows)
    if len(shown) < len(standing):
        terminal.line(f"and {figures.count(len(standing) - len(shown))} more: `--limit 0` shows all")


def _cells(timer: Timer | None) -> list[str | Text]:
    cycle = timer.current if timer is not None else None
    if timer is None or cycle is None:
        return [Text("not started", style="dim") if timer is not None else Text("", style="dim"), ""]
    if cycle.outcome == "breached":
        return [state(timer.state), f"{figures.hours(cycle.overdue_us)} overdue"]
    if cycle.activity == "paused":
        return [state(timer.state), f"{figures.hours(cycle.remaining_us)} left"]
    if cycle.activity == "running":
        due = figures.instant(cycle.due_at) if cycle.due_at is not None else figures.NONE
        return [state(timer.state), f"{due}, {figures.hours(cycle.remaining_us)} left"]
    return [state(timer.state), ""]
