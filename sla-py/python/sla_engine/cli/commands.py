"""A log of commands as columns, with the place in the file that each came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

import pyarrow as pa

from sla_engine.report.data import RefusedLine

TEXTS = (
    "kind",
    "actor",
    "role",
    "customer",
    "package",
    "channel",
    "severity",
    "category",
    "agent",
    "status",
    "reason",
    "apply",
    "duplicate_of",
    "message_ref",
    "content_sha256",
)
NUMBERS = ("score", "number")

_SCHEMA = pa.schema(
    [
        ("ticket_id", pa.string()),
        ("event_at", pa.timestamp("us", "UTC")),
        *((name, pa.string()) for name in TEXTS),
        *((name, pa.int64()) for name in NUMBERS),
    ]
)


@dataclass
class CommandLog:
    """What a file says, as commands that are made ticket by ticket."""

    place: str
    """What places count."""
    rows: int = 0
    """Of the file, with those that could not be read."""
    later_rows: int = 0
    commands: list[dict[str, Any]] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    """Of each command."""
    refused: list[RefusedLine] = field(default_factory=list)
    last: datetime | None = None
    """The instant of the last row that was read."""
    feed: Iterator[int] = field(default_factory=lambda: iter(()))
    """Adds the commands of a ticket at each step, and says of how many rows; one ticket's are together and in order."""

    def add(self, place: int, ticket: str, at: datetime, kind: str, **fields: Any) -> None:
        """Add a command."""
        self.places.append(place)
        self.commands.append({"ticket_id": ticket, "event_at": at, "kind": kind, **fields})

    def refuse(self, place: int, ticket: str, code: str, message: str) -> None:
        """Say that a row was not taken over, or not wholly."""
        self.refused.append(RefusedLine(line=place, ticket=ticket, code=code, message=message))

    def tables(self, most: int) -> Iterator[tuple[pa.Table, list[int], int]]:
        """Make the commands, in tables of about that many, cut between tickets.

        Yields:
            A table, the place of each of its rows, and of how many rows of the file it is made.
        """
        rows = 0
        for read in self.feed:
            rows += read
            if len(self.commands) >= most:
                yield self._cut(rows)
                rows = 0
        if self.commands:
            yield self._cut(rows)

    def _cut(self, rows: int) -> tuple[pa.Table, list[int], int]:
        table = pa.Table.from_pylist(self.commands, schema=_SCHEMA)
        places = self.places
        self.commands, self.places = [], []
        return table, places, rows


def message(reference: str) -> dict[str, str]:
    """Return the columns of a message of which the log has no text: its reference stands for it."""
    return {"message_ref": reference, "content_sha256": sha256(reference.encode()).hexdigest()}
