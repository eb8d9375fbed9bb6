"""What the engine answers: immutable values, read from its documents.

Instants are aware datetimes in UTC unless a field says otherwise, lengths are whole microseconds in fields that end in
``_us``, shares are millionths, rounded down. Two values with equal fields are equal, have one hash, and pickle.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec
from msgspec import field

if TYPE_CHECKING:
    from ._core import Aggregate, History, Ticket

Role = Literal["customer", "agent", "admin", "system"]
Status = Literal["new", "open", "pending", "on_hold", "resolved", "closed", "withdrawn", "voided"]
State = Literal["not_started", "running", "paused", "met", "breached", "cancelled"]
Outcome = Literal["none", "met", "breached", "cancelled"]
Activity = Literal["not_started", "running", "paused", "stopped"]
Apply = Literal["keep", "from_now", "retroactive"]
PauseStatus = Literal["pending", "on_hold"]
Trigger = Literal["breach", "step", "request"]


class Value(msgspec.Struct, frozen=True):
    """An immutable value."""


class Document(Value, frozen=True):
    """An immutable value that a document says."""

    def __hash__(self) -> int:
        return hash(msgspec.json.encode(self))

    def json(self) -> str:
        """Return the value as the engine's documents write it."""
        return msgspec.json.encode(self).decode()


def length(micros: int) -> timedelta:
    """Return a number of microseconds as a timedelta; nothing is lost."""
    return timedelta(microseconds=micros)


# Who and what


class Actor(Document, frozen=True):
    """Who does something: a role, and the host's id of the person."""

    role: Role
    id: str

    @classmethod
    def customer(cls, id: str) -> Actor:
        """Return a customer."""
        return cls("customer", id)

    @classmethod
    def agent(cls, id: str) -> Actor:
        """Return an agent."""
        return cls("agent", id)

    @classmethod
    def admin(cls, id: str) -> Actor:
        """Return an admin; a host's automation acts as one, with a name of its own."""
        return cls("admin", id)


class Message(Document, frozen=True):
    """A message as the ticket knows it: the host's reference, and the content's SHA-256 in 64 hexadecimal digits."""

    message_ref: str
    content_sha256: str

    @classmethod
    def of(cls, message_ref: str, content: str | bytes) -> Message:
        """Return a message with the digest of its content, a text in UTF-8. The content itself stays with the host."""
        raw = content.encode() if isinstance(content, str) else content
        return cls(message_ref, sha256(raw).hexdigest())


class Refusal(Document, frozen=True):
    """Why something is not allowed, and what would be."""

    code: str
    """Stable; docs/commands.md lists them."""
    action: str
    message: str
    accepted: str
    """What would be accepted."""

    def __str__(self) -> str:
        return f"{self.message}; {self.accepted}"


# Events


class Intent(Document, frozen=True, kw_only=True):
    """Something to do once: whom to notify of a warning or an escalation, and when."""

    intent_id: str
    """The same however often it is computed."""
    timer: str
    cycle: int
    step: str
    due_at: datetime | None = None
    notify: tuple[str, ...] = ()
    assign_to: str | None = None
    notify_at: datetime


class CommandStamp(Document, frozen=True):
    """The host's id of a command, with the digest of what it said."""

    id: str
    digest: str


class Event(Document, frozen=True, kw_only=True, omit_defaults=True):
    """What happened, as the host stores it. docs/events.md says what each kind holds."""

    ticket: str
    seq: int
    """0 for the opening, then counting up by one."""
    at: datetime
    actor: Actor
    kind: str
    data: dict[str, Any]
    """What the kind says; a plain dict, to be read only."""
    changes: tuple[dict[str, Any], ...] = ()
    """What it did to timers."""
    command: CommandStamp | None = None
    policy_digest: str
    """The policy revision that the ticket is under from this event on."""
    rules_digest: str

    @property
    def intent(self) -> Intent | None:
        """What the host must act on once, for example a notification; None for what people did."""
        firing = self.data if self.kind == "warned" else self.data.get("firing")
        return msgspec.convert(firing, Intent) if firing else None


# Where a ticket stands


class Due(Document, frozen=True, omit_defaults=True):
    """A due: an instant, or beyond the horizon of calendars, 2200-01-01."""

    due_at: datetime | None = None
    due: Literal["out_of_horizon"] | None = None


class CycleEvaluation(Document, frozen=True, kw_only=True, omit_defaults=True):
    """One promise: a timer from a start to a stop."""

    number: int
    """From 1."""
    outcome: Outcome
    activity: Activity
    started_at: datetime
    stopped_at: datetime | None
    target_us: int
    calendar: str
    due_at: datetime | None
    """When it falls or fell due; None while it is paused unbreached, and beyond the horizon."""
    due: Literal["out_of_horizon"] | None = None
    """There only when it is due beyond the horizon."""
    breached_at: datetime | None
    resumed_due: Due | None = field(name="due_if_resumed_now")
    elapsed_us: int
    remaining_us: int
    """Never negative."""
    overdue_us: int
    used_share_millionths: int
    provisional: bool
    """Whether the holidays up to the due are not all entered yet."""

    @property
    def due_out_of_horizon(self) -> bool:
        """Whether it is due after 2200-01-01, and so never breached."""
        return self.due is not None

    @property
    def due_if_resumed_now(self) -> datetime | None:
        """When it would fall due if the pause ended now; None while it is not paused, and beyond the horizon."""
        return self.resumed_due and self.resumed_due.due_at

    @property
    def target(self) -> timedelta:
        """The business time promised."""
        return length(self.target_us)

    @property
    def elapsed(self) -> timedelta:
        """The business time used."""
        return length(self.elapsed_us)

    @property
    def remaining(self) -> timedelta:
        """The business time left, never negative."""
        return length(self.remaining_us)

    @property
    def overdue(self) -> timedelta:
        """The open, unpaused time since the due."""
        return length(self.overdue_us)


class Timer(Document, frozen=True):
    """Where one timer of a ticket stands."""

    state: State
    cycles: tuple[CycleEvaluation, ...]
    """Oldest first; empty before the timer starts."""

    @property
    def current(self) -> CycleEvaluation | None:
        """The latest cycle; None before the timer starts."""
        return self.cycles[-1] if self.cycles else None

    @property
    def due_at(self) -> datetime | None:
        """When the latest cycle falls or fell due."""
        return self.cycles[-1].due_at if self.cycles else None


class Evaluation(Document, frozen=True):
    """Where a ticket stands as of an instant. Nothing of it is stored."""

    now: datetime
    status: Status
    age_us: int
    """Wall time since the opening; it ends with the ticket."""
    next_check_at: datetime | None
    """When something can happen by itself; None for never."""
    timers: dict[str, Timer]
    due_events: tuple[Event, ...]
    """What happened by itself and is not stored yet."""


class Accepted(Value, frozen=True):
    """What a command that is allowed makes happen."""

    events: tuple[Event, ...]
    """What to store, in this order; empty when a command was repeated."""
    ticket: Ticket
    """The ticket afterwards."""
    next_check_at: datetime | None
    """When something can happen by itself; None for never."""

    @property
    def accepted(self) -> Literal[True]:
        """Whether it happens: it does."""
        return True

    @property
    def refusal(self) -> None:
        """Why not: it does happen."""
        return


class Refused(Value, frozen=True):
    """A command that is not allowed; nothing happens."""

    refusal: Refusal
    """Why not."""

    @property
    def accepted(self) -> Literal[False]:
        """Whether it happens: it does not."""
        return False

    @property
    def events(self) -> tuple[()]:
        """What to store: nothing."""
        return ()

    @property
    def ticket(self) -> None:
        """There is no ticket afterwards but the one before."""
        return

    @property
    def next_check_at(self) -> None:
        """Nothing changes about when to look again."""
        return


Decision: TypeAlias = Accepted | Refused
"""What became of a command."""


class DueEvents(Value, frozen=True):
    """What happened by itself."""

    events: tuple[Event, ...]
    """What to store, in this order."""
    ticket: Ticket
    """The ticket afterwards."""
    next_check_at: datetime | None


class RefusedCommand(Document, frozen=True):
    """A command that an import left out."""

    index: int
    """Its place in the list; 0 is the opening."""
    refusal: Refusal


class Import(Value, frozen=True):
    """What an import made."""

    history: History | None
    """The ticket with its events; None when it could not be opened."""
    refused: tuple[RefusedCommand, ...]
    """The commands that the policy does not allow; nothing of them is in the history."""


class RefusedRow(Document, frozen=True):
    """A row of a log that an import left out."""

    row: int
    """Its `row_number`, or its place in the log, from 0."""
    ticket: str
    code: str
    """Stable; that of the refusal or of the error, or `unknown_state` or `channel_changed`."""
    message: str


class LogRemark(Document, frozen=True):
    """A column of a log that is ignored."""

    column: str
    message: str


class LogImport(Value, frozen=True):
    """What an import made of a log."""

    histories: tuple[History, ...]
    """One for each ticket that could be opened, in the order of the log."""
    refused: tuple[RefusedRow, ...]
    """The rows that the policy does not allow, or that cannot be read; nothing of them is in the histories."""
    remarks: tuple[LogRemark, ...] = ()
    """The columns that are ignored."""


class LogAggregate(Value, frozen=True):
    """The figures of a log."""

    aggregate: Aggregate
    refused: tuple[RefusedRow, ...]
    """The rows that the policy does not allow, or that cannot be read; nothing of them is in the figures."""
    remarks: tuple[LogRemark, ...] = ()
    """The columns that are ignored."""


# Changes of policy


class MovedDeadline(Document, frozen=True):
    """A deadline that adopting a revision moves."""

    ticket: str
    timer: str
    cycle: int
    before: datetime | None
    after: datetime | None


class BrokenPromise(Document, frozen=True):
    """A promise that adopting a revision breaks."""

    ticket: str
    timer: str
    cycle: int
    due_at: datetime | None


class RefusedTicket(Document, frozen=True):
    """A ticket that cannot adopt a revision."""

    ticket: str
    refusal: Refusal


class DryRun(Document, frozen=True):
    """What adopting the newest revision would do to tickets."""

    tickets: int
    moved: tuple[MovedDeadline, ...]
    breached: tuple[BrokenPromise, ...]
    unbreached: tuple[BrokenPromise, ...]
    """Always empty: nothing takes a breach back."""
    refused: tuple[RefusedTicket, ...]


class Warning(Document, frozen=True):
    """Something that is legal in a policy, but surely unwanted."""

    code: str
    path: str
    """Where, as a JSON pointer."""
    message: str
    help: str


class PolicyChange(Document, frozen=True):
    """What differs between two policies at one place."""

    path: str
    """Where, as a JSON pointer."""
    before: str | None
    """What was, as JSON; None when it was added."""
    after: str | None
    """What is, as JSON; None when it was removed."""


class Publication(Document, frozen=True):
    """What became of publishing a revision."""

    entry: str | None
    """The entry as JSON, for the chain of revisions; None when refused."""
    refusal: Refusal | None


# Explanations


class Closed(Document, frozen=True):
    """Why time is closed."""

    reason: str
    name: str | None = None
    """Of the holiday or the special day."""


class Paused(Document, frozen=True):
    """Who paused, and why."""

    status: PauseStatus
    by: Actor
    reason: str


class Segment(Document, frozen=True, kw_only=True):
    """A part of the time between a timer's start and its due: counted, closed, paused or resolved."""

    start: datetime = field(name="from")
    """In the local time of the calendar."""
    end: datetime = field(name="to")
    counted: dict[str, Any] | None = None
    closed: Closed | None = None
    paused: Paused | None = None
    resolved: dict[str, Any] | None = None
    counted_us: int
    """The business time of this part."""
    used_us: int
    """The business time used up to its end."""

    @property
    def kind(self) -> Literal["counted", "closed", "paused", "resolved"]:
        """What the time counts as."""
        if self.closed is not None:
            return "closed"
        if self.paused is not None:
            return "paused"
        return "resolved" if self.resolved is not None else "counted"


class Explanation(Document, frozen=True):
    """The derivation of one deadline. The counted parts of `passed` add up to `cycle.elapsed_us`."""

    ticket: str
    timer: str
    now: datetime
    time_zone: str
    due_at: datetime | None
    """In the local time of the calendar."""
    cycle: CycleEvaluation
    passed: tuple[Segment, ...]
    """From the start until now."""
    ahead: tuple[Segment, ...]
    """From now until the due."""
    text: str
    """The same for people, several lines."""

    def __str__(self) -> str:
        return self.text


class LedgerEntry(Document, frozen=True, kw_only=True):
    """A stretch of a ticket's life in one status, with one holder."""

    start: datetime = field(name="from")
    end: datetime = field(name="to")
    status: Status
    holder: str | None
    wait_reason: str | None
    open_us: int
    closed_us: int


class Ledger(Document, frozen=True):
    """Every microsecond since a ticket's opening; the entries add up to its age."""

    ticket: str
    now: datetime
    entries: tuple[LedgerEntry, ...]


# Figures


class Durations(Document, frozen=True):
    """Lengths; quantiles are nearest-rank, the lower bound of their bucket. None without any."""

    count: int
    mean_us: int | None
    median_us: int | None
    p90_us: int | None
    p99_us: int | None


class EscalationCount(Document, frozen=True):
    """How many escalations of one trigger and level there were."""

    trigger: Trigger
    level: int
    count: int


class Csat(Document, frozen=True):
    """Ratings of 1 to 5."""

    count: int
    sum: int
    distribution: tuple[int, ...]
    """How many of each score, from 1."""
    mean_millionths: int | None
    ratio_millionths: int | None
    """(mean - 1) / 4."""


class TimerFigures(Document, frozen=True, kw_only=True):
    """What became of the cycles of one timer; docs/analytics.md says what each figure counts."""

    met: int
    breached_answered: int
    breached_open: int
    breached_ended: int
    running: int
    paused: int
    cancelled_withdrawn: int
    cancelled_voided: int
    cancelled_duplicate: int
    decided: int
    """met + breached: the denominator of the compliance."""
    compliance_millionths: int | None
    """met / decided; None when nothing is decided."""
    pauses: int
    late_pauses: int
    pauses_after_due: int
    warnings: int
    escalations: tuple[EscalationCount, ...]
    business_time: Durations
    wall_time: Durations

    @property
    def breached(self) -> int:
        """Every breach, answered or not."""
        return self.breached_answered + self.breached_open + self.breached_ended

    @property
    def cancelled(self) -> int:
        """Every cancelled cycle, whatever the cause."""
        return self.cancelled_withdrawn + self.cancelled_voided + self.cancelled_duplicate


class TicketFigures(Document, frozen=True, kw_only=True):
    """What is counted of whole tickets."""

    opened: int
    resolved: int
    reopened: int
    closed: int
    withdrawn: int
    voided: int
    open: int
    paused: int
    active: int
    replies: int
    handled: int
    escalations: tuple[EscalationCount, ...]
    escalations_per_100_tickets_millionths: int | None
    csat: Csat


class Key(Document, frozen=True, kw_only=True):
    """What a group of a report is of; what is not kept apart is None."""

    period: str | None = None
    """For example ``2026-W53``."""
    period_start: datetime | None = None
    package: str | None = None
    channel: str | None = None
    agent: str | None = None
    priority: str | None = None
    severity: str | None = None
    category: str | None = None


class ReportGroup(Document, frozen=True):
    """The figures of one key."""

    key: Key
    tickets: TicketFigures
    timers: dict[str, TimerFigures]


class Period(Document, frozen=True):
    """A unit of time in a zone."""

    unit: Literal["hour", "day", "week", "month"]
    time_zone: str


class Report(Document, frozen=True, kw_only=True):
    """A compliance report."""

    dimensions: tuple[str, ...]
    period: Period | None = None
    as_of: datetime | None
    groups: tuple[ReportGroup, ...]
    total: ReportGroup


class ScoreComponent(Document, frozen=True):
    """A part of an agent's score."""

    name: str
    weight: int
    value_millionths: int


class AgentPerformance(Document, frozen=True, kw_only=True):
    """What one agent did; ``unassigned`` stands for nobody."""

    agent: str
    handled: int
    replies: int
    escalations_received: int
    csat: Csat
    timers: dict[str, TimerFigures]
    components: tuple[ScoreComponent, ...]
    score_millionths: int | None
    """The weighted mean of the components; None without any."""


class OpenPromise(Document, frozen=True):
    """A promise that is not kept yet."""

    ticket: str
    timer: str
    cycle: int
    remaining_us: int
    paused: bool
    due_at: datetime | None


# What if


class Outcomes(Document, frozen=True):
    """Cycles by what became of them."""

    met: int
    breached: int
    cancelled: int
    running: int
    paused: int
    compliance_millionths: int | None


class ComparedPromise(Document, frozen=True):
    """The cycles of one timer of one package on both sides."""

    package: str
    timer: str
    before: Outcomes
    after: Outcomes
    flips: int


class LeftOut(Document, frozen=True, kw_only=True):
    """Tickets that name something which the candidate does not know."""

    package: str | None = None
    severity: str | None = None
    category: str | None = None
    tickets: int


class Flip(Document, frozen=True):
    """A promise that would end otherwise."""

    ticket: str
    package: str
    timer: str
    cycle: int
    causes: tuple[Literal["target", "calendar", "rules", "newly_promised", "no_longer_promised"], ...]
    before: CycleEvaluation | None
    """None when nothing was promised."""
    after: CycleEvaluation | None
    """None when nothing would be."""
    text: str

    def __str__(self) -> str:
        return self.text


class Comparison(Document, frozen=True):
    """The promises of all tickets under both policies."""

    tickets: int
    flipped_tickets: int
    promises: tuple[ComparedPromise, ...]
    left_out: tuple[LeftOut, ...]


class WhatIf(Document, frozen=True):
    """What another policy would have done to the same tickets."""

    comparison: Comparison
    flips: tuple[Flip, ...]
    """Every promise that would end otherwise, in the order of the tickets."""


# Alerts


class Window(Document, frozen=True):
    """The promises that were decided in a window of wall time."""

    window_us: int
    decided: int
    breached: int


class Alert(Document, frozen=True, kw_only=True):
    """What somebody must hear of; docs/analytics.md says when. What an alert does not speak of is None."""

    alert: Literal["breach_warning", "critical_escalation", "performance_degradation", "monitor_lag"]
    at: datetime
    text: str
    ticket: str | None = None
    timer: str | None = None
    cycle: int | None = None
    step: str | None = None
    trigger: Trigger | None = None
    level: int | None = None
    reason: str | None = None
    objective_millionths: int | None = None
    threshold_millionths: int | None = None
    min_decided: int | None = None
    long: Window | None = None
    short: Window | None = None
    happened_at: datetime | None = None
    lag_us: int | None = None

    def __str__(self) -> str:
        return self.text


# Audit


class Head(Document, frozen=True):
    """Where a chain stands."""

    kind: Literal["ticket", "access", "policy"]
    id: str
    """The ticket, the log or the policy."""
    entries: int
    hash: str


class Linked(Document, frozen=True):
    """Entries that follow each other in a chain."""

    entries: tuple[str, ...]
    """As JSON, to store, in this order."""
    head: Head
    """Where the chain stands then."""


class Verification(Document, frozen=True):
    """What became of checking a chain."""

    head: Head | None
    """Where the chain stands; None when it was tampered with."""
    fault: str | None
    """How the first wrong entry is wrong; None when the chain is whole."""
    index: int | None
    """The place of that entry, from 0."""

    @property
    def whole(self) -> bool:
        """Whether nothing was altered, removed, inserted or reordered."""
        return self.fault is None
