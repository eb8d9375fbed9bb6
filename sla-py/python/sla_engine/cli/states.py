"""Logs whose rows are states of a ticket, made into commands: examples/data/README.md has the rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from sla_engine.cli.cells import Row
from sla_engine.cli.commands import CommandLog, message
from sla_engine.cli.fault import listed
from sla_engine.cli.mapping import State

REQUIRED = ("ticket_id", "event_at", "state", "package", "channel")
OPTIONAL = ("sequence", "severity", "category", "agent", "actor", "customer", "opened_at")

_Standing = Literal["new", "active", "paused", "resolved", "ended"]

_BY_HOLDER = frozenset({"reply", "note", "pause", "resume", "resolve", "reopen"})
"""The team that holds the ticket works on it; what is left is the desk's."""


def add(log: CommandLog, ticket: str, rows: list[Row], states: dict[str, State]) -> None:
    """Add the commands of one ticket; its rows are in order."""
    _Ticket(log, ticket, rows, states).add()


class _Ticket:
    def __init__(self, log: CommandLog, ticket: str, rows: list[Row], states: dict[str, State]) -> None:
        self.log = log
        self.ticket = ticket
        self.rows = rows
        self.states = states
        self.at: _Standing = "new"
        self.team: str | None = None
        self.channel = rows[0].values["channel"]
        self.count = 0

    def add(self) -> None:
        first = self.rows[0]
        opened_at = min(first.at("opened_at") or first.event_at, first.event_at)
        self.log.add(
            first.place,
            self.ticket,
            opened_at,
            "open",
            actor=_actor(first),
            role="admin",
            customer=first.text("customer") or f"requester of {self.ticket}",
            package=first.text("package"),
            channel=self.channel,
            severity=first.text("severity"),
            category=first.text("category"),
            **self._message(first),
        )
        before = first
        for row in self.rows:
            self._row(before, row)
            before = row

    def _row(self, before: Row, row: Row) -> None:
        if row.text("channel") != before.text("channel"):
            said = f"the channel changed from `{before.text('channel')}` to `{row.text('channel')}`: kept"
            self.log.refuse(row.place, self.ticket, "channel_changed", said)
        known = self.count
        self._classify(before, row)
        named: str = row.values["state"]
        state = self.states.get(named)
        if state is None:
            said = (
                f"the state `{named}` is not known; write what it means under [states]: {listed(self.states)} are there"
            )
            self.log.refuse(row.place, self.ticket, "unknown_state", said)
            return
        moved = named != before.text("state") or self.count == 0
        self._enter(row, state, named, moved)
        if self.team is not None and self.team != _holder(row):
            self._assign(row)
        if self.count == known:
            self._push(row, "note", **self._message(row))

    def _classify(self, before: Row, row: Row) -> None:
        changed = [
            name for name in ("severity", "category") if name in row.values and row.text(name) != before.text(name)
        ]
        if changed:
            what = "priority" if "severity" in changed else "category"
            values = {name: row.text(name) for name in changed}
            self._push(row, "classify", apply="from_now", reason=f"the log's {what} changed", **values)

    def _enter(self, row: Row, state: State, named: str, moved: bool) -> None:
        match state.means:
            case "new":
                return
            case "active":
                self._activate(row)
                self.at = "active"
            case "pending" | "on_hold":
                if moved:
                    self._hold(row)
                    if state.replied:
                        self._push(row, "reply", channel=self.channel, **self._message(row))
                    self._push(row, "pause", status=state.means, reason=state.reason or named.lower())
                self.at = "paused"
            case "resolved":
                self._resolve(row)
            case "closed":
                if self.at not in ("resolved", "ended"):
                    self._resolve(row)
                if self.at == "resolved":
                    self._push(row, "close")
                self.at = "ended"
            case "voided":
                if self.at != "ended":
                    self._push(row, "void", reason=state.reason or named.lower())
                self.at = "ended"

    def _activate(self, row: Row) -> None:
        if self.at == "new":
            self._hold(row)
        elif self.at == "paused":
            self._push(row, "resume")
        elif self.at in ("resolved", "ended"):
            self._push(row, "reopen", reason="active again")

    def _resolve(self, row: Row) -> None:
        if self.at == "resolved":
            return
        self._hold(row)
        self.at = "resolved"
        self._push(row, "resolve", **self._message(row))

    def _hold(self, row: Row) -> None:
        """Give the ticket to the row's team unless somebody holds it."""
        if self.team is None:
            self._assign(row)

    def _assign(self, row: Row) -> None:
        self.team = _holder(row)
        self._push(row, "assign", agent=self.team)

    def _push(self, row: Row, kind: str, **fields: Any) -> None:
        by_holder = self.team is not None and kind in _BY_HOLDER
        self.count += 1
        self.log.add(
            row.place,
            self.ticket,
            row.event_at,
            kind,
            actor=self.team if by_holder else _actor(row),
            role="agent" if by_holder else "admin",
            **fields,
        )

    def _message(self, row: Row) -> dict[str, str]:
        """The log holds no texts: the row stands for the message."""
        return message(f"{self.ticket}#{row.values.get('sequence', row.place)}")


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Return the rows of one ticket by time; ties by the log's own sequence, then by place."""
    return sorted(rows, key=lambda row: (row.event_at, row.number("sequence") or 0, row.place))


def _actor(row: Row) -> str:
    return row.text("actor") or "log"


def _holder(row: Row) -> str:
    """The team that holds the ticket; a row without one leaves it to whoever made the change."""
    return row.text("agent") or _actor(row)
