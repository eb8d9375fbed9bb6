"""Tickets from a log, judged by a policy, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sla_engine import Engine, History, Policy, PolicyError
from sla_engine.cli import source
from sla_engine.cli.fault import Fault, Problem
from sla_engine.cli.mapping import COLUMNS, Mapping
from sla_engine.cli.show import Terminal
from sla_engine.cli.tickets import TicketLog
from sla_engine.report.data import RefusedLine, SourceOf

_MANY_ROWS = 200_000
"""So many rows are worth the advice to sort the file."""


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


class Loaded:
    """The tickets of a log. Only the last batch tells which rows were refused."""

    def __init__(self, engine: Engine, log: TicketLog, mapping: Mapping, terminal: Terminal) -> None:
        self.engine = engine
        self.now = log.as_of
        self.tickets = 0
        self._log = log
        self._states = {name: state.as_argument() for name, state in mapping.states.items()}
        self._terminal = terminal
        self._remarks: set[str] = set()

    def batches(self, only: str | None = None) -> Iterator[tuple[History, ...]]:
        """Import the tickets, once.

        Args:
            only: The one ticket that is wanted; all of them when None.
        """
        how: dict[str, Any] = {"states": self._states} if self._states else {}
        for table in self._log.batches(only):
            found = self.engine.import_log(table, **how)
            self._log.refuse(found.refused)
            for remark in found.remarks:
                if remark.column not in self._remarks:
                    self._remarks.add(remark.column)
                    self._terminal.remark(remark.message)
            self.tickets += len(found.histories)
            yield found.histories
        if not self.tickets and only is None:
            raise self._nothing()

    def histories(self) -> Iterator[History]:
        """Import the tickets, once."""
        for batch in self.batches():
            yield from batch

    def find(self, ticket: str) -> History:
        """Import one ticket."""
        for batch in self.batches(ticket):
            for history in batch:
                return history
        for row in self.refused:
            raise Problem(f"the ticket `{ticket}` cannot be judged: {row.message} ({self.source.place} {row.line})")
        raise Fault(f"there is no ticket `{ticket}` in {self.source.name}")

    @cached_property
    def source(self) -> SourceOf:
        """Where the tickets come from."""
        log = self._log
        return SourceOf(name=log.source.name, rows=log.rows, later_rows=log.later_rows, place=log.source.place)

    @cached_property
    def refused(self) -> list[RefusedLine]:
        """The rows that were not taken over, or not wholly, in the order of the file."""
        places = self._log.source.places({row.number for row in self._log.refused})
        lines = (
            RefusedLine(line=places[row.number], ticket=row.ticket, code=row.code, message=row.message)
            for row in dict.fromkeys(self._log.refused)
        )
        return sorted(lines, key=lambda row: (row.line, row.ticket))

    def _nothing(self) -> Fault:
        name = self._log.source.name
        for row in self.refused:
            where = f"{self.source.place} {row.line}, ticket {row.ticket or 'unknown'}"
            return Problem(f"{name}: no ticket can be judged; the first row that is refused: {where}: {row.message}")
        return Fault(f"{name}: all {self._log.later_rows} rows lie after the instant of `--as-of`; write a later one")


@contextmanager
def load(
    engine: Engine,
    path: str,
    format: source.Format | None,
    mapping: Mapping,
    as_of: datetime | None,
    terminal: Terminal,
) -> Iterator[Loaded]:
    """Open a log, and read what its tickets depend on.

    Args:
        engine: Judges what is imported.
        path: Of the log, ``-`` for standard input.
        format: Of the log; by the suffix when None.
        mapping: How to read it.
        as_of: Later rows are not read; the log's last instant when None.
        terminal: Shows progress and remarks.
    """
    known = {mapping.theirs(ours) for ours in COLUMNS}
    with terminal.progress(path) as advance, source.opened(path, format, known, advance) as opened:
        log = TicketLog.scan(opened, mapping, as_of)
        if not log.is_grouped and log.rows >= _MANY_ROWS:
            ticket = mapping.theirs("ticket_id")
            terminal.remark(
                f"the rows of a ticket do not lie together: the log is sorted in memory; sort the file by `{ticket}` "
                "to need less"
            )
        yield Loaded(engine, log, mapping, terminal)
