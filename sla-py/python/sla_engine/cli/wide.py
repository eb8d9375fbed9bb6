"""Logs with a row a ticket and a column for each milestone, made into rows of commands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa

from sla_engine._arrow import compute as pc
from sla_engine.cli.columns import ROW_NUMBER, run_starts
from sla_engine.cli.source import Refused

REQUIRED = ("ticket_id", "package", "channel", "opened_at")
OPTIONAL = ("assigned_at", "first_reply_at", "resolved_at", "agent", "customer", "severity", "category")

_MILESTONES = (("assigned_at", "assign"), ("first_reply_at", "reply"), ("resolved_at", "resolve"))
_OPENING = ("customer", "package", "severity", "category")
_DEFAULT_AGENT = "log"


def commands(table: pa.Table, as_of: datetime) -> tuple[pa.Table, list[Refused], int]:
    """Return the commands of tickets, the rows that are refused, and how many tickets were opened after the instant.

    A milestone after the instant has not been reached yet.
    """
    refused: list[Refused] = []
    usable = _first_rows(table, refused)
    milestones = [(name, kind) for name, kind in _MILESTONES if name in table.column_names]
    for name, kind in milestones:
        early = pc.fill_null(pc.less(usable[name], usable["opened_at"]), False)
        if pc.any(early).as_py():
            refused += (_too_early(row, name, kind) for row in usable.filter(early).to_pylist())
            usable = usable.filter(pc.invert(early))
    opened = usable.filter(pc.less_equal(usable["opened_at"], as_of))
    parts = [_part(opened, "opened_at", "open", 0)]
    for rank, (name, kind) in enumerate(milestones, 1):
        reached = pc.fill_null(pc.less_equal(opened[name], as_of), False)
        parts.append(_part(opened.filter(reached), name, kind, rank))
    found = pa.concat_tables(parts, promote_options="default").unify_dictionaries()
    keys = [(ROW_NUMBER, "ascending"), ("event_at", "ascending"), ("rank", "ascending")]
    found = found.take(pc.sort_indices(found, sort_keys=keys)).drop_columns(["rank"])
    return found, refused, len(usable) - len(opened)


def _first_rows(table: pa.Table, refused: list[Refused]) -> pa.Table:
    first = run_starts(table["ticket_id"].combine_chunks())
    if pc.all(first).as_py():
        return table
    message = "the ticket has a row already; a row is a whole ticket"
    for row in table.filter(pc.invert(first)).select([ROW_NUMBER, "ticket_id"]).to_pylist():
        refused.append(Refused(row[ROW_NUMBER], row["ticket_id"], "duplicate_id", message))
    return table.filter(first)


def _too_early(row: dict[str, Any], milestone: str, kind: str) -> Refused:
    at, opened_at = row[milestone], row["opened_at"]
    message = f"the {kind} at {at:%Y-%m-%dT%H:%M:%SZ} lies before the opening at {opened_at:%Y-%m-%dT%H:%M:%SZ}"
    return Refused(row[ROW_NUMBER], row["ticket_id"], "time_went_back", message)


def _part(rows: pa.Table, at: str, kind: str, rank: int) -> pa.Table:
    """Return the commands of one kind. The row does not say who assigned the ticket; an admin may do all of this."""
    admin = pa.repeat(_DEFAULT_AGENT, len(rows))
    agent = pc.coalesce(rows["agent"].cast(pa.string()), _DEFAULT_AGENT) if "agent" in rows.column_names else admin
    columns = {
        ROW_NUMBER: rows[ROW_NUMBER],
        "ticket_id": rows["ticket_id"],
        "event_at": rows[at],
        "kind": pa.repeat(kind, len(rows)),
        "rank": pa.repeat(rank, len(rows)),
        "actor": admin if kind == "assign" else agent,
        "role": pa.repeat("admin", len(rows)),
        "message_ref": pc.binary_join_element_wise(rows["ticket_id"], kind, "#"),
    }
    if kind == "assign":
        columns["agent"] = agent
    if kind in ("open", "reply"):
        columns["channel"] = rows["channel"]
    if kind == "open":
        columns |= {name: rows[name] for name in _OPENING if name in rows.column_names}
    return pa.table(columns)
