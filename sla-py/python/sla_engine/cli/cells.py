"""The values of a log's rows, read by a mapping, column by column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sla_engine.cli import times
from sla_engine.cli.commands import CommandLog
from sla_engine.cli.fault import Fault, Problem
from sla_engine.cli.mapping import Mapping
from sla_engine.cli.source import Rows, missing

INSTANTS = frozenset({"event_at", "opened_at", "assigned_at", "first_reply_at", "resolved_at"})
NUMBERS = frozenset({"sequence", "score", "number"})

_MANY_VALUES = 100_000


class NoValue(ValueError):
    """A value of the wrong kind."""


@dataclass(slots=True, frozen=True)
class Row:
    """One row: texts, instants and whole numbers by our names. What is empty is not there."""

    place: int
    ticket: str
    values: dict[str, Any]

    def text(self, name: str) -> str | None:
        """Return a text."""
        found: str | None = self.values.get(name)
        return found

    def at(self, name: str) -> datetime | None:
        """Return an instant."""
        found: datetime | None = self.values.get(name)
        return found

    def number(self, name: str) -> int | None:
        """Return a whole number."""
        found: int | None = self.values.get(name)
        return found

    @property
    def event_at(self) -> datetime:
        """When it happened; only rows with this column have it."""
        found: datetime = self.values["event_at"]
        return found


def has(rows: Rows, mapping: Mapping, ours: str) -> bool:
    """Return whether a log has a column, or a value for it is stated."""
    return (mapping.theirs(ours) in rows.names and not mapping.taken(ours)) or ours in mapping.constants


def read(
    rows: Rows, mapping: Mapping, *, required: Sequence[str], optional: Sequence[str], log: CommandLog
) -> list[Row]:
    """Return the rows that can be read; the others are refused in the log. The columns of ``rows`` are used up."""
    for ours in required:
        if not has(rows, mapping, ours):
            raise missing(rows, mapping.theirs(ours), ours)
    log.rows = len(rows) + len(rows.unreadable)
    for unreadable in rows.unreadable:
        log.refuse(unreadable.place, "", unreadable.code, unreadable.message)
    wanted = [ours for ours in (*required, *optional) if has(rows, mapping, ours)]
    reader = _Reader(rows, mapping)
    columns = [(ours, reader.column(ours)) for ours in wanted]
    rows.columns.clear()
    needed = frozenset(required) - {"ticket_id"}
    found = []
    for index, place in enumerate(rows.places):
        values = {ours: value for ours, column in columns if (value := column[index]) is not None}
        ticket = values.pop("ticket_id", "")
        if index in reader.faults:
            code, said = reader.faults[index]
            log.refuse(place, ticket, code, said)
        elif not ticket or not needed <= values.keys():
            empty = next(ours for ours in sorted(needed) if ours not in values) if ticket else "ticket_id"
            log.refuse(place, ticket, "missing_value", f"the column `{mapping.theirs(empty)}` is empty")
        else:
            found.append(Row(place, ticket, values))
    if not found:
        reason = f": {log.refused[0].message} ({rows.place} {log.refused[0].line})" if log.refused else ""
        raise Problem(f"{rows.name}: no row can be used{reason}")
    return found


class _Reader:
    """Reads columns, and keeps the first fault of each row."""

    def __init__(self, rows: Rows, mapping: Mapping) -> None:
        self.rows = rows
        self.mapping = mapping
        self.faults: dict[int, tuple[str, str]] = {}
        zone = times.zone(mapping.time_zone) if mapping.time_zone is not None else None
        self._instant = times.reader(zone, mapping.time_format)

    def column(self, ours: str) -> list[Any]:
        """Return the values of a column; None for those that are empty or cannot be read."""
        theirs = self.mapping.theirs(ours)
        values = None if self.mapping.taken(ours) else self.rows.columns.get(theirs)
        if values is None:
            values = [self.mapping.constants[ours]] * len(self.rows)
        convert = self._converter(ours)
        known: dict[Any, Any] = {}
        found = []
        for index, value in enumerate(values):
            try:
                if value in known:
                    found.append(known[value])
                    continue
                read = convert(value)
                if len(known) < _MANY_VALUES:
                    known[value] = read
            except times.NoZone:
                where = f"{self.rows.name}, {self.rows.place} {self.rows.places[index]}"
                said = "the times have no offset; say their zone: `--time-zone Europe/Berlin`"
                raise Fault(f"{where}: {said}") from None
            except (ValueError, TypeError) as fault:
                code = "invalid_timestamp" if isinstance(fault, times.NoInstant) else "wrong_type"
                said = str(fault) if isinstance(fault, ValueError) else "the value is no text"
                self.faults.setdefault(index, (code, f"`{theirs}`: {said}"))
                read = None
            found.append(read)
        return found

    def _converter(self, ours: str) -> Callable[[Any], Any]:
        convert: Callable[[Any], Any] = self._instant if ours in INSTANTS else _number if ours in NUMBERS else _text
        words = self.mapping.values.get(ours)
        if words is None:
            return convert

        def translated(value: Any) -> Any:
            text = _text(value)
            return None if text is None else convert(words.get(text, text))

        return translated


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bytes):
        raise NoValue("the value is no text")
    return str(value).strip() or None


def _number(value: Any) -> int | None:
    text = _text(value)
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        raise NoValue(f"`{text}` is no whole number") from None
