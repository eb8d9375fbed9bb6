"""From a file to a log of commands: what shape it has, and what its rows say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from sla_engine.cli import cells, states, wide
from sla_engine.cli.cells import Row
from sla_engine.cli.commands import NUMBERS, TEXTS, CommandLog, message
from sla_engine.cli.fault import Fault, Problem, listed
from sla_engine.cli.mapping import Mapping
from sla_engine.cli.source import Rows, missing

Shape = Literal["commands", "states", "rows"]

_REQUIRED = ("ticket_id", "event_at", "kind")
_OPTIONAL = ("sequence", *(name for name in TEXTS if name != "kind"), *NUMBERS)
_KINDS = frozenset(
    {
        "open", "assign", "reply", "note", "customer_message", "pause", "resume", "resolve", "reopen", "close",
        "withdraw", "void", "request_escalation", "acknowledge_escalation", "resolve_escalation", "rate",
        "change_package", "classify",
    }
)  # fmt: skip
_WITH_MESSAGE = frozenset({"open", "reply", "note", "customer_message", "resolve"})


def shape_of(rows: Rows, mapping: Mapping) -> Shape:
    """Return what a row of a log is: a command, a state of its ticket, or a whole ticket."""
    if mapping.states:
        return "states"
    if cells.has(rows, mapping, "kind"):
        return "commands"
    if cells.has(rows, mapping, "opened_at"):
        return "rows"
    if cells.has(rows, mapping, "state"):
        raise Fault(
            f"{rows.name}: the column `{mapping.theirs('state')}` needs a mapping file that says under [states] what "
            "the states mean; docs/cli.md shows one"
        )
    raise Fault(
        f"{rows.name}: there is no column `kind` (a row is a command), `state` (a row is a state, with [states] in a "
        f"mapping file) or `opened_at` (a row is a ticket); it has {listed(rows.names)}; "
        "name the columns with `--column kind=NAME` or in a mapping file"
    )


def commands(rows: Rows, mapping: Mapping, as_of: datetime | None) -> CommandLog:
    """Return the commands of a log, those after the instant left out."""
    for ours, theirs in mapping.columns.items():
        if theirs not in rows.names and rows.names:
            raise missing(rows, theirs, ours)
    if not rows.names:
        unreadable = rows.unreadable[0]
        raise Problem(f"{rows.name}: no row can be used: {unreadable.message} ({rows.place} {unreadable.place})")
    shape = shape_of(rows, mapping)
    log = CommandLog(rows.place)
    if shape == "rows":
        _wide(log, cells.read(rows, mapping, required=wide.REQUIRED, optional=wide.OPTIONAL, log=log), as_of)
        return log
    known: tuple[Any, Any] = (states.REQUIRED, states.OPTIONAL) if shape == "states" else (_REQUIRED, _OPTIONAL)
    found = cells.read(rows, mapping, required=known[0], optional=known[1], log=log)
    for ticket, together in sorted(_tickets(log, found, as_of).items()):
        ordered = states.in_order(together)
        if shape == "states":
            states.add(log, ticket, ordered, mapping.states)
        else:
            _commands(log, ticket, ordered)
    return log


def _tickets(log: CommandLog, rows: list[Row], as_of: datetime | None) -> dict[str, list[Row]]:
    tickets: dict[str, list[Row]] = {}
    for row in rows:
        at = row.instants["event_at"]
        if as_of is not None and at > as_of:
            log.later_rows += 1
            continue
        log.last = at if log.last is None else max(log.last, at)
        tickets.setdefault(row.ticket, []).append(row)
    return tickets


def _commands(log: CommandLog, ticket: str, rows: Iterable[Row]) -> None:
    for row in rows:
        kind = row.texts["kind"]
        if kind not in _KINDS:
            log.refuse(
                row.place, ticket, "unknown_word", f"there is no command `{kind}`; known are {listed(sorted(_KINDS))}"
            )
            continue
        fields: dict[str, Any] = {name: text for name, text in row.texts.items() if name != "kind"}
        if kind in _WITH_MESSAGE and "message_ref" not in fields:
            fields |= message(f"{ticket}#{row.numbers.get('sequence', row.place)}")
        if kind == "open":
            own = fields["actor"] if fields.get("role", "customer") == "customer" and "actor" in fields else None
            fields.setdefault("customer", own or f"requester of {ticket}")
        fields |= {name: row.numbers[name] for name in NUMBERS if name in row.numbers}
        log.add(row.place, ticket, row.instants["event_at"], kind, **fields)


def _wide(log: CommandLog, rows: list[Row], as_of: datetime | None) -> None:
    instants = (at for row in rows for at in row.instants.values())
    log.last = max((at for at in instants if as_of is None or at <= as_of), default=None)
    seen: set[str] = set()
    for row in sorted(rows, key=lambda row: (row.ticket, row.place)):
        if row.ticket in seen:
            log.refuse(row.place, row.ticket, "duplicate_id", "the ticket has a row already; a row is a whole ticket")
            continue
        seen.add(row.ticket)
        wide.add(log, row, as_of or log.last or row.instants["opened_at"])
