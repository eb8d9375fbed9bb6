//! Tickets as documents: events, histories, snapshots. `docs/events.md` explains every field.
//!
//! ```
//! # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
//! # use sla_core::{engine::Decision, ticket::{Actor, History, Role}, wire};
//! let opening = wire::command::read_opening(r#"{
//!     "command": "open", "ticket": "T-1", "customer": "c-7", "package": "starter", "channel": "email",
//!     "message": {"message_ref": "m-1", "content_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
//! }"#)?;
//! let decision = engine().open(&opening, &Actor::new(Role::Customer, "c-7"), at("2026-11-23T09:00:00Z"))?;
//! let Decision::Accepted(opened) = decision else { panic!() };
//! let stored = wire::ticket::write_history(&History::new(opened.events)?);
//! assert_eq!(wire::ticket::read_history(stored)?.ticket(), &opened.ticket);
//! # Ok::<(), sla_core::Error>(())
//! ```

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::json::{expect_schema, own, read_document, to_lines, to_text, tree_of};
use super::node::read_as;
use super::tree::MAX_HISTORY_BYTES;
use crate::audit::Entry;
use crate::engine::DryRunTicket;
use crate::error::Error;
use crate::ticket::{Event, History, Ticket};

/// The format of histories, with its version.
pub const HISTORY_SCHEMA: &str = "sla-history/1";

/// Writes one event as a JSON object on one line.
#[must_use]
pub fn write_event(event: &Event) -> String {
    to_text(event)
}

/// Reads one event.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::wire::ticket;
/// let history = closed();
/// let event = &history.events()[0];
/// assert_eq!(&ticket::read_event(ticket::write_event(event))?, event);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// `invalid_json`, `duplicate_key`, `unknown_field`, `missing_field`, `wrong_type` or the code of a value, with the
/// place of the first fault.
pub fn read_event(json: impl AsRef<[u8]>) -> Result<Event, Error> {
    read_document(json.as_ref(), MAX_HISTORY_BYTES)
}

/// Writes a history as a JSON object with one event a line.
#[must_use]
pub fn write_history(history: &History) -> String {
    to_lines(&HistoryDocument { schema: HISTORY_SCHEMA.into(), events: history.events().into() })
}

/// Writes a history on one line.
pub(super) fn write_history_line(history: &History) -> String {
    to_text(&HistoryDocument { schema: HISTORY_SCHEMA.into(), events: history.events().into() })
}

/// Reads and checks a history: a document of [`write_history`], or what a host stored of the ticket's chain, as a list of
/// entries or as the document of [`super::audit::write_chain`].
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::wire::ticket;
/// let history = ticket::read_history(ticket::write_history(&closed()))?;
/// assert_eq!(history.events(), closed().events());
///
/// let stored: Vec<String> = entries().iter().map(sla_core::wire::audit::write_entry).collect();
/// assert_eq!(ticket::read_history(format!("[{}]", stored.join(",")))?.events().len(), stored.len());
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// As [`read_event`]; `unsupported_schema` for another format; `limit_exceeded` above
/// [`super::MAX_HISTORY_BYTES`]; and what [`History::new`] refuses.
pub fn read_history(json: impl AsRef<[u8]>) -> Result<History, Error> {
    if let Some(history) = read_own(json.as_ref()) {
        return history;
    }
    if let Some(history) = read_stored(json.as_ref()) {
        return Ok(history);
    }
    history_from(tree_of(json.as_ref(), MAX_HISTORY_BYTES)?)
}

/// Reads a history that begins as [`write_history`] begins, without a tree; `None` for any other and for one with faults,
/// whose places the tree shows.
fn read_own(json: &[u8]) -> Option<Result<History, Error>> {
    let document: HistoryDocument<'_> = own(json, HISTORY_SCHEMA)?;
    Some(History::new(document.events.into_owned()))
}

/// Reads what a host stored of a ticket's chain without a tree; `None` for any other document and for one with faults.
fn read_stored(json: &[u8]) -> Option<History> {
    let entries = match super::audit::read_own_chain(json) {
        Some((_, entries)) => entries,
        None => super::audit::read_own_entries(json)?,
    };
    history_of("", entries).ok()
}

/// Returns the history of the entries of a chain; `list` is their place in the document. Their hashes are not compared:
/// [`crate::audit::verify`] does that.
fn history_of(list: &str, entries: Vec<Entry<Event>>) -> Result<History, Error> {
    History::listed(list, entries.into_iter().map(|entry| entry.content).collect())
}

/// Reads a ticket, from its history or from a snapshot of its state; `schema` tells them apart.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::wire::{snapshot, ticket};
/// let history = closed();
/// assert_eq!(&ticket::read_ticket(ticket::write_history(&history))?, history.ticket());
/// assert_eq!(&ticket::read_ticket(snapshot::write(history.ticket()))?, history.ticket());
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// As [`read_history`] and [`super::snapshot::read`].
pub fn read_ticket(json: impl AsRef<[u8]>) -> Result<Ticket, Error> {
    if let Some(ticket) = super::snapshot::read_own(json.as_ref()) {
        return Ok(ticket);
    }
    if let Some(history) = read_own(json.as_ref()) {
        return history.map(History::into_ticket);
    }
    ticket_from(tree_of(json.as_ref(), MAX_HISTORY_BYTES)?)
}

/// A ticket as a document gives it: with every event, or as the state after them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "taken apart where it is read; another allocation would cost more")]
pub enum TicketDocument {
    /// Its events, and the state after them.
    History(History),
    /// The state alone.
    Snapshot(Ticket),
}

/// Reads a ticket as [`read_ticket`] does, and keeps its events where the document is a history.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::wire::{snapshot, ticket};
/// let history = closed();
/// let read = ticket::read_ticket_document(ticket::write_history(&history))?;
/// assert_eq!(read, ticket::TicketDocument::History(history));
/// let read = ticket::read_ticket_document(snapshot::write(&opened()))?;
/// assert_eq!(read, ticket::TicketDocument::Snapshot(opened()));
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// As [`read_ticket`].
pub fn read_ticket_document(json: impl AsRef<[u8]>) -> Result<TicketDocument, Error> {
    if let Some(ticket) = super::snapshot::read_own(json.as_ref()) {
        return Ok(TicketDocument::Snapshot(ticket));
    }
    if let Some(history) = read_own(json.as_ref()) {
        return history.map(TicketDocument::History);
    }
    document_from(tree_of(json.as_ref(), MAX_HISTORY_BYTES)?)
}

/// Reads a list of tickets, each as [`read_ticket`] reads it.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::wire::{snapshot, ticket};
/// let list = format!("[{}, {}]", snapshot::write(&opened()), ticket::write_history(&closed()));
/// assert_eq!(ticket::read_tickets(list)?, [opened(), closed().ticket().clone()]);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// As [`read_ticket`]; places begin with the ticket's place in the list.
pub fn read_tickets(json: impl AsRef<[u8]>) -> Result<Vec<Ticket>, Error> {
    list_of(json.as_ref(), ticket_from)
}

/// Reads a list of tickets as [`read_tickets`] does, and keeps the events of those that are histories.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::wire::ticket::{self, TicketDocument};
/// let list = format!("[{}]", ticket::write_history(&closed()));
/// assert_eq!(ticket::read_ticket_documents(list)?, [TicketDocument::History(closed())]);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// As [`read_tickets`].
pub fn read_ticket_documents(json: impl AsRef<[u8]>) -> Result<Vec<TicketDocument>, Error> {
    list_of(json.as_ref(), document_from)
}

fn list_of<T>(json: &[u8], read: fn(Value) -> Result<T, Error>) -> Result<Vec<T>, Error> {
    let tickets: Vec<Value> = read_document(json, MAX_HISTORY_BYTES)?;
    let read = |(at, ticket)| read(ticket).map_err(|error| error.within(&format!("/{at}")));
    tickets.into_iter().enumerate().map(read).collect()
}

fn ticket_from(root: Value) -> Result<Ticket, Error> {
    document_from(root).map(|document| match document {
        TicketDocument::History(history) => history.into_ticket(),
        TicketDocument::Snapshot(ticket) => ticket,
    })
}

impl<'a> From<&'a TicketDocument> for DryRunTicket<'a> {
    fn from(document: &'a TicketDocument) -> Self {
        match document {
            TicketDocument::History(history) => Self::WithHistory(history),
            TicketDocument::Snapshot(ticket) => Self::Alone(ticket),
        }
    }
}

fn document_from(root: Value) -> Result<TicketDocument, Error> {
    match root.get("schema").and_then(Value::as_str) {
        Some(HISTORY_SCHEMA | super::audit::CHAIN_SCHEMA) => history_from(root).map(TicketDocument::History),
        None if root.is_array() => history_from(root).map(TicketDocument::History),
        _ => super::snapshot::ticket_from(root).map(TicketDocument::Snapshot),
    }
}

/// Writes events as a JSON list, one a line.
#[must_use]
pub fn write_events(events: &[Event]) -> String {
    to_lines(&events)
}

/// Reads a list of events. They are not checked: whoever appends them does that.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::wire::ticket;
/// let events = engine().due_events(&opened(), at("2026-03-02T15:00:00Z"))?.events;
/// assert_eq!(ticket::read_events(ticket::write_events(&events))?, events);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// As [`read_event`]; `limit_exceeded` above [`super::MAX_HISTORY_BYTES`].
pub fn read_events(json: impl AsRef<[u8]>) -> Result<Vec<Event>, Error> {
    read_document(json.as_ref(), MAX_HISTORY_BYTES)
}

fn history_from(root: Value) -> Result<History, Error> {
    if root.is_array() {
        return read_as(root, "").and_then(|entries| history_of("", entries));
    }
    if root.get("schema").and_then(Value::as_str) == Some(super::audit::CHAIN_SCHEMA) {
        return super::audit::chain_from(root).and_then(|(_, entries)| history_of("/entries", entries));
    }
    expect_schema(&root, HISTORY_SCHEMA)?;
    let HistoryDocument { events, .. } = read_as(root, "")?;
    History::new(events.into_owned())
}

/// Every event of a ticket, oldest first.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub(super) struct HistoryDocument<'a> {
    /// The format: `sla-history/1`.
    schema: Cow<'a, str>,
    /// The events, each as the host was given it.
    events: Cow<'a, [Event]>,
}
