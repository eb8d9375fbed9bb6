"""Reads logs: CSV, Parquet and JSON Lines, with the place of each row in its file."""

from __future__ import annotations

import codecs
import csv
import io
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal, cast

import msgspec
from rich.progress import Progress

from sla_engine.cli.fault import Fault, alike, listed

Format = Literal["csv", "parquet", "jsonl"]

FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
"""By suffix."""

STDIN = "-"

_DELIMITERS = ",;\t|"
_MANY_WORDS = 50_000
_MOST_IN_A_FIELD = 16 * 1024 * 1024


@dataclass(frozen=True)
class Unreadable:
    """A row that is not one."""

    place: int
    code: str
    message: str


@dataclass
class Rows:
    """The columns of a log that are wanted."""

    name: str
    place: Literal["line", "row"]
    """What the places count: lines of a text file with the heading, or rows of a Parquet file."""
    names: tuple[str, ...]
    """Of all columns of the file."""
    places: list[int] = field(default_factory=list)
    columns: dict[str, list[Any]] = field(default_factory=dict)
    unreadable: list[Unreadable] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.places)


def format_of(path: str, given: Format | None) -> Format:
    """Return the format of a file, by its suffix unless it is given."""
    if given is not None:
        return given
    if path == STDIN:
        raise Fault("the format of standard input is not known; write `--input-format csv`, `parquet` or `jsonl`")
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        known = listed(FORMATS)
        raise Fault(f"{path}: the format is not known by the suffix; write `--input-format`, or one of {known}")
    return FORMATS[suffix]


def read(
    path: str, given: Format | None, wanted: Collection[str] | None = None, progress: Progress | None = None
) -> Rows:
    """Read a log.

    Args:
        path: Of the file, ``-`` for standard input.
        given: The format; by the suffix when None.
        wanted: The columns to keep; all when None.
        progress: Shows how far the reading is.
    """
    format = format_of(path, given)
    name = "standard input" if path == STDIN else Path(path).name
    try:
        if format == "parquet":
            return _parquet(path, name, wanted)
        with _opened(path, name, progress) as file:
            text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
            return _csv(text, name, wanted) if format == "csv" else _json_lines(text, name, wanted)
    except UnicodeDecodeError as fault:
        line = _line_of(path, fault)
        raise Fault(f"{name}{line}: the text is not UTF-8; save the file as UTF-8") from fault
    except OSError as fault:
        raise Fault(f"{path}: {fault.strerror or fault}") from fault


def _opened(path: str, name: str, progress: Progress | None) -> IO[bytes]:
    if path == STDIN:
        return cast(IO[bytes], sys.stdin.buffer)
    if progress is not None:
        return cast(IO[bytes], progress.open(path, "rb", description=f"Reading {name}"))
    return open(path, "rb")


def _line_of(path: str, fault: UnicodeDecodeError) -> str:
    """Where the first byte is that is no UTF-8."""
    if path == STDIN:
        return ""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            try:
                decoder.decode(line)
            except UnicodeDecodeError:
                return f", line {number}"
    return ""


def _csv(text: io.TextIOWrapper, name: str, wanted: Collection[str] | None) -> Rows:
    csv.field_size_limit(_MOST_IN_A_FIELD)
    heading, skipped = text.readline(), 0
    while heading and not heading.strip():
        heading, skipped = text.readline(), skipped + 1
    if not heading:
        raise Fault(f"{name}: the file is empty; it starts with a line that names its columns")
    delimiter = max(_DELIMITERS, key=heading.count)
    reader = csv.reader(_after(heading, text), delimiter=delimiter, strict=True)
    # Words that come again and again are kept once.
    pool: dict[str, str] = {}
    try:
        names = tuple(column.strip() for column in next(reader))
        rows = Rows(name, "line", names)
        kept = _kept(rows, wanted)
        for values in reader:
            if not values:
                continue
            line = skipped + reader.line_num
            if len(values) != len(names):
                said = f"the row has {len(values)} fields, the heading {len(names)}"
                rows.unreadable.append(
                    Unreadable(line, "wrong_fields", f"{said}; quote fields that hold `{delimiter}`")
                )
                continue
            rows.places.append(line)
            for place, column in kept:
                value = values[place]
                column.append(pool.setdefault(value, value) if len(pool) < _MANY_WORDS else pool.get(value, value))
    except csv.Error as fault:
        raise Fault(f"{name}, line {skipped + reader.line_num}: {fault}; is the file CSV?") from fault
    return rows


def _after(heading: str, text: io.TextIOWrapper) -> Iterator[str]:
    yield heading
    yield from text


def _kept(rows: Rows, wanted: Collection[str] | None) -> list[tuple[int, list[Any]]]:
    kept = []
    for place, column in enumerate(rows.names):
        if wanted is not None and column not in wanted:
            continue
        if column in rows.columns:
            raise Fault(f"{rows.name}: two columns are called `{column}`; rename one")
        rows.columns[column] = []
        kept.append((place, rows.columns[column]))
    return kept


def _json_lines(text: io.TextIOWrapper, name: str, wanted: Collection[str] | None) -> Rows:
    rows = Rows(name, "line", ())
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    found: list[dict[str, Any]] = []
    names: dict[str, None] = {}
    for line, written in enumerate(text, 1):
        if not written.strip():
            continue
        try:
            row = decode(written)
        except msgspec.DecodeError as fault:
            said = f"the line is not a JSON object ({fault})"
            rows.unreadable.append(Unreadable(line, "invalid_json", f"{said}; write one object a line"))
            continue
        names.update(dict.fromkeys(row))
        rows.places.append(line)
        found.append(row)
    if not found and not rows.unreadable:
        raise Fault(f"{name}: the file is empty; it has a JSON object a line")
    rows.names = tuple(names)
    for column in rows.names:
        if wanted is None or column in wanted:
            rows.columns[column] = [row.get(column) for row in found]
    return rows


def _parquet(path: str, name: str, wanted: Collection[str] | None) -> Rows:
    import pyarrow as pa
    import pyarrow.parquet as pq

    source: Any = io.BytesIO(sys.stdin.buffer.read()) if path == STDIN else path
    if path != STDIN and not Path(path).is_file():
        raise Fault(f"{path}: there is no such file")
    try:
        file = pq.ParquetFile(source)
        names = tuple(file.schema_arrow.names)
        keep = [column for column in names if wanted is None or column in wanted]
        table = file.read(columns=keep)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as fault:
        raise Fault(f"{name}: {str(fault).splitlines()[0]}; is the file Parquet?") from fault
    rows = Rows(name, "row", names)
    rows.places.extend(range(1, table.num_rows + 1))
    for column in keep:
        values = table.column(column)
        if pa.types.is_timestamp(values.type) and values.type.unit == "ns":
            values = values.cast(pa.timestamp("us", values.type.tz), safe=False)
        rows.columns[column] = values.to_pylist()
    return rows


def missing(rows: Rows, column: str, ours: str) -> Fault:
    """Return the fault of a column that is not there."""
    has = f"it has {listed(rows.names)}{alike(column, rows.names)}"
    remedy = f"say which one it is with `--column {ours}=NAME`"
    return Fault(f"{rows.name}: there is no column `{column}`; {has}; {remedy}")
