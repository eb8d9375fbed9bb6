"""Documents to values and back, for the native module."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec

from . import commands, documents

_TYPES: dict[str, Any] = {
    "events": tuple[documents.Event, ...],
    "evaluation": documents.Evaluation,
    "refusal": documents.Refusal,
    "dry_run": documents.DryRun,
    "history_verification": documents.HistoryVerification,
    "explanation": documents.Explanation,
    "ledger": documents.Ledger,
    "report": documents.Report,
    "alerts": tuple[documents.Alert, ...],
    "head": documents.Head,
    "burns": tuple[documents.BurnRate, ...],
    "place": documents.PolicyPlace,
    "policy_values": documents.PolicyValues,
    "ticket_values": documents.TicketValues,
    "visible_tickets": documents.VisibleTickets,
    "comparison": documents.Comparison,
    "flips": tuple[documents.Flip, ...],
    "changes": tuple[documents.PolicyChange, ...],
    "log_commands": commands.LogCommands,
}
# Documents that hold one list, under their own name.
_LISTS: dict[str, Any] = {
    "agents": dict[str, tuple[documents.AgentPerformance, ...]],
    "promises": dict[str, tuple[documents.OpenPromise, ...]],
    "warnings": dict[str, tuple[documents.Warning, ...]],
}


class _RowLists(msgspec.Struct):
    cycles: tuple[documents.CycleRow, ...]
    facts: tuple[documents.FactRow, ...]


def _rows(document: bytes) -> documents.TicketRows:
    # The row state is on a line of its own, to be stored as it is.
    lists, state, _ = document.split(b"\n")
    rows = msgspec.json.decode(lists + b"null}", type=_RowLists)
    return documents.TicketRows(rows.cycles, rows.facts, state.decode())


@cache
def decoder(name: str) -> Any:
    """Return the decoder of documents of one kind."""
    if name == "ticket_rows":
        return _rows
    if name not in _LISTS:
        return msgspec.json.Decoder(_TYPES[name]).decode
    read = msgspec.json.Decoder(_LISTS[name]).decode
    return lambda document: read(document)[name]


def encode(value: Any) -> bytes:
    """Return a value, or plain data, as a document; an iterator becomes a list."""
    return msgspec.json.encode(value, enc_hook=_listed)


def _listed(value: Any) -> list[Any]:
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be written as a document")
