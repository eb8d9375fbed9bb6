//! Chains of entries that show when an entry was altered, removed, inserted or reordered.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use sla_core::audit::{self, Chain, ChainKind, Content, Denial, Head as Place, Publication, Tampering};
use sla_core::ticket::Event;
use sla_core::{Error, Id, wire};

use crate::document::{Head, Json, Words, value};
use crate::error::{OrRaise, fault};
use crate::instant::Instant;
use crate::ticket::{Actor, EventList};

/// Return the entries of a ticket's events, linked to its chain.
///
///     >>> linked = audit.link(None, history.events, detected_at=now)
///     >>> audit.verify(audit.chain("ticket", "T-1", linked.entries)).whole
///     True
///
/// Args:
///     head: The head of the chain; None to begin one.
///     events: The events that follow.
///     detected_at: When the host stores them; not hashed.
///
/// Raises:
///     InputError: `invalid_history` when an event does not follow; `empty_list` without events and head.
#[pyfunction]
#[pyo3(name = "audit_link", signature = (head: "Head | None", events, *, detected_at) -> "sla_engine._hints.Linked")]
pub(crate) fn link<'py>(
    py: Python<'py>,
    head: Option<Json>,
    events: EventList,
    detected_at: Instant,
) -> PyResult<Bound<'py, PyAny>> {
    let mut chain = match (head, events.0.first()) {
        (Some(head), _) => Chain::resume(wire::audit::read_head(head.as_ref()).or_raise(py)?).or_raise(py)?,
        (None, Some(event)) => Chain::new(event.ticket.clone()),
        (None, None) => {
            return Err(fault(
                py,
                "empty_list",
                "a chain without events has no head",
                "pass events, or the head of the chain",
            ));
        }
    };
    let entries = chain.extend(events.0, detected_at.0).or_raise(py)?;
    linked(py, entries.iter().map(wire::audit::write_entry), chain.head())
}

/// Return the entry of a refusal, linked to the chain of denied access.
///
/// Args:
///     head: The head of the chain; None to begin one.
///     log: The id of the chain.
///     actor: The actor who was refused.
///     refusal: The refusal.
///     now: The instant of the refusal.
///     ticket: The id of the ticket that the command concerned.
#[pyfunction]
#[pyo3(name = "audit_deny", signature = (head: "Head | None", log, *, actor, refusal: "Refusal", now, ticket=None) -> "sla_engine._hints.Linked")]
pub(crate) fn deny<'py>(
    py: Python<'py>,
    head: Option<Json>,
    log: &str,
    actor: Actor,
    refusal: Json,
    now: Instant,
    ticket: Option<&str>,
) -> PyResult<Bound<'py, PyAny>> {
    let mut chain: Chain<Denial> = match head {
        Some(head) => Chain::resume(wire::audit::read_head(head.as_ref()).or_raise(py)?).or_raise(py)?,
        None => Chain::new(Id::new(log).or_raise(py)?),
    };
    let ticket = ticket.map(Id::new).transpose().or_raise(py)?;
    let refusal = wire::audit::read_refusal(refusal.as_ref()).or_raise(py)?;
    let entry = chain.deny(&actor.0, ticket, refusal, now.0);
    linked(py, [wire::audit::write_entry(&entry)], chain.head())
}

fn linked<'py>(
    py: Python<'py>,
    entries: impl IntoIterator<Item = String>,
    head: &Place,
) -> PyResult<Bound<'py, PyAny>> {
    let entries = PyTuple::new(py, entries.into_iter().collect::<Vec<_>>())?;
    value(py, "Linked", (entries, Head(wire::audit::write_head(head))))
}

/// Return entries as a chain, the document that verifiers read.
///
/// Args:
///     kind: ``ticket``, ``access`` or ``policy``.
///     id: The id of the ticket, the chain of denied access, or the policy.
///     entries: As JSON, oldest first.
#[pyfunction]
#[pyo3(name = "audit_chain", signature = (kind, id, entries: "typing.Iterable[str]"))]
pub(crate) fn chain(py: Python<'_>, kind: &str, id: &str, entries: Bound<'_, PyAny>) -> PyResult<String> {
    let kind: ChainKind = kind.parse().or_raise(py)?;
    let id = Id::new(id).or_raise(py)?;
    let entries: Vec<String> = entries.try_iter()?.map(|one| one?.extract()).collect::<PyResult<_>>()?;
    let entries = crate::document::list(entries);
    let text = match kind {
        ChainKind::Ticket => {
            wire::audit::read_entries::<Event>(&entries).map(|all| wire::audit::write_chain(&id, &all))
        }
        ChainKind::Access => {
            wire::audit::read_entries::<Denial>(&entries).map(|all| wire::audit::write_chain(&id, &all))
        }
        ChainKind::Policy => {
            wire::audit::read_entries::<Publication>(&entries).map(|all| wire::audit::write_chain(&id, &all))
        }
    };
    text.or_raise(py)
}

/// Return whether a chain is whole.
///
/// Args:
///     chain: The document.
///     pins: A document of `pin`, stored elsewhere: it shows that a chain was cut off or rewritten as a whole.
///
/// Raises:
///     InputError: The document cannot be read. A chain that was tampered with is an answer, not an error.
#[pyfunction]
#[pyo3(name = "audit_verify", signature = (chain, *, pins=None) -> "sla_engine._hints.Verification")]
pub(crate) fn verify<'py>(py: Python<'py>, chain: Json, pins: Option<Json>) -> PyResult<Bound<'py, PyAny>> {
    let verdict = py.detach(|| {
        let chain = chain.as_ref();
        let pins = pins.as_ref().map(wire::audit::read_heads).transpose()?.unwrap_or_default();
        match wire::audit::chain_kind(chain)? {
            ChainKind::Ticket => judge::<Event>(chain, &pins),
            ChainKind::Access => judge::<Denial>(chain, &pins),
            ChainKind::Policy => judge::<Publication>(chain, &pins),
        }
    });
    verification(py, verdict.or_raise(py)?)
}

fn verification(py: Python<'_>, verdict: Result<Place, Tampering>) -> PyResult<Bound<'_, PyAny>> {
    match verdict {
        Ok(head) => value(py, "Verification", (Head(wire::audit::write_head(&head)), py.None(), py.None())),
        Err(Tampering { kind, index }) => value(py, "Verification", (py.None(), kind.as_str(), index)),
    }
}

/// Return whether stored entries are a whole chain, without making a chain of them first.
///
/// Args:
///     kind: ``ticket``, ``access`` or ``policy``.
///     id: The id of the ticket, the chain of denied access, or the policy.
///     entries: As JSON, oldest first.
///     pins: As for `verify`.
///
/// Raises:
///     InputError: An entry cannot be read. Entries that were tampered with are an answer, not an error.
#[pyfunction]
#[pyo3(name = "audit_verify_entries", signature = (kind, id, entries: "typing.Iterable[str]", *, pins=None) -> "sla_engine._hints.Verification")]
pub(crate) fn verify_entries<'py>(
    py: Python<'py>,
    kind: &str,
    id: &str,
    entries: Words,
    pins: Option<Json>,
) -> PyResult<Bound<'py, PyAny>> {
    let kind: ChainKind = kind.parse().or_raise(py)?;
    let id = Id::new(id).or_raise(py)?;
    let entries = crate::document::list(entries.0);
    let verdict = py.detach(|| {
        let pins = pins.as_ref().map(wire::audit::read_heads).transpose()?.unwrap_or_default();
        Ok(match kind {
            ChainKind::Ticket => audit::verify(&id, &wire::audit::read_entries::<Event>(&entries)?, &pins),
            ChainKind::Access => audit::verify(&id, &wire::audit::read_entries::<Denial>(&entries)?, &pins),
            ChainKind::Policy => audit::verify(&id, &wire::audit::read_entries::<Publication>(&entries)?, &pins),
        })
    });
    verification(py, verdict.or_raise(py)?)
}

fn judge<C: Content>(chain: &[u8], pins: &[Place]) -> Result<Result<Place, Tampering>, Error> {
    let (id, entries) = wire::audit::read_chain::<C>(chain)?;
    Ok(audit::verify(&id, &entries, pins))
}

/// Return heads as a document, to be stored where the host's operators cannot write.
#[pyfunction]
#[pyo3(name = "audit_pin", signature = (heads: "typing.Iterable[Head]"))]
pub(crate) fn pin(py: Python<'_>, heads: Json) -> PyResult<String> {
    Ok(wire::audit::write_heads(&wire::audit::read_head_list(heads.as_ref()).or_raise(py)?))
}
