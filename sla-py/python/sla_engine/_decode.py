"""Documents to values and back, for the native module."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from . import documents

_TYPES: dict[str, Any] = {
    "events": tuple[documents.Event, ...],
    "evaluation": documents.Evaluation,
    "refusal": documents.Refusal,
    "dry_run": documents.DryRun,
    "explanation": documents.Explanation,
    "ledger": documents.Ledger,
    "report": documents.Report,
    "alerts": tuple[documents.Alert, ...],
    "head": documents.Head,
    "comparison": documents.Comparison,
    "flips": tuple[documents.Flip, ...],
    "warnings": tuple[documents.Warning, ...],
    "changes": tuple[documents.Change, ...],
    "promises": tuple[documents.OpenPromise, ...],
    "agents": tuple[documents.AgentFigures, ...],
}


@cache
def decoder(name: str) -> Any:
    """Return what reads documents of one kind."""
    return msgspec.json.Decoder(_TYPES[name]).decode


def encode(value: Any) -> bytes:
    """Return a value, or plain data, as a document."""
    return msgspec.json.encode(value)
