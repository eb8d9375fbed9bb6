"""What the command line costs beside the library and pyarrow alone: python benches/command_line.py [--tickets 100000]

Every figure is CPU time (user and system) of a process of its own, the median of several rounds; compare them within
one run. Prints a table in Markdown. The rows of a ticket lie together unless `--shuffle` mixes them.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "examples" / "talkabiz.json"
HEADING = "ticket_id,event_at,kind,actor,role,package,channel,agent,status,reason"
PACKAGES = ("starter", "professional", "enterprise")
CHANNELS = ("email", "chat")
AGENTS = 200
HOURS = (1,) * 7 + (4, 9, 9, 8, 8, 6, 7, 9, 8, 7, 5) + (2,) * 6
"""How likely an opening is in each hour of the day in Jakarta."""

_READ = """
import pyarrow.csv as pc
table = pc.read_csv(r"{log}")
"""
SORTED_AND_WRITTEN = (
    _READ
    + """
import pyarrow.parquet as pq
table.sort_by([("ticket_id", "ascending"), ("event_at", "ascending")])
pq.write_table(pq.read_table(r"{answer}"), r"{answer}.again.parquet")
"""
)
ONLY_READ = _READ + "from sla_engine import Engine, Policy, Aggregate\n"
IMPORTED = (
    _READ
    + """
from sla_engine import Engine, Policy, Aggregate
engine = Engine.compile(Policy(open(r"{policy}").read()))
found = engine.import_log(table)
import pyarrow.compute
now = pyarrow.compute.max(table["event_at"]).as_py()
by = ("package", "channel", "agent", "severity")
Aggregate.of(engine, found.histories, now=now, by=by, period="week")
"""
)


def rows(tickets: int) -> Iterator[str]:
    """Yield the rows of a log: 6 to 10 commands a ticket, opened over 2026, none of which the policy refuses."""
    random_ = random.Random(14)
    start = datetime(2025, 12, 31, 17, tzinfo=UTC)
    for number in range(tickets):
        day = random_.randrange(365)
        while (day + 3) % 7 > 4 and random_.random() < 0.8:
            day = random_.randrange(365)
        hour = random_.choices(range(24), HOURS)[0]
        at = start + timedelta(days=day, hours=hour, seconds=random_.randrange(3600))
        ticket, customer = f"T-{number:07}", f"c-{number % 5000}"
        agent = f"agent-{random_.randrange(AGENTS):03}"
        channel = random_.choice(CHANNELS)

        def row(kind: str, actor: str, role: str, *more: str) -> str:
            return ",".join((ticket, f"{at:%Y-%m-%dT%H:%M:%SZ}", kind, actor, role, *more))  # noqa: B023

        yield row("open", customer, "customer", random_.choices(PACKAGES, (5, 3, 2))[0], channel, "", "", "")
        at += timedelta(seconds=random_.randrange(30, 3600))
        yield row("assign", "desk", "admin", "", "", agent, "", "")
        at += timedelta(seconds=random_.randrange(60, 6 * 3600))
        yield row("reply", agent, "agent", "", channel, "", "", "")
        for _ in range(random_.randrange(3)):
            at += timedelta(seconds=random_.randrange(60, 8 * 3600))
            yield row("customer_message", customer, "customer", "", channel, "", "", "")
            at += timedelta(seconds=random_.randrange(60, 4 * 3600))
            yield row("reply", agent, "agent", "", channel, "", "", "")
        at += timedelta(seconds=random_.randrange(60, 3600))
        yield row("pause", agent, "agent", "", "", "", "pending", "waiting for the customer")
        at += timedelta(seconds=random_.randrange(600, 20 * 3600))
        yield row("resume", agent, "agent", "", "", "", "", "")
        for _ in range(random_.randrange(2)):
            at += timedelta(seconds=random_.randrange(60, 3600))
            yield row("note", agent, "agent", "", "", "", "", "")
        at += timedelta(seconds=random_.randrange(60, 10 * 3600))
        yield row("resolve", agent, "agent", "", "", "", "", "")


def write(path: Path, tickets: int, shuffle: bool = False) -> None:
    """Write a log."""
    lines: Iterator[str] | list[str] = rows(tickets)
    if shuffle:
        lines = list(lines)
        random.Random(15).shuffle(lines)
    with path.open("w") as file:
        file.write(HEADING + "\n")
        file.writelines(f"{line}\n" for line in lines)


def cost(*command: str) -> tuple[float, float]:
    """Return the CPU seconds and the peak memory in megabytes of a process."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed: exit code {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def median(rounds: int, *works: Callable[[], tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the median cost of each work; the works take turns."""
    found = [[work() for work in works] for _ in range(rounds)]
    return [
        (statistics.median(seconds for seconds, _ in costs), max(peak for _, peak in costs))
        for costs in zip(*found, strict=True)
    ]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--tickets", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "sla-command-line")
    options.add_argument("--shuffle", action="store_true")
    options.add_argument("--only", choices=["write", "start", "report", "evaluate"])
    given = options.parse_args()
    given.folder.mkdir(exist_ok=True)
    log = given.folder / f"log-{given.tickets}{'-shuffled' if given.shuffle else ''}.csv"
    ten = given.folder / "log-10.csv"
    for path, tickets in ((log, given.tickets), (ten, 10)):
        if not path.exists():
            write(path, tickets, given.shuffle)
    if given.only == "write":
        print(log)
        return
    answer = given.folder / "answer.parquet"
    names = {"log": str(log), "policy": str(POLICY), "answer": str(answer)}

    def python(script: str) -> Callable[[], tuple[float, float]]:
        return lambda: cost(sys.executable, "-c", script.format(**names))

    def command(*arguments: str) -> Callable[[], tuple[float, float]]:
        return lambda: cost(sys.executable, "-m", "sla_engine", *arguments, "--policy", str(POLICY))

    report = command("report", str(log), "-o", str(given.folder / "report.html"))
    evaluate = command("evaluate", str(log), "-o", str(answer))
    print(f"{given.tickets:,} tickets, {sum(1 for _ in log.open()) - 1:,} rows, {log.stat().st_size / 1e6:.0f} MB\n")
    print("| what | CPU s | peak MB | goal |\n| --- | ---: | ---: | --- |")
    if given.only in (None, "report"):
        read, imported, reported = median(given.rounds, python(ONLY_READ), python(IMPORTED), report)
        judged = imported[0] - read[0]
        show("`import_log` and `Aggregate.of`, on the table", (judged, imported[1]))
        show("`report`, CSV to a page", reported, f"× {reported[0] / judged:.2f} (1.5)")
    if given.only in (None, "evaluate"):
        evaluate()
        floor, evaluated = median(given.rounds, python(SORTED_AND_WRITTEN), evaluate)
        show("pyarrow: read, sort, write the same answer", floor)
        show("`evaluate -o answer.parquet`", evaluated, f"× {evaluated[0] / floor[0]:.1f} (8)")
    if given.only in (None, "start"):
        start = command("evaluate", str(ten))
        pyarrow, started = median(max(given.rounds, 7), python("import pyarrow"), start)
        show('`python -c "import pyarrow"`', pyarrow)
        show("`evaluate`, ten tickets", started, f"× {started[0] / pyarrow[0]:.2f} (1.5)")


def show(what: str, found: tuple[float, float], goal: str = "") -> None:
    """Print a line of the table."""
    print(f"| {what} | {found[0]:.2f} | {found[1]:,.0f} | {goal} |", flush=True)


if __name__ == "__main__":
    main()
