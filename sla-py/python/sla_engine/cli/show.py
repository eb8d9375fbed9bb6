"""What people see in a terminal: tables on standard output, progress and remarks on standard error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import msgspec
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from sla_engine.report import figures
from sla_engine.report.data import RefusedLine, SourceOf

_T = TypeVar("_T")
_SHOWN_REFUSED = 10
_MANY = 200
"""So many tickets are worth a progress bar."""

_STYLES = {
    "met": "green",
    "breached": "bold red",
    "running": "cyan",
    "paused": "yellow",
    "cancelled": "dim",
    "not_started": "dim",
}


class Terminal:
    """Where a command writes."""

    def __init__(self) -> None:
        self.out = Console(highlight=False, soft_wrap=False)
        self.err = Console(stderr=True, highlight=False)
        if not self.out.is_terminal:
            # A pipe has no width: tables are as wide as they need be.
            self.out.width = 240

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Show progress bars, on a terminal only."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self.err, transient=True, disable=not self.err.is_terminal) as progress:
            yield progress

    def track(self, things: Sequence[_T], doing: str) -> Iterable[_T]:
        """Go through things with a progress bar."""
        if not self.err.is_terminal or len(things) < _MANY:
            yield from things
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self.err, transient=True) as progress:
            yield from progress.track(things, description=doing)

    def line(self, text: str = "") -> None:
        """Write a line for people."""
        self.out.print(escape(figures.plain(text)), soft_wrap=True)

    def raw(self, text: str) -> None:
        """Write text for programs, as it is."""
        self.out.file.write(text if text.endswith("\n") else text + "\n")

    def json(self, value: object) -> None:
        """Write a value as one line of JSON."""
        self.raw(msgspec.json.encode(value).decode())

    def remark(self, text: str) -> None:
        """Write a line beside the answer, on standard error."""
        self.err.print(escape(figures.plain(text)), soft_wrap=True)

    def table(
        self, title: str, headings: Sequence[str], rows: Iterable[Sequence[str | Text]], numbers: str = ""
    ) -> None:
        """Write a table. ``numbers`` has an ``n`` for each column that is aligned to the right."""
        table = Table(title=escape(figures.plain(title)), title_justify="left", title_style="bold", box=SIMPLE_HEAD)
        table.pad_edge = False
        table.header_style = "bold"
        for place, heading in enumerate(headings):
            right = numbers[place : place + 1] == "n"
            table.add_column(escape(heading), justify="right" if right else "left", overflow="fold")
        for row in rows:
            table.add_row(*(cell if isinstance(cell, Text) else escape(figures.plain(cell)) for cell in row))
        self.out.print(table)

    def refused(self, refused: Sequence[RefusedLine], source: SourceOf) -> None:
        """Say on standard error which rows were not taken over, the first ones with their reason."""
        if source.later_rows:
            self.remark(f"after the instant, and not read: {figures.counted(source.later_rows, 'row')}")
        if not refused:
            return
        self.remark(f"not taken over, or not wholly: {figures.counted(len(refused), 'row')}")
        for row in refused[:_SHOWN_REFUSED]:
            self.remark(f"  {source.place} {row.line}, ticket {row.ticket or 'unknown'}: {row.message}")
        if len(refused) > _SHOWN_REFUSED:
            self.remark(f"  and {figures.count(len(refused) - _SHOWN_REFUSED)} more; `report` lists them all")


def state(name: str) -> Text:
    """Return the state of a timer in its colour."""
    return Text(figures.words(name), style=_STYLES.get(name, ""))
