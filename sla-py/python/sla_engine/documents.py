"""The engine's answers: immutable values, read from its documents (docs/documents.md).

Instants are aware datetimes in UTC unless a field says otherwise, lengths are whole microseconds in fields that end in
``_us``, shares are millionths, rounded down. Values with equal fields are equal and have the same hash.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec
from msgspec import field

from .errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ._core import Aggregate, History, Ticket

Role = Literal["customer", "agent", "admin", "system"]
Status = Literal["new", "open", "pending", "on_hold", "resolved", "closed", "withdrawn", "voided"]
State = Literal["not_started", "running", "paused", "met", "breached", "cancelled", "unpromised"]
Outcome = Literal["none", "met", "breached", "cancelled", "unpromised"]
Activity = Literal["not_started", "running", "paused", "stopped"]
Apply = Literal["keep", "from_now", "retroactive"]
PauseStatus = Literal["pending", "on_hold"]
Direction = Literal["inbound", "outbound"]
CycleClass = Literal["met", "breached", "running", "paused", "cancelled", "terms", "unpromised"]
CancelCause = Literal["withdrawn", "voided", "duplicate", "closed", "handed_on", "inactivity"]
Trigger = Literal["breach", "step", "request"]
DifferenceKind = Literal[
    "refused",
    "missing_event",
    "additional_event",
    "kind",
    "instant",
    "actor",
    "via",
    "data",
    "timers",
    "command",
    "revision",
    "snapshot",
]


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def _us(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def in_json(value: Any, enc_hook: Callable[[Any], Any] | None = None) -> bytes:
    """Return a value, or plain data, as JSON in UTF-8."""
    try:
        return msgspec.json.encode(value, enc_hook=enc_hook)
    except UnicodeEncodeError as fault:
        raise _not_utf8(fault) from None


def require_aware(at: Any) -> None:
    """Refuse a datetime without time zone; what is none is left to the engine."""
    if isinstance(at, datetime) and at.utcoffset() is None:
        raise InputError(
            "naive_datetime",
            "an instant without time zone is ambiguous",
            help="pass an aware datetime, for example `datetime.now(timezone.utc)`",
        )


def _not_utf8(fault: UnicodeEncodeError) -> InputError:
    lone = ascii(fault.object[fault.start])
    return InputError("invalid_utf8", f"a text is not UTF-8: it has the lone surrogate {lone}", help="convert the text")


class Value(msgspec.Struct, frozen=True):
    """An immutable value."""


class Document(Value, frozen=True):
    """An immutable value of a document."""

    def __hash__(self) -> int:
        return hash(in_json(self))

    def json(self) -> str:
        """Return the value as the engine's documents write it."""
        return in_json(self).decode()


def length(micros: int) -> timedelta:
    """Return a number of microseconds as a timedelta, exactly."""
    return timedelta(microseconds=micros)


# Actors and messages


class Actor(Document, frozen=True, omit_defaults=True, repr_omit_defaults=True):
    """An actor: a role, and the host's id of the person. Events record these; `via` of an event names the team or
    organization that permitted the actor."""

    role: Role
    id: str
    teams: tuple[str, ...] = ()
    """The teams of an agent, at most 1,000; read where the policy's `agents_act_on` is ``team``."""
    organization: str | None = None
    """The organization of a customer; read where the policy's organizations share their tickets."""

    @classmethod
    def customer(cls, id: str, organization: str | None = None) -> Actor:
        """Return a customer, with the organization that they belong to."""
        return cls("customer", id, (), organization)

    @classmethod
    def agent(cls, id: str, teams: Iterable[str] = ()) -> Actor:
        """Return an agent, with the teams that they belong to."""
        return cls("agent", id, tuple(teams))

    @classmethod
    def admin(cls, id: str) -> Actor:
        """Return an admin; a host's automation acts as one, with a name of its own."""
        return cls("admin", id)


class Message(Document, frozen=True):
    """The reference of a message: the host's id of it, and the content's SHA-256 in 64 hexadecimal digits."""

    message_ref: str
    content_sha256: str

    @classmethod
    def of(cls, message_ref: str, content: str | bytes) -> Message:
        """Return the reference of a message, with the digest of its content in UTF-8; the host stores the content."""
        try:
            raw = content.encode() if isinstance(content, str) else content
        except UnicodeEncodeError as fault:
            raise _not_utf8(fault) from None
        return cls(message_ref, sha256(raw).hexdigest())


class Refusal(Document, frozen=True):
    """Why an action is not allowed, and what would be accepted."""

    code: str
    """Stable; docs/commands.md lists them."""
    kind: Literal["identity", "permission", "state", "input"]
    """What would have to differ; a host answers each kind alike, over HTTP with 401, 403, 409, 422."""
    action: str
    message: str
    accepted: str
    """What would be accepted."""

    def __str__(self) -> str:
        return f"{self.message}; {self.accepted}"


class Visible(Document, frozen=True):
    """Which tickets a list may show: all, or those of which at least one of the other fields is true."""

    everything: bool
    customer: str | None
    organization: str | None
    agent: str | None
    teams: tuple[str, ...]


class VisibleUnder(Document, frozen=True):
    """Which tickets of some revisions a list may show."""

    policy_digests: tuple[str, ...]
    tickets: Visible


class VisibleTickets(Document, frozen=True):
    """Which tickets a list may show to an actor, as a condition for a database (docs/commands.md)."""

    tickets: Visible
    """Of the tickets under a revision that `under` does not name."""
    under: tuple[VisibleUnder, ...]
    """Revisions whose roles show other tickets; empty for most policies."""


# Events


class Via(Document, frozen=True, omit_defaults=True):
    """What permitted an actor, where neither the role nor the ticket itself did: one of the two."""

    team: str | None = None
    organization: str | None = None


class Intent(Document, frozen=True, kw_only=True):
    """An action for the host to do once: whom to notify of a warning or an escalation, and when."""

    intent_id: str
    """The same whenever it is computed."""
    timer: str
    cycle: int
    step: str
    repetition: int = 0
    """The repetition of the step; 0 for the step itself."""
    notify: tuple[str, ...] = ()
    assign_to: str | None = None
    notify_at: datetime

    @property
    def notify_at_us(self) -> int:
        """`notify_at` in microseconds since 1970."""
        return _us(self.notify_at)


class Inactivity(Document, frozen=True, kw_only=True):
    """What an inactivity rule did, and whom the host notifies of it once."""

    intent_id: str
    """The same whenever it is computed."""
    rule: str
    since: datetime
    """The first instant of the count."""
    notify: tuple[str, ...] = ()
    notify_at: datetime
    reason: str | None = None
    computed_at: datetime | None = None
    """The instant that the rule gives, where it lies before the event that made it hold and was moved to it."""

    @property
    def since_us(self) -> int:
        """`since` in microseconds since 1970."""
        return _us(self.since)

    @property
    def notify_at_us(self) -> int:
        """`notify_at` in microseconds since 1970."""
        return _us(self.notify_at)

    @property
    def computed_at_us(self) -> int | None:
        """`computed_at` in microseconds since 1970."""
        return _us(self.computed_at) if self.computed_at else None


class CommandStamp(Document, frozen=True):
    """The host's id of a command, with the digest of its content."""

    id: str
    digest: str


class Event(Document, frozen=True, kw_only=True, omit_defaults=True):
    """An event, as the host stores it; docs/events.md describes each kind."""

    ticket: str
    seq: int
    """0 for the opening, then counting up by one."""
    at: datetime
    actor: Actor
    via: Via | None = None
    """The team or organization that permitted the actor; None where the role or the ticket itself did."""
    kind: str
    data: dict[str, Any]
    """The fields of the kind; a plain dict, not to be changed."""
    changes: tuple[dict[str, Any], ...] = ()
    """Its changes of timers."""
    promised: tuple[str, ...] = ()
    """The timers for which something is promised from this event on, without a change that says so."""
    command: CommandStamp | None = None
    policy_digest: str
    """The digest of the ticket's policy revision from this event on."""
    rules_digest: str

    @property
    def intent(self) -> Intent | None:
        """The intent that the host acts on once, for example a notification; None without one."""
        firing = self.data if self.kind == "warned" else self.data.get("firing")
        return msgspec.convert(firing, Intent) if firing else None

    @property
    def inactivity(self) -> Inactivity | None:
        """What an inactivity rule did; None for other events."""
        found = self.data if self.kind == "reminded" else self.data.get("inactivity")
        return msgspec.convert(found, Inactivity) if found else None

    @property
    def at_us(self) -> int:
        """`at` in microseconds since 1970."""
        return _us(self.at)


# Evaluations


class Due(Document, frozen=True, omit_defaults=True):
    """A due: an instant, or beyond the horizon of calendars, 2200-01-01."""

    due_at: datetime | None = None
    due: Literal["out_of_horizon"] | None = None

    @property
    def due_at_us(self) -> int | None:
        """`due_at` in microseconds since 1970."""
        return _us(self.due_at) if self.due_at else None


class CycleEvaluation(Document, frozen=True, kw_only=True, omit_defaults=True):
    """The evaluation of one cycle: a timer from a start to a stop."""

    number: int
    """From 1."""
    outcome: Outcome
    activity: Activity
    started_at: datetime
    stopped_at: datetime | None
    class_: CycleClass = field(name="class")
    """The class in which figures count it."""
    cancelled_by: CancelCause | None
    channel: str
    """The channel that decides its terms."""
    target_us: int | None
    """None while nothing is promised."""
    calendar: str
    due_at: datetime | None
    """When it falls or fell due; None while it is paused unbreached, beyond the horizon, and without a promise."""
    due: Literal["out_of_horizon"] | None = None
    """There only when it is due beyond the horizon."""
    breached_at: datetime | None
    resumed_due: Due | None = field(name="due_if_resumed_now")
    elapsed_us: int
    used_us: int
    """The time that counts against the target: the elapsed time, without what passed before a promise that arrived
    later. After a change of terms to a target in business days it is counted in that target's calendar, and may exceed
    `elapsed_us`."""
    remaining_us: int | None
    """Never negative; None while nothing is promised."""
    overdue_us: int
    used_share_millionths: int | None
    """None while nothing is promised."""
    provisional: bool
    """Whether the holidays up to the due may be incomplete."""

    @property
    def due_out_of_horizon(self) -> bool:
        """Whether it is due after 2200-01-01, and so never breached."""
        return self.due is not None

    @property
    def due_if_resumed_now(self) -> datetime | None:
        """When it would fall due if the pause ended now; None while it is not paused, and beyond the horizon."""
        return None if self.resumed_due is None else self.resumed_due.due_at

    @property
    def target(self) -> timedelta | None:
        """The target, in business time; None while nothing is promised."""
        return None if self.target_us is None else length(self.target_us)

    @property
    def elapsed(self) -> timedelta:
        """The elapsed business time."""
        return length(self.elapsed_us)

    @property
    def used(self) -> timedelta:
        """The business time that counts against the target; see `used_us`."""
        return length(self.used_us)

    @property
    def remaining(self) -> timedelta | None:
        """The remaining business time, never negative; None while nothing is promised."""
        return None if self.remaining_us is None else length(self.remaining_us)

    @property
    def overdue(self) -> timedelta:
        """The business time since the due."""
        return length(self.overdue_us)

    @property
    def started_at_us(self) -> int:
        """`started_at` in microseconds since 1970."""
        return _us(self.started_at)

    @property
    def stopped_at_us(self) -> int | None:
        """`stopped_at` in microseconds since 1970."""
        return _us(self.stopped_at) if self.stopped_at else None

    @property
    def due_at_us(self) -> int | None:
        """`due_at` in microseconds since 1970."""
        return _us(self.due_at) if self.due_at else None

    @property
    def breached_at_us(self) -> int | None:
        """`breached_at` in microseconds since 1970."""
        return _us(self.breached_at) if self.breached_at else None


class Terms(Document, frozen=True):
    """The terms that a cycle would get if it started now, by the channel of the opening."""

    target_us: int | None
    """None where nothing would be promised."""
    calendar: str


class Timer(Document, frozen=True, omit_defaults=True):
    """The evaluation of one timer of a ticket."""

    state: State
    cycles: tuple[CycleEvaluation, ...]
    """Oldest first; empty before the timer starts."""
    terms: Terms | None = None
    """There only before the timer starts."""

    @property
    def current(self) -> CycleEvaluation | None:
        """The latest cycle; None before the timer starts."""
        return self.cycles[-1] if self.cycles else None

    @property
    def due_at(self) -> datetime | None:
        """When the latest cycle falls or fell due."""
        return self.cycles[-1].due_at if self.cycles else None


class Evaluation(Document, frozen=True):
    """The state of a ticket and its timers as of an instant. Not to be stored."""

    now: datetime
    status: Status
    age_us: int
    """Wall time since the opening, until the ticket ends."""
    next_check_at: datetime | None
    """The instant of the next automatic event; None without one."""
    timers: dict[str, Timer]
    """Every timer that started, and every one that the ticket's revision measures."""
    due_events: tuple[Event, ...]
    """The automatic events that are not stored yet."""

    @property
    def now_us(self) -> int:
        """`now` in microseconds since 1970."""
        return _us(self.now)

    @property
    def next_check_at_us(self) -> int | None:
        """`next_check_at` in microseconds since 1970."""
        return _us(self.next_check_at) if self.next_check_at else None


class Accepted(Value, frozen=True):
    """The decision on a command that is allowed."""

    events: tuple[Event, ...]
    """The events to store, in this order; empty for a repeated command."""
    ticket: Ticket
    """The ticket afterwards."""
    next_check_at: datetime | None
    """The instant of the next automatic event; None without one."""

    @property
    def accepted(self) -> Literal[True]:
        """Whether the command is accepted: True."""
        return True

    @property
    def refusal(self) -> None:
        """None: the command is accepted."""
        return

    @property
    def next_check_at_us(self) -> int | None:
        """`next_check_at` in microseconds since 1970."""
        return _us(self.next_check_at) if self.next_check_at else None


class Refused(Value, frozen=True):
    """The decision on a command that is not allowed; nothing changes."""

    refusal: Refusal
    """The reason, with what would be accepted."""

    @property
    def accepted(self) -> Literal[False]:
        """Whether the command is accepted: False."""
        return False

    @property
    def events(self) -> tuple[()]:
        """The events to store: none."""
        return ()

    @property
    def ticket(self) -> None:
        """None: the ticket does not change."""
        return

    @property
    def next_check_at(self) -> None:
        """None: the next check does not change."""
        return


Decision: TypeAlias = Accepted | Refused
"""The decision on a command."""


class DueEvents(Value, frozen=True):
    """The automatic events of a ticket until an instant."""

    events: tuple[Event, ...]
    """The events to store, in this order."""
    ticket: Ticket
    """The ticket afterwards."""
    next_check_at: datetime | None

    @property
    def next_check_at_us(self) -> int | None:
        """`next_check_at` in microseconds since 1970."""
        return _us(self.next_check_at) if self.next_check_at else None


class EscalationValues(Document, frozen=True):
    """An escalation of a ticket."""

    number: int
    """From 1; commands name it by that."""
    level: int
    stage: Literal["open", "acknowledged", "resolved"]
    trigger: Literal["breach", "step", "request"]
    timer: str | None
    """The timer of an automatic escalation."""
    at_us: int


class TimerValues(Document, frozen=True):
    """The latest cycle of a timer, as the last event of the ticket left it; `Engine.evaluate` evaluates it."""

    timer: str
    cycle: int
    """From 1."""
    state: State
    outcome: Outcome
    activity: Activity
    due_at_us: int | None
    """None while paused unbreached, beyond the horizon, or when nothing is promised."""
    target_us: int | None
    remaining_us: int | None
    """What remained of the target at `since_us`; of a running cycle it counts down from there in open time."""
    since_us: int
    """When the cycle last changed."""


class TicketValues(Document, frozen=True):
    """A ticket after its last event, for the columns of a database; instants are microseconds since 1970."""

    id: str
    status: Status
    customer: str
    organization: str | None
    direction: Literal["inbound", "outbound"]
    agent: str | None
    team: str | None
    package: str
    priority: str | None
    """The priority label of the package."""
    channel: str
    severity: str | None
    category: str | None
    policy_digest: str
    events: int
    """The number of events so far."""
    opened_at_us: int
    last_at_us: int
    closed_at_us: int | None
    """When it was closed, withdrawn or voided."""
    escalations: tuple[EscalationValues, ...]
    """Oldest first."""
    timers: tuple[TimerValues, ...]
    """The latest cycle of every timer that has started, by timer id."""


class RowPlace(Document, frozen=True):
    """An instant, its periods in a time zone, and what decides the group of a row then. Instants are microseconds."""

    at_us: int
    hour_us: int
    """The first instant of its hour: what an aggregate calls its period."""
    day_us: int
    week_us: int
    month_us: int
    day: date
    week: date
    """The Monday of its week."""
    month: date
    """The first date of its month."""
    package: str
    channel: str
    agent: str | None
    """The holder's agent; an aggregate calls None ``unassigned``."""
    team: str | None
    """The holder's team; an aggregate calls None ``unassigned``."""
    priority: str | None
    severity: str | None
    category: str | None


class CycleRow(Document, frozen=True):
    """A cycle of a timer, for a table with the key ticket, ``timer``, ``cycle``."""

    timer: str
    cycle: int
    """From 1."""
    class_: str = field(name="class")
    """The figure that counts it in ``place`` (docs/analytics.md): ``met``, ``breached_open``, ``running`` and so on."""
    as_of_now: bool
    """Whether nothing decides the class yet: it changes with the instant asked about alone."""
    place: RowPlace
    """The deciding instant, and the holder then."""
    ended: RowPlace | None
    """Where its durations are counted: its stop or cancellation; None while it counts."""
    started_at_us: int
    due_at_us: int | None
    """None while paused unbreached, beyond the horizon, or when nothing is promised."""
    business_figure: str | None
    """The figure of its business time; None unless what it waited for stopped it."""
    business_us: int | None
    business_bucket: int | None
    """The number of the histogram bucket."""
    wall_figure: str | None
    """The figure of its wall time; None unless what it waited for stopped it."""
    wall_us: int | None
    wall_bucket: int | None
    overdue_figure: str | None
    """``overdue`` of a breached cycle that ended."""
    overdue_us: int | None
    overdue_bucket: int | None


class FactRow(Document, frozen=True):
    """Something that counts, for a table with the key ticket, ``key``."""

    key: str
    """``{seq}/{figure}``, ``{seq}/{figure}/{timer}``, ``handled/{agent}``, ``held/{number}/{figure}`` or ``status``."""
    seq: int | None
    """The event; None for ``handled``, ``held`` and ``status``."""
    figure: str
    """What it counts for (docs/analytics.md)."""
    timer: str | None
    cycle: int | None
    bucket: int
    """The level of an escalation, the score of a rating, the histogram bucket of a duration; 0 otherwise."""
    n: int
    """How many it counts for: 1, or 0 for ``status`` once the ticket is neither open nor paused."""
    duration_us: int | None
    """Of figures of durations."""
    as_of_now: bool
    """Whether it changes with the instant asked about alone."""
    place: RowPlace


class TicketRows(Value, frozen=True):
    """Rows of one ticket: a row replaces the earlier row of its key, and none is ever removed."""

    cycles: tuple[CycleRow, ...]
    """The cycles that the events changed, and those that still count."""
    facts: tuple[FactRow, ...]
    state: str
    """What the rows of the next events need: to be stored as it is, beside the ticket."""


class Decided(Document, frozen=True):
    """Counts of the cycles that were decided in a window."""

    decided: int
    """Met or breached."""
    breached: int


class BurnRate(Document, frozen=True):
    """How fast the error budget of an objective burns as of an instant."""

    timer: str
    long_window_us: int
    """The length of the long window, in wall time."""
    long: Decided
    short_window_us: int
    short: Decided
    burning: bool
    """Whether the budget burns too fast in both: the condition of the alert ``performance_degradation``."""


class LinkedDecision(Value, frozen=True):
    """The outcome of a command or of time, ready to be stored."""

    entries: tuple[str, ...]
    """The events as entries of the ticket's chain, to store as they are; empty when refused or repeated."""
    head: Head | None
    """The head of the chain after them; None when refused."""
    ticket: Ticket | None
    """The ticket afterwards; None when refused."""
    next_check_at: datetime | None
    """The instant of the next automatic event; None without one, or when refused."""
    values: TicketValues | None
    """The ticket as values; None when refused."""
    rows: TicketRows | None
    """The rows of the events, and those as of now; None without a time zone, or when refused."""
    refusal: Refusal | None
    """The reason why it is not allowed; None when it is accepted."""

    @property
    def accepted(self) -> bool:
        """Whether it is accepted."""
        return self.refusal is None

    @property
    def next_check_at_us(self) -> int | None:
        """`next_check_at` in microseconds since 1970."""
        return _us(self.next_check_at) if self.next_check_at else None


class RefusedCommand(Document, frozen=True):
    """A command that an import refused."""

    index: int
    """Its place in the list; 0 is the opening."""
    refusal: Refusal


class Import(Value, frozen=True):
    """The result of an import."""

    history: History | None
    """The ticket with its events; None when it could not be opened."""
    refused: tuple[RefusedCommand, ...]
    """The commands that the policy does not allow; the history does not contain them."""


class RefusedRow(Document, frozen=True):
    """A row of a log that an import refused."""

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
    """The result of importing a log."""

    histories: tuple[History, ...]
    """One for each ticket that could be opened, in the order of the log."""
    refused: tuple[RefusedRow, ...]
    """The rows that the policy does not allow, or that cannot be read; the histories do not contain them."""
    remarks: tuple[LogRemark, ...] = ()
    """The columns that are ignored."""


class LogAggregate(Value, frozen=True):
    """The figures of a log."""

    aggregate: Aggregate
    refused: tuple[RefusedRow, ...]
    """The rows that the policy does not allow, or that cannot be read; the figures do not contain them."""
    remarks: tuple[LogRemark, ...] = ()
    """The columns that are ignored."""


# Changes of policy


class MovedDue(Document, frozen=True):
    """A due that adopting a revision moves."""

    ticket: str
    timer: str
    cycle: int
    before: datetime | None
    after: datetime | None

    @property
    def before_us(self) -> int | None:
        """`before` in microseconds since 1970."""
        return _us(self.before) if self.before else None

    @property
    def after_us(self) -> int | None:
        """`after` in microseconds since 1970."""
        return _us(self.after) if self.after else None


class AffectedCycle(Document, frozen=True):
    """A cycle that is breached, or promised something, only with or only without the change."""

    ticket: str
    timer: str
    cycle: int
    due_at: datetime | None

    @property
    def due_at_us(self) -> int | None:
        """`due_at` in microseconds since 1970."""
        return _us(self.due_at) if self.due_at else None


class RefusedTicket(Document, frozen=True):
    """A ticket that cannot adopt a revision."""

    ticket: str
    refusal: Refusal


class DryRun(Document, frozen=True):
    """The effect on tickets of adopting the newest revision."""

    tickets: int
    moved: tuple[MovedDue, ...]
    arrived: tuple[AffectedCycle, ...]
    """Cycles for which something would be promised that is not now."""
    ended: tuple[AffectedCycle, ...]
    """Cycles whose promise would end."""
    breached: tuple[AffectedCycle, ...]
    """Cycles that would be breached, or due at this very instant."""
    unbreached: tuple[AffectedCycle, ...]
    """Cycles that are due at this very instant, of which no breach is recorded yet, and would be due later. A recorded
    breach is never undone."""
    refused: tuple[RefusedTicket, ...]


class Difference(Document, frozen=True, omit_defaults=True):
    """How a history differs from what the rules make of it."""

    seq: int
    """The event; of a missing one that which comes instead of it, of a snapshot the last that it folds."""
    what: DifferenceKind
    path: str
    """The first field that differs, as a JSON pointer in the event or snapshot; empty for the whole of it."""
    recorded: Any = None
    """What is recorded there, as plain data; None for nothing."""
    expected: Any = None
    """What the rules make there, as plain data; None for nothing."""
    refusal: Refusal | None = None
    """Why the rules refuse the command."""


class HistoryVerification(Document, frozen=True, kw_only=True, omit_defaults=True):
    """The result of verifying a history by re-execution."""

    verified: int
    """How many events the rules make as they are recorded: all, or those before the first that differs."""
    difference: Difference | None = None
    """The first event that the rules would not have made; None where they make all."""
    rules_changed: tuple[Difference, ...]
    """The events that differ in instants only, and were made under other time-zone rules."""
    other_rules: int
    """How many of the verified events were made under other time-zone rules."""

    @property
    def whole(self) -> bool:
        """Whether the rules make every event, apart from instants of other time-zone rules."""
        return self.difference is None


class Warning(Document, frozen=True):
    """Something that a policy may say, but that is probably a mistake."""

    code: str
    path: str
    """Where, as a JSON pointer."""
    message: str
    help: str


class PolicyChange(Document, frozen=True, omit_defaults=True):
    """A change of a policy at one place."""

    path: str
    """Where, as a JSON pointer: into the document of the policy after; of a part that was removed, into that before."""
    before: str | None = None
    """The value before, as JSON; None when it was added."""
    after: str | None = None
    """The value after, as JSON; None when it was removed."""


class Publication(Document, frozen=True):
    """The result of publishing a revision."""

    entry: str | None
    """The entry as JSON, for the chain of revisions; None when refused."""
    refusal: Refusal | None


# Explanations


class Closed(Document, frozen=True):
    """Why time is closed."""

    reason: str
    name: str | None = None
    """The name of the holiday, the special day or the season."""


class Paused(Document, frozen=True):
    """The actor and the reason of a pause."""

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
    elapsed_us: int
    """The business time counted up to its end."""
    used_us: int
    """The time up to its end that counts against the target."""
    time_zone: str
    """The zone of the local times."""

    @property
    def kind(self) -> Literal["counted", "closed", "paused", "resolved"]:
        """The kind of the time."""
        if self.closed is not None:
            return "closed"
        if self.paused is not None:
            return "paused"
        return "resolved" if self.resolved is not None else "counted"

    @property
    def start_us(self) -> int:
        """`start` in microseconds since 1970."""
        return _us(self.start)

    @property
    def end_us(self) -> int:
        """`end` in microseconds since 1970."""
        return _us(self.end)


class DaysPromised(Document, frozen=True, kw_only=True):
    """How a target follows from business days."""

    days: int
    """So many business days after the day of receipt."""
    by: str
    """`close`, `same_time` or a local time."""
    cut_off: str | None = None
    start: datetime = field(name="from")
    """From when the promise counts."""
    received_on: str
    """The day of receipt, as `2026-03-06`."""
    promised_at: datetime
    """Before pauses."""

    @property
    def start_us(self) -> int:
        """`start` in microseconds since 1970."""
        return _us(self.start)

    @property
    def promised_at_us(self) -> int:
        """`promised_at` in microseconds since 1970."""
        return _us(self.promised_at)


class Note(Document, frozen=True, kw_only=True):
    """What an event changed for a cycle: exactly one of the dictionaries is there."""

    at: datetime
    """In the local time of the calendar."""
    time_zone: str
    event: str
    """The kind of the event."""
    by: Actor
    reason: str | None = None
    received_earlier: dict[str, Any] | None = None
    promised: dict[str, Any] | None = None
    promise_ended: dict[str, Any] | None = None
    promise_returned: dict[str, Any] | None = None
    terms_changed: dict[str, Any] | None = None
    due_moved: dict[str, Any] | None = None
    absorbed: dict[str, Any] | None = None
    returned: dict[str, Any] | None = None
    stopped: dict[str, Any] | None = None
    cancelled: dict[str, Any] | None = None

    @property
    def at_us(self) -> int:
        """`at` in microseconds since 1970."""
        return _us(self.at)


class Explanation(Document, frozen=True):
    """The derivation of one due. The counted parts of `passed` add up to `cycle.elapsed_us`."""

    ticket: str
    timer: str
    now: datetime
    time_zone: str
    due_at: datetime | None
    """In the local time of the calendar."""
    cycle: CycleEvaluation
    passed: tuple[Segment, ...]
    """From the start until now; of a cycle that ended, until its end."""
    ahead: tuple[Segment, ...]
    """From now until the due."""
    notes: tuple[Note, ...]
    """What events changed of the promise, oldest first."""
    text: str
    """The same as text, several lines."""
    business_days: DaysPromised | None = None

    def __str__(self) -> str:
        return self.text

    @property
    def now_us(self) -> int:
        """`now` in microseconds since 1970."""
        return _us(self.now)

    @property
    def due_at_us(self) -> int | None:
        """`due_at` in microseconds since 1970."""
        return _us(self.due_at) if self.due_at else None


class LedgerEntry(Document, frozen=True, kw_only=True):
    """An interval of a ticket's life in one status, with one agent and team."""

    start: datetime = field(name="from")
    end: datetime = field(name="to")
    status: Status
    agent: str | None
    team: str | None
    wait_reason: str | None
    open_us: int
    closed_us: int

    @property
    def start_us(self) -> int:
        """`start` in microseconds since 1970."""
        return _us(self.start)

    @property
    def end_us(self) -> int:
        """`end` in microseconds since 1970."""
        return _us(self.end)


class Ledger(Document, frozen=True):
    """Every microsecond since a ticket's opening; the entries add up to its age."""

    ticket: str
    now: datetime
    entries: tuple[LedgerEntry, ...]

    @property
    def now_us(self) -> int:
        """`now` in microseconds since 1970."""
        return _us(self.now)


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
    """The numbers of ratings of 1 to 5."""
    mean_millionths: int | None
    ratio_millionths: int | None
    """(mean - 1) / 4."""


class Lateness(Document, frozen=True):
    """How many breached cycles were so late at their end: more than the entry before, and at most ``up_to_us``."""

    up_to_us: int | None
    """None without an end."""
    count: int


class HeldFigures(Document, frozen=True, kw_only=True):
    """For how long tickets were held: one duration for each stretch between two changes of agent or team."""

    working_business_time: Durations
    """While the ticket was new or open."""
    working_wall_time: Durations
    waiting_business_time: Durations
    """While the ticket was pending or on hold."""
    waiting_wall_time: Durations


class TimerFigures(Document, frozen=True, kw_only=True):
    """The cycles of one timer by outcome; docs/analytics.md defines each figure."""

    met: int
    breached_answered: int
    breached_open: int
    breached_ended: int
    running: int
    paused: int
    cancelled_withdrawn: int
    cancelled_voided: int
    cancelled_duplicate: int
    cancelled_closed: int
    cancelled_handed_on: int
    cancelled_inactivity: int
    terms: int
    """The promise was taken away by a change of terms."""
    unpromised: int
    """There never was a promise."""
    decided: int
    """met + breached: the denominator of the compliance."""
    compliance_millionths: int | None
    """met / decided; None when nothing is decided."""
    pauses: int
    late_pauses: int
    pauses_after_due: int
    late_hand_overs: int
    warnings: int
    escalations: tuple[EscalationCount, ...]
    business_time: Durations
    wall_time: Durations
    terms_business_time: Durations
    terms_wall_time: Durations
    unpromised_business_time: Durations
    unpromised_wall_time: Durations
    overdue: Durations
    """Business time after the due of breached cycles that ended."""
    lateness: tuple[Lateness, ...]
    """How many of these were how late."""

    @property
    def breached(self) -> int:
        """All breached cycles."""
        return self.breached_answered + self.breached_open + self.breached_ended

    @property
    def cancelled(self) -> int:
        """All cancelled cycles."""
        return (
            self.cancelled_withdrawn
            + self.cancelled_voided
            + self.cancelled_duplicate
            + self.cancelled_closed
            + self.cancelled_handed_on
            + self.cancelled_inactivity
        )


class TicketFigures(Document, frozen=True, kw_only=True):
    """Figures of whole tickets."""

    opened: int
    """Inbound ones."""
    opened_outbound: int
    resolved: int
    reopened: int
    closed: int
    withdrawn: int
    voided: int
    open: int
    paused: int
    active: int
    replies: int
    automatic_replies: int
    received_late: int
    handled: int
    held: HeldFigures
    escalations: tuple[EscalationCount, ...]
    escalations_per_100_tickets_millionths: int | None
    csat: Csat


class Key(Document, frozen=True, kw_only=True):
    """The key of a group; a dimension that is not grouped by is None."""

    period: str | None = None
    """For example ``2026-W53``."""
    period_start: datetime | None = None
    package: str | None = None
    channel: str | None = None
    agent: str | None = None
    priority: str | None = None
    severity: str | None = None
    category: str | None = None
    team: str | None = None

    @property
    def period_start_us(self) -> int | None:
        """`period_start` in microseconds since 1970."""
        return _us(self.period_start) if self.period_start else None


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

    @property
    def as_of_us(self) -> int | None:
        """`as_of` in microseconds since 1970."""
        return _us(self.as_of) if self.as_of else None


class ScoreComponent(Document, frozen=True):
    """A part of an agent's score."""

    name: str
    weight: int
    value_millionths: int


class AgentPerformance(Document, frozen=True, kw_only=True):
    """The figures of one agent, or of the ``unassigned`` tickets."""

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
    """A promise of a cycle that runs or is paused; breached ones are in worklists only."""

    ticket: str
    timer: str
    cycle: int
    remaining_us: int
    breached: bool
    overdue_us: int
    paused: bool
    due_at: datetime | None

    @property
    def due_at_us(self) -> int | None:
        """`due_at` in microseconds since 1970."""
        return _us(self.due_at) if self.due_at else None


# What if


class Outcomes(Document, frozen=True):
    """Cycles by outcome."""

    met: int
    breached: int
    cancelled: int
    running: int
    paused: int
    unpromised: int
    compliance_millionths: int | None


class ComparedPromise(Document, frozen=True):
    """The cycles of one timer of one package under both policies."""

    package: str
    timer: str
    before: Outcomes
    after: Outcomes
    flips: int


class LeftOut(Document, frozen=True, kw_only=True):
    """Tickets with a name that the candidate does not have."""

    package: str | None = None
    severity: str | None = None
    category: str | None = None
    tickets: int


class Flip(Document, frozen=True):
    """A cycle whose outcome would differ."""

    ticket: str
    package: str
    timer: str
    cycle: int
    causes: tuple[Literal["target", "calendar", "rules", "newly_promised", "no_longer_promised"], ...]
    before: CycleEvaluation | None
    """None without a target before."""
    after: CycleEvaluation | None
    """None without a target under the candidate."""
    text: str

    def __str__(self) -> str:
        return self.text


class Comparison(Document, frozen=True):
    """The cycles of all tickets under both policies."""

    tickets: int
    flipped_tickets: int
    promises: tuple[ComparedPromise, ...]
    left_out: tuple[LeftOut, ...]


class WhatIf(Document, frozen=True):
    """The same tickets under another policy."""

    comparison: Comparison
    flips: tuple[Flip, ...]
    """The cycles whose outcome would differ, in the order of the tickets."""


# Alerts


class Window(Document, frozen=True):
    """The cycles that were decided in a window of wall time."""

    window_us: int
    decided: int
    breached: int


class Alert(Document, frozen=True, kw_only=True):
    """An alert for operators; docs/analytics.md describes each kind. Fields of other kinds are None."""

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

    @property
    def at_us(self) -> int:
        """`at` in microseconds since 1970."""
        return _us(self.at)

    @property
    def happened_at_us(self) -> int | None:
        """`happened_at` in microseconds since 1970."""
        return _us(self.happened_at) if self.happened_at else None


# Audit


class Head(Document, frozen=True):
    """The head of a chain: its last entry."""

    kind: Literal["ticket", "access", "policy"]
    id: str
    """The id of the ticket, the chain of denied access, or the policy."""
    entries: int
    hash: str


class Linked(Document, frozen=True):
    """Entries that follow each other in a chain."""

    entries: tuple[str, ...]
    """As JSON, to store, in this order."""
    head: Head
    """The head of the chain after them."""


class PolicyPlace(Document, frozen=True):
    """What a JSON pointer into a policy document is about: a part of the policy, and a field of it."""

    kind: str
    """package, channel, calendar, timer, steps, severity, category, inactivity, pauses, roles, objectives or policy."""
    id: str | None
    """The id of the part; None where it has none."""
    index: int | None
    """The place of the part in its list, from 0; None where it is not in a list."""
    field: str
    """The field of the part; empty for the part as a whole."""


class PolicyTarget(Document, frozen=True):
    """What a package promises for a timer: a length, or an instant on a business day."""

    timer: str
    within_us: int | None
    """The promised length; None for one in business days."""
    business_days: int | None
    """How many business days after the day of receipt; None for a length."""
    by: str | None
    """When on that day: close, same_time or a local time."""
    cut_off: str | None
    """What is received at or after this local time counts as received on the next business day."""
    calendar: str
    """The calendar in which it counts."""
    stated_by: str
    """The package that states it: this one, or one that it extends."""


class PolicyCondition(Document, frozen=True):
    """A condition; every part that is stated must hold."""

    channel: str | None
    severity: str | None
    category: str | None
    package: str | None
    """Of steps only."""
    during: str | None
    """A calendar that is open; of variants only."""
    outside: str | None
    """A calendar that is closed; of variants only."""


class PolicyVariant(Document, frozen=True):
    """What a package promises where a condition holds."""

    when: PolicyCondition
    stated_by: str
    """The package that states it: this one, or one that it extends."""
    calendar: str
    targets: tuple[PolicyTarget, ...]
    """All that is promised then; a timer that is not listed promises nothing."""


class PolicyPackage(Document, frozen=True):
    """A package with what holds for its tickets; what it leaves out is that of the package it extends."""

    id: str
    name: str
    rank: int
    """Higher is better."""
    extends: str | None
    priority: str | None
    """The label that reports group by."""
    calendar: str
    channels: tuple[str, ...]
    targets: tuple[PolicyTarget, ...]
    """What is promised where no variant holds; a timer that is not listed promises nothing."""
    variants: tuple[PolicyVariant, ...]
    """The first whose condition holds applies."""


class PolicyChannel(Document, frozen=True):
    """A channel of a policy."""

    id: str
    name: str


class PolicyQuietHours(Document, frozen=True):
    """Whether a notification waits for the next opening of a calendar."""

    waits: bool
    calendar: str | None
    """None for the calendar in which the time counts."""


class PolicyStep(Document, frozen=True):
    """A warning or an escalation; one of `at`, `before_us` and `after_us` says when."""

    id: str
    is_stated: bool
    """Whether the policy states it; otherwise it is the breach escalation that every timer has."""
    at: int | None
    """The used share of the target, in millionths."""
    before_us: int | None
    """What remains of the target."""
    after_us: int | None
    """Business time since the due instant."""
    level: int | None
    """The level of an escalation; None for a warning."""
    notify: tuple[str, ...]
    assign_to: str | None
    quiet_hours: PolicyQuietHours
    when: PolicyCondition
    repeat_every_us: int | None
    """The counted time between two repetitions."""
    repeat_times: int | None
    until_acknowledged: bool
    """Whether an acknowledged escalation of the cycle ends it and its repetitions."""


class PolicyTimer(Document, frozen=True):
    """A timer with its steps; what it leaves out is that of its preset."""

    id: str
    is_preset: bool
    is_measured: bool
    """Whether the policy lists it, or some package has a target for it."""
    starts_on: tuple[str, ...]
    stops_on: tuple[str, ...]
    cancels_on: tuple[str, ...]
    pauses_on: tuple[PauseStatus, ...]
    cycles: Literal["once", "repeated"]
    on_reopen: Literal["resume", "new_cycle", "ignore"]
    due_boundary: Literal["close", "next_open"]
    steps: tuple[PolicyStep, ...]
    """With the breach escalation that every timer has."""


class PolicyWeek(Document, frozen=True):
    """The opening windows of each day of the week, for example ``08:00-12:00``."""

    mon: tuple[str, ...]
    tue: tuple[str, ...]
    wed: tuple[str, ...]
    thu: tuple[str, ...]
    fri: tuple[str, ...]
    sat: tuple[str, ...]
    sun: tuple[str, ...]


class PolicySeason(Document, frozen=True):
    """Dates on which a week of their own replaces the recurring ones."""

    name: str
    start: str = field(name="from")
    """The first local date, ``2026-02-18`` once or ``--06-01`` every year."""
    end: str = field(name="to")
    week: PolicyWeek


class PolicyHoliday(Document, frozen=True):
    """Dates on which no window opens."""

    name: str
    start: str = field(name="from")
    """The first local date, ``2026-12-25`` once or ``--12-25`` every year."""
    end: str = field(name="to")
    """The last local date; of a single one the same."""


class PolicySpecialDay(Document, frozen=True):
    """A date whose windows replace all others."""

    name: str
    date: str
    windows: tuple[str, ...]


class PolicyCalendar(Document, frozen=True):
    """A calendar of a policy."""

    id: str
    time_zone: str
    always_open: bool
    weeks: tuple[PolicyWeek, ...]
    """The recurring weeks: one, or those that take turns."""
    rotation_starts: str | None
    """The Monday on which the first of the weeks begins that take turns."""
    any_of: tuple[str, ...]
    """The calendars that it is made of."""
    seasons: tuple[PolicySeason, ...]
    holidays: tuple[PolicyHoliday, ...]
    special_days: tuple[PolicySpecialDay, ...]
    holidays_known_until: str | None


class PolicyInactivity(Document, frozen=True):
    """What happens to tickets in one status on which nothing has happened for a time."""

    id: str
    status: Literal["pending", "on_hold", "resolved"]
    after_us: int
    """The business time without activity."""
    calendar: str | None
    """None for the package's."""
    action: Literal["remind", "resolve", "close"]
    notify: tuple[str, ...]
    quiet_hours: PolicyQuietHours
    reason: str | None


class PolicyPauses(Document, frozen=True):
    """Limits on pauses, in business time of the ticket's package."""

    reasons: tuple[str, ...]
    """The reasons that a pause may give; none for any."""
    max_pause_us: int | None
    max_paused_total_us: int | None


class PolicyRoles(Document, frozen=True):
    """What agents may do beyond the fixed table of commands."""

    self_assign: bool
    agents_may_classify: bool
    agents_may_unassign: bool
    agents_act_on: Literal["assigned", "team", "all"]
    organizations_share: bool


class PolicyBurn(Document, frozen=True):
    """A compliance objective of one timer and when its burn is alarming; windows are wall time."""

    timer: str
    objective: int
    """The share of cycles to be met, in millionths."""
    long_window_us: int
    short_window_us: int
    threshold: int
    """The burn at which both windows alarm, in millionths."""
    min_decided: int


class PolicyWeight(Document, frozen=True):
    """The weight of a component of an agent's score."""

    component: str
    """A timer id, or csat."""
    weight: int


class PolicyObjectives(Document, frozen=True):
    """Objectives of the support desk."""

    burn: tuple[PolicyBurn, ...]
    critical_level: int | None
    """The level from which an escalation is critical."""
    score_weights: tuple[PolicyWeight, ...]
    monitor_lag_us: int | None
    """The lag of automatic events above which the monitor alerts, in wall time."""


class PolicyValues(Document, frozen=True):
    """A policy as values: what holds for each package and timer, with all that they leave out looked up."""

    id: str
    version: int
    packages: tuple[PolicyPackage, ...]
    channels: tuple[PolicyChannel, ...]
    timers: tuple[PolicyTimer, ...]
    """The presets included."""
    calendars: tuple[PolicyCalendar, ...]
    severities: tuple[str, ...]
    categories: tuple[str, ...]
    inactivity: tuple[PolicyInactivity, ...]
    """In their order."""
    pauses: PolicyPauses
    roles: PolicyRoles
    objectives: PolicyObjectives


class Verification(Document, frozen=True):
    """The result of verifying a chain."""

    head: Head | None
    """The head of the chain; None when it was tampered with."""
    fault: str | None
    """The kind of the first fault; None when the chain is whole."""
    index: int | None
    """The place of that entry, from 0."""

    @property
    def whole(self) -> bool:
        """Whether no entry was altered, removed, inserted or reordered."""
        return self.fault is None
