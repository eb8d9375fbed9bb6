"""`sla-engine verify`."""

from __future__ import annotations

from pathlib import Path

from sla_engine import SlaError, audit
from sla_engine.cli.fault import PROBLEMS, Fault, Problem
from sla_engine.cli.show import Terminal
from sla_engine.documents import Verification


def run(terminal: Terminal, chain: str, pins: str | None, *, as_json: bool) -> None:
    """Show whether a chain is whole."""
    text, heads = _text(chain), _text(pins) if pins is not None else None
    found = _verify(text, None, chain)
    if heads is not None and found.whole:
        found = _verify(text, heads, pins or "")
    if as_json:
        terminal.json(
            {"file": chain, "whole": found.whole, "head": found.head, "fault": found.fault, "index": found.index}
        )
    elif found.head is not None:
        head = found.head
        terminal.line(f"{chain}: whole; {head.kind} chain `{head.id}`, {head.entries} entries, head {head.hash}")
    else:
        terminal.line(f"{chain}: not whole: entry {found.index}: {found.fault}")
    if not found.whole:
        raise SystemExit(PROBLEMS)


def _verify(text: bytes, heads: bytes | None, blamed: str) -> Verification:
    try:
        return audit.verify(text, pins=heads)
    except SlaError as fault:
        raise Problem(f"{blamed}: {fault}") from fault


def _text(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as fault:
        raise Fault(f"{path}: {fault.strerror or fault}") from fault
