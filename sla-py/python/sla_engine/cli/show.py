"""What people see in a terminal: tables on standard output, progress and remarks on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import msgspec

from sla_engine.report import figures
from sla_engine.report.data import RefusedLine, SourceOf

_SHOWN_REFUSED = 10
_STYLES = {
    "met": "green",
    "breached": "bold red",
    "running": "cyan",
    "paused": "yellow",
    "cancelled": "dim",
    "unpromised": "dim",
    "not_started": "dim",
}


Cell = str | tuple[str, str]
"""A text, or a text with its style."""


class Terminal:
    """Where a command writes. What draws tables and progress is loaded when it is needed."""

    def __init__(self) -> None:
        self._end_progress: Callable[[], None] = lambda: None

    @contextmanager
    def progress(self, path: str) -> Iterator[Callable[[int], None]]:
        """Show how much of a file has been read, until something is written, on a terminal only. It is read twice."""
        if not sys.stderr.isatty() or not os.path.isfile(path):
            yield lambda _bytes: None
            return
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as progress:
            self._end_progress = progress.stop
            task = progress.add_task(f"Reading {os.path.basename(path)}", total=2 * os.path.getsize(path))
            yield lambda read: progress.advance(task, read)

    def line(self, text: str = "") -> None:
        """Write a line for people."""
        self.raw(figures.plain(text))

    def raw(self, text: str) -> None:
        """Write text for programs, as it is."""
        self._end_progress()
        sys.stdout.write(text if text.endswith("\n") else text + "\n")

    def json(self, value: object) -> None:
        """Write a value as one line of JSON."""
        self.raw(msgspec.json.encode(value).decode())

    def remark(self, text: str) -> None:
        """Write a line beside the answer, on standard error."""
        self._end_progress()
        print(figures.plain(text), file=sys.stderr)

    def table(self, title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]], numbers: str = "") -> None:
        """Write a table. ``numbers`` has an ``n`` for each column that is aligned to the right."""
        right = [numbers[place : place + 1] == "n" for place in range(len(headings))]
        cells: list[list[tuple[str, str]]] = [
            [(cell, "") if isinstance(cell, str) else cell for cell in row] for row in rows
        ]
        if not sys.stdout.isatty():
            texts = [list(headings), *([figures.plain(text) for text, _ in row] for row in cells)]
            widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
            self.line(title)
            for row in texts:
                columns = zip(row, widths, right, strict=True)
                aligned = (text.rjust(width) if is_right else text.ljust(width) for text, width, is_right in columns)
                self.line("  ".join(aligned).rstrip())
            return
        self._end_progress()
        from rich.box import SIMPLE_HEAD
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(
            title=Text(figures.plain(title)),
            title_justify="left",
            title_style="bold",
            box=SIMPLE_HEAD,
            pad_edge=False,
            header_style="bold",
        )
        for heading, is_right in zip(headings, right, strict=True):
            table.add_column(Text(heading), justify="right" if is_right else "left", overflow="fold")
        for styled in cells:
            table.add_row(*(Text(figures.plain(text), style=style) for text, style in styled))
        Console(highlight=False).print(table)

    def refused(self, refused: Sequence[RefusedLine], source: SourceOf) -> None:
        """Say on standard error which rows were not taken over, the first ones with their reason."""
        if source.later_rows:
            self.remark(f"after the instant, and not read: {figures.counted(source.later_rows, 'row')}")
        if not refused:
            return
        self.remark(f"not used, or not as a whole: {figures.counted(len(refused), 'row')}")
        for row in refused[:_SHOWN_REFUSED]:
            self.remark(f"  {source.place} {row.line}, ticket {row.ticket or 'unknown'}: {row.message}")
        if len(refused) > _SHOWN_REFUSED:
            self.remark(f"  and {figures.count(len(refused) - _SHOWN_REFUSED)} more; `report` lists them all")


def state(name: str) -> Cell:
    """Return the state of a timer in its color."""
    return figures.words(name), _STYLES.get(name, "")
