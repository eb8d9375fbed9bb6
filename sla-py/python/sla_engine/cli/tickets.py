"""From the rows of a file to tables of whole tickets, each ready for the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

import pyarrow as pa

from sla_engine._arrow import compute as pc
from sla_engine.cli import wide
from sla_engine.cli.columns import ROW_NUMBER, Reader, has, run_starts
from sla_engine.cli.fault import Fault, Problem, listed
from sla_engine.cli.mapping import COMMAND_COLUMNS, INSTANTS, STATE_COLUMNS, Mapping
from sla_engine.cli.source import Refused, Source
from sla_engine.documents import RefusedRow

Shape = Literal["commands", "states", "rows"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SORTED_ROWS = 65_536

_REQUIRED: dict[Shape, Sequence[str]] = {
    "commands": ("ticket_id", "event_at", "kind"),
    "states": ("ticket_id", "event_at", "state", "package", "channel"),
    "rows": wide.REQUIRED,
}
_OPTIONAL: dict[Shape, Sequence[str]] = {"commands": COMMAND_COLUMNS, "states": STATE_COLUMNS, "rows": wide.OPTIONAL}


def shape_of(source: Source, mapping: Mapping) -> Shape:
    """Return what a row of a log is: a command, a state of its ticket, or a whole ticket."""
    if mapping.states:
        return "states"
    if has(source, mapping, "kind"):
        return "commands"
    if has(source, mapping, "opened_at"):
        return "rows"
    if has(source, mapping, "state"):
        state = mapping.theirs("state")
        raise Fault(
            f"{source.name}: the column `{state}` needs a mapping file with the meaning of each state under [states]; "
            "docs/cli.md shows one"
        )
    raise Fault(
        f"{source.name}: there is no column `kind` (a row is a command), `state` (a row is a state, with [states] in a "
        f"mapping file) or `opened_at` (a row is a ticket); it has {listed(source.names)}; "
        "name the columns with `--column kind=NAME` or in a mapping file"
    )


@dataclass
class TicketLog:
    """The tickets of a log.

    It is read twice: unless the instant as of which tickets are judged is given, it is that of the last row.
    """

    source: Source
    shape: Shape
    reader: Reader
    as_of: datetime
    """Later rows are left out."""
    rows: int
    """Of the log, with those that cannot be used."""
    is_grouped: bool
    """Whether the rows of each ticket lie together."""
    refused: list[Refused] = field(default_factory=list)
    """The rows that cannot be used; complete after the last batch, as `later_rows`."""
    later_rows: int = 0

    @classmethod
    def scan(cls, source: Source, mapping: Mapping, as_of: datetime | None) -> TicketLog:
        """Read what the batches depend on: the last instant of a log and the order of its rows."""
        for ours, theirs in mapping.columns.items():
            if theirs not in source.names and source.names:
                raise source.missing(theirs, ours)
        if not source.names:
            raise _unusable(source, next(row for batch in source.batches(()) for row in batch.refused))
        shape = shape_of(source, mapping)
        reader = Reader(source, mapping, _REQUIRED[shape], _OPTIONAL[shape])
        rows, last, refused = 0, None, None
        starts: list[pa.Array] = []
        for table, unusable in reader.batches(only=()):
            rows += len(table) + len(unusable)
            refused = refused or next(iter(unusable), None)
            tickets = table["ticket_id"].combine_chunks()
            begun = tickets.filter(run_starts(tickets))
            if starts and begun and starts[-1][-1] == begun[0]:
                begun = begun.slice(1)
            if len(begun):
                starts.append(begun)
            for name in INSTANTS if shape == "rows" else ("event_at",):
                if name in table.column_names:
                    last = max(filter(None, (last, _last(table[name], as_of))), default=None)
        if not starts:
            raise _unusable(source, refused)
        now = as_of or last
        assert now is not None, "every usable row has an instant"
        runs = pa.chunked_array(starts)
        is_grouped = pc.count_distinct(runs).as_py() == len(runs)
        return cls(source, shape, reader, now, rows, is_grouped)

    def batches(self, only: str | None = None) -> Iterator[pa.Table]:
        """Return rows of commands or states in tables of whole tickets, oldest first.

        Args:
            only: The one ticket that is wanted; all of them when None.
        """
        tables = self._usable(only)
        for table in _of_whole_tickets(tables if self.is_grouped or only is not None else _by_ticket(tables)):
            if self.shape == "rows":
                commands, refused, later_rows = wide.commands(table, self.as_of)
                self.refused += refused
                self.later_rows += later_rows
                if len(commands):
                    yield commands
            else:
                yield _by_time(table)

    def refuse(self, rows: Iterable[RefusedRow]) -> None:
        """Add rows that the engine refused."""
        self.refused += (Refused(row.row, row.ticket, row.code, row.message) for row in rows)

    def _usable(self, only: str | None) -> Iterator[pa.Table]:
        for table, refused in self.reader.batches():
            rows = len(table)
            if self.shape != "rows":
                table = table.filter(pc.less_equal(table["event_at"], self.as_of))
                self.later_rows += rows - len(table)
            if only is not None:
                table = table.filter(pc.equal(table["ticket_id"], only))
                refused = [row for row in refused if row.ticket == only]
            self.refused += refused
            if len(table):
                yield table


def _unusable(source: Source, refused: Refused | None) -> Problem:
    if refused is None:
        return Problem(f"{source.name}: no row can be used")
    (place,) = source.places([refused.number]).values()
    return Problem(f"{source.name}: no row can be used: {refused.message} ({source.place} {place})")


def _last(instants: pa.ChunkedArray, as_of: datetime | None) -> datetime | None:
    until = instants if as_of is None else instants.filter(pc.less_equal(instants, as_of))
    # pyarrow asks pandas how to name the zone of an instant.
    last_us = pc.max(until.cast(pa.int64())).as_py()
    return None if last_us is None else _EPOCH + timedelta(microseconds=last_us)


def _of_whole_tickets(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Move the rows of the last ticket of each table to the next one: it may have more of that ticket."""
    rest: pa.Table | None = None
    for table in tables:
        rows = table if rest is None else pa.concat_tables([rest, table])
        tickets = rows["ticket_id"].combine_chunks()
        last = pc.index(tickets, tickets[-1]).as_py()
        if last:
            yield rows.slice(0, last)
        rest = rows.slice(last)
    if rest is not None:
        yield rest


def _by_time(table: pa.Table) -> pa.Table:
    """Return the rows of each ticket by time, then by sequence, then as they came."""
    tickets, at = table["ticket_id"].combine_chunks(), table["event_at"].combine_chunks()
    starts = run_starts(tickets)
    keys = {"ticket": pc.cumulative_sum(starts.cast(pa.int32())), "at": at}
    before, after = at.slice(0, len(at) - 1), at.slice(1)
    ordered = pc.less_equal(before, after)
    if "sequence" in table.column_names:
        sequence = pc.fill_null(table["sequence"].combine_chunks(), 0)
        keys["sequence"] = sequence
        in_sequence = pc.less_equal(sequence.slice(0, len(at) - 1), sequence.slice(1))
        ordered = pc.or_(pc.less(before, after), pc.and_(ordered, in_sequence))
    if pc.all(pc.or_(ordered, starts.slice(1)), min_count=0).as_py():
        return table
    return _sorted(table, {**keys, ROW_NUMBER: table[ROW_NUMBER].combine_chunks()})


def _sorted(table: pa.Table, keys: dict[str, pa.Array]) -> pa.Table:
    order = pc.sort_indices(pa.table(keys), sort_keys=[(name, "ascending") for name in keys])
    return table.unify_dictionaries().take(order)


def _by_ticket(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Sort all rows in memory by ticket; rows of one ticket stay as they came."""
    table = pa.concat_tables(tables)
    tickets = table["ticket_id"].combine_chunks().dictionary_encode()
    # The place of each row's ticket among the sorted ones: the inverse of the permutation that sorts them.
    rank = pc.sort_indices(pc.sort_indices(tickets.dictionary)).take(tickets.indices)
    order = pc.sort_indices(
        pa.table({"ticket": rank, ROW_NUMBER: table[ROW_NUMBER]}),
        sort_keys=[("ticket", "ascending"), (ROW_NUMBER, "ascending")],
    )
    table = table.unify_dictionaries().combine_chunks()
    for start in range(0, len(table), _SORTED_ROWS):
        yield table.take(order.slice(start, _SORTED_ROWS))
