"""The worst promises of the sample log: how a deadline came about, and what longer targets would do.

python worst_promises.py
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from incident_log import STATES, read
from sla_engine import Engine, what_if

EXAMPLES = Path(__file__).parents[1]
NOW = datetime(2017, 3, 1, tzinfo=UTC)

policy = json.loads((EXAMPLES / "incident-desk.json").read_text())
engine = Engine.compile(policy)
log = read(str(EXAMPLES / "data/incident-events.csv"))

# Where every promise stands, as columns for any library.
promises = pl.DataFrame(engine.evaluate_log(log, now=NOW, states=STATES)).filter(timer="resolution", state="breached")
worst = (
    promises.sort("overdue", descending=True).select("ticket_id", "due_at", "stopped_at", "elapsed", "overdue").head(5)
)
print(worst)

# One deadline, part by part: an explanation needs the ticket with its events.
histories = engine.import_log(log, states=STATES).histories
ticket = worst["ticket_id"][0]
history = next(history for history in histories if history.ticket.id == ticket)
explanation = engine.explain(history, "resolution", now=NOW)
print(*str(explanation).splitlines()[:8], f"... {len(explanation.passed)} parts in all", sep="\n")

# The same tickets under a policy that promises resolutions in twice the time.
for package in policy["packages"]:
    for targets in (package["targets"], *(variant["targets"] for variant in package["variants"])):
        targets["resolution"] = f"{2 * int(targets['resolution'].removesuffix('h'))}h"
candidate = Engine.compile(policy)
for promise in what_if(engine, candidate, histories, now=NOW).comparison.promises:
    if promise.timer == "resolution":
        print(f"resolutions broken: {promise.before.breached}, with twice the time {promise.after.breached}")
