"""The examples run as they stand, and say what everything else says of the same log."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from desk import ROOT
from sla_engine import Aggregate, Engine, Report

EXAMPLES = ROOT / "examples" / "python"
NOW = datetime(2017, 3, 1, tzinfo=UTC)


def run(*arguments: str | Path) -> str:
    command = [sys.executable, "-W", "error", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=EXAMPLES).stdout


def test_first_steps_end_in_a_breach_that_is_explained() -> None:
    said = run("first_steps.py")
    for line in (
        "four hours from nine: 2026-11-23 14:00:00+07:00",
        "refused: package `starter` does not include channel `whatsapp`",
        "look again at: 2026-11-23 13:12:00+07:00",
        "Thu 09:10 escalated -> agent, supervisor",
        "resolution: breached, due Thu 09:10, overdue 7:50:00",
        "closed: lunch break",
    ):
        assert line in said


def test_the_worst_promises_are_told_with_their_derivation() -> None:
    said = run("worst_promises.py")
    for part in ("resolution of ticket INC", "counted", "resolutions broken: 192, with twice the time"):
        assert part in said


def test_polars_and_duckdb_agree() -> None:
    said = run("polars_duckdb.py")
    assert "agree with one computation over everything: True" in said
    assert "201 rows were left out" in said
    assert "all: 2028 opened" in said


def test_the_sample_log_is_read_as_the_command_line_reads_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    from incident_log import STATES, read

    engine = Engine.compile((ROOT / "examples" / "incident-desk.json").read_bytes())
    sample = ROOT / "examples" / "data" / "incident-events.csv"
    imported = engine.import_log(read(str(sample)), states=STATES)
    assert len(imported.histories) == 2_028
    assert {one.code for one in imported.refused} == {"wrong_status", "channel_changed"}
    files = (sample, "--policy", ROOT / "examples/incident-desk.json", "--mapping", EXAMPLES / "incident-log.toml")
    said = json.loads(run("-m", "sla_engine", "report", *files, "--as-of", NOW.isoformat(), "--json"))
    assert said["events"] == sum(map(len, imported.histories))
    for name, grouping in {"over_time": {"period": "week"}, "severities": {"by": ["severity"]}}.items():
        found = Aggregate.of(engine, imported.histories, now=NOW, **grouping).report()
        assert msgspec.convert(said[name], Report) == found
