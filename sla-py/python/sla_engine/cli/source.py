"""Reads log files in batches of Arrow columns: CSV, Parquet and JSON Lines, each row with its number."""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, Literal, TypeAlias, cast

import msgspec
import pyarrow as pa

from sla_engine._arrow import compute as pc
from sla_engine.cli.fault import Fault, alike, listed

Format = Literal["csv", "parquet", "jsonl"]

_SUFFIXES: dict[str, Format] = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), "csv"),
    **dict.fromkeys((".parquet", ".pq"), "parquet"),
    **dict.fromkeys((".jsonl", ".ndjson"), "jsonl"),
}

STDIN = "-"

_DELIMITERS = ",;\t|"
_BLOCK_BYTES = 4 * 1024 * 1024
_PARQUET_ROWS = 65_536
_SAMPLE_LINES = 100
_OBJECT = msgspec.json.Decoder(dict[str, Any])
_JSON_TYPES: dict[type, pa.DataType] = {bool: pa.bool_(), int: pa.int64()}
_KEPT_IN_MEMORY = 64 * 1024 * 1024
"""Of standard input, which is read twice; what is longer goes to a temporary file."""


@dataclass(frozen=True)
class Refused:
    """A row that is not used, or not as a whole."""

    number: int
    ticket: str
    code: str
    message: str


Column: TypeAlias = Any
"""Of one batch: an array of Arrow, or a list of values of Python where a column has several types."""


@dataclass(frozen=True)
class Batch:
    """Successive rows of a log: the columns that were asked for, by the names of the log."""

    columns: dict[str, Column]
    numbers: pa.Array
    """Of the rows, ascending through the whole file; refused rows have one, too."""
    refused: Sequence[Refused] = ()


class Source(ABC):
    """A log file. It can be read several times."""

    place: Literal["line", "row"] = "line"
    """What `places` counts: the lines of a text file, or the rows of a Parquet file."""

    def __init__(
        self,
        path: str,
        name: str,
        content: IO[bytes] | None,
        known: Set[str],
        advance: Callable[[int], object],
    ) -> None:
        self.path = path
        self.name = name
        self.names: tuple[str, ...] = ()
        """Of all columns."""
        self._content = content
        self._known = known
        self._advance = advance
        self._prepare()

    @abstractmethod
    def _prepare(self) -> None:
        """Read what stands before the rows."""

    @abstractmethod
    def batches(self, wanted: Collection[str]) -> Iterator[Batch]:
        """Read the columns that are wanted, in batches."""

    def places(self, numbers: Iterable[int]) -> dict[int, int]:
        """Return where in the file rows are, by their number."""
        return {number: number for number in numbers}

    def missing(self, column: str, ours: str) -> Fault:
        """Return the fault of a column that is not in the log."""
        has = f"it has {listed(self.names)}{alike(column, self.names)}"
        return Fault(f"{self.name}: there is no column `{column}`; {has}; name the column with `--column {ours}=NAME`")

    @contextmanager
    def _opened(self) -> Iterator[IO[bytes]]:
        if self._content is None:
            with open(self.path, "rb") as file:
                yield file
        else:
            self._content.seek(0)
            yield self._content

    def not_utf8(self) -> Fault:
        """Return the fault of a text that is not UTF-8, with the first line that is not."""
        decoder, number = codecs.getincrementaldecoder("utf-8")(), 0
        with self._opened() as file, suppress(UnicodeDecodeError):
            for line in file:
                number += 1
                decoder.decode(line)
        return Fault(f"{self.name}, line {number}: the text is not UTF-8; save the file as UTF-8")


@contextmanager
def opened(path: str, given: Format | None, known: Set[str], advance: Callable[[int], object]) -> Iterator[Source]:
    """Open a log. What goes wrong while it is read becomes a fault.

    Args:
        path: Of the file, ``-`` for standard input.
        given: The format; by the suffix when None.
        known: The names of columns that may be asked for.
        advance: Called with the number of bytes that were read, to show progress.
    """
    if given is None and path == STDIN:
        raise Fault("the format of standard input is not known; write `--input-format csv`, `parquet` or `jsonl`")
    format = given or _SUFFIXES.get(Path(path).suffix.lower())
    if format is None:
        known_suffixes = listed(_SUFFIXES)
        raise Fault(
            f"{path}: the format is not known by the suffix; write `--input-format`, or one of {known_suffixes}"
        )
    name = "standard input" if path == STDIN else Path(path).name
    content: IO[bytes] | None = None
    try:
        if path == STDIN:
            import shutil
            import tempfile

            content = cast(IO[bytes], tempfile.SpooledTemporaryFile(_KEPT_IN_MEMORY))  # noqa: SIM115
            shutil.copyfileobj(sys.stdin.buffer, content)
        try:
            source = _SOURCES[format](path, name, content, known, advance)
        except OSError as fault:
            raise Fault(f"{path}: {fault.strerror or fault}") from fault
        yield source
    finally:
        if content is not None:
            content.close()


class _Csv(Source):
    def _prepare(self) -> None:
        with self._opened() as file:
            head = file.read(_BLOCK_BYTES)
        text = io.StringIO(head.decode("utf-8-sig", errors="replace"))
        heading = next((line for line in text if line.strip()), None)
        if heading is None:
            raise Fault(f"{self.name}: the file is empty; it starts with a line that names its columns")
        self._delimiter = max(_DELIMITERS, key=heading.count)
        self._heading_lines, names = next(row for row in self._rows() if len(row[1]) > 1 or row[1][0].strip())
        if "\ufffd" in "".join(names):
            raise self.not_utf8()
        self.names = tuple(name.strip() for name in names)
        ends = islice(re.finditer(rb"\r\n|\r|\n", head), self._heading_lines)
        self._start = max((end.end() for end in ends), default=len(head))
        self._rows_are_lines = False

    def batches(self, wanted: Collection[str]) -> Iterator[Batch]:
        import pyarrow.csv as ac

        # Two columns may have one name, as long as neither is wanted: Arrow knows them by their place.
        keep: dict[str, str] = {}
        for place, column in enumerate(self.names):
            if column in wanted:
                if column in keep.values():
                    raise Fault(f"{self.name}: two columns are called `{column}`; rename one")
                keep[str(place)] = column
        invalid: list[tuple[int, int]] = []

        def skip(row: Any) -> str:
            invalid.append((row.number, row.actual_columns))
            return "skip"

        # With threads, Arrow does not number the rows that it skips.
        read_options = ac.ReadOptions(
            column_names=[str(place) for place in range(len(self.names))], block_size=_BLOCK_BYTES, use_threads=False
        )
        parse_options = ac.ParseOptions(delimiter=self._delimiter, newlines_in_values=True, invalid_row_handler=skip)
        convert_options = ac.ConvertOptions(
            column_types=dict.fromkeys(keep, pa.dictionary(pa.int32(), pa.string())),
            include_columns=list(keep),
            null_values=[""],
            strings_can_be_null=True,
        )
        last = seen = 0
        with self._opened() as file:
            file.seek(self._start)
            counted = _Counted(file, self._advance)
            try:
                for batch in ac.open_csv(counted, read_options, parse_options, convert_options):
                    first, last, before = last + 1, last + len(batch), seen
                    while seen < len(invalid) and invalid[seen][0] <= last + 1:
                        last, seen = last + 1, seen + 1
                    yield self._batch(keep, batch.columns, range(first, last + 1), invalid[before:seen])
            except UnicodeDecodeError as fault:
                raise self.not_utf8() from fault
            except pa.ArrowInvalid as fault:
                if "Empty CSV file" not in str(fault):
                    raise Fault(f"{self.name}: {str(fault).splitlines()[0]}; is the file CSV?") from fault
            if seen < len(invalid):
                first, last = last + 1, last + len(invalid) - seen
                yield self._batch(keep, [pa.nulls(0)] * len(keep), range(first, last + 1), invalid[seen:])
        self._rows_are_lines = counted.lines == last
        if counted.quotes % 2:
            # For Arrow, a quote that is not closed holds the rest of the file.
            deque(self._rows(), maxlen=0)

    def _batch(
        self, keep: dict[str, str], columns: Sequence[pa.Array], numbers: range, invalid: Sequence[tuple[int, int]]
    ) -> Batch:
        kept = _numbers(numbers.start, len(numbers))
        if invalid:
            kept = kept.filter(pc.invert(pc.is_in(kept, pa.array([number for number, _ in invalid]))))
        reason = f"the heading {len(self.names)}; quote fields that hold `{self._delimiter}`"
        refused = [
            Refused(number, "", "wrong_fields", f"the row has {fields} fields, {reason}") for number, fields in invalid
        ]
        return Batch(dict(zip(keep.values(), columns, strict=True)), kept, refused)

    def places(self, numbers: Iterable[int]) -> dict[int, int]:
        if self._rows_are_lines:
            return {number: self._heading_lines + number for number in numbers}
        # Empty lines, or fields that hold several lines: Arrow does not say where a row is.
        wanted = set(numbers)
        lines = (line for line, _ in self._rows() if line > self._heading_lines)
        return {number: line for number, line in enumerate(lines, 1) if number in wanted}

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Read all rows one by one, the heading first, each with the line in which it ends."""
        csv.field_size_limit(_BLOCK_BYTES)
        with self._opened() as file:
            text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="")
            reader = csv.reader(text, delimiter=self._delimiter, strict=True)
            try:
                yield from ((reader.line_num, values) for values in reader if values)
            except csv.Error as fault:
                raise Fault(f"{self.name}, line {reader.line_num}: {fault}; is the file CSV?") from fault
            finally:
                text.detach()


class _Counted(io.BufferedIOBase):
    """A file that counts the lines and quotes which are read from it, and checks that they are UTF-8."""

    def __init__(self, file: IO[bytes], advance: Callable[[int], object]) -> None:
        self._file = file
        self._advance = advance
        self._ends = self.quotes = 0
        self._last = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        found = self._file.read(-1 if size is None else size)
        self._decoder.decode(found, final=not found)
        self._ends += found.count(b"\n")
        self.quotes += found.count(b'"')
        self._last = found[-1:] or self._last
        self._advance(len(found))
        return found

    @property
    def lines(self) -> int:
        """How many lines there were, the last one with or without an end."""
        return self._ends + (self._last not in (b"", b"\n"))


class _JsonLines(Source):
    def _prepare(self) -> None:
        """Learn the names and types of the columns from the first lines; the others may have more."""
        self._types: dict[str, pa.DataType] = {}
        with self._opened() as file:
            lines = [line for line in islice(file, _SAMPLE_LINES) if line.strip()]
        if not lines:
            raise Fault(f"{self.name}: the file is empty; it has a JSON object a line")
        for row in (_object(line.removeprefix(codecs.BOM_UTF8)) for line in lines):
            for name, value in row.items() if isinstance(row, dict) else ():
                self._types.setdefault(name, pa.string())
                self._types[name] = _JSON_TYPES.get(type(value), self._types[name])
        unseen = set(self._known - self._types.keys())
        for block in self._blocks(lambda _bytes: None):
            for name in [name for name in unseen if re.search(rb'"%s"\s*:' % re.escape(name.encode()), block)]:
                self._types[name] = pa.string()
                unseen.remove(name)
        self.names = tuple(self._types)

    def _blocks(self, advance: Callable[[int], object]) -> Iterator[bytes]:
        """Read whole lines, many at a time."""
        rest = b""
        with self._opened() as file:
            while read := file.read(_BLOCK_BYTES):
                advance(len(read))
                lines, end, rest = (rest + read).rpartition(b"\n")
                if end:
                    yield lines + end
            if rest:
                yield rest

    def batches(self, wanted: Collection[str]) -> Iterator[Batch]:
        keep, before = [name for name in self.names if name in wanted], 0
        for block in self._blocks(self._advance):
            try:
                block.decode("utf-8")
            except UnicodeDecodeError as fault:
                raise self.not_utf8() from fault
            lines = block.count(b"\n") + (not block.endswith(b"\n"))
            block = block if before else block.removeprefix(codecs.BOM_UTF8)
            table = self._table(block, keep)
            if table is not None and len(table) == lines:
                columns: dict[str, Column] = {name: _column(table.column(name).combine_chunks()) for name in keep}
                yield Batch(columns, _numbers(before + 1, lines))
            else:
                yield _by_line(block, before, keep)
            before += lines

    def _table(self, block: bytes, keep: Sequence[str]) -> pa.Table | None:
        """Return the rows of a block by Arrow; None unless all lines are objects with values of the expected types."""
        import pyarrow.json as pj

        try:
            return pj.read_json(
                pa.BufferReader(block),
                read_options=pj.ReadOptions(use_threads=False, block_size=len(block) + 1),
                parse_options=pj.ParseOptions(
                    explicit_schema=pa.schema([(name, self._types[name]) for name in keep]),
                    unexpected_field_behavior="ignore",
                ),
            )
        except pa.ArrowInvalid:
            return None


def _by_line(block: bytes, before: int, keep: Sequence[str]) -> Batch:
    lines = {number: line for number, line in enumerate(block.split(b"\n"), before + 1) if line.strip()}
    read = {number: _object(line) for number, line in lines.items()}
    rows = {number: row for number, row in read.items() if isinstance(row, dict)}
    refused = [
        Refused(number, "", "invalid_json", f"the line is not a JSON object ({reason}); write one object a line")
        for number, reason in read.items()
        if isinstance(reason, str)
    ]
    columns: dict[str, Column] = {name: [row.get(name) for row in rows.values()] for name in keep}
    return Batch(columns, pa.array(rows, pa.int64()), refused)


def _object(line: bytes) -> dict[str, Any] | str:
    """Return the object of a line, or why there is none."""
    try:
        return _OBJECT.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        return str(fault)


class _Parquet(Source):
    place = "row"

    def _prepare(self) -> None:
        if self._content is None and not Path(self.path).is_file():
            raise Fault(f"{self.path}: there is no such file")
        with self._file() as file:
            self.names = tuple(file.schema_arrow.names)

    def batches(self, wanted: Collection[str]) -> Iterator[Batch]:
        keep = [name for name in self.names if name in wanted]
        last, size = 0, 0 if self._content is not None else Path(self.path).stat().st_size
        with self._file() as file:
            for batch in file.iter_batches(_PARQUET_ROWS, columns=keep):
                first, last = last + 1, last + len(batch)
                self._advance(size * len(batch) // file.metadata.num_rows)
                columns = {name: _column(batch.column(name)) for name in keep}
                yield Batch(columns, _numbers(first, len(batch)))

    @contextmanager
    def _file(self) -> Iterator[Any]:
        import pyarrow.parquet as pq

        with self._opened() as content:
            try:
                yield pq.ParquetFile(content)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as fault:
                raise Fault(f"{self.name}: {str(fault).splitlines()[0]}; is the file Parquet?") from fault


def _numbers(first: int, count: int) -> pa.Array:
    return pc.cumulative_sum(pa.repeat(pa.scalar(1, pa.int64()), count), start=first - 1)


def _column(values: pa.Array) -> Column:
    """Return a column as texts, whole numbers or instants of Arrow, or else as values of Python."""
    of = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
    if pa.types.is_string(of) or pa.types.is_large_string(of):
        return values
    if values.type in (pa.string_view(), pa.null()):
        return values.cast(pa.string())
    if pa.types.is_timestamp(of) or (pa.types.is_integer(of) and of != pa.uint64()):
        return values
    found: list[Any] = values.to_pylist()
    return found


_SOURCES: dict[Format, type[Source]] = {"csv": _Csv, "jsonl": _JsonLines, "parquet": _Parquet}
