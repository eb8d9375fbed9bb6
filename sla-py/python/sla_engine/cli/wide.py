"""Logs with one row a ticket and a column for each milestone, made into commands."""

from __future__ import annotations

from datetime import datetime

from sla_engine.cli.cells import Row
from sla_engine.cli.commands import CommandLog, message

REQUIRED = ("ticket_id", "package", "channel", "opened_at")
OPTIONAL = ("assigned_at", "first_reply_at", "resolved_at", "agent", "customer", "severity", "category")

_NOBODY = "log"


def add(log: CommandLog, row: Row, as_of: datetime) -> None:
    """Add the commands of one ticket; a milestone after the instant has not been reached yet."""
    agent = row.text("agent") or _NOBODY
    opened_at: datetime = row.values["opened_at"]
    milestones = [
        (at, kind)
        for name, kind in (("assigned_at", "assign"), ("first_reply_at", "reply"), ("resolved_at", "resolve"))
        if (at := row.at(name)) is not None
    ]
    for at, kind in milestones:
        if at < opened_at:
            said = f"the {kind} at {at:%Y-%m-%dT%H:%M:%SZ} lies before the opening at {opened_at:%Y-%m-%dT%H:%M:%SZ}"
            log.refuse(row.place, row.ticket, "time_went_back", said)
            return
    if opened_at > as_of:
        log.later_rows += 1
        return
    log.add(
        row.place,
        row.ticket,
        opened_at,
        "open",
        actor=agent,
        role="admin",
        customer=row.text("customer") or f"requester of {row.ticket}",
        package=row.text("package"),
        channel=row.text("channel"),
        severity=row.text("severity"),
        category=row.text("category"),
        **message(f"{row.ticket}#opened"),
    )
    for at, kind in sorted(milestones, key=lambda milestone: milestone[0]):
        if at > as_of:
            continue
        # Whoever assigned it is not in the row, and an admin may do all of this whoever holds the ticket.
        if kind == "assign":
            log.add(row.place, row.ticket, at, kind, actor=_NOBODY, role="admin", agent=agent)
        elif kind == "reply":
            channel, sent = row.text("channel"), message(f"{row.ticket}#replied")
            log.add(row.place, row.ticket, at, kind, actor=agent, role="admin", channel=channel, **sent)
        else:
            log.add(row.place, row.ticket, at, kind, actor=agent, role="admin", **message(f"{row.ticket}#resolved"))
