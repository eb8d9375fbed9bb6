"""What the command line says of logs and mapping files that are not what they should be: one sentence, no traceback."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from sla_engine.cli import load, source, tickets
from sla_engine.cli.app import app

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "examples" / "talkabiz.json"
HEAD = "ticket_id,event_at,kind,package,channel"
OPEN = "T-1,2026-03-02T02:00:00Z,open,starter,email"


def evaluate(log: Path | str, *more: str) -> Result:
    return CliRunner().invoke(app, ["evaluate", str(log), "--policy", str(POLICY), *more])


def refused(result: Result, *said: str, code: int = 2) -> None:
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    for part in said:
        assert part in result.stderr, result.stderr


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "the file is empty"),
        ("empty.jsonl", b"\n\n", "the file is empty"),
        ("heading.csv", b"ticket_id,event_at,kind\n", "no row can be used"),
        ("log.parquet", b"PAR1 but not really", "is the file Parquet?"),
        ("log.parquet", b"", "is the file Parquet?"),
        ("log.xlsx", b"PK", "the format is not known by the suffix"),
        ("latin.csv", f"{HEAD}\nT-1,x,open,caf\xe9,email\n".encode("latin-1"), "line 2: the text is not UTF-8"),
        ("quote.csv", f'{HEAD}\n"T-1,2026,open\n'.encode(), "is the file CSV?"),
        ("nul.csv", f"{HEAD}\nT-1\0,x,open,a,b\n".encode(), "is not an instant"),
        ("twice.csv", b"ticket_id,ticket_id,event_at,kind\n1,2,3,4\n", "two columns are called `ticket_id`"),
        ("log.jsonl", b"[1, 2]\n", "no row can be used"),
        ("log.csv", b"a,b\n1,2\n", "there is no column `kind`"),
        ("log.csv", b"ticket_id,event_at,state\n1,2,3\n", "under [states]"),
        ("log.csv", b"ticket,event_at,kind\n1,2,3\n", "did you mean `ticket`?"),
    ],
)
def test_files_that_are_no_logs(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    result = evaluate(path)
    assert result.exit_code in (1, 2)
    assert said in result.stderr, result.stderr
    assert "Traceback" not in result.output


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    refused(evaluate(tmp_path / "none.csv"), "none.csv", "No such file")
    refused(evaluate(tmp_path / "none.parquet"), "there is no such file")
    refused(evaluate(tmp_path, "--input-format", "csv"), "Is a directory")
    refused(evaluate("-"), "--input-format")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("T-2,yesterday,open,starter,email", "`event_at`: `yesterday` is not an instant"),
        ("T-2,2026-03-02,open,starter,email", "has no time of day"),
        ("T-2,2026-13-02T00:00:00Z,open,starter,email", "is not an instant"),
        ("T-2,,open,starter,email", "the column `event_at` is empty"),
        (",2026-03-02T02:00:00Z,open,starter,email", "the column `ticket_id` is empty"),
        ("T-2,2026-03-02T02:00:00Z,opne,starter,email", "unknown kind `opne`"),
        ("T-2,2026-03-02T02:00:00Z,open", "the row has 3 fields, the heading 5"),
        ("T-2,2026-03-02T02:00:00Z,open,gold,email", "line 3, ticket T-2: the ticket is not opened"),
        ("T-2,2026-03-02T02:00:00Z,close,,", "line 3, ticket T-2"),
    ],
)
def test_rows_that_cannot_be_used_are_told_with_their_line(tmp_path: Path, row: str, said: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text(f"{HEAD}\n{OPEN}\n{row}\n")
    result = evaluate(path)
    assert result.exit_code == 0, result.output
    assert "line 3" in result.stderr
    assert said in result.stderr


def test_a_line_counts_the_lines_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(f'\n{HEAD},reason\n\n{OPEN},"over\ntwo lines"\n\nT-2,never,open,starter,email,\n')
    assert "line 7, ticket T-2" in evaluate(path).stderr


def test_local_times_need_a_zone(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(f"{HEAD}\n{OPEN.replace('Z', '')}\n")
    refused(evaluate(path), "line 2: the times have no offset", "--time-zone Europe/Berlin")
    refused(evaluate(path, "--time-zone", "Europe/Atlantis"), "time zone `Europe/Atlantis` is not known")
    assert evaluate(path, "--time-zone", "Asia/Jakarta").exit_code == 0


@pytest.mark.parametrize("as_of", ["yesterday", "2026-03-02T00:00:00", "2026-03-01T00:00:00Z"])
def test_an_instant_that_cannot_be(tmp_path: Path, as_of: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text(f"{HEAD}\n{OPEN}\n")
    refused(evaluate(path, "--as-of", as_of))


@pytest.mark.parametrize("as_of", ["2026-03-03", "20260303", "2026-03-03T09:00", "2026-03-03 09"])
def test_the_example_beside_a_refused_instant_is_accepted(tmp_path: Path, as_of: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text(f"{HEAD}\n{OPEN}\n")
    result = evaluate(path, "--as-of", as_of)
    refused(result, f"`{as_of}` has no offset")
    examples = re.findall("`([^`]*)`", result.stderr)[1:]
    assert len(examples) == 2
    for example in examples:
        assert evaluate(path, "--as-of", example).exit_code == 0, example


def test_options_that_say_nothing(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(f"{HEAD}\n{OPEN}\n")
    refused(evaluate(path, "--column", "kind"), "OURS=THEIRS")
    refused(evaluate(path, "--column", "knd=kind"), "did you mean `kind`?")
    refused(evaluate(path, "--column", "kind=knd"), "there is no column `knd`", "did you mean `kind`?")
    refused(evaluate(path, "--constant", "package"), "OURS=THEIRS")


def test_a_policy_with_problems_is_told_in_full(tmp_path: Path) -> None:
    log, policy = tmp_path / "log.csv", tmp_path / "policy.json"
    log.write_text(f"{HEAD}\n{OPEN}\n")
    policy.write_text(POLICY.read_text().replace('"4h"', '"4 hours"').replace("Asia/Jakarta", "Asia/Atlantis"))
    result = CliRunner().invoke(app, ["evaluate", str(log), "--policy", str(policy)])
    refused(result, "/packages/0/targets/first_response", "/calendars/office/time_zone", code=1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("columns = [", "mapping.toml"),
        ("colums = {}", "colums"),
        ("[columns]\nticket = 'number'", "did you mean `ticket_id`?"),
        ("[columns]\nticket_id = 7", "columns"),
        ("[states]\nNew = 'fresh'", "fresh"),
        ("[states]\nNew = { means = 'new', reply = true }", "reply"),
        ("time_zone = 'Nowhere'", "time zone `Nowhere` is not known"),
    ],
)
def test_mapping_files_that_say_something_else(tmp_path: Path, content: str, said: str) -> None:
    log, mapping = tmp_path / "log.csv", tmp_path / "mapping.toml"
    log.write_text(f"{HEAD}\n{OPEN}\n")
    mapping.write_text(content)
    refused(evaluate(log, "--mapping", str(mapping)), said)
    refused(evaluate(log, "--mapping", str(tmp_path / "none.toml")), "none.toml: No such file")


ROWS = [
    f"T-{ticket:03},2026-03-02T{hour:02}:{ticket % 60:02}:00Z,{kind},starter,email"
    for ticket in range(90)
    for hour, kind in ((2, "open"), (3, "assign"), (4, "reply"), (5, "resolve"))
]


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("order", ["grouped", "mixed"])
def test_batches_and_order_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str, order: str
) -> None:
    rows = [*ROWS, "T-007,2026-03-02T06:00:00Z,close,,", "T-008,tomorrow,close,,"]
    rows.sort() if order == "grouped" else random.Random(1).shuffle(rows)
    path = tmp_path / f"log.{format}"
    records = [dict(zip(HEAD.split(","), row.split(","), strict=True)) for row in rows]
    if format == "csv":
        path.write_text("\n".join([HEAD, *rows]))
    elif format == "jsonl":
        path.write_text("\n".join(json.dumps(record) for record in records))
    else:
        pq.write_table(pa.Table.from_pylist(records), path)
    whole = report(path)
    assert (whole["tickets"], whole["source"]["rows"], len(whole["refused"])) == (90, len(rows), 1)
    expected = report(tmp_path / "sorted.csv", "\n".join([HEAD, *sorted(rows)]))
    assert whole["over_time"] == expected["over_time"]
    assert whole["worst"] == expected["worst"]
    monkeypatch.setattr(source, "_BLOCK_BYTES", 700)
    monkeypatch.setattr(source, "_PARQUET_ROWS", 9)
    monkeypatch.setattr(tickets, "_SORTED_ROWS", 7)
    monkeypatch.setattr(sys.modules["sla_engine.report.build"], "_CHUNK", 11)
    assert report(path) == whole


def report(log: Path, content: str | None = None) -> dict[str, Any]:
    if content is not None:
        log.write_text(content)
    result = CliRunner().invoke(app, ["report", str(log), "--policy", str(POLICY), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_log_that_must_be_sorted_in_memory_says_how_to_need_less(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.csv"
    path.write_text("\n".join([HEAD, *random.Random(1).sample(ROWS, len(ROWS))]))
    assert "memory" not in evaluate(path).stderr
    monkeypatch.setattr(load, "_MANY_ROWS", 100)
    assert "sort the file by `ticket_id` to need less" in evaluate(path).stderr


def test_a_column_that_the_policy_lists_nothing_for_is_ignored_with_a_remark(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(f"{HEAD},category\n{OPEN},printer\n")
    result = evaluate(path, "--json")
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 1)
    assert result.stderr == "the column `category` is ignored: the policy lists no categories\n"


def test_json_of_several_types_is_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    opened = {"ticket_id": 1, "event_at": "2026-03-02T02:00:00Z", "kind": "open", "package": "starter"}
    rows = [
        {**opened, "channel": "email"},
        {**opened, "ticket_id": "T-2", "channel": ["email"]},
        {**opened, "ticket_id": 3.0, "channel": "email", "event_at": 7},
        {**opened, "ticket_id": 4.0, "channel": "email", "sequence": "x"},
        {**opened, "ticket_id": 5.0, "channel": " email "},
    ]
    path.write_text("\n".join(["", *map(json.dumps, rows), "[]", "{"]))
    result = evaluate(path, "--json")
    assert [json.loads(line)["ticket"] for line in result.stdout.splitlines()] == ["1", "5"]
    for said in (
        "line 3, ticket T-2: `channel`: the value is not a text",
        "line 4, ticket 3: `event_at`: `7` is not an instant",
        "line 5, ticket 4: `sequence`: `x` is not a whole number",
        "line 7, ticket unknown: the line is not a JSON object",
        "line 8, ticket unknown: the line is not a JSON object",
    ):
        assert said in result.stderr, result.stderr


def test_files_of_old_systems_end_their_lines_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(f"{HEAD}\r{OPEN}\rT-2,never,open,starter,email\r".encode())
    result = evaluate(path, "--json")
    assert len(result.stdout.splitlines()) == 1
    assert "line 3, ticket T-2" in result.stderr


STATES = """\
[constants]
package = "starter"
[values.channel]
Mail = "email"
[states]
New = "new"
Working = "active"
Waiting = { means = "pending", replied = true, reason = "asked" }
Done = "resolved"
Closed = "closed"
Junk = "voided"
"""


def states(tmp_path: Path, rows: str) -> Result:
    log, mapping = tmp_path / "log.csv", tmp_path / "mapping.toml"
    log.write_text(f"ticket_id,event_at,sequence,state,channel,agent,actor\n{rows}")
    mapping.write_text(STATES)
    return evaluate(log, "--mapping", str(mapping), "--json")


def test_states_become_commands(tmp_path: Path) -> None:
    rows = """\
T-1,2026-03-02T02:00:00Z,1,New,Mail,,desk
T-1,2026-03-02T02:30:00Z,2,Waiting,Mail,ana,desk
T-1,2026-03-02T03:00:00Z,4,Done,Mail,ana,desk
T-1,2026-03-02T03:00:00Z,3,Working,Mail,ana,desk
T-2,2026-03-02T02:00:00Z,1,New,Mail,,desk
T-2,2026-03-02T02:30:00Z,2,Junk,Mail,,desk
"""
    result = states(tmp_path, rows)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    first, second = result.stdout.splitlines()
    assert '"status":"resolved"' in first
    assert '"status":"voided"' in second


def test_states_that_are_not_mapped_are_told(tmp_path: Path) -> None:
    rows = "T-1,2026-03-02T02:00:00Z,1,New,Mail,,desk\nT-1,2026-03-02T03:00:00Z,2,Wroking,Mail,,desk\n"
    result = states(tmp_path, rows)
    assert result.exit_code == 0
    assert "line 3, ticket T-1: unknown state `Wroking`" in result.stderr


def test_a_number_that_is_none_is_told(tmp_path: Path) -> None:
    rows = "T-1,2026-03-02T02:00:00Z,1,New,Mail,,desk\nT-1,2026-03-02T03:00:00Z,two,Working,Mail,,desk\n"
    assert "`sequence`: `two` is not a whole number" in states(tmp_path, rows).stderr


CELL = st.one_of(
    st.sampled_from(
        ["", "T-1", "T-2", "open", "assign", "starter", "email", "2026-03-02T02:00:00Z", "2026-03-02", "ana"]
    ),
    st.text(max_size=12),
)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.lists(CELL, min_size=5, max_size=6), max_size=6),
    suffix=st.sampled_from([".csv", ".jsonl"]),
)
def test_whatever_the_cells_hold_there_is_an_answer_or_a_sentence(rows: list[list[str]], suffix: str) -> None:
    if suffix == ".csv":
        written = io.StringIO()
        csv.writer(written).writerows([HEAD.split(","), *rows])
        content = written.getvalue()
    else:
        content = "\n".join(json.dumps(dict(zip(HEAD.split(","), row, strict=False))) for row in rows)
    answered(content.encode(errors="surrogatepass"), suffix)


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=200), suffix=st.sampled_from([".csv", ".jsonl", ".parquet"]))
def test_whatever_the_bytes_are_there_is_a_sentence(content: bytes, suffix: str) -> None:
    answered(content, suffix)
    answered(f"{HEAD}\n{OPEN}\n".encode() + content, suffix)


def answered(content: bytes, suffix: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"log{suffix}"
        path.write_bytes(content)
        result = evaluate(path, "--json")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code in (0, 1, 2)
    assert "Traceback" not in result.output
    for line in result.stdout.splitlines():
        assert json.loads(line)["ticket"]
