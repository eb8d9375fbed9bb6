"""Every subcommand of the command line: what it answers, its JSON, its exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from sla_engine import Actor, Engine, History, Message, Policy, audit, commands
from sla_engine.cli.app import app

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "examples" / "talkabiz.json"
REAL = [str(ROOT / "examples/data/incident-events.csv"), "--policy", str(ROOT / "examples/incident-desk.json")]
MAPPED = [*REAL, "--mapping", str(ROOT / "examples/python/incident-log.toml")]

# Asia/Jakarta is seven hours ahead: 02:00 UTC is 09:00 there. 2026-03-02 was a Monday.
LOG = """\
ticket_id,event_at,kind,actor,role,package,channel,agent,status,reason
T-1,2026-03-02T02:00:00Z,open,c-1,customer,starter,email,,,
T-1,2026-03-02T02:10:00Z,assign,boss,admin,,,ana,,
T-1,2026-03-02T03:00:00Z,reply,ana,agent,,email,,,
T-1,2026-03-02T04:00:00Z,resolve,ana,agent,,,,,
T-2,2026-03-02T02:00:00Z,open,c-2,customer,professional,chat,,,
T-2,2026-03-02T02:30:00Z,assign,boss,admin,,,ben,,
T-2,2026-03-03T02:00:00Z,pause,ben,agent,,,,pending,waiting for the customer
T-3,2026-03-02T02:00:00Z,open,c-3,customer,starter,phone,,,
"""
WIDE = """\
ticket_id,package,channel,opened_at,assigned_at,first_reply_at,resolved_at,agent
W-1,starter,email,2026-03-02T02:00:00Z,2026-03-02T02:10:00Z,2026-03-02T03:00:00Z,2026-03-02T04:00:00Z,ana
W-2,professional,chat,2026-03-02T02:00:00Z,2026-03-02T02:30:00Z,,,ben
"""


def run(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


def lines(result: Result) -> list[Any]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(LOG)
    return path


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    path = tmp_path / "tickets.csv"
    path.write_text(WIDE)
    return path


def asked(command: str, log: Path, *more: str | Path) -> Result:
    return run(command, log, "--policy", POLICY, *more)


# check


def test_check_accepts_a_policy() -> None:
    result = run("check", POLICY, "--as-of", "2026-01-01T00:00:00Z")
    assert result.exit_code == 0
    assert "can be used" in result.stdout


def test_check_names_every_problem_with_its_place(tmp_path: Path) -> None:
    policy = json.loads(POLICY.read_text())
    policy["packages"][1]["channels"][0] = "telex"
    policy["calendars"]["office"]["time_zone"] = "Asia/Atlantis"
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(policy))
    result = run("check", path, "--json")
    assert result.exit_code == 1
    (said,) = lines(result)
    assert {problem["path"] for problem in said["problems"]} == {
        "/packages/1/channels/0",
        "/calendars/office/time_zone",
    }
    shown = run("check", path)
    assert shown.exit_code == 1
    assert "/packages/1/channels/0" in shown.stdout


def test_warnings_fail_only_when_strict() -> None:
    late = ("--as-of", "2027-12-01T00:00:00Z")
    assert run("check", POLICY, *late).exit_code == 0
    strict = run("check", POLICY, *late, "--strict", "--json")
    assert strict.exit_code == 1
    (said,) = lines(strict)
    assert [warning["code"] for warning in said["warnings"]] == ["holidays_end_soon"]
    assert not said["fine"]


@pytest.mark.parametrize("text", ["", "not json", "[]", '{"schema": "sla-policy/9"}', '{"ticket_id": 1}'])
def test_check_says_what_is_no_policy(tmp_path: Path, text: str) -> None:
    path = tmp_path / "policy.json"
    path.write_text(text)
    result = run("check", path)
    assert result.exit_code == 1
    assert "problem" in result.stdout
    assert "Traceback" not in result.output


def test_a_policy_that_is_not_there_is_a_wrong_question(tmp_path: Path) -> None:
    result = run("check", tmp_path / "none.json")
    assert result.exit_code == 2
    assert "none.json: No such file" in result.stderr


# evaluate


def test_evaluate_says_where_each_ticket_stands(log: Path) -> None:
    result = asked("evaluate", log, "--json")
    assert result.exit_code == 0, result.output
    first, second = lines(result)
    assert (first["ticket"], first["status"]) == ("T-1", "resolved")
    assert first["timers"]["first_response"]["state"] == "met"
    assert second["timers"]["first_response"]["state"] == "breached"
    assert second["timers"]["resolution"]["state"] == "paused"


def test_rows_that_the_policy_refuses_are_told_with_their_line(log: Path) -> None:
    result = asked("evaluate", log)
    assert "line 9, ticket T-3: the ticket is not opened" in result.stderr
    assert "T-3" not in result.stdout


def test_evaluate_shows_the_most_urgent_first_and_says_what_is_left_out(log: Path) -> None:
    result = asked("evaluate", log, "--limit", "1")
    assert "T-2" in result.stdout
    assert "T-1" not in result.stdout
    assert "and 1 more" in result.stdout


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_evaluate_writes_columns(log: Path, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    result = asked("evaluate", log, "-o", path)
    assert result.exit_code == 0, result.output
    table = pq.read_table(path) if suffix == ".parquet" else pc.read_csv(path)
    rows = table.to_pylist()
    assert {(row["ticket_id"], row["timer"], row["outcome"]) for row in rows} >= {
        ("T-1", "first_response", "met"),
        ("T-2", "first_response", "breached"),
    }
    assert next(row["elapsed_us"] for row in rows if row["ticket_id"] == "T-1") == 3_600_000_000


def test_evaluate_refuses_an_output_that_it_cannot_write(log: Path, tmp_path: Path) -> None:
    assert asked("evaluate", log, "-o", tmp_path / "out.xlsx").exit_code == 2
    assert asked("evaluate", log, "-o", tmp_path / "no" / "out.csv").exit_code == 2


def test_as_of_leaves_later_rows_unread(log: Path) -> None:
    result = asked("evaluate", log, "--as-of", "2026-03-02T02:15:00Z", "--json")
    first, second = lines(result)
    assert first["status"] == "open"
    assert second["status"] == "new"
    assert first["now"] == "2026-03-02T02:15:00Z"
    assert "not read: 4 rows" in result.stderr


def test_wide_rows_say_the_same_as_their_commands(log: Path, wide: Path) -> None:
    as_of = ("--as-of", "2026-03-02T09:00:00Z", "--json")
    by_rows, by_log = lines(asked("evaluate", wide, *as_of)), lines(asked("evaluate", log, *as_of))
    for row, command in zip(by_rows, by_log, strict=True):
        assert row["timers"] == command["timers"]


def test_names_cannot_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(LOG.replace("T-1", "T\x1b[2J\u202e1").replace("T-3", "[red]T-3[/red]"))
    result = asked("evaluate", path)
    assert "\x1b" not in result.output
    assert "T\\u001b[2J\\u202e1" in result.stderr
    assert "ticket [red]T-3[/red]" in result.stderr


# formats


def test_every_format_says_the_same(log: Path, tmp_path: Path) -> None:
    table = pc.read_csv(log)
    parquet, jsonl = tmp_path / "log.parquet", tmp_path / "log.jsonl"
    pq.write_table(table, parquet)
    rows = ({name: value or None for name, value in row.items()} for row in table.to_pylist())
    jsonl.write_text("\n".join(json.dumps(row, default=datetime.isoformat) for row in rows))
    said = [asked("evaluate", path, "--json") for path in (log, parquet, jsonl)]
    assert [result.exit_code for result in said] == [0, 0, 0]
    assert said[0].stdout == said[1].stdout == said[2].stdout
    assert "row 8, ticket T-3" in said[1].stderr
    assert "line 8, ticket T-3" in said[2].stderr


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
def test_logs_come_through_a_pipe(log: Path, tmp_path: Path, format: str) -> None:
    table = pc.read_csv(log)
    path = tmp_path / "log"
    if format == "parquet":
        pq.write_table(table, path)
    elif format == "jsonl":
        path.write_text("\n".join(json.dumps(row, default=datetime.isoformat) for row in table.to_pylist()))
    else:
        path.write_text(LOG)
    result = run("evaluate", "-", "-p", POLICY, "--input-format", format, "--json", stdin=path.read_bytes())
    assert result.exit_code == 0, result.output
    assert [said["ticket"] for said in lines(result)] == ["T-1", "T-2"]


def test_semicolons_and_a_byte_order_mark_are_no_hindrance(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(b"\xef\xbb\xbf" + LOG.replace(",", ";").replace("\n", "\r\n").encode())
    assert [said["ticket"] for said in lines(asked("evaluate", path, "--json"))] == ["T-1", "T-2"]


def test_columns_constants_zone_and_form_are_options(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(
        "number,when,what,channel,team\nT-1,02/03/2026 09:00,open,email,\nT-1,02/03/2026 09:10,assign,,ana\n"
    )
    columns = ("ticket_id=number", "event_at=when", "kind=what", "agent=team")
    options = [option for column in columns for option in ("--column", column)]
    how = ("--constant", "package=starter", "--time-zone", "Asia/Jakarta", "--time-format", "%d/%m/%Y %H:%M")
    result = asked("evaluate", path, *options, *how, "--json")
    assert result.exit_code == 0, result.output
    (said,) = lines(result)
    assert said["now"] == "2026-03-02T02:10:00Z"
    assert said["status"] == "open"


# explain, what-if


def test_explain_derives_a_deadline(log: Path) -> None:
    shown = asked("explain", log, "--ticket", "T-2", "--timer", "first_response")
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.startswith("first_response of ticket T-2: 2h promised")
    (said,) = lines(asked("explain", log, "--ticket", "T-2", "--timer", "first_response", "--json"))
    assert said["text"].strip() == shown.stdout.strip()
    counted = sum(part["counted_us"] for part in said["passed"])
    assert counted == said["cycle"]["elapsed_us"]


@pytest.mark.parametrize(
    ("ticket", "timer", "cycle", "said"),
    [
        ("T-9", "resolution", "1", "there is no ticket `T-9`"),
        ("T-3", "resolution", "1", "line 9"),
        ("T-1", "resolutoin", "1", "did you mean `resolution`?"),
        ("T-1", "resolution", "7", "has 1 cycles"),
    ],
)
def test_explain_says_what_it_cannot_find(log: Path, ticket: str, timer: str, cycle: str, said: str) -> None:
    result = asked("explain", log, "--ticket", ticket, "--timer", timer, "--cycle", cycle)
    assert result.exit_code in (1, 2)
    assert said in result.stderr


def test_what_if_plays_again_under_another_policy(log: Path, tmp_path: Path) -> None:
    (said,) = lines(asked("what-if", log, "--target", "first_response=10%", "--json"))
    assert said["comparison"]["tickets"] == 2
    flipped = [(flip["ticket"], flip["timer"]) for flip in said["flips"]]
    assert flipped == [("T-1", "first_response")]
    policy = json.loads(POLICY.read_text())
    policy["packages"][0]["targets"]["first_response"] = "24m"
    policy["packages"][1]["targets"]["first_response"] = "12m"
    path = tmp_path / "candidate.json"
    path.write_text(json.dumps(policy))
    (by_file,) = lines(asked("what-if", log, "--candidate", path, "--json"))
    assert by_file["flips"] == said["flips"]
    shown = asked("what-if", log, "--candidate", path)
    assert "met before, breached after" in shown.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "name what to compare with"),
        (["--target", "resolution"], "TIMER=SHARE"),
        (["--target", "resolution=0.75"], "is not a share"),
        (["--target", "resolutoin=75%"], "did you mean `resolution`?"),
        (["--target", "resolution=75%", "--candidate", str(POLICY)], "exclude each other"),
        (["--candidate", "no.json"], "no.json: No such file"),
    ],
)
def test_what_if_says_what_it_needs(log: Path, options: list[str], said: str) -> None:
    result = asked("what-if", log, *options)
    assert result.exit_code == 2
    assert said in result.stderr


# verify


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    engine = Engine.compile(Policy(POLICY.read_text()))
    now = datetime(2026, 3, 2, 2, tzinfo=UTC)
    opening = commands.Open(
        ticket="T-1", customer="c-1", package="starter", channel="email", message=Message.of("m-1", "help")
    )
    opened = engine.open(opening, actor=Actor.customer("c-1"), now=now)
    assert opened.ticket is not None
    given = engine.decide(opened.ticket, commands.Assign("ana"), actor=Actor.admin("boss"), now=now)
    linked = audit.link(None, [*opened.events, *given.events], detected_at=now)
    path = tmp_path / "chain.json"
    path.write_text(audit.chain("ticket", "T-1", linked.entries))
    (tmp_path / "heads.json").write_text(audit.pin([linked.head]))
    return path


def test_verify_finds_a_whole_chain_whole(chain: Path) -> None:
    assert run("verify", chain).exit_code == 0
    result = run("verify", chain, "--pins", chain.parent / "heads.json", "--json")
    assert result.exit_code == 0, result.output
    (said,) = lines(result)
    assert said["whole"]
    assert said["head"]["entries"] == len(json.loads(chain.read_text())["entries"])


def test_verify_names_the_entry_that_was_altered_and_how(chain: Path) -> None:
    document = json.loads(chain.read_text())
    document["entries"][1]["data"]["agent"] = "mallory"
    chain.write_text(json.dumps(document))
    result = run("verify", chain)
    assert result.exit_code == 1
    assert "entry 1: altered" in result.stdout
    (said,) = lines(run("verify", chain, "--json"))
    assert (said["whole"], said["index"], said["fault"]) == (False, 1, "altered")


def test_pins_show_that_the_end_was_cut_off(chain: Path) -> None:
    document = json.loads(chain.read_text())
    document["entries"].pop()
    chain.write_text(json.dumps(document))
    assert run("verify", chain).exit_code == 0
    assert run("verify", chain, "--pins", chain.parent / "heads.json").exit_code == 1


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "sla-chain/1"}'])
def test_verify_says_what_is_no_chain(tmp_path: Path, text: str) -> None:
    path = tmp_path / "chain.json"
    path.write_text(text)
    result = run("verify", path)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error:")


@pytest.fixture
def history(chain: Path) -> Path:
    entries = json.loads(chain.read_text())["entries"]
    events = [
        {name: part for name, part in entry.items() if name not in ("detected_at", "prev", "hash")} for entry in entries
    ]
    path = chain.parent / "history.json"
    path.write_text(json.dumps({"schema": "sla-history/1", "events": events}))
    return path


def test_verify_plays_the_commands_of_a_chain_again(chain: Path, history: Path) -> None:
    result = run("verify", chain, "--policy", POLICY)
    assert result.exit_code == 0, result.output
    assert "the rules make all 2 events" in result.stdout
    (said,) = lines(run("verify", history, "--policy", POLICY, "--json"))
    assert said["verification"] == {"verified": 2, "rules_changed": [], "other_rules": 0}
    assert "whole" not in said


def test_verify_names_the_event_that_the_rules_would_not_have_made(history: Path) -> None:
    document = json.loads(history.read_text())
    document["events"][1]["actor"] = {"role": "customer", "id": "c-1"}
    history.write_text(json.dumps(document))
    result = run("verify", history, "--policy", POLICY)
    assert result.exit_code == 1
    assert "event 1: refused /actor: role_not_permitted" in result.stdout
    (said,) = lines(run("verify", history, "--policy", POLICY, "--json"))
    assert said["verification"]["difference"]["refusal"]["code"] == "role_not_permitted"
    document["events"][0]["data"]["package"] = "professional"
    history.write_text(json.dumps(document))
    assert "event 0: timers" in run("verify", history, "--policy", POLICY).stdout


def test_verify_compares_a_snapshot(history: Path) -> None:
    document = json.loads(History.from_json(history.read_text()).ticket.json())
    snapshot = history.parent / "snapshot.json"
    snapshot.write_text(json.dumps(document))
    assert run("verify", history, "--policy", POLICY, "--snapshot", snapshot).exit_code == 0
    document["customer"] = "eve"
    snapshot.write_text(json.dumps(document))
    result = run("verify", history, "--policy", POLICY, "--snapshot", snapshot)
    assert result.exit_code == 1
    assert 'snapshot /customer: recorded "eve", expected "c-1"' in result.stdout


def test_verify_says_which_revision_it_needs(history: Path) -> None:
    document = json.loads(history.read_text())
    document["events"][1]["policy_digest"] = "ab" * 32
    history.write_text(json.dumps(document))
    result = run("verify", history, "--policy", POLICY)
    assert result.exit_code == 1
    assert f"policy revision {'ab' * 32} is not compiled into this engine" in result.stderr
    assert f"give each revision that the ticket was under a --policy, besides {POLICY}" in result.stderr


def test_verify_says_what_it_needs(chain: Path, history: Path) -> None:
    assert run("verify", history, "--snapshot", history).exit_code == 2
    assert run("verify", history, "--policy", POLICY, "--pins", history).exit_code == 2
    assert run("verify", history).exit_code == 2
    chain.write_text('{"schema": "sla-chain/1", "kind": "access", "id": "log", "entries": []}')
    assert run("verify", chain, "--policy", POLICY).exit_code == 1


# report


def test_report_chooses_the_format_by_the_suffix(log: Path, tmp_path: Path) -> None:
    for suffix, start in ((".html", "<!DOCTYPE html>"), (".md", "# SLA report"), (".json", '{"schema":"sla-report/1"')):
        path = tmp_path / f"report{suffix}"
        result = asked("report", log, "-o", path)
        assert result.exit_code == 0, result.output
        assert path.read_text().startswith(start)
        assert str(path) in result.stdout


def test_report_writes_text_to_a_pipe_but_no_page(log: Path) -> None:
    assert asked("report", log, "--format", "md").stdout.startswith("# SLA report")
    assert lines(asked("report", log, "--json"))[0]["tickets"] == 2
    page = asked("report", log)
    assert page.exit_code == 2
    assert "-o report.html" in page.stderr


def test_report_says_its_data_beside_the_page(log: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    beside = asked("report", log, "-o", path, "--json")
    assert path.read_text().startswith("<!DOCTYPE html>")
    assert lines(beside) == lines(asked("report", log, "--json"))
    assert asked("report", log, "--json", "--format", "md").exit_code == 2


def test_report_lists_refused_rows_and_broken_promises(log: Path) -> None:
    (said,) = lines(asked("report", log, "--json", "--what-if", "first_response=10%"))
    assert [(row["line"], row["ticket"]) for row in said["refused"]] == [(9, "T-3")]
    assert [promise["ticket"] for promise in said["worst"]] == ["T-2"]
    assert said["what_if"]["candidate"] == "first response targets at 10 %"
    assert said["source"]["rows"] == 8


def test_wide_rows_make_the_same_report_as_their_commands(log: Path, wide: Path) -> None:
    as_of = ("--as-of", "2026-03-02T09:00:00Z", "--json")
    (by_rows,), (by_log,) = lines(asked("report", wide, *as_of)), lines(asked("report", log, *as_of))
    assert by_rows["over_time"]["total"]["timers"] == by_log["over_time"]["total"]["timers"]


def test_report_refuses_a_suffix_that_it_does_not_know(log: Path, tmp_path: Path) -> None:
    result = asked("report", log, "-o", tmp_path / "report.pdf")
    assert result.exit_code == 2
    assert ".html" in result.stderr


# the program


def program(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, check=False)


def test_the_module_is_the_command() -> None:
    done = program("-m", "sla_engine", "check", str(POLICY), "--as-of", "2026-01-01T00:00:00Z")
    assert (done.returncode, done.stderr) == (0, "")
    assert program("-m", "sla_engine", "--version").stdout.startswith("sla-engine")
    assert program("-m", "sla_engine", "tickets").returncode == 2


@pytest.mark.parametrize("library", ["click", "rich", "pyarrow"])
def test_without_the_extra_the_command_says_what_to_install(library: str) -> None:
    script = f"import sys; sys.modules[{library!r}] = None; from sla_engine.cli import main; main()"
    done = program("-c", script)
    assert done.returncode == 2
    assert done.stderr == f"sla-engine needs {library}: pip install 'sla-engine[cli]'\n"


@pytest.mark.parametrize("library", ["jinja2", "vl_convert"])
def test_without_the_extra_a_page_says_what_to_install(log: Path, tmp_path: Path, library: str) -> None:
    script = f"import sys; sys.modules[{library!r}] = None; from sla_engine.cli import main; main()"
    done = program("-c", script, "report", str(log), "-p", str(POLICY), "-o", str(tmp_path / "r.html"))
    assert done.returncode == 2
    assert f"needs {library}: pip install 'sla-engine[report]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_data_of_a_table_is_columns_of_arrow(log: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    asked("evaluate", log, "-o", path)
    schema = pq.read_schema(path)
    assert schema.field("due_at").type == pa.timestamp("us", "UTC")
