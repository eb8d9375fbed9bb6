"""The commands and their options."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from sla_engine import SlaError, __version__
from sla_engine.cli.fault import Fault
from sla_engine.cli.options import LogOptions, as_json, reading_a_log
from sla_engine.cli.show import Terminal
from sla_engine.cli.times import as_of as instant

if TYPE_CHECKING:
    from sla_engine.report import Format
    from sla_engine.report.build import PeriodUnit


class _Commands(click.Group):
    """Turns errors of the engine into faults of one sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SlaError as fault:
            raise Fault(str(fault)) from fault


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="sla-engine")
def app() -> None:
    """Judge support tickets by a policy: deadlines, compliance, reports, audit.

    Exit codes: 0 success; 1 the input has problems (a refused policy, an altered chain, no usable row); 2 the question
    cannot be asked (options, files, columns).
    """


_candidate = click.option("--candidate", metavar="FILE", help="Another policy document to compare with.")
_targets = click.option(
    "--what-if",
    "--target",
    "targets",
    multiple=True,
    metavar="TIMER=SHARE",
    help="Compare with the same policy with every target of a timer at a share of itself: resolution=75%.",
)


@app.command()
@click.argument("policy")
@click.option("--strict", is_flag=True, help="Fail on warnings, too.")
@click.option(
    "--as-of", metavar="INSTANT", help="Check the holidays that are entered as of this instant; by default now."
)
@as_json
def check(policy: str, strict: bool, as_of: str | None, as_json: bool) -> None:
    """List the problems and warnings of a POLICY, each with its place."""
    from sla_engine.cli.check import run

    run(Terminal(), policy, strict=strict, as_of=instant(as_of) or datetime.now(UTC), as_json=as_json)


@app.command()
@reading_a_log
@click.option("--output", "-o", metavar="FILE", help="Write every promise to a .parquet or .csv file.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=25,
    show_default=True,
    metavar="N",
    help="Tickets in the table; 0 for all.",
)
@as_json
def evaluate(options: LogOptions, output: str | None, limit: int, as_json: bool) -> None:
    """Evaluate the tickets of a LOG."""
    from sla_engine.cli.evaluate import run

    run(Terminal(), options, output=output, limit=limit, as_json=as_json)


@app.command()
@reading_a_log
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=25,
    show_default=True,
    metavar="N",
    help="Promises to list; 0 for all.",
)
@as_json
def worklist(options: LogOptions, limit: int, as_json: bool) -> None:
    """List the open promises of a LOG: breached ones first, the longest overdue on top, then by time left."""
    from sla_engine.cli.worklist import run

    run(Terminal(), options, limit=limit, as_json=as_json)


@app.command()
@reading_a_log
@click.option("--output", "-o", metavar="FILE", help="Where to write; by default standard output.")
@click.option(
    "--format",
    "format",
    type=click.Choice(["html", "md", "json"]),
    help="By default by the suffix of the output.",
)
@_candidate
@_targets
@click.option("--period", type=click.Choice(["hour", "day", "week", "month"]), default="week", show_default=True)
@click.option("--report-zone", metavar="ZONE", help="The zone of periods; by default that of the log's times, or UTC.")
@click.option(
    "--worst", type=click.IntRange(min=0), default=5, show_default=True, metavar="N", help="Breaches to derive."
)
@as_json
def report(
    options: LogOptions,
    output: str | None,
    format: Format | None,
    candidate: str | None,
    targets: tuple[str, ...],
    period: PeriodUnit,
    report_zone: str | None,
    worst: int,
    as_json: bool,
) -> None:
    """Make a report of a LOG: a page, Markdown or JSON."""
    from sla_engine.cli.report import Wish, run

    wish = Wish(output, format, candidate, targets, period, report_zone, worst, as_json)
    run(Terminal(), options, wish)


@app.command()
@reading_a_log
@click.option("--ticket", required=True, metavar="ID")
@click.option("--timer", default="resolution", show_default=True, metavar="ID")
@click.option(
    "--cycle", type=click.IntRange(min=1), metavar="N", help="Which cycle of the timer; by default the latest."
)
@as_json
def explain(options: LogOptions, ticket: str, timer: str, cycle: int | None, as_json: bool) -> None:
    """Derive one deadline of a ticket in a LOG."""
    from sla_engine.cli.explain import run

    run(Terminal(), options, ticket=ticket, timer=timer, cycle=cycle, as_json=as_json)


@app.command("what-if")
@reading_a_log
@_candidate
@_targets
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    metavar="N",
    help="Promises to list; 0 for all.",
)
@as_json
def what_if(options: LogOptions, candidate: str | None, targets: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Compare the outcomes of a LOG with those under another policy."""
    from sla_engine.cli.what_if import run

    run(Terminal(), options, candidate=candidate, targets=targets, limit=limit, as_json=as_json)


@app.command()
@click.argument("chain")
@click.option("--pins", metavar="FILE", help="Chain heads that were kept elsewhere.")
@click.option(
    "--policy",
    "-p",
    "policies",
    metavar="FILE",
    multiple=True,
    help="Also whether the rules of this policy made the events; once a revision, the oldest first.",
)
@click.option("--snapshot", metavar="FILE", help="A stored state that must be the fold of the events; with --policy.")
@as_json
def verify(chain: str, pins: str | None, policies: tuple[str, ...], snapshot: str | None, as_json: bool) -> None:
    """Check an audit CHAIN: whether nothing was altered, removed, inserted or reordered.

    With --policy, CHAIN is a ticket's chain or its history, and its commands are played again.
    """
    from sla_engine.cli.verify import Wish, run

    run(Terminal(), Wish(chain, pins, policies, snapshot, as_json))
