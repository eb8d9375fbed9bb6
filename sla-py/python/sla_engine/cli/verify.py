"""`sla-engine verify`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from sla_engine import Engine, History, Policy, PolicyError, SlaError, Ticket, audit
from sla_engine.cli.fault import PROBLEMS, Fault, Problem
from sla_engine.cli.load import policy_text, refused_policy
from sla_engine.cli.show import Terminal
from sla_engine.documents import Difference, HistoryVerification, Verification

LINK = ("detected_at", "prev", "hash")


@dataclass(frozen=True)
class Wish:
    """What is asked about a file."""

    file: str
    """A chain, or with policies the history of a ticket."""
    pins: str | None
    policies: tuple[str, ...]
    """The revisions of a policy, the oldest first; none to check the chain alone."""
    snapshot: str | None
    as_json: bool


def run(terminal: Terminal, wish: Wish) -> None:
    """Show whether a chain is whole, and whether the rules of a policy made its events."""
    text = _text(wish.file)
    heads = _text(wish.pins) if wish.pins is not None else None
    if wish.snapshot is not None and not wish.policies:
        raise Fault("--snapshot needs --policy")
    if not wish.policies and _is_history(text):
        raise Fault(f"{wish.file}: a history is no chain; --policy plays its commands again")
    history = _history(text, wish.file) if wish.policies else None
    said: dict[str, Any] = {"file": wish.file}
    whole = True
    if not _is_history(text):
        found = _verify(text, None, wish.file)
        if heads is not None and found.whole:
            found = _verify(text, heads, wish.pins or "")
        whole = found.whole
        said |= {"whole": found.whole, "head": found.head, "fault": found.fault, "index": found.index}
        if not wish.as_json:
            terminal.line(_of_chain(wish.file, found))
    elif heads is not None:
        raise Fault(f"{wish.file}: a history has no heads; --pins needs a chain")
    if history is not None and whole:
        made = _made(history, wish)
        whole = made.whole
        said["verification"] = made
        if not wish.as_json:
            for line in _of_rules(wish.file, made):
                terminal.line(line)
    if wish.as_json:
        terminal.json(said)
    if not whole:
        raise SystemExit(PROBLEMS)


def _of_chain(file: str, found: Verification) -> str:
    if found.head is None:
        return f"{file}: not whole: entry {found.index}: {found.fault}"
    head = found.head
    return f"{file}: whole; {head.kind} chain `{head.id}`, {head.entries} entries, head {head.hash}"


def _of_rules(file: str, found: HistoryVerification) -> list[str]:
    lines = [f"{file}: event {one.seq}: other time-zone rules: {_said(one)}" for one in found.rules_changed]
    if found.difference is None:
        return [*lines, f"{file}: the rules make all {found.verified} events"]
    return [*lines, f"{file}: not as the rules make it: event {found.difference.seq}: {_said(found.difference)}"]


def _said(one: Difference) -> str:
    what = one.what.replace("_", " ")
    if one.refusal is not None:
        return f"{what} {one.path}: {one.refusal.code}: {one.refusal.message}; {one.refusal.accepted}"
    values = [
        f"{name} {msgspec.json.encode(value).decode()}"
        for name, value in (("recorded", one.recorded), ("expected", one.expected))
        if value is not None
    ]
    return f"{what} {one.path}".rstrip() + ": " + ", ".join(values)


def _is_history(text: bytes) -> bool:
    return _tree(text).get("schema") == "sla-history/1"


def _tree(text: bytes) -> dict[str, Any]:
    try:
        tree = msgspec.json.decode(text)
    except msgspec.DecodeError:
        # Whoever reads it next says where it is no JSON.
        return {}
    return tree if isinstance(tree, dict) else {}


def _history(text: bytes, file: str) -> History:
    """Return the history of a file: its document, or the events that a chain links."""
    tree = _tree(text)
    try:
        if tree.get("kind") == "ticket" and isinstance(entries := tree.get("entries"), list):
            events = [{name: part for name, part in entry.items() if name not in LINK} for entry in entries]
            text = msgspec.json.encode({"schema": "sla-history/1", "events": events})
        return History.from_json(text)
    except (SlaError, AttributeError) as fault:
        raise Problem(f"{file}: no ticket's chain or history: {fault}") from fault


def _made(history: History, wish: Wish) -> HistoryVerification:
    try:
        engine = Engine.compile([Policy(policy_text(path)) for path in wish.policies])
    except PolicyError as fault:
        raise refused_policy(", ".join(wish.policies), fault) from fault
    try:
        snapshot = Ticket.from_json(_text(wish.snapshot)) if wish.snapshot is not None else None
        return engine.verify(history, snapshot=snapshot)
    except SlaError as fault:
        if fault.code == "unknown_revision":
            known = f"give each revision that the ticket was under a --policy, besides {', '.join(wish.policies)}"
            raise Problem(f"{wish.file}: {fault.path}: {fault.message}; {known}") from fault
        raise Problem(f"{wish.file}: {fault}") from fault


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
