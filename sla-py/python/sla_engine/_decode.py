"""Documents to values and back, for the native module."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, wraps
from typing import Any

import msgspec

from . import commands, documents
from .errors import HorizonError

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
        return _with_years(_rows)
    if name not in _LISTS:
        return _with_years(msgspec.json.Decoder(_TYPES[name]).decode)
    read = msgspec.json.Decoder(_LISTS[name]).decode
    return _with_years(lambda document: read(document)[name])


def _with_years(read: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    @wraps(read)
    def decode(document: bytes) -> Any:
        try:
            return read(document)
        except msgspec.ValidationError:
            # Documents have years from 0000, datetimes from 0001.
            if b'"0000-' not in document:
                raise
            raise HorizonError(
                "out_of_horizon",
                "the answer has an instant of the year 0000, which no datetime is of",
                help="use instants within 1970-01-01 to 2200-01-01",
            ) from None

    return decode


def encode(value: Any) -> bytes:
    """Return a value, or plain data, as a document; an iterator becomes a list."""
    return documents.in_json(value, _listed)


def _listed(value: Any) -> list[Any]:
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be written as a document")
