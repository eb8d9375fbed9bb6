//! Tickets, their histories, and actors.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDateTime, PyIterator};
use sla_core::engine::DryRunTicket;
use sla_core::ticket::{Event, History as Whole, Role, Ticket as Fold};
use sla_core::{Digest, Error, ticket, wire};

use crate::document::{Events, Json, Words, list};
use crate::error::OrRaise;
use crate::instant::utc;
use crate::zones::hash_of;

/// An actor as an argument: anything with a role and an id, and perhaps teams and an organization.
pub(crate) struct Actor(pub(crate) ticket::Actor);

impl<'a, 'py> FromPyObject<'a, 'py> for Actor {
    type Error = PyErr;

    #[cfg(feature = "stubs")]
    const INPUT_TYPE: pyo3::inspect::PyStaticExpr = pyo3::type_hint_identifier!("sla_engine._hints", "Actor");

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let (Some(role), Some(id)) = (object.getattr_opt("role")?, object.getattr_opt("id")?) else {
            let name = object.get_type().name()?;
            return Err(PyTypeError::new_err(format!(
                "expected an Actor, for example Actor.agent(\"ana\"), not {name}"
            )));
        };
        let (role, id): (String, String) = (role.extract()?, id.extract()?);
        let mut actor = ticket::Actor::new(role.parse::<Role>().or_raise(object.py())?, id);
        if let Some(teams) = object.getattr_opt("teams")? {
            actor.teams = teams.extract()?;
        }
        if let Some(organization) = object.getattr_opt("organization")? {
            actor.organization = organization.extract()?;
        }
        Ok(Self(actor))
    }
}

/// Events as an argument: values of `sla_engine.documents.Event`, in any iterable, or a JSON list of them.
pub(crate) struct EventList(pub(crate) Vec<Event>);

impl<'a, 'py> FromPyObject<'a, 'py> for EventList {
    type Error = PyErr;

    #[cfg(feature = "stubs")]
    const INPUT_TYPE: pyo3::inspect::PyStaticExpr = pyo3::type_hint_identifier!("sla_engine._hints", "EventList");

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        Ok(Self(wire::ticket::read_events(object.extract::<Json>()?.as_ref()).or_raise(object.py())?))
    }
}

/// A ticket: the state after its events, which every question takes. Immutable.
///
///     >>> ticket.id, ticket.status, len(ticket)
///     ('T-1', 'new', 1)
///     >>> Ticket.from_json(ticket.json()) == ticket
///     True
///
/// Store `json()`, and read it with `from_json`; or take the ticket of a `History`.
#[pyclass(frozen, module = "sla_engine")]
pub(crate) struct Ticket(pub(crate) Fold);

#[pymethods]
impl Ticket {
    /// Return the ticket that `json` wrote, or the ticket of a history.
    ///
    /// Raises:
    ///     InputError: `invalid_history`, `unsupported_schema`, or another fault of the document.
    #[staticmethod]
    fn from_json(py: Python<'_>, document: Json) -> PyResult<Self> {
        Ok(Self(wire::ticket::read_ticket(document.as_ref()).or_raise(py)?))
    }

    /// Return the ticket as a document, ``sla-ticket/1``, to store.
    fn json(&self) -> String {
        wire::snapshot::write(&self.0)
    }

    /// Return the ticket after more events.
    ///
    ///     >>> decision = engine.decide(ticket, commands.Assign("ana"), actor=Actor.admin("max"), now=now)
    ///     >>> ticket.fold(decision.events) == decision.ticket
    ///     True
    ///
    /// Raises:
    ///     InputError: `invalid_history` when an event does not follow.
    fn fold(&self, py: Python<'_>, events: EventList) -> PyResult<Self> {
        let mut ticket = self.0.clone();
        events.0.iter().try_for_each(|event| ticket.apply(event)).or_raise(py)?;
        Ok(Self(ticket))
    }

    /// The host's id of the ticket.
    #[getter]
    fn id(&self) -> &str {
        self.0.id.as_str()
    }

    /// The status: new, open, pending, on_hold, resolved, closed, withdrawn or voided.
    #[getter]
    fn status(&self) -> &'static str {
        self.0.status.as_str()
    }

    /// The customer.
    #[getter]
    fn customer(&self) -> &str {
        self.0.customer.as_str()
    }

    /// The customer's package.
    #[getter]
    fn package(&self) -> &str {
        self.0.package.as_str()
    }

    /// The channel of the opening.
    #[getter]
    fn channel(&self) -> &str {
        self.0.channel.as_str()
    }

    /// The agent who holds the ticket; None without one.
    #[getter]
    fn agent(&self) -> Option<&str> {
        self.0.agent.as_ref().map(sla_core::Id::as_str)
    }

    /// The team that the ticket is assigned to; None without one.
    #[getter]
    fn team(&self) -> Option<&str> {
        self.0.team.as_ref().map(sla_core::Id::as_str)
    }

    /// The organization of the customer; None without one.
    #[getter]
    fn organization(&self) -> Option<&str> {
        self.0.organization.as_ref().map(sla_core::Id::as_str)
    }

    /// Who wrote first: inbound for the customer, outbound for an agent or admin.
    #[getter]
    fn direction(&self) -> &'static str {
        self.0.direction.as_str()
    }

    /// The severity; None where the policy lists none.
    #[getter]
    fn severity(&self) -> Option<&str> {
        self.0.severity.as_ref().map(sla_core::Id::as_str)
    }

    /// The category; None where the policy lists none.
    #[getter]
    fn category(&self) -> Option<&str> {
        self.0.category.as_ref().map(sla_core::Id::as_str)
    }

    /// The instant of the opening, in UTC.
    #[getter]
    fn opened_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDateTime>> {
        utc(py, self.0.opened_at)
    }

    /// The instant of the last event, in UTC. No command and no question may be before it.
    #[getter]
    fn last_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDateTime>> {
        utc(py, self.0.last_at)
    }

    /// The digest of the ticket's policy revision.
    #[getter]
    fn policy_digest(&self) -> String {
        self.0.policy_digest.to_string()
    }

    /// Return the number of events.
    fn __len__(&self) -> usize {
        usize::try_from(self.0.events).unwrap_or(usize::MAX)
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    fn __hash__(&self) -> u64 {
        hash_of(Digest::of(self.json().as_bytes()))
    }

    fn __repr__(&self) -> String {
        format!("<Ticket {}, {}, {} events>", self.0.id, self.0.status.as_str(), self.0.events)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((py.get_type::<Self>().getattr("from_json")?, (self.json(),)))
    }
}

/// All events of a ticket, oldest first, checked. Immutable.
///
///     >>> History(history.events).ticket == history.ticket
///     True
///
/// Args:
///     events: Values of `Event`, or a JSON list of them; the opening first.
///
/// Raises:
///     InputError: `invalid_history` when they are not the events of one ticket in their order.
#[pyclass(frozen, module = "sla_engine")]
pub(crate) struct History(pub(crate) Whole);

#[pymethods]
impl History {
    #[new]
    fn new(py: Python<'_>, events: EventList) -> PyResult<Self> {
        Ok(Self(Whole::new(events.0).or_raise(py)?))
    }

    /// Return the history that `json` wrote.
    ///
    /// Raises:
    ///     InputError: `invalid_history`, `unsupported_schema`, or another fault of the document.
    #[staticmethod]
    fn from_json(py: Python<'_>, document: Json) -> PyResult<Self> {
        Ok(Self(wire::ticket::read_history(document.as_ref()).or_raise(py)?))
    }

    /// Return the history of the stored entries of a ticket's chain.
    ///
    ///     >>> opened = engine.open_linked(opening, actor=Actor.customer("kim"), now=now)
    ///     >>> History.from_entries(opened.entries).ticket == opened.ticket
    ///     True
    ///
    /// Args:
    ///     entries: As JSON, oldest first. Their hashes are not compared: `audit.verify_entries` does that.
    ///
    /// Raises:
    ///     InputError: `invalid_history`, or another fault of the entries.
    #[staticmethod]
    #[pyo3(signature = (entries: "typing.Iterable[str]"))]
    fn from_entries(py: Python<'_>, entries: Words) -> PyResult<Self> {
        Ok(Self(wire::ticket::read_history(list(entries.0)).or_raise(py)?))
    }

    /// Return the history as a document, ``sla-history/1``, one event a line.
    fn json(&self) -> String {
        wire::ticket::write_history(&self.0)
    }

    /// Return the history with more events.
    ///
    /// Raises:
    ///     InputError: `invalid_history` when an event does not follow.
    fn extend(&self, py: Python<'_>, events: EventList) -> PyResult<Self> {
        let mut history = self.0.clone();
        history.extend(events.0).or_raise(py)?;
        Ok(Self(history))
    }

    /// The events, oldest first.
    #[getter]
    fn events(&self) -> Events {
        Events(list(self.0.events().iter().map(wire::ticket::write_event)))
    }

    /// The ticket after the last event.
    #[getter]
    fn ticket(&self) -> Ticket {
        Ticket(self.0.ticket().clone())
    }

    /// Return the number of events.
    fn __len__(&self) -> usize {
        self.0.events().len()
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    fn __hash__(&self) -> u64 {
        hash_of(Digest::of(self.json().as_bytes()))
    }

    fn __repr__(&self) -> String {
        format!("<History of {}, {} events>", self.0.ticket().id, self.0.events().len())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((py.get_type::<Self>().getattr("from_json")?, (self.json(),)))
    }
}

/// A ticket as an argument: alone, or with its history.
pub(crate) enum AnyTicket {
    Short(Py<Ticket>),
    Whole(Py<History>),
}

impl<'a, 'py> FromPyObject<'a, 'py> for AnyTicket {
    type Error = PyErr;

    #[cfg(feature = "stubs")]
    const INPUT_TYPE: pyo3::inspect::PyStaticExpr = pyo3::type_hint_identifier!("sla_engine._hints", "AnyTicket");

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(ticket) = object.cast::<Ticket>() {
            return Ok(Self::Short(ticket.to_owned().unbind()));
        }
        if let Ok(history) = object.cast::<History>() {
            return Ok(Self::Whole(history.to_owned().unbind()));
        }
        let name = object.get_type().name()?;
        Err(PyTypeError::new_err(format!("expected a Ticket or a History, not {name}")))
    }
}

impl AnyTicket {
    pub(crate) fn get(&self) -> &Fold {
        match self {
            Self::Short(ticket) => &ticket.get().0,
            Self::Whole(history) => history.get().0.ticket(),
        }
    }

    pub(crate) fn for_dry_run(&self) -> DryRunTicket<'_> {
        match self {
            Self::Short(ticket) => (&ticket.get().0).into(),
            Self::Whole(history) => (&history.get().0).into(),
        }
    }
}

/// The number of tickets that are taken from an iterator at a time. Releasing the interpreter costs about as much as taking a
/// few of them.
const CHUNK: usize = 1_024;

/// Takes items of an iterable in chunks, and works on each chunk without the interpreter.
pub(crate) fn each_chunk<'py, T>(
    py: Python<'py>,
    items: &Bound<'py, PyAny>,
    mut work: impl FnMut(&T) -> Result<(), Error> + Send,
) -> PyResult<()>
where
    T: for<'a> FromPyObject<'a, 'py, Error: Into<PyErr>> + Send + Sync,
{
    let mut items: Bound<'py, PyIterator> = items.try_iter()?;
    loop {
        let mut chunk: Vec<T> = Vec::with_capacity(CHUNK);
        for item in items.by_ref().take(CHUNK) {
            chunk.push(item?.extract().map_err(Into::into)?);
        }
        if chunk.is_empty() {
            return Ok(());
        }
        py.detach(|| chunk.iter().try_for_each(&mut work)).or_raise(py)?;
    }
}
