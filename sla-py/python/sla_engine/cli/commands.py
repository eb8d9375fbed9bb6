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
    """Commands, the rows of one ticket together and in order."""

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

    def add(self, place: int, ticket: str, at: datetime, kind: str, **fields: Any) -> None:
        """Add a command."""
        self.places.append(place)
        self.commands.append({"ticket_id": ticket, "event_at": at, "kind": kind, **fields})

    def refuse(self, place: int, ticket: str, code: str, message: str) -> None:
        """Say that a row was not taken over, or not wholly."""
        self.refused.append(RefusedLine(line=place, ticket=ticket, code=code, message=message))

    def tables(self, most: int) -> Iterator[tuple[pa.Table, list[int]]]:
        """Cut the log between tickets into tables of about that many commands, each with the places of its rows."""
        start = 0
        while start < len(self.commands):
            end = min(start + most, len(self.commands))
            while end < len(self.commands) and self._ticket(end) == self._ticket(end - 1):
                end += 1
            yield pa.Table.from_pylist(self.commands[start:end], schema=_SCHEMA), self.places[start:end]
            start = end

    def _ticket(self, row: int) -> str:
        return str(self.commands[row]["ticket_id"])


def message(reference: str) -> dict[str, str]:
    """Return the columns of a message of which the log has no text: its reference stands for it."""
    return {"message_ref": reference, "content_sha256": sha256(reference.encode()).hexdigest()}
