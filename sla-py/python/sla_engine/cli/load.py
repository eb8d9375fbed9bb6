"""Tickets from a log, judged by a policy."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sla_engine import Engine, History, Policy, PolicyError
from sla_engine.cli import log as logs
from sla_engine.cli import source
from sla_engine.cli.commands import CommandLog
from sla_engine.cli.fault import Fault, Problem
from sla_engine.cli.mapping import COLUMNS, Mapping
from sla_engine.cli.show import Terminal
from sla_engine.documents import RefusedRow
from sla_engine.report.data import RefusedLine, SourceOf

_COMMANDS_AT_ONCE = 20_000


@dataclass(frozen=True)
class Loaded:
    """The tickets of a log."""

    histories: list[History]
    now: datetime
    source: SourceOf
    refused: list[RefusedLine]

    def find(self, ticket: str) -> History:
        """Return the history of a ticket."""
        for history in self.histories:
            if history.ticket.id == ticket:
                return history
        reasons = [row for row in self.refused if row.ticket == ticket]
        if reasons:
            row = reasons[0]
            raise Problem(f"the ticket `{ticket}` is not there: {row.message} ({self.source.place} {row.line})")
        raise Fault(f"there is no ticket `{ticket}` in {self.source.name}")


def policy_text(path: str) -> str:
    """Return what a policy file holds."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise Fault(f"{path}: the text is not UTF-8; save the file as UTF-8") from fault
    except OSError as fault:
        raise Fault(f"{path}: {fault.strerror or fault}") from fault


def engine_of(path: str) -> Engine:
    """Compile the policy of a file."""
    try:
        return Engine.compile(Policy(policy_text(path)))
    except PolicyError as fault:
        raise refused_policy(path, fault) from fault


def refused_policy(path: str, fault: PolicyError) -> Fault:
    """Return the fault of a policy with problems: each with its place."""
    problems = fault.related or (fault,)
    lines = [f"  {problem.path or '/'}: {problem.message}; {problem.help}".rstrip("; ") for problem in problems]
    return Problem("\n".join([f"{path}: the policy has problems", *lines]))


def load(
    engine: Engine,
    path: str,
    format: source.Format | None,
    mapping: Mapping,
    as_of: datetime | None,
    terminal: Terminal,
    only: str | None = None,
) -> Loaded:
    """Read a log and import its tickets.

    Args:
        engine: Judges what is imported.
        path: Of the log, ``-`` for standard input.
        format: Of the log; by the suffix when None.
        mapping: How to read it.
        as_of: Later rows are not read; the log's last instant when None.
        terminal: Shows progress.
        only: The one ticket that is wanted.
    """
    with terminal.progress() as progress:
        rows = source.read(path, format, _wanted(mapping), progress)
        log = logs.commands(rows, mapping, as_of)
        now = as_of or log.last
        if now is None:
            raise _nothing(rows.name, log, log.refused)
        histories: list[History] = []
        refused: list[RefusedLine] = []
        task = progress.add_task("Importing", total=log.rows - log.later_rows)
        for table, places, read in log.tables(_COMMANDS_AT_ONCE):
            found = engine.import_log(table)
            histories += found.histories
            refused += dict.fromkeys(_refused(row, places[row.row]) for row in found.refused)
            progress.advance(task, read)
    refused += log.refused
    refused.sort(key=lambda row: (row.line, row.ticket))
    if not histories:
        raise _nothing(rows.name, log, refused)
    if only is not None:
        histories = [history for history in histories if history.ticket.id == only]
    name = SourceOf(name=rows.name, rows=log.rows, later_rows=log.later_rows, place=log.place)
    return Loaded(histories, now, name, refused)


def _refused(row: RefusedRow, place: int) -> RefusedLine:
    # The code has a field of its own.
    message = row.message.replace(f"{row.code}: ", "", 1)
    return RefusedLine(line=place, ticket=row.ticket, code=row.code, message=message)


def _wanted(mapping: Mapping) -> Collection[str]:
    return {mapping.theirs(ours) for ours in COLUMNS}


def _nothing(name: str, log: CommandLog, refused: list[RefusedLine]) -> Fault:
    if refused:
        row = refused[0]
        first = f"{log.place} {row.line}, ticket {row.ticket or 'unknown'}: {row.message}"
        return Problem(f"{name}: no ticket can be judged; the first row says why: {first}")
    if log.later_rows:
        return Fault(f"{name}: all {log.later_rows} rows lie after the instant of `--as-of`; write a later one")
    return Fault(f"{name}: there are no rows")
