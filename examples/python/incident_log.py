"""The sample log of states as a log of commands, by the rules of examples/data/README.md.

python incident_log.py ../data/incident-events.csv incidents.parquet
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

CHANNELS = {
    "Phone": "phone",
    "Email": "email",
    "Self service": "self_service",
    "IVR": "ivr",
    "Direct opening": "direct",
}
WAITS = {
    "Awaiting User Info": "pending",
    "Awaiting Vendor": "on_hold",
    "Awaiting Problem": "on_hold",
    "Awaiting Evidence": "on_hold",
}
STANDS = {"Active": "active", "Resolved": "resolved", "Closed": "closed", **dict.fromkeys(WAITS, "paused")}
# Whatever the team that holds a ticket does itself; the rest is the desk's.
WORK = {"reply", "note", "pause", "resume", "resolve", "reopen"}
TEXTS = (
    "kind", "actor", "role", "customer", "package", "channel", "severity", "agent", "status", "reason", "apply",
    "message_ref",
)  # fmt: skip
SCHEMA = pa.schema(
    [
        ("ticket_id", pa.string()),
        ("event_at", pa.timestamp("us", "UTC")),
        # Many rows have the same minute: this keeps them in their order wherever they are sorted again.
        ("sequence", pa.int64()),
        *((name, pa.string()) for name in TEXTS),
    ]
)


def read(path: str) -> pa.Table:
    """Return the log at a path as a table that `Engine.import_log` and its like take."""
    with open(path, newline="", encoding="utf-8") as file:
        states = list(csv.DictReader(file))
    states.sort(key=lambda row: (row["ticket_id"], row["event_at"], int(row["seq"])))
    found = [
        {"ticket_id": ticket, **command}
        for ticket, rows in groupby(states, key=lambda row: row["ticket_id"])
        for command in commands(ticket, list(rows))
    ]
    return pa.Table.from_pylist([{**row, "sequence": number} for number, row in enumerate(found)], SCHEMA)


def commands(ticket: str, rows: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
    """Yield what the states of one ticket say that people did."""
    first, standing, team = rows[0], "new", ""
    before = first
    yield {
        "event_at": instant(min(first["opened_at"], first["event_at"])),
        "kind": "open",
        "actor": first["actor"],
        "role": "admin",
        "customer": f"requester of {ticket}",
        "package": "internal",
        "channel": CHANNELS[first["channel"]],
        "severity": first["priority"],
        "message_ref": f"{ticket}#{first['seq']}",
    }
    done: list[dict[str, Any]] = []

    def happen(kind: str, **said: str) -> None:
        works = team and kind in WORK
        done.append(
            {
                "event_at": instant(row["event_at"]),
                "kind": kind,
                "actor": team if works else row["actor"],
                "role": "agent" if works else "admin",
                "message_ref": f"{ticket}#{row['seq']}",
                **said,
            }
        )

    for place, row in enumerate(rows):
        state, holder = row["state"], row["team"] or row["actor"]
        moved = place == 0 or state != before["state"]
        done.clear()
        if row["priority"] != before["priority"]:
            happen("classify", severity=row["priority"], apply="from_now", reason="the log's priority changed")
        resolves = (state == "Resolved" and standing != "resolved") or (
            state == "Closed" and standing not in ("resolved", "closed")
        )
        if not team and ((state == "Active" and standing == "new") or (state in WAITS and moved) or resolves):
            team = holder
            happen("assign", agent=holder)
        if state == "Active" and standing == "paused":
            happen("resume")
        elif state == "Active" and standing in ("resolved", "closed"):
            happen("reopen", reason="active again")
        elif state in WAITS and moved:
            if WAITS[state] == "pending":
                happen("reply")
            happen("pause", status=WAITS[state], reason=state.lower())
        elif resolves:
            happen("resolve")
        if state == "Closed" and (resolves or standing == "resolved"):
            happen("close")
        if team and team != holder:
            team = holder
            happen("assign", agent=holder)
        if not done:
            happen("note")
        yield from done
        standing = STANDS.get(state, standing)
        before = row


def instant(text: str) -> datetime:
    """Return when something was: the log says no zone, and its policy is in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


if __name__ == "__main__":
    pq.write_table(read(sys.argv[1]), sys.argv[2])
