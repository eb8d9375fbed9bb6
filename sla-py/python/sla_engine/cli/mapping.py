"""The meaning of the columns, values and states of a log: from a mapping file, with options on top."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from sla_engine.cli.fault import Fault, alike, listed

INSTANTS = ("event_at", "opened_at", "assigned_at", "first_reply_at", "resolved_at")
NUMBERS = ("sequence", "score", "number")
COMMAND_COLUMNS = (
    *("actor", "role", "customer", "package", "channel", "severity", "category", "agent", "status", "reason", "apply"),
    *("team", "direction", "organization", "received_at", "automatic", "until", "absorbed_ticket", "waiting_since"),
    *("duplicate_of", "message_ref", "content_sha256", *NUMBERS),
)
"""Optional ones of rows of commands."""
STATE_COLUMNS = ("sequence", "severity", "category", "agent", "actor", "customer", "opened_at")
"""Optional ones of rows of states."""
COLUMNS = ("ticket_id", "kind", "state", *COMMAND_COLUMNS, *INSTANTS)
"""Of rows of every shape, by our names."""

Meaning = Literal["new", "active", "pending", "on_hold", "resolved", "closed", "voided"]


class State(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The meaning of a state of a log."""

    means: Meaning
    replied: bool = False
    """Whether entering it means a reply to the customer."""
    reason: str | None = None
    """Of the pause; by default the state's own name in small letters."""

    def as_argument(self) -> dict[str, object]:
        """Return what `Engine.import_log` takes for the state."""
        return {name: value for name, value in msgspec.to_builtins(self).items() if value is not None}


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to read a log. docs/cli.md has every field."""

    time_zone: str | None = None
    time_format: str | None = None
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    states: dict[str, State] = {}

    def theirs(self, ours: str) -> str:
        """Return the name of a column in the log."""
        return self.columns.get(ours, ours)

    def taken(self, ours: str) -> bool:
        """Return whether the log's column of our name is another one of ours."""
        return ours not in self.columns and ours in self.columns.values()


def load(
    path: str | None,
    *,
    columns: Sequence[str] = (),
    constants: Sequence[str] = (),
    time_zone: str | None = None,
    time_format: str | None = None,
) -> Mapping:
    """Return the mapping of a file, with options on top; ``columns`` and ``constants`` are ``ours=theirs``."""
    base = _file(path) if path is not None else Mapping()
    found = Mapping(
        time_zone=time_zone or base.time_zone,
        time_format=time_format or base.time_format,
        columns={**base.columns, **_pairs("--column", columns)},
        constants={**base.constants, **_pairs("--constant", constants)},
        values=base.values,
        states=base.states,
    )
    for table, names in (("columns", found.columns), ("constants", found.constants), ("values", found.values)):
        _known(path, table, names)
    return found


def _file(path: str) -> Mapping:
    import tomllib

    try:
        written = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise Fault(f"{path}: {fault}") from fault
    except UnicodeDecodeError as fault:
        raise Fault(f"{path}: the text is not UTF-8; save the file as UTF-8") from fault
    except OSError as fault:
        raise Fault(f"{path}: {fault.strerror or fault}") from fault
    if isinstance(written.get("states"), dict):
        written["states"] = {state: _table(meaning) for state, meaning in written["states"].items()}
    try:
        return msgspec.convert(written, Mapping)
    except msgspec.ValidationError as fault:
        raise Fault(f"{path}: {fault}; see docs/cli.md for the fields of a mapping file") from fault


def _table(meaning: Any) -> Any:
    return {"means": meaning} if isinstance(meaning, str) else meaning


def _pairs(option: str, written: Sequence[str]) -> dict[str, str]:
    found = {}
    for pair in written:
        ours, equals, theirs = pair.partition("=")
        if not equals or not ours or not theirs:
            raise Fault(f"`{option} {pair}` has no value; write `{option} OURS=THEIRS`")
        found[ours.strip()] = theirs
    return found


def _known(path: str | None, table: str, names: AnyMapping[str, Any]) -> None:
    for name in names:
        if name not in COLUMNS:
            place = f"{path}: " if path else ""
            raise Fault(
                f"{place}{table}: there is no column `{name}`{alike(name, COLUMNS)}; known are {listed(COLUMNS)}"
            )
