"""From a file to a log of commands: what shape it has, and what its rows say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal

from sla_engine.cli import cells, states, wide
from sla_engine.cli.cells import INSTANTS, Row
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
_OF_THE_ROW = frozenset({"kind", "event_at", "sequence"})
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
        found = cells.read(rows, mapping, required=wide.REQUIRED, optional=wide.OPTIONAL, log=log)
        log.feed = _wide(log, found, as_of)
        return log
    required, optional = (states.REQUIRED, states.OPTIONAL) if shape == "states" else (_REQUIRED, _OPTIONAL)
    found = cells.read(rows, mapping, required=required, optional=optional, log=log)
    log.feed = _long(log, _tickets(log, found, as_of), mapping if shape == "states" else None)
    return log


def _long(log: CommandLog, tickets: dict[str, list[Row]], mapping: Mapping | None) -> Iterator[int]:
    for ticket in sorted(tickets):
        ordered = states.in_order(tickets.pop(ticket))
        if mapping is not None:
            states.add(log, ticket, ordered, mapping.states)
        else:
            _commands(log, ticket, ordered)
        yield len(ordered)


def _tickets(log: CommandLog, rows: list[Row], as_of: datetime | None) -> dict[str, list[Row]]:
    tickets: dict[str, list[Row]] = {}
    for row in rows:
        at = row.event_at
        if as_of is not None and at > as_of:
            log.later_rows += 1
            continue
        log.last = at if log.last is None else max(log.last, at)
        tickets.setdefault(row.ticket, []).append(row)
    return tickets


def _commands(log: CommandLog, ticket: str, rows: Iterable[Row]) -> None:
    for row in rows:
        kind: str = row.values["kind"]
        if kind not in _KINDS:
            said = f"there is no command `{kind}`; known are {listed(sorted(_KINDS))}"
            log.refuse(row.place, ticket, "unknown_word", said)
            continue
        fields = {name: value for name, value in row.values.items() if name not in _OF_THE_ROW}
        if kind in _WITH_MESSAGE and "message_ref" not in fields:
            fields |= message(f"{ticket}#{row.values.get('sequence', row.place)}")
        if kind == "open":
            own = fields["actor"] if fields.get("role", "customer") == "customer" and "actor" in fields else None
            fields.setdefault("customer", own or f"requester of {ticket}")
        log.add(row.place, ticket, row.event_at, kind, **fields)


def _wide(log: CommandLog, rows: list[Row], as_of: datetime | None) -> Iterator[int]:
    instants = (at for row in rows for name in INSTANTS if (at := row.at(name)) is not None)
    log.last = max((at for at in instants if as_of is None or at <= as_of), default=None)
    return _tickets_of(log, rows, as_of or log.last)


def _tickets_of(log: CommandLog, rows: list[Row], as_of: datetime | None) -> Iterator[int]:
    last = None
    for row in sorted(rows, key=lambda row: (row.ticket, row.place)):
        if row.ticket == last:
            log.refuse(row.place, row.ticket, "duplicate_id", "the ticket has a row already; a row is a whole ticket")
        elif as_of is not None:
            wide.add(log, row, as_of)
        last = row.ticket
        yield 1
