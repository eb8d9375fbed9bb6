"""The report of the real log: its figures are those of the Rust demo, and the page shows those of the data."""

from __future__ import annotations

import json
import os
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from sla_engine import documents as doc
from sla_engine.cli.app import app
from sla_engine.report import ReportData, figures, render

ROOT = Path(__file__).parents[2]
EXPECTED: dict[str, Any] = json.loads((Path(__file__).parent / "data/incident-log.json").read_text())
ARGUMENTS = [
    str(ROOT / "examples/data/incident-events.csv"),
    *("--policy", str(ROOT / "examples/incident-desk.json")),
    *("--mapping", str(ROOT / "examples/python/incident-log.toml")),
    *("--what-if", "resolution=75%"),
]


@pytest.fixture(scope="module")
def data() -> ReportData:
    result = CliRunner().invoke(app, ["report", *ARGUMENTS, "--json"])
    assert result.exit_code == 0, result.output
    return ReportData.from_json(result.stdout)


@pytest.fixture(scope="module")
def page(data: ReportData) -> Page:
    parser = Page()
    parser.feed(render(data, "html"))
    return parser


def test_the_log_is_the_demos(data: ReportData) -> None:
    assert (data.tickets, data.events, data.source.rows) == tuple(
        EXPECTED[name] for name in ("tickets", "events", "rows")
    )
    assert data.as_of.isoformat().replace("+00:00", "Z") == EXPECTED["as_of"]
    assert sorted([row.line, row.ticket] for row in data.refused) == sorted(EXPECTED["reported"])


def test_weeks_and_priorities_are_the_demos(data: ReportData) -> None:
    assert timers(data.over_time.total) == EXPECTED["total"]
    weeks = {group.key.period: group for group in data.over_time.groups}
    for expected in EXPECTED["weeks"]:
        group = weeks[expected["key"]]
        assert (group.tickets.opened, timers(group)) == (expected["opened"], expected["timers"])
    assert data.severities is not None
    priorities = {group.key.severity: timers(group) for group in data.severities.groups}
    assert priorities == {expected["key"]: expected["timers"] for expected in EXPECTED["priorities"]}


def test_teams_are_the_demos(data: ReportData) -> None:
    assert len(data.agents) == EXPECTED["agents"]
    for agent, expected in zip(data.agents, EXPECTED["teams"], strict=False):
        assert {name: getattr(agent, name) for name in expected} == expected


def test_the_what_if_is_the_demos(data: ReportData) -> None:
    assert data.what_if is not None
    assert data.what_if.comparison == msgspec.convert(EXPECTED["what_if"], doc.Comparison)
    assert [flip.text for flip in data.what_if.flips] == EXPECTED["flips"]


@pytest.mark.skipif("SLA_DEMO" not in os.environ, reason="SLA_DEMO names the demo's program")
def test_everything_is_the_demos(data: ReportData) -> None:
    said = json.loads(subprocess.run([os.environ["SLA_DEMO"], "--json"], capture_output=True, check=True).stdout)
    assert data.over_time == msgspec.convert(said["weeks"], doc.Report)
    assert data.severities == msgspec.convert(said["priorities"], doc.Report)
    agents = msgspec.convert(said["teams"], tuple[doc.AgentPerformance, ...])
    assert sorted(data.agents, key=lambda agent: agent.agent) == sorted(agents, key=lambda agent: agent.agent)
    assert data.what_if is not None
    assert data.what_if.comparison == msgspec.convert(said["what_if"], doc.Comparison)
    assert data.what_if.flips == msgspec.convert(said["flips"], tuple[doc.Flip, ...])


def test_the_worst_promises_come_with_their_derivation(data: ReportData) -> None:
    assert [promise.overdue_us for promise in data.worst] == sorted((p.overdue_us for p in data.worst), reverse=True)
    for promise in data.worst:
        passed = promise.explanation.passed
        assert sum(part.counted_us for part in passed) == promise.explanation.cycle.elapsed_us
        assert promise.explanation.cycle.overdue_us == promise.overdue_us


def test_distributions_count_what_the_engine_counts(data: ReportData) -> None:
    for spread in data.distributions:
        assert spread.count == data.over_time.total.timers[spread.timer].business_time.count


def test_the_page_says_the_weeks_of_the_data(data: ReportData, page: Page) -> None:
    rows = page.tables["t-time"]
    body = [row for row in rows if re.fullmatch(r"\d{4}-W\d\d", row[0])]
    assert len(body) == len(data.over_time.groups)
    for row, group in zip(body, data.over_time.groups, strict=True):
        assert row == [group.key.period, *week(group, data.timers)]
    assert rows[-1] == ["all", *week(data.over_time.total, data.timers)]


def test_the_page_says_the_groups_of_the_data(data: ReportData, page: Page) -> None:
    names = {name.id: name.name for name in (*data.package_names, *data.channel_names)}
    reports = [(data.packages, "package"), (data.channels, "channel"), (data.severities, "severity")]
    for report, dimension in reports:
        assert report is not None
        expected = []
        for group in report.groups:
            key = getattr(group.key, dimension)
            for place, timer in enumerate(name for name in data.timers if name in group.timers):
                start = [names.get(key, key)] if place == 0 else []
                expected.append([*start, *promises(timer, group.timers[timer])])
        assert page.captioned(f"By {dimension}")[2:] == expected


def test_the_page_says_agents_and_durations_of_the_data(data: ReportData, page: Page) -> None:
    shown = [row for table in page.classed["t-agents"] for row in table[2:]]
    assert len(shown) == len(data.agents)
    for row, agent in zip(shown, data.agents, strict=True):
        counts = [agent.handled, agent.replies, agent.escalations_received]
        assert row[:4] == [agent.agent, *map(figures.count, counts)]
        assert row[5] == figures.points(agent.score_millionths)
    lengths = [
        row for row in page.tables["t-durations"] if row[0] in ("business", "wall") or row[1] in ("business", "wall")
    ]
    for timer, pair in zip(data.timers, zip(lengths[::2], lengths[1::2], strict=True), strict=True):
        found = data.over_time.total.timers[timer]
        for row, spread in zip(pair, (found.business_time, found.wall_time), strict=True):
            values = (spread.mean_us, spread.median_us, spread.p90_us, spread.p99_us)
            assert row[-5:] == [figures.count(spread.count), *map(figures.hours, values)]


def test_the_page_says_the_what_if_and_the_refused_rows(data: ReportData, page: Page) -> None:
    assert data.what_if is not None
    for row, promise in zip(page.tables["t-what-if"][2:], data.what_if.comparison.promises, strict=True):
        sides = (promise.before.compliance_millionths, promise.after.compliance_millionths)
        assert row[2:4] == [figures.percent(share) for share in sides]
        assert row[4:8] == [
            figures.count(count)
            for count in (promise.before.met, promise.after.met, promise.before.breached, promise.after.breached)
        ]
    refused = [(row.line, row.ticket, row.message) for row in data.refused]
    assert [(int(row[0]), row[1], row[2]) for row in page.tables["t-refused"][1:]] == refused


def timers(group: doc.ReportGroup) -> dict[str, list[Any]]:
    def value(figures: doc.TimerFigures, name: str) -> Any:
        if name in ("median_us", "p90_us", "mean_us"):
            return getattr(figures.business_time, name)
        return getattr(figures, name)

    return {name: [value(found, figure) for figure in EXPECTED["figures"]] for name, found in group.timers.items()}


def week(group: doc.ReportGroup, timers: tuple[str, ...]) -> list[str]:
    row = [figures.count(group.tickets.opened), figures.count(group.tickets.resolved)]
    for timer in timers:
        found = group.timers.get(timer)
        met, breached = (found.met, found.breached) if found else (0, 0)
        row += [
            figures.count(met),
            figures.count(breached),
            figures.percent(found.compliance_millionths if found else None),
        ]
    return row


def promises(timer: str, found: doc.TimerFigures) -> list[str]:
    decided = (found.decided, found.met, found.breached_answered, found.breached_open, found.breached_ended)
    spread = (found.business_time.median_us, found.business_time.p90_us)
    undecided = (
        *(found.running, found.paused, found.cancelled_withdrawn, found.cancelled_voided, found.cancelled_duplicate),
        *(found.cancelled_closed, found.cancelled_handed_on, found.cancelled_inactivity),
        *(found.terms, found.unpromised, found.late_pauses, found.late_hand_overs),
    )
    share = figures.percent(found.compliance_millionths)
    counts = (*map(figures.count, decided), *map(figures.hours, spread), *map(figures.count, undecided))
    return [figures.words(timer), share, "", *counts]


class Page(HTMLParser):
    """The tables of a page, as rows of texts."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.classed: dict[str, list[list[list[str]]]] = {}
        self.captions: list[tuple[str, list[list[str]]]] = []
        self._cell: list[str] | None = None
        self._caption: list[str] | None = None
        self._rows: list[list[str]] = []

    def captioned(self, caption: str) -> list[list[str]]:
        """Return the rows of the table with a caption that starts so."""
        return next(rows for said, rows in self.captions if said.startswith(caption))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._rows = []
            said = dict(attrs)
            self.tables[said.get("id") or ""] = self._rows
            self.classed.setdefault(said.get("class") or "", []).append(self._rows)
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("th", "td"):
            self._cell = []
        elif tag == "caption":
            self._caption = []

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td") and self._cell is not None:
            self._rows[-1].append("".join(self._cell).strip())
            self._cell = None
        elif tag == "caption" and self._caption is not None:
            self.captions.append(("".join(self._caption), self._rows))
            self._caption = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)
        if self._caption is not None:
            self._caption.append(data)
