//! The methods of the class `Engine`.

use std::collections::{BTreeMap, HashMap};

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDateTime, PyTuple};
use sla_core::alert::Decided;
use sla_core::analytics::{Dimension, RowState};
use sla_core::engine::Decision;
use sla_core::linked::Linked;
use sla_core::log::States;
use sla_core::ticket::{Action, Apply, Command, Ticket as Fold};
use sla_core::time::Timestamp;
use sla_core::{Error, Id, wire};

use crate::arrow::{Input, Table};
use crate::calendar::Calendar;
use crate::compiled::{Engine, document, documents};
use crate::document::{
    Burns, DryRun, Evaluation, Events, Explanation, Head, HistoryVerification, Json, Ledger, Refusal, TicketRows,
    TicketValues, VisibleTickets, Words, list, value,
};
use crate::error::{OrRaise, raised};
use crate::figures::{Aggregate, grouping};
use crate::instant::{Instant, maybe_utc};
use crate::log::{self, Judging, Log, StatesArgument};
use crate::number::{Int, TableLimit};
use crate::policy::Policy;
use crate::rows::{Asked, Reading, Summing, Wide};
use crate::standing;
use crate::threads::Threads;
use crate::ticket::{Actor, AnyTicket, History, Ticket};
use crate::zones::{Zones, database, hash_of};

impl Engine {
    /// Reads wide rows, with the columns that a grouping needs.
    fn wide(
        &self,
        py: Python<'_>,
        rows: &Input,
        timers: Option<Words>,
        reading: Reading,
        by: &[Dimension],
        threads: Option<Threads>,
    ) -> PyResult<Wide> {
        let zones = database(self.zones.as_ref());
        let (timers, threads) = (timers.map(|timers| timers.0), threads.unwrap_or_default());
        Wide::read(py, (&self.engine, &zones), rows, timers, reading, by, threads)
    }

    fn log(&self, py: Python<'_>, log: &Input, states: Option<&States>, reading: Reading, sort: bool) -> PyResult<Log> {
        Log::read(py, &database(self.zones.as_ref()), log, states, reading, sort)
    }

    /// Returns a ticket for Python, with its next check.
    fn after<'py>(
        &self,
        py: Python<'py>,
        ticket: Fold,
    ) -> PyResult<(Bound<'py, Ticket>, Option<Bound<'py, PyDateTime>>)> {
        let next = self.engine.next_check_at(&ticket).or_raise(py)?;
        Ok((Bound::new(py, Ticket(ticket))?, maybe_utc(py, next)?))
    }

    fn decided<'py>(&self, py: Python<'py>, decision: Decision) -> PyResult<Bound<'py, PyAny>> {
        match decision {
            Decision::Accepted(accepted) => {
                let events = Events(list(accepted.events.iter().map(wire::ticket::write_event)));
                let (ticket, next) = self.after(py, accepted.ticket)?;
                value(py, "Accepted", (events, ticket, next))
            }
            Decision::Refused(refusal) => value(py, "Refused", (Refusal(wire::evaluation::write_refusal(&refusal)),)),
        }
    }

    /// Decides on a ticket and a command, or on what is due without one, and links what happened to the chain.
    fn judge(
        &self,
        ticket: &AnyTicket,
        head: &[u8],
        command: Option<(&Command, &Actor)>,
        (now, detected_at): (Timestamp, Timestamp),
        rows: Option<&AskedRows<'_>>,
    ) -> Result<Decision<Linked>, Error> {
        let head = wire::audit::read_head(head)?;
        let Some((command, actor)) = command else {
            let due = self.engine.due_events(ticket.get(), now)?.linked(&self.engine, head, detected_at)?;
            return self.with_rows(Decision::Accepted(due), rows, now);
        };
        let linked = self.decide_any(ticket, command, actor, now)?.linked(&self.engine, Some(head), detected_at)?;
        self.with_rows(linked, rows, now)
    }

    /// Decides on a command, with every event of the ticket where they are given.
    fn decide_any(
        &self,
        ticket: &AnyTicket,
        command: &Command,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Decision, Error> {
        match ticket {
            AnyTicket::Short(ticket) => self.engine.decide(&ticket.get().0, command, &actor.0, now),
            AnyTicket::Whole(history) => self.engine.decide_on(&history.get().0, command, &actor.0, now),
        }
    }

    /// Adds the rows that are asked for, if any are.
    fn with_rows(
        &self,
        answer: Decision<Linked>,
        asked: Option<&AskedRows<'_>>,
        now: Timestamp,
    ) -> Result<Decision<Linked>, Error> {
        Ok(match (answer, asked) {
            (Decision::Accepted(linked), Some(AskedRows { state, time_zone })) => {
                Decision::Accepted(linked.with_rows(&self.engine, state.as_ref(), now, *time_zone)?)
            }
            (answer, _) => answer,
        })
    }

    /// Returns one request of a batch judged: the ticket, the head of its chain, perhaps a command and its actor, and for rows
    /// the row state.
    fn judge_request(
        &self,
        py: Python<'_>,
        request: &Bound<'_, PyAny>,
        instants: (Timestamp, Timestamp),
        time_zone: Option<&str>,
    ) -> PyResult<Result<Decision<Linked>, Error>> {
        type Parts = (AnyTicket, Json, Option<(Json, Actor)>, Option<Json>);
        let (ticket, head, command, state): Parts = match request.cast::<PyTuple>().map(|parts| (parts, parts.len())) {
            Ok((parts, 2)) => {
                let (ticket, head) = parts.extract()?;
                (ticket, head, None, None)
            }
            Ok((parts, 3)) if time_zone.is_some() => {
                let (ticket, head, state) = parts.extract()?;
                (ticket, head, None, Some(state))
            }
            Ok((parts, 4)) => {
                let (ticket, head, command, actor) = parts.extract()?;
                (ticket, head, Some((command, actor)), None)
            }
            Ok((parts, 5)) if time_zone.is_some() => {
                let (ticket, head, command, actor, state) = parts.extract()?;
                (ticket, head, Some((command, actor)), Some(state))
            }
            _ => {
                let message =
                    "a request is `(ticket, head)` or `(ticket, head, command, actor)`, and for rows the row state";
                return Err(PyTypeError::new_err(message));
            }
        };
        let rows = match AskedRows::read(time_zone, state.as_ref()) {
            Ok(rows) => rows,
            Err(error) => return Ok(Err(error)),
        };
        let command = match &command {
            None => None,
            Some((command, actor)) => match wire::command::read(command.as_ref()) {
                Ok(command) => Some((command, actor)),
                Err(error) => return Ok(Err(error)),
            },
        };
        let command = command.as_ref().map(|(command, actor)| (command, *actor));
        Ok(py.detach(|| self.judge(&ticket, head.as_ref(), command, instants, rows.as_ref())))
    }
}

/// What rows are asked for: those of the events after this state, in this time zone.
struct AskedRows<'a> {
    state: Option<RowState>,
    time_zone: &'a str,
}

impl<'a> AskedRows<'a> {
    fn read(time_zone: Option<&'a str>, state: Option<&Json>) -> Result<Option<Self>, Error> {
        let Some(time_zone) = time_zone else { return Ok(None) };
        let state = state.map(|state| wire::rows::read_state(state.as_ref())).transpose()?;
        Ok(Some(Self { state, time_zone }))
    }
}

/// Returns a linked answer for Python.
fn linked(py: Python<'_>, decision: Decision<Linked>) -> PyResult<Bound<'_, PyAny>> {
    match decision {
        Decision::Accepted(linked) => {
            let entries = linked.entries.iter().map(wire::audit::write_entry).collect::<Vec<_>>();
            let entries = PyTuple::new(py, entries)?;
            let head = Head(wire::audit::write_head(&linked.head));
            let values = TicketValues(wire::linked::write_values(&linked.values));
            let rows = linked.rows.as_ref().map(|rows| TicketRows(wire::rows::write(rows)));
            let (ticket, next) = (Bound::new(py, Ticket(linked.ticket))?, maybe_utc(py, linked.next_check_at)?);
            value(py, "LinkedDecision", (entries, head, ticket, next, values, rows, py.None()))
        }
        Decision::Refused(refusal) => {
            let refusal = Refusal(wire::evaluation::write_refusal(&refusal));
            let none = || py.None();
            value(py, "LinkedDecision", (PyTuple::empty(py), none(), none(), none(), none(), none(), refusal))
        }
    }
}

/// How many cycles were decided and breached, and as of when.
type Counted = (Instant, Int<u64>, Int<u64>);

#[pymethods]
impl Engine {
    /// Return the engine of a policy. A process compiles the same text once.
    ///
    ///     >>> Engine.compile(policy) == Engine.compile(policy.json())
    ///     True
    ///
    /// Args:
    ///     policy: A `Policy`, a dict or JSON; or a list of the revisions of one policy, oldest first: new tickets open
    ///         under the last one, a ticket stays under its own.
    ///     zones: Time-zone rules of the host; by default the embedded ones.
    ///
    /// Raises:
    ///     PolicyError: With every problem in `related`, each with its place.
    #[staticmethod]
    #[pyo3(signature = (policy: "sla_engine._hints.Policies", *, zones=None))]
    fn compile(py: Python<'_>, policy: Bound<'_, PyAny>, zones: Option<Py<Zones>>) -> PyResult<Self> {
        Self::read(py, documents(&policy)?, zones)
    }

    /// The newest revision of the policy.
    #[getter]
    fn policy(&self, py: Python<'_>) -> Policy {
        Policy::of(self.engine.policy(), self.own_zones(py))
    }

    /// The digest of the newest revision of the policy.
    #[getter]
    fn policy_digest(&self) -> String {
        self.engine.policy_digest().to_string()
    }

    /// The digests of every revision, oldest first.
    #[getter]
    fn policy_digests(&self) -> Vec<String> {
        self.engine.policy_digests().map(|digest| digest.to_string()).collect()
    }

    /// Return an engine that knows one more revision of the policy: one that was published since, or an older one that a
    /// ticket is under. It is placed by its ``version``; one that the engine knows changes nothing.
    ///
    /// Args:
    ///     policy: A `Policy`, a dict or JSON.
    ///
    /// Raises:
    ///     PolicyError: With every problem in `related`; also for a policy with another id.
    #[pyo3(signature = (policy: "sla_engine._hints.Policies"))]
    fn with_revision(&self, py: Python<'_>, policy: Bound<'_, PyAny>) -> PyResult<Self> {
        self.grown(py, &document(&policy)?)
    }

    /// The digest of the newest revision together with the time-zone rules in force.
    #[getter]
    fn rules_digest(&self) -> String {
        self.engine.rules_digest().to_string()
    }

    /// Return the same engine with tables of its own, still empty, that hold at most `limit` bytes over all calendars.
    ///
    ///     >>> engine.with_table_limit(1_000_000).table_limit
    ///     1000000
    ///
    /// Without it they hold at most 64 MiB. Beyond a limit the answers are the same, but take time in proportion to the days
    /// that they span. The limit is not pickled.
    ///
    /// Raises:
    ///     InputError: `out_of_range` for a negative number.
    fn with_table_limit(&self, py: Python<'_>, limit: TableLimit) -> Self {
        Self {
            engine: self.engine.with_table_limit(limit.0),
            documents: self.documents.clone(),
            revisions: self.revisions,
            key: self.key,
            zones: self.own_zones(py),
        }
    }

    /// How many bytes the tables of its calendars may hold together.
    #[getter]
    fn table_limit(&self) -> usize {
        self.engine.table_limit()
    }

    /// How many bytes the tables of its calendars hold together.
    #[getter]
    fn table_bytes(&self) -> usize {
        self.engine.table_bytes()
    }

    /// Return a calendar of the newest revision.
    ///
    ///     >>> engine.calendar("office").is_open(now)
    ///     True
    ///
    /// Raises:
    ///     UnknownNameError: `unknown_calendar`.
    fn calendar(&self, py: Python<'_>, id: &str) -> PyResult<Calendar> {
        Ok(Calendar::of(self.engine.calendar(id).or_raise(py)?, self.own_zones(py)))
    }

    /// Return whether a package includes a channel, in the newest revision.
    ///
    ///     >>> engine.entitles("starter", "email"), engine.entitles("starter", "chat")
    ///     (True, False)
    ///
    /// Raises:
    ///     UnknownNameError: `unknown_package`, `unknown_channel`.
    fn entitles(&self, py: Python<'_>, package: &str, channel: &str) -> PyResult<bool> {
        let entitlements = self.engine.entitlements();
        let (package, channel) =
            (entitlements.package(package).or_raise(py)?, entitlements.channel(channel).or_raise(py)?);
        Ok(entitlements.includes(package, channel).unwrap_or_default())
    }

    /// Return the refusal of an action, without doing it; None when the actor may do it.
    ///
    ///     >>> engine.authorize(Actor.customer("eve"), "view_ticket", ticket).code
    ///     'not_ticket_owner'
    ///
    /// Args:
    ///     actor: The actor.
    ///     action: A command, or ``view_ticket``, ``view_metrics``, ``manage_policy``, ``manage_users``.
    ///     ticket: The ticket that it concerns, if any.
    ///
    /// Raises:
    ///     InputError: `unknown_action`.
    #[pyo3(signature = (actor, action, ticket=None))]
    fn authorize(
        &self,
        py: Python<'_>,
        actor: Actor,
        action: &str,
        ticket: Option<AnyTicket>,
    ) -> PyResult<Option<Refusal>> {
        let action: Action = action.parse().or_raise(py)?;
        let judged = self.engine.authorize(&actor.0, action, ticket.as_ref().map(AnyTicket::get));
        Ok(judged.err().map(|refusal| Refusal(wire::evaluation::write_refusal(&refusal))))
    }

    /// Return which tickets a list may show to an actor: those for which `authorize` permits ``view_ticket``; its refusal
    /// for an actor who may see none.
    ///
    ///     >>> visible = engine.visible_tickets(Actor.agent("ana"))
    ///     >>> visible.tickets.everything, visible.tickets.agent
    ///     (False, 'ana')
    #[pyo3(signature = (actor) -> "sla_engine._hints.VisibleTickets | sla_engine._hints.Refusal")]
    fn visible_tickets<'py>(&self, py: Python<'py>, actor: Actor) -> PyResult<Bound<'py, PyAny>> {
        match self.engine.visible_tickets(&actor.0) {
            Ok(visible) => VisibleTickets(wire::evaluation::write_visible(&visible)).into_pyobject(py),
            Err(refusal) => Refusal(wire::evaluation::write_refusal(&refusal)).into_pyobject(py),
        }
    }

    /// Return the decision on opening a ticket.
    ///
    ///     >>> decision = engine.open(opening, actor=Actor.customer("kim"), now=now)
    ///     >>> decision.accepted, [event.kind for event in decision.events]
    ///     (True, ['opened'])
    ///
    /// Args:
    ///     opening: `commands.Open`, or the command as a document.
    #[pyo3(signature = (opening, *, actor, now) -> "sla_engine._hints.Decision")]
    fn open<'py>(&self, py: Python<'py>, opening: Json, actor: Actor, now: Instant) -> PyResult<Bound<'py, PyAny>> {
        let opening = wire::command::read_opening(opening.as_ref()).or_raise(py)?;
        let decision = self.engine.open(&opening, &actor.0, now.0).or_raise(py)?;
        self.decided(py, decision)
    }

    /// Return the decision on a command. Automatic events until `now` come first, in the same list of events.
    ///
    ///     >>> decision = engine.decide(ticket, commands.Assign("ana"), actor=Actor.admin("max"), now=now)
    ///     >>> decision.accepted, decision.ticket.agent
    ///     (True, 'ana')
    ///
    /// Args:
    ///     ticket: The ticket, or its history. Only a history will do where the command adopts a revision that measures
    ///         a timer which the ticket's revision does not measure; a ticket is refused then (`history_needed`).
    ///     command: One of `commands`, or the command as a document.
    ///     actor: The actor who gives the command.
    ///     now: Not before the ticket's last event, or the command is refused.
    ///
    /// Raises:
    ///     UnknownNameError: `unknown_revision` when the ticket is under one that this engine does not have.
    #[pyo3(signature = (ticket, command, *, actor, now) -> "sla_engine._hints.Decision")]
    fn decide<'py>(
        &self,
        py: Python<'py>,
        ticket: AnyTicket,
        command: Json,
        actor: Actor,
        now: Instant,
    ) -> PyResult<Bound<'py, PyAny>> {
        let command = wire::command::read(command.as_ref()).or_raise(py)?;
        let decision = self.decide_any(&ticket, &command, &actor, now.0).or_raise(py)?;
        self.decided(py, decision)
    }

    /// Return the decision on opening a ticket, with its events as the first entries of the ticket's chain.
    ///
    ///     >>> opened = engine.open_linked(opening, actor=Actor.customer("kim"), now=now)
    ///     >>> opened.head.entries, opened.values.status
    ///     (1, 'new')
    ///
    /// Args:
    ///     opening, actor, now: As for `open`.
    ///     detected_at: When the host stores them; by default `now`.
    ///     time_zone: The zone of the periods of `rows`; without it there are none.
    #[pyo3(signature = (opening, *, actor, now, detected_at=None, time_zone=None) -> "sla_engine._hints.LinkedDecision")]
    fn open_linked<'py>(
        &self,
        py: Python<'py>,
        opening: Json,
        actor: Actor,
        now: Instant,
        detected_at: Option<Instant>,
        time_zone: Option<&str>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let opening = wire::command::read_opening(opening.as_ref()).or_raise(py)?;
        let detected_at = detected_at.map_or(now.0, |at| at.0);
        let decision = self.engine.open(&opening, &actor.0, now.0).or_raise(py)?;
        let answer = decision.linked(&self.engine, None, detected_at).or_raise(py)?;
        let rows = AskedRows::read(time_zone, None).or_raise(py)?;
        linked(py, self.with_rows(answer, rows.as_ref(), now.0).or_raise(py)?)
    }

    /// Return the decision on a command, with its events linked to the ticket's chain: all that is to be stored.
    ///
    ///     >>> opened = engine.open_linked(opening, actor=Actor.customer("kim"), now=now)
    ///     >>> assign, root = commands.Assign("ana"), Actor.admin("root")
    ///     >>> assigned = engine.decide_linked(opened.ticket, opened.head, assign, actor=root, now=now)
    ///     >>> len(assigned.entries), assigned.values.agent
    ///     (1, 'ana')
    ///
    /// Args:
    ///     ticket, command, actor, now: As for `decide`.
    ///     head: The head of the ticket's chain.
    ///     detected_at: When the host stores them; by default `now`.
    ///     time_zone: The zone of the periods of `rows`; without it there are none.
    ///     row_state: For rows: the state of those before, as it was stored (`TicketRows.state`).
    ///
    /// Raises:
    ///     InputError: `invalid_history` when the head or the row state is not that of the ticket.
    #[pyo3(signature = (ticket, head: "Head", command, *, actor, now, detected_at=None, time_zone=None, row_state=None) -> "sla_engine._hints.LinkedDecision")]
    #[expect(clippy::too_many_arguments, reason = "named in Python")]
    fn decide_linked<'py>(
        &self,
        py: Python<'py>,
        ticket: AnyTicket,
        head: Json,
        command: Json,
        actor: Actor,
        now: Instant,
        detected_at: Option<Instant>,
        time_zone: Option<&str>,
        row_state: Option<Json>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let command = wire::command::read(command.as_ref()).or_raise(py)?;
        let instants = (now.0, detected_at.map_or(now.0, |at| at.0));
        let rows = AskedRows::read(time_zone, row_state.as_ref()).or_raise(py)?;
        let judged = self.judge(&ticket, head.as_ref(), Some((&command, &actor)), instants, rows.as_ref());
        let decision = judged.or_raise(py)?;
        linked(py, decision)
    }

    /// Return the automatic events until `now`, linked to the ticket's chain: all that is to be stored.
    ///
    /// Args:
    ///     ticket, now: As for `due_events`.
    ///     head, detected_at, time_zone, row_state: As for `decide_linked`.
    ///
    /// Raises:
    ///     InputError: `time_went_back` before the ticket's last event; `invalid_history` when the head or the row state is not
    ///         that of the ticket.
    #[pyo3(signature = (ticket, head: "Head", *, now, detected_at=None, time_zone=None, row_state=None) -> "sla_engine._hints.LinkedDecision")]
    #[expect(clippy::too_many_arguments, reason = "named in Python")]
    fn due_events_linked<'py>(
        &self,
        py: Python<'py>,
        ticket: AnyTicket,
        head: Json,
        now: Instant,
        detected_at: Option<Instant>,
        time_zone: Option<&str>,
        row_state: Option<Json>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let instants = (now.0, detected_at.map_or(now.0, |at| at.0));
        let rows = AskedRows::read(time_zone, row_state.as_ref()).or_raise(py)?;
        let decision = self.judge(&ticket, head.as_ref(), None, instants, rows.as_ref()).or_raise(py)?;
        linked(py, decision)
    }

    /// Return the decisions on many tickets. The fault of one does not stop the others: it is in its place.
    ///
    ///     >>> opened = engine.open_linked(opening, actor=Actor.customer("kim"), now=now)
    ///     >>> [due] = engine.batch([(opened.ticket, opened.head)], now=now + timedelta(hours=5))
    ///     >>> len(due.entries)
    ///     3
    ///
    /// Args:
    ///     requests: For each a ticket and the head of its chain, and for a command that and its actor; without a command the
    ///         answer has the automatic events until `now`. With a time zone the row state comes last.
    ///     now: The instant of all of them.
    ///     detected_at: When the host stores them; by default `now`.
    ///     time_zone: The zone of the periods of `rows`; without it there are none.
    #[pyo3(signature = (requests: "typing.Iterable[Request]", *, now, detected_at=None, time_zone=None) -> "tuple[LinkedDecision | Exception, ...]")]
    fn batch<'py>(
        &self,
        py: Python<'py>,
        requests: Bound<'py, PyAny>,
        now: Instant,
        detected_at: Option<Instant>,
        time_zone: Option<&str>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let instants = (now.0, detected_at.map_or(now.0, |at| at.0));
        let mut answers = Vec::new();
        for request in requests.try_iter()? {
            let judged = self.judge_request(py, &request?, instants, time_zone)?;
            answers.push(match judged {
                Ok(decision) => linked(py, decision)?,
                Err(error) => raised(py, &error).into_value(py).into_bound(py).into_any(),
            });
        }
        PyTuple::new(py, answers)
    }

    /// Return how fast the error budget of each objective burns, from counts that a database keeps: the condition of an alert,
    /// without a watch that remembers events.
    ///
    ///     >>> engine.burns({"first_response": [(now, 4, 1)]}, now=now)
    ///     ()
    ///
    /// Args:
    ///     counts: By timer: an instant, how many cycles were met or breached then, and how many of them breached. Counts of a
    ///         timer without an objective are ignored.
    ///     now: The end of the windows.
    ///
    /// Raises:
    ///     InputError: `limit_exceeded` when more cycles are breached than decided.
    ///     UnknownNameError: `unknown_timer` for a timer that no revision has.
    #[pyo3(signature = (counts: "BurnCounts", *, now))]
    fn burns(&self, py: Python<'_>, counts: BTreeMap<String, Vec<Counted>>, now: Instant) -> PyResult<Burns> {
        let mut all = BTreeMap::new();
        for (timer, counts) in counts {
            let counts = counts
                .into_iter()
                .map(|(at, Int(decided), Int(breached))| (at.0, Decided { decided, breached }))
                .collect();
            all.insert(Id::new(timer).or_raise(py)?, counts);
        }
        Ok(Burns(wire::alert::write_burns(&self.engine.burns(&all, now.0).or_raise(py)?)))
    }

    /// Return rows of a ticket for the tables of a database: one a cycle, one a fact. A row replaces the earlier row of its key.
    ///
    ///     >>> opened = engine.open_linked(opening, actor=Actor.customer("kim"), now=now, time_zone="UTC")
    ///     >>> asked = {"time_zone": "UTC", "row_state": opened.rows.state}
    ///     >>> rows = engine.ticket_rows(opened.ticket, now=now + timedelta(hours=1), **asked)
    ///     >>> rows.cycles[0].timer, rows.cycles[0].class_
    ///     ('first_response', 'running')
    ///
    /// Args:
    ///     ticket: A `History`, for the rows of its events after the row state, all of them without one; or a `Ticket`, for the
    ///         rows that change with `now` alone.
    ///     time_zone: The zone of the periods.
    ///     row_state: The state that was stored with the ticket (`TicketRows.state`).
    ///
    /// Raises:
    ///     InputError: `invalid_history` when the row state is not that of the ticket; `unknown_time_zone`.
    #[pyo3(signature = (ticket, *, now, time_zone, row_state=None))]
    fn ticket_rows(
        &self,
        py: Python<'_>,
        ticket: AnyTicket,
        now: Instant,
        time_zone: &str,
        row_state: Option<Json>,
    ) -> PyResult<TicketRows> {
        let state = row_state.map(|state| wire::rows::read_state(state.as_ref())).transpose().or_raise(py)?;
        let rows = match &ticket {
            AnyTicket::Short(ticket) => self.engine.ticket_rows(state.as_ref(), &ticket.get().0, [], now.0, time_zone),
            AnyTicket::Whole(history) => self.engine.history_rows(state.as_ref(), &history.get().0, now.0, time_zone),
        };
        Ok(TicketRows(wire::rows::write(&rows.or_raise(py)?)))
    }

    /// Return a ticket as values, for the columns of a database.
    ///
    ///     >>> values = engine.ticket_values(ticket)
    ///     >>> values.status, values.events, values.timers[0].timer
    ///     ('new', 1, 'first_response')
    fn ticket_values(&self, ticket: AnyTicket) -> TicketValues {
        TicketValues(wire::linked::write_values(&self.engine.ticket_values(ticket.get())))
    }

    /// Return the automatic events until `now` (steps, breaches, ends of pauses), to be stored.
    ///
    ///     >>> [event.kind for event in engine.due_events(ticket, now=now + timedelta(hours=5)).events]
    ///     ['warned', 'breached', 'escalated']
    ///
    /// Raises:
    ///     InputError: `time_went_back` before the ticket's last event.
    #[pyo3(signature = (ticket, *, now) -> "sla_engine._hints.DueEvents")]
    fn due_events<'py>(&self, py: Python<'py>, ticket: AnyTicket, now: Instant) -> PyResult<Bound<'py, PyAny>> {
        let due = self.engine.due_events(ticket.get(), now.0).or_raise(py)?;
        let events = Events(list(due.events.iter().map(wire::ticket::write_event)));
        let (ticket, next) = (Bound::new(py, Ticket(due.ticket))?, maybe_utc(py, due.next_check_at)?);
        value(py, "DueEvents", (events, ticket, next))
    }

    /// Return the state of a ticket and its timers as of an instant.
    ///
    ///     >>> timer = engine.evaluate(ticket, now=now).timers["first_response"]
    ///     >>> timer.state, timer.due_at.isoformat()
    ///     ('running', '2026-03-02T14:00:00+00:00')
    ///
    /// Raises:
    ///     InputError: `time_went_back` before the ticket's last event.
    #[pyo3(signature = (ticket, *, now))]
    fn evaluate(&self, py: Python<'_>, ticket: AnyTicket, now: Instant) -> PyResult<Evaluation> {
        Ok(Evaluation(wire::evaluation::write(&self.engine.evaluate(ticket.get(), now.0).or_raise(py)?)))
    }

    /// Evaluate many tickets into columns.
    ///
    /// Args:
    ///     tickets: Any iterable of tickets or histories.
    ///     now: As of when.
    ///
    /// Returns:
    ///     A table with a row for each cycle, in the order of the tickets, timers and cycles: ticket_id, package, status,
    ///     agent, timer, outcome, activity, cycle (from 1), started_at, due_at, breached_at, stopped_at (UTC, microseconds),
    ///     target, elapsed, remaining, overdue (durations of business time), provisional. A ticket without cycles has one
    ///     row without timer.
    ///
    /// Raises:
    ///     InputError: `time_went_back` before the last event of a ticket.
    #[pyo3(signature = (tickets: "typing.Iterable[Ticket | History]", *, now))]
    fn evaluate_tickets(&self, py: Python<'_>, tickets: Bound<'_, PyAny>, now: Instant) -> PyResult<Table> {
        standing::evaluate(py, &self.engine, &tickets, now.0)
    }

    /// Return the instant of the ticket's next automatic event; None without one.
    fn next_check_at<'py>(&self, py: Python<'py>, ticket: AnyTicket) -> PyResult<Option<Bound<'py, PyDateTime>>> {
        maybe_utc(py, self.engine.next_check_at(ticket.get()).or_raise(py)?)
    }

    /// Return the history of a ticket from the commands that another system recorded. Every command is decided at its own
    /// instant; automatic events are added.
    ///
    ///     >>> opened = RecordedCommand(now, Actor.customer("kim"), opening)
    ///     >>> engine.import_history([opened]).history == History(engine.open(opening, actor=opened.actor, now=now).events)
    ///     True
    ///
    /// Args:
    ///     recorded: Values of `RecordedCommand`, oldest first, the opening first; or a JSON list of them.
    #[pyo3(signature = (recorded) -> "sla_engine._hints.Import")]
    fn import_history<'py>(&self, py: Python<'py>, recorded: Json) -> PyResult<Bound<'py, PyAny>> {
        let recorded = wire::command::read_recorded(recorded.as_ref()).or_raise(py)?;
        let wire::command::Recorded { opened_at, opener, opening, commands } = recorded;
        let import = self.engine.import(&opening, &opener, opened_at, &commands).or_raise(py)?;
        let refused = |index: usize, refusal| {
            value(py, "RefusedCommand", (index, Refusal(wire::evaluation::write_refusal(refusal))))
        };
        match import.into_result() {
            Ok(import) => {
                // Index 0 is the opening, which the engine counts apart.
                let all = import.refused.iter().map(|one| refused(one.index.saturating_add(1), &one.refusal));
                let all = PyTuple::new(py, all.collect::<PyResult<Vec<_>>>()?)?;
                value(py, "Import", (History(import.history), all))
            }
            Err(refusal) => value(py, "Import", (py.None(), (refused(0, &refusal)?,))),
        }
    }

    /// Verify a history by playing its commands again: the rules must make every event as it is recorded.
    ///
    /// A chain (`audit.verify`) proves that nothing was changed since it was linked, this proves that the rules made it.
    ///
    ///     >>> engine.verify(history, snapshot=history.ticket).whole
    ///     True
    ///
    /// Args:
    ///     history: The ticket with its events.
    ///     snapshot: A stored state that must be the fold of the first events of the history.
    ///
    /// Raises:
    ///     UnknownNameError: `unknown_revision` when an event is under a revision that the engine was not compiled with.
    #[pyo3(signature = (history, *, snapshot=None))]
    fn verify(&self, py: Python<'_>, history: &History, snapshot: Option<AnyTicket>) -> PyResult<HistoryVerification> {
        let snapshot = snapshot.as_ref().map(AnyTicket::get);
        let found = py.detach(|| self.engine.verify(&history.0, snapshot)).or_raise(py)?;
        Ok(HistoryVerification(wire::verification::write(&found)))
    }

    /// Return what adopting the newest revision would do to tickets, without doing it.
    ///
    /// Args:
    ///     tickets: Tickets or histories. A revision that measures a timer which the ticket's own did not needs the history
    ///         (`history_needed`).
    ///     apply: ``keep``, ``from_now`` or ``retroactive``.
    ///
    /// Raises:
    ///     InputError: `unknown_word` for another `apply`. A ticket that cannot adopt it is in `refused`.
    #[pyo3(signature = (tickets: "typing.Iterable[Ticket | History]", *, apply, now))]
    fn dry_run(&self, py: Python<'_>, tickets: Bound<'_, PyAny>, apply: &str, now: Instant) -> PyResult<DryRun> {
        let apply: Apply = apply.parse().or_raise(py)?;
        let tickets: Vec<AnyTicket> = tickets.try_iter()?.map(|one| one?.extract()).collect::<PyResult<_>>()?;
        let run =
            py.detach(|| self.engine.dry_run(tickets.iter().map(AnyTicket::for_dry_run), apply, now.0)).or_raise(py)?;
        Ok(DryRun(wire::evaluation::write_dry_run(&run)))
    }

    /// Return the derivation of a due, to the microsecond.
    ///
    ///     >>> explanation = engine.explain(history, "first_response", now=now)
    ///     >>> sum(part.counted_us for part in (*explanation.passed, *explanation.ahead)) == explanation.cycle.target_us
    ///     True
    ///
    /// Args:
    ///     history: The ticket with its events.
    ///     timer: For example ``resolution``.
    ///     now: The instant as of which it is explained.
    ///     cycle: The number of the cycle, from 1; by default the latest.
    ///
    /// Raises:
    ///     UnknownNameError: `unknown_timer` when the timer has no such cycle on this ticket.
    #[pyo3(signature = (history, timer, *, now, cycle=None))]
    fn explain(
        &self,
        py: Python<'_>,
        history: &History,
        timer: &str,
        now: Instant,
        cycle: Option<Int<u32>>,
    ) -> PyResult<Explanation> {
        let cycle = cycle.map(|cycle| cycle.0);
        let found = py.detach(|| self.engine.explain(&history.0, timer, cycle, now.0)).or_raise(py)?;
        Ok(Explanation(wire::explanation::write(&found)))
    }

    /// Return the time ledger of a ticket: every microsecond since its opening, by what it was.
    ///
    ///     >>> sum(entry.open_us + entry.closed_us for entry in engine.ledger(history, now=now).entries)
    ///     0
    ///
    /// Raises:
    ///     InputError: `time_went_back` before the ticket's last event.
    #[pyo3(signature = (history, *, now))]
    fn ledger(&self, py: Python<'_>, history: &History, now: Instant) -> PyResult<Ledger> {
        Ok(Ledger(wire::explanation::write_ledger(&self.engine.ledger(&history.0, now.0).or_raise(py)?)))
    }

    /// Say where each promise of many tickets stands, given as wide rows: one row a ticket, its milestones as columns.
    ///
    /// Exact for tickets that never paused and were not reopened; give others as a log.
    ///
    /// Args:
    ///     rows: A table of Arrow data with the columns package, channel, opened_at, and, where there are any, ticket_id,
    ///         assigned_at, first_reply_at (other than by the resolve), resolved_at, severity, category. A milestone that
    ///         has not happened is null.
    ///     now: As of when.
    ///     timers: Those that milestones decide; all of them unless given.
    ///     answers: Which columns are wanted for each timer, any of due_at, warn_at, state, elapsed and overdue; all of them
    ///         unless given. What is not wanted is not computed.
    ///     columns: What the table calls the columns, by the names above.
    ///     constants: One value for all rows, for columns that the table lacks, for example ``{"channel": "email"}``.
    ///     time_zone: The IANA zone of instants without one; they are refused unless it is given.
    ///     threads: How many threads judge rows; by default one for each core. The answer does not depend on it.
    ///
    /// Returns:
    ///     A table with a row for each row, in the same order and the same batches: ticket_id if there is one, then for each
    ///     timer T: T_due_at, T_warn_at of its earliest warning step (UTC, microseconds), T_state (not_started, running, met or breached; null when
    ///     nothing is promised), T_elapsed and T_overdue (durations of business time); last refused, a code for a row that
    ///     cannot be judged, whose answers are null.
    ///
    /// Raises:
    ///     InputError: `missing_field` for a column, `wrong_type`, `naive_datetime`.
    ///     UnknownNameError: `unknown_timer`, also for a timer that milestones do not decide.
    #[pyo3(signature = (rows, *, now, timers=None, answers=None, columns=None, constants=None, time_zone=None, threads=None))]
    #[expect(clippy::too_many_arguments, reason = "named in Python")]
    fn evaluate_rows(
        &self,
        py: Python<'_>,
        rows: Input,
        now: Instant,
        timers: Option<Words>,
        answers: Option<Words>,
        columns: Option<HashMap<String, String>>,
        constants: Option<HashMap<String, String>>,
        time_zone: Option<String>,
        threads: Option<Threads>,
    ) -> PyResult<Table> {
        let reading = Reading { columns, constants, time_zone };
        let asked = Asked::new(py, answers.map(|answers| answers.0))?;
        let wide = self.wide(py, &rows, timers, reading, &[], threads)?;
        Ok(wide.judge(py, now.0, asked, None)?.0)
    }

    /// Say where each promise of many tickets stands and add them up, in one pass over wide rows.
    ///
    ///     >>> import pyarrow as pa
    ///     >>> rows = pa.table({"package": ["starter"], "channel": ["email"], "opened_at": pa.array([now])})
    ///     >>> table, figures = engine.judge_rows(rows, now=now, answers=["due_at"], by=["package"])
    ///     >>> table.column_names, figures.report().total.tickets.opened
    ///     (['first_response_due_at', 'resolution_due_at', 'refused'], 1)
    ///
    /// Args:
    ///     rows, now, timers, answers, columns, constants, time_zone, threads: As for `evaluate_rows`.
    ///     by, period, period_zone, durations: As for `aggregate_rows`.
    ///
    /// Returns:
    ///     The table of `evaluate_rows` and the figures of `aggregate_rows`.
    #[pyo3(signature = (rows, *, now, by=Words(vec![]), period=None, period_zone="UTC", timers=None, answers=None, durations=true, columns=None, constants=None, time_zone=None, threads=None))]
    #[expect(clippy::too_many_arguments, reason = "named in Python")]
    fn judge_rows(
        &self,
        py: Python<'_>,
        rows: Input,
        now: Instant,
        by: Words,
        period: Option<&str>,
        period_zone: &str,
        timers: Option<Words>,
        answers: Option<Words>,
        durations: bool,
        columns: Option<HashMap<String, String>>,
        constants: Option<HashMap<String, String>>,
        time_zone: Option<String>,
        threads: Option<Threads>,
    ) -> PyResult<(Table, Aggregate)> {
        let grouping = grouping(py, &by.0, period, period_zone, &database(self.zones.as_ref()))?;
        let reading = Reading { columns, constants, time_zone };
        let asked = Asked::new(py, answers.map(|answers| answers.0))?;
        let wide = self.wide(py, &rows, timers, reading, grouping.dimensions(), threads)?;
        let (table, sum) = wide.judge(py, now.0, asked, Some(Summing { grouping: &grouping, durations }))?;
        Ok((table, Aggregate(sum.unwrap_or_else(|| sla_core::analytics::Aggregate::new(grouping)))))
    }

    /// Add up many tickets, given as wide rows. The figures are those of the same tickets' histories, but for what rows do
    /// not say: escalations, warnings, replies, closing, held times, and who worked on a ticket. Rows that cannot be judged
    /// are not counted; `evaluate_rows` names them.
    ///
    /// Args:
    ///     by, period, period_zone: As for `Aggregate.of`. By agent or team, the columns agent and team say who holds a
    ///         ticket from the assignment on.
    ///     durations: Whether durations are added up. Without them counts are the same and means, medians and percentiles are
    ///         None: tickets and cycles are counted only, which takes less time.
    ///     rows, now, timers, columns, constants, time_zone, threads: As for `evaluate_rows`.
    #[pyo3(signature = (rows, *, now, by=Words(vec![]), period=None, period_zone="UTC", timers=None, durations=true, columns=None, constants=None, time_zone=None, threads=None))]
    #[expect(clippy::too_many_arguments, reason = "named in Python")]
    fn aggregate_rows(
        &self,
        py: Python<'_>,
        rows: Input,
        now: Instant,
        by: Words,
        period: Option<&str>,
        period_zone: &str,
        timers: Option<Words>,
        durations: bool,
        columns: Option<HashMap<String, String>>,
        constants: Option<HashMap<String, String>>,
        time_zone: Option<String>,
        threads: Option<Threads>,
    ) -> PyResult<Aggregate> {
        let grouping = grouping(py, &by.0, period, period_zone, &database(self.zones.as_ref()))?;
        let reading = Reading { columns, constants, time_zone };
        let wide = self.wide(py, &rows, timers, reading, grouping.dimensions(), threads)?;
        Ok(Aggregate(py.detach(|| wide.aggregate(now.0, Summing { grouping: &grouping, durations })).or_raise(py)?))
    }

    /// Say where each promise of many tickets stands, given as a log of what people did: a row a command, or a state.
    ///
    /// What people did is taken as given: channels, roles and reasons are not judged, and steps do not fire. `import_log`
    /// judges everything; where it refuses nothing, both say the same.
    ///
    /// Args:
    ///     log: A table of Arrow data. docs/columns.md says which columns a row needs: ticket_id, event_at, and kind or
    ///         state always. Or one row a ticket with a list of structs in the column events. The rows of a ticket lie
    ///         together, oldest first.
    ///     now: As of when. Later rows are left out.
    ///     states: What each state means, for a log of states: new, active, pending, on_hold, resolved, closed or voided;
    ///         or a dict with that as means, replied (whether entering it answers the customer) and reason.
    ///     sort: Whether to sort the log by ticket, time and sequence first; otherwise one that is not sorted is refused.
    ///     columns, constants, time_zone, threads: As for `evaluate_rows`.
    ///
    /// Returns:
    ///     A table with a row for each promise, in the order of the log's tickets, timers and cycles: ticket_id, package,
    ///     status, timer, cycle (from 1), state, started_at, stopped_at, due_at, warn_at (UTC, microseconds), elapsed,
    ///     remaining, overdue (durations of business time), left_out (how many rows of the ticket its status did not
    ///     allow, could not be read, or lie after `now`), refused (why the ticket could not be opened). A ticket without
    ///     promises has one row without timer. warn_at is when the earliest warning step fires or would have fired; null
    ///     without one, while a promise is paused, and where a pause or a change of terms came after it.
    ///
    /// Raises:
    ///     InputError: `unsorted_log`, `missing_field` for a column, `wrong_type`, `naive_datetime`, `unknown_word` for a
    ///         meaning.
    #[pyo3(signature = (log, *, now, states=None, columns=None, constants=None, time_zone=None, sort=false, threads=None))]
    #[expect(clippy::too_many_arguments, reason = "named in Python")]
    fn evaluate_log(
        &self,
        py: Python<'_>,
        log: Input,
        now: Instant,
        states: Option<StatesArgument>,
        columns: Option<HashMap<String, String>>,
        constants: Option<HashMap<String, String>>,
        time_zone: Option<String>,
        sort: bool,
        threads: Option<Threads>,
    ) -> PyResult<Table> {
        let states = states.map(|states| states.0);
        let log = self.log(py, &log, states.as_ref(), Reading { columns, constants, time_zone }, sort)?;
        log::evaluate(py, self, &log, states.as_ref(), now.0, threads.unwrap_or_default())
    }

    /// Make histories of a log of what people did. Every row is judged at its own instant; automatic events come in place.
    ///
    /// Args:
    ///     now: Rows later than this are left out; none are unless it is given.
    ///     log, states, columns, constants, time_zone, sort, threads: As for `evaluate_log`.
    ///
    /// Returns:
    ///     The histories, the rows that were left out, and remarks on columns that were ignored.
    #[pyo3(signature = (log, *, now=None, states=None, columns=None, constants=None, time_zone=None, sort=false, threads=None) -> "sla_engine._hints.LogImport")]
    #[expect(clippy::too_many_arguments, reason = "named in Python")]
    fn import_log<'py>(
        &self,
        py: Python<'py>,
        log: Input,
        now: Option<Instant>,
        states: Option<StatesArgument>,
        columns: Option<HashMap<String, String>>,
        constants: Option<HashMap<String, String>>,
        time_zone: Option<String>,
        sort: bool,
        threads: Option<Threads>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let states = states.map(|states| states.0);
        let log = self.log(py, &log, states.as_ref(), Reading { columns, constants, time_zone }, sort)?;
        let threads = threads.unwrap_or_default();
        log::import(py, self, &log, Judging { states: states.as_ref(), now: now.map(|now| now.0), threads })
    }

    /// Add up many tickets, given as a log of what people did; judged as by `import_log`, without keeping histories.
    ///
    /// Args:
    ///     now: As of when. Later rows are left out.
    ///     by, period, period_zone: As for `Aggregate.of`.
    ///     log, states, columns, constants, time_zone, sort, threads: As for `evaluate_log`.
    ///
    /// Returns:
    ///     The figures, the rows that were left out, and remarks on columns that were ignored.
    #[pyo3(signature = (log, *, now, by=Words(vec![]), period=None, period_zone="UTC", states=None, columns=None, constants=None, time_zone=None, sort=false, threads=None) -> "sla_engine._hints.LogAggregate")]
    #[expect(clippy::too_many_arguments, reason = "named in Python")]
    fn aggregate_log<'py>(
        &self,
        py: Python<'py>,
        log: Input,
        now: Instant,
        by: Words,
        period: Option<&str>,
        period_zone: &str,
        states: Option<StatesArgument>,
        columns: Option<HashMap<String, String>>,
        constants: Option<HashMap<String, String>>,
        time_zone: Option<String>,
        sort: bool,
        threads: Option<Threads>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let grouping = grouping(py, &by.0, period, period_zone, &database(self.zones.as_ref()))?;
        let states = states.map(|states| states.0);
        let log = self.log(py, &log, states.as_ref(), Reading { columns, constants, time_zone }, sort)?;
        let judging = Judging { states: states.as_ref(), now: Some(now.0), threads: threads.unwrap_or_default() };
        let (sum, import) = log::aggregate(py, self, &log, judging, now.0, &grouping)?;
        log::answer(py, "LogAggregate", Bound::new(py, Aggregate(sum))?.into_any(), &import)
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.key == other.key
    }

    fn __hash__(&self) -> u64 {
        hash_of(self.key)
    }

    fn __repr__(&self) -> String {
        let policy = self.engine.policy();
        format!("<Engine of {} version {}, {} revisions>", policy.id, policy.version, self.revisions)
    }

    #[pyo3(signature = () -> "tuple[typing.Any, ...]")]
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let documents = self.documents.iter().map(|document| pyo3::types::PyBytes::new(py, document));
        let documents = PyTuple::new(py, documents)?;
        let rebuild = py.get_type::<Self>().getattr("_of")?;
        (rebuild, (documents, self.own_zones(py))).into_pyobject(py)
    }

    #[staticmethod]
    fn _of(py: Python<'_>, documents: Vec<Vec<u8>>, zones: Option<Py<Zones>>) -> PyResult<Self> {
        Self::read(py, documents, zones)
    }
}
