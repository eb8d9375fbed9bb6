"""The values of a log's rows, read by a mapping."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sla_engine.cli import times
from sla_engine.cli.commands import CommandLog
from sla_engine.cli.fault import Fault, Problem
from sla_engine.cli.mapping import Mapping
from sla_engine.cli.source import Rows, missing

INSTANTS = ("event_at", "opened_at", "assigned_at", "first_reply_at", "resolved_at")
NUMBERS = ("sequence", "score", "number")


class NoText(ValueError):
    """A value that is no text, number or instant."""


class NoNumber(ValueError):
    """A value that is no whole number."""


@dataclass(frozen=True)
class Row:
    """One row: texts, instants and whole numbers by our names. What is empty is not there."""

    place: int
    ticket: str
    texts: dict[str, str] = field(default_factory=dict)
    instants: dict[str, datetime] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)


def has(rows: Rows, mapping: Mapping, ours: str) -> bool:
    """Return whether a log has a column, or a value for it is stated."""
    return (mapping.theirs(ours) in rows.names and not mapping.taken(ours)) or ours in mapping.constants


def read(
    rows: Rows, mapping: Mapping, *, required: Sequence[str], optional: Sequence[str], log: CommandLog
) -> list[Row]:
    """Return the rows that can be read; the others are refused in the log."""
    for ours in required:
        if not has(rows, mapping, ours):
            raise missing(rows, mapping.theirs(ours), ours)
    zone = times.zone(mapping.time_zone) if mapping.time_zone is not None else None
    instant = times.reader(zone, mapping.time_format)
    wanted = [ours for ours in (*required, *optional) if has(rows, mapping, ours)]
    readers = {ours: _cell(rows, mapping, ours, instant) for ours in wanted}
    log.rows = len(rows) + len(rows.unreadable)
    for unreadable in rows.unreadable:
        log.refuse(unreadable.place, "", unreadable.code, unreadable.message)
    found = []
    for index, place in enumerate(rows.places):
        try:
            row = Row(place, _text(readers["ticket_id"](index)) or "")
        except ValueError as fault:
            log.refuse(place, "", "wrong_type", f"`{mapping.theirs('ticket_id')}`: {fault}")
            continue
        try:
            _fill(row, readers, index, mapping)
            empty = [ours for ours in required if ours != "ticket_id" and not _filled(row, ours)]
        except times.NoZone:
            where = f"{rows.name}, {rows.place} {place}"
            raise Fault(f"{where}: the times have no offset; say their zone: `--time-zone Europe/Berlin`") from None
        except _Cell as fault:
            log.refuse(place, row.ticket, fault.code, str(fault))
            continue
        if not row.ticket or empty:
            column = mapping.theirs(empty[0] if row.ticket else "ticket_id")
            log.refuse(place, row.ticket, "missing_value", f"the column `{column}` is empty")
            continue
        found.append(row)
    if not found:
        reason = f": {log.refused[0].message} ({rows.place} {log.refused[0].line})" if log.refused else ""
        raise Problem(f"{rows.name}: no row can be used{reason}")
    return found


class _Cell(ValueError):
    """A value that cannot be read, with its column."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def _fill(row: Row, readers: dict[str, Callable[[int], Any]], index: int, mapping: Mapping) -> None:
    for ours, cell in readers.items():
        if ours == "ticket_id":
            continue
        try:
            value = cell(index)
            if value is None:
                continue
            if ours in INSTANTS:
                row.instants[ours] = value
            elif ours in NUMBERS:
                row.numbers[ours] = value
            elif (text := _text(value)) is not None:
                row.texts[ours] = text
        except times.NoInstant as fault:
            raise _Cell("invalid_timestamp", f"`{mapping.theirs(ours)}`: {fault}") from fault
        except times.NoZone:
            raise
        except ValueError as fault:
            raise _Cell("wrong_type", f"`{mapping.theirs(ours)}`: {fault}") from fault


def _filled(row: Row, ours: str) -> bool:
    return ours in row.texts or ours in row.instants or ours in row.numbers


def _cell(rows: Rows, mapping: Mapping, ours: str, instant: Callable[[Any], datetime | None]) -> Callable[[int], Any]:
    values = None if mapping.taken(ours) else rows.columns.get(mapping.theirs(ours))
    convert: Callable[[Any], Any] = instant if ours in INSTANTS else _number if ours in NUMBERS else _text
    if values is None:
        constant = convert(mapping.constants[ours])
        return lambda _: constant
    known = mapping.values.get(ours)
    column = values
    if known is None:
        return lambda index: convert(column[index])

    def mapped(index: int) -> Any:
        text = _text(column[index])
        return None if text is None else convert(known.get(text, text))

    return mapped


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (bytes, list, dict)):
        raise NoText("the value is no text")
    return str(value).strip() or None


def _number(value: Any) -> int | None:
    text = _text(value)
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        raise NoNumber(f"`{text}` is no whole number") from None
