"""What a report says, as pure data: what ``--format json`` writes, and all that the renderers read."""

from __future__ import annotations

from datetime import datetime

import msgspec

from sla_engine.documents import (
    AgentPerformance,
    Comparison,
    Document,
    Explanation,
    Flip,
    Period,
    Report,
)


class PolicyOf(Document, frozen=True, kw_only=True):
    """The policy that the report judges by."""

    id: str
    version: int
    policy_digest: str
    rules_digest: str


class Name(Document, frozen=True):
    """What people call something that documents name by its id."""

    id: str
    name: str


class SourceOf(Document, frozen=True, kw_only=True):
    """Where the tickets came from."""

    name: str
    """Of the file, or what stands for it."""
    rows: int | None = None
    """Rows of the log, with those that were refused; None when the tickets did not come from rows."""
    later_rows: int = 0
    """Rows after the instant of the report; they were not read."""
    place: str = "row"
    """What a refused row's number counts: ``line`` or ``row``."""


class RefusedLine(Document, frozen=True, kw_only=True):
    """A row that was not taken over, or not wholly."""

    line: int
    """In the source, from 1."""
    ticket: str
    code: str
    """Stable: that of the engine's refusal, or one of ``docs/cli.md``."""
    message: str


class Bar(Document, frozen=True, kw_only=True):
    """The durations of one range."""

    from_us: int
    to_us: int | None
    """Not in the range; None for the last one, which has no end."""
    count: int


class Distribution(Document, frozen=True, kw_only=True):
    """How long the stopped cycles of one timer took, in business time."""

    timer: str
    count: int
    bars: tuple[Bar, ...]
    """Shortest first. A duration counts at the lower bound of its bucket, less than 1/128 below it."""


class BudgetPoint(Document, frozen=True, kw_only=True):
    """Where an error budget stands at the end of a period."""

    period: str
    period_start: datetime
    breached: int
    """In the period."""
    decided: int
    breached_so_far: int
    decided_so_far: int
    left: int
    """Whole breaches that the budget still allows; negative when it is overdrawn."""


class Budget(Document, frozen=True, kw_only=True):
    """How the breaches that an objective allows were used up."""

    timer: str
    objective_millionths: int
    stated: bool
    """Whether the policy's objectives state it; 95 % is taken otherwise."""
    decided: int
    breached: int
    allowed: int
    """Breaches that the objective allows among all that was decided, rounded down."""
    points: tuple[BudgetPoint, ...]


class WorstPromise(Document, frozen=True, kw_only=True):
    """One of the promises that are overdue the longest, with how its deadline came about."""

    ticket: str
    package: str
    timer: str
    cycle: int
    overdue_us: int
    answered: bool
    """Whether it has stopped."""
    explanation: Explanation


class Compared(Document, frozen=True, kw_only=True):
    """The same tickets under another policy."""

    candidate: str
    """What the other policy is."""
    comparison: Comparison
    flips: tuple[Flip, ...]


class ReportData(Document, frozen=True, kw_only=True):
    """A report. Lengths are microseconds, shares are millionths, rounded down."""

    schema: str = "sla-report/1"
    policy: PolicyOf
    source: SourceOf
    as_of: datetime
    period: Period
    tickets: int
    events: int
    timers: tuple[str, ...]
    """In the order of the report."""
    package_names: tuple[Name, ...]
    channel_names: tuple[Name, ...]
    over_time: Report
    packages: Report
    """Highest rank first."""
    channels: Report
    severities: Report | None
    """None when the policy knows no severities."""
    teams: Report
    distributions: tuple[Distribution, ...]
    budgets: tuple[Budget, ...]
    agents: tuple[AgentPerformance, ...]
    """Who handled most tickets first."""
    worst: tuple[WorstPromise, ...]
    what_if: Compared | None
    refused: tuple[RefusedLine, ...]

    @classmethod
    def from_json(cls, text: str | bytes) -> ReportData:
        """Return the report of a document that ``json`` wrote."""
        return msgspec.json.decode(text, type=cls)
