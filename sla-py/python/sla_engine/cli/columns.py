"""The columns of a log under our names: texts, instants and whole numbers. A cell that cannot be read fails its row."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, TypeAlias

import pyarrow as pa

from sla_engine import Zone
from sla_engine._arrow import compute as pc
from sla_engine.cli import times
from sla_engine.cli.fault import Fault
from sla_engine.cli.mapping import INSTANTS, NUMBERS, Mapping
from sla_engine.cli.source import Batch, Column, Refused, Source

ROW_NUMBER = "row_number"

UTC_US = pa.timestamp("us", "UTC")
LOCAL_US = pa.timestamp("us")

_DATE = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_TIME = r"[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?"
_WITH_OFFSET = rf"^{_DATE}{_TIME}(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$"
_LOCAL = rf"^{_DATE}{_TIME}$"
_PLAIN_FORMAT = r"^([^%]|%[YmdHMS])*$"

Cell = Callable[[Any], Any]
Values: TypeAlias = Any
"""The distinct values of a column: an array of Arrow, or a list of values of Python."""
Failed = dict[int, tuple[str, str]]
"""Code and message of each value that cannot be read, by its place."""


class NoValue(ValueError):
    """A value of the wrong kind."""


class Reader:
    """Reads batches of one log by a mapping."""

    def __init__(self, source: Source, mapping: Mapping, required: Sequence[str], optional: Sequence[str] = ()) -> None:
        for ours in required:
            if not has(source, mapping, ours):
                raise source.missing(mapping.theirs(ours), ours)
        self._source = source
        self._mapping = mapping
        self._required = sorted(required)
        self._ours = [ours for ours in (*required, *optional) if has(source, mapping, ours)]
        self._zone = times.zone(mapping.time_zone) if mapping.time_zone is not None else None

    def batches(self, only: Collection[str] | None = None) -> Iterator[tuple[pa.Table, list[Refused]]]:
        """Read the log.

        Args:
            only: Optional columns that are wanted, by our names; all of them when None. Instants and numbers are always
                read: they can fail a row.

        Yields:
            The rows that can be used, with their numbers, and the rows that are refused.
        """
        ours = [
            name
            for name in self._ours
            if only is None or name in only or name in self._required or name in INSTANTS or name in NUMBERS
        ]
        theirs = {self._mapping.theirs(name) for name in ours}
        for batch in self._source.batches(theirs):
            yield self._read(batch, ours)

    def _read(self, batch: Batch, ours: Sequence[str]) -> tuple[pa.Table, list[Refused]]:
        columns = {ROW_NUMBER: batch.numbers}
        faults: dict[int, tuple[str, str]] = {}
        for name in ours:
            columns[name], failed = self._column(batch, name)
            for row, fault in failed.items():
                faults.setdefault(row, fault)
        table = pa.table(columns)
        refused = list(batch.refused)
        usable = pc.is_valid(columns[self._required[0]])
        for name in self._required[1:]:
            usable = pc.and_(usable, pc.is_valid(columns[name]))
        if faults or not pc.all(usable, min_count=0).as_py():
            kept: list[bool] = usable.to_pylist()
            for row in faults:
                kept[row] = False
            refused += [self._refusal(columns, row, faults.get(row)) for row, use in enumerate(kept) if not use]
            refused.sort(key=lambda row: row.number)
            table = table.filter(pa.array(kept, pa.bool_()))
        return table, refused

    def _refusal(self, columns: dict[str, pa.Array], row: int, fault: tuple[str, str] | None) -> Refused:
        ticket = columns["ticket_id"][row].as_py() or ""
        if fault is None:
            empty = next(name for name in self._required if not columns[name][row].is_valid) if ticket else "ticket_id"
            fault = ("missing_value", f"the column `{self._mapping.theirs(empty)}` is empty")
        return Refused(columns[ROW_NUMBER][row].as_py(), ticket, *fault)

    def _column(self, batch: Batch, ours: str) -> tuple[pa.Array, dict[int, tuple[str, str]]]:
        """Return a column, and the rows of it that cannot be read, each with a code and a message."""
        theirs = self._mapping.theirs(ours)
        column = None if self._mapping.taken(ours) else batch.columns.get(theirs)
        if column is None:
            column = pa.repeat(self._mapping.constants[ours], len(batch.numbers))
        values, places = _distinct(column)
        words = self._mapping.values.get(ours)
        try:
            if ours in INSTANTS:
                read, failed = _instants(values, words, self._zone, self._mapping.time_format)
            elif ours in NUMBERS:
                read, failed = _numbers(values, words)
            else:
                read, failed = _texts(values, words)
        except _NoZoneAt as fault:
            number = batch.numbers[pc.index(places, fault.place).as_py()].as_py()
            where = f"{self._source.name}, {self._source.place} {self._source.places([number])[number]}"
            raise Fault(f"{where}: the times have no offset; name their zone: `--time-zone Europe/Berlin`") from None
        faults = {}
        if failed:
            found = pc.is_in(places, pa.array(failed, places.type))
            for row in pc.indices_nonzero(found).to_pylist():
                code, message = failed[places[row].as_py()]
                faults[row] = (code, f"`{theirs}`: {message}")
        if ours != "ticket_id" and read.type == pa.string():
            # Many rows share few texts, except for the tickets' own.
            if not read.null_count:
                return pa.DictionaryArray.from_arrays(places, read), faults
            return read.take(places).dictionary_encode(), faults
        return read.take(places), faults


def has(source: Source, mapping: Mapping, ours: str) -> bool:
    """Return whether a log has a column, or a value for it is given."""
    return (mapping.theirs(ours) in source.names and not mapping.taken(ours)) or ours in mapping.constants


def run_starts(tickets: pa.Array) -> pa.Array:
    """Return for each row whether another ticket begins with it."""
    if not len(tickets):
        return pa.array([], pa.bool_())
    return pa.concat_arrays([pa.array([True]), pc.not_equal(tickets.slice(1), tickets.slice(0, len(tickets) - 1))])


class _NoZoneAt(times.NoZone):
    """The place of a local time without a zone."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place


def _distinct(column: Column) -> tuple[Values, pa.Array]:
    """Return the values that a column has, and the place among them of each row's."""
    if isinstance(column, list):
        # True is 1 for Python, and a list has no hash.
        keys = [(type(value), value if value.__hash__ else repr(value)) for value in column]
        known = {key: place for place, key in enumerate(dict.fromkeys(keys))}
        values = dict(zip(keys, column, strict=True))
        return list(values.values()), pa.array([known[key] for key in keys], pa.int32())
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    return column.dictionary, column.indices


def _texts(values: Values, words: dict[str, str] | None) -> tuple[pa.Array, Failed]:
    if isinstance(values, list) or pa.types.is_timestamp(values.type):
        return _by_cell(values, _translated(_text, words), pa.string())
    read = pc.utf8_trim_whitespace(values.cast(pa.string()))
    if words:
        read = pa.array([words.get(text, text) for text in read.to_pylist()], pa.string())
    blank = pc.equal(read, "")
    return pc.if_else(blank, None, read) if pc.any(blank).as_py() else read, {}


def _numbers(values: Values, words: dict[str, str] | None) -> tuple[pa.Array, Failed]:
    if isinstance(values, pa.Array) and not words:
        try:
            return values.cast(pa.int64()), {}
        except pa.ArrowInvalid:
            pass
    return _by_cell(values, _translated(_number, words), pa.int64())


def _instants(
    values: Values, words: dict[str, str] | None, zone: Zone | None, form: str | None
) -> tuple[pa.Array, Failed]:
    cell = _translated(times.reader(zone, form), words)
    if isinstance(values, list) or pa.types.is_integer(values.type):
        return _by_cell(values, cell, UTC_US)
    if pa.types.is_timestamp(values.type):
        if values.type.tz is not None:
            return values.cast(UTC_US, safe=False), {}
        return _utc(values.cast(LOCAL_US, safe=False), zone), {}
    if words:
        values, _ = _texts(values, words)
    if form is None:
        try:
            return values.cast(UTC_US), {}
        except pa.ArrowInvalid:
            known = pc.coalesce(_of_form(values, _WITH_OFFSET, UTC_US), _utc(_of_form(values, _LOCAL, LOCAL_US), zone))
    elif re.match(_PLAIN_FORMAT, form):
        known = _utc(pc.strptime(values, format=form, unit="us", error_is_null=True), zone)
    else:
        known = pa.nulls(len(values), UTC_US)
    rest = pc.and_(pc.is_valid(values), pc.is_null(known))
    places = pc.indices_nonzero(rest).to_pylist()
    try:
        read, failed = _by_cell(values.filter(rest), cell, UTC_US)
    except _NoZoneAt as fault:
        raise _NoZoneAt(places[fault.place]) from None
    return pc.replace_with_mask(known, rest, read), {places[place]: fault for place, fault in failed.items()}


def _of_form(values: pa.Array, form: str, type: pa.DataType) -> pa.Array:
    """Return the instants of texts that have a form, null for the others."""
    try:
        return pc.if_else(pc.match_substring_regex(values, form), values, None).cast(type)
    except pa.ArrowInvalid:
        # A day that its month does not have.
        return pa.nulls(len(values), type)


def _utc(local: pa.Array, zone: Zone | None) -> pa.Array:
    if zone is not None:
        return zone.instant_column(local).to_pyarrow()
    if local.null_count < len(local):
        raise _NoZoneAt(pc.index(pc.is_valid(local), True).as_py())
    return local.cast(UTC_US)


def _by_cell(values: Values, cell: Cell, type: pa.DataType) -> tuple[pa.Array, Failed]:
    found: list[Any] = []
    failed = {}
    for place, value in enumerate(values.to_pylist() if isinstance(values, pa.Array) else values):
        try:
            found.append(cell(value))
        except times.NoZone:
            raise _NoZoneAt(place) from None
        except ValueError as fault:
            failed[place] = ("invalid_timestamp" if isinstance(fault, times.NoInstant) else "wrong_type", str(fault))
            found.append(None)
    return pa.array(found, type), failed


def _translated(cell: Cell, words: dict[str, str] | None) -> Cell:
    if not words:
        return cell

    def translated(value: Any) -> Any:
        text = _text(value)
        return None if text is None else cell(words.get(text, text))

    return translated


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (bytes, list, dict)):
        raise NoValue("the value is not a text")
    return str(value).strip() or None


def _number(value: Any) -> int | None:
    text = _text(value)
    if text is None:
        return None
    try:
        number = int(text)
    except ValueError:
        number = 1 << 64
    if abs(number) >= 1 << 63:
        raise NoValue(f"`{text}` is not a whole number")
    return number
