"""`sla-engine verify`."""

from __future__ import annotations

from pathlib import Path

from sla_engine import SlaError, audit
from sla_engine.cli.fault import PROBLEMS, Fault, Problem
from sla_engine.cli.show import Terminal


def run(terminal: Terminal, chain: str, pins: str | None, *, as_json: bool) -> None:
    """Show whether a chain is whole."""
    text, heads = _text(chain), _text(pins) if pins is not None else None
    try:
        found = audit.verify(text, pins=heads)
    except SlaError as fault:
        place = f"{fault.path}: " if fault.path else ""
        raise Problem(f"{chain}: {place}{fault.message}; {fault.help}".rstrip("; ")) from fault
    if as_json:
        terminal.json(
            {"file": chain, "whole": found.whole, "head": found.head, "fault": found.fault, "index": found.index}
        )
    elif found.head is not None:
        head = found.head
        terminal.line(f"{chain}: whole; {head.kind} chain `{head.id}`, {head.entries} entries, head {head.hash}")
    else:
        terminal.line(f"{chain}: tampered with: entry {found.index}: {found.fault}")
    if not found.whole:
        raise SystemExit(PROBLEMS)


def _text(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as fault:
        raise Fault(f"{path}: {fault.strerror or fault}") from fault
