//! Linked answers and values of tickets as documents, laid out so that a host need not read what it only stores.

use serde::Serialize;

use super::json::{push_lines, to_text};
use super::{audit, rows, snapshot};
use crate::engine::{Decision, TicketValues};
use crate::error::Error;
use crate::linked::Linked;
use crate::refusal::Refusal;
#[cfg(feature = "schema")]
use crate::ticket::Ticket;

/// Writes a linked answer: `{"accepted": {"values": {…}, "next_check_at_us": …, "head": {…}, "entries": […]}}` or
/// `{"refused": {…}}`.
///
/// The list of entries begins and ends with a line break, and each entry is on a line of its own, as it is to be stored:
/// the lines between the first and the last are the entries, each but the last with a comma at its end. With rows, these come
/// before as [`rows::write`] writes them, the row state on a line of its own after `"state":`.
#[must_use]
pub fn write(answer: &Decision<Linked>) -> String {
    match answer {
        Decision::Accepted(linked) => accepted(linked, false),
        Decision::Refused(refusal) => refused(refusal),
    }
}

/// Writes one answer of a batch as [`write()`] does, with the ticket's snapshot on a line of its own, after
/// `"snapshot":`; or `{"failed": {"code": …, "path": …, "message": …, "help": …}}`.
#[must_use]
pub fn write_of_batch(answer: &Result<Decision<Linked>, Error>) -> String {
    match answer {
        Ok(Decision::Accepted(linked)) => accepted(linked, true),
        Ok(Decision::Refused(refusal)) => refused(refusal),
        Err(error) => to_text(&Failed { failed: FailedDocument::of(error) }),
    }
}

/// Writes a ticket as values, on one line.
#[must_use]
pub fn write_values(values: &TicketValues) -> String {
    to_text(values)
}

fn refused(refusal: &Refusal) -> String {
    to_text(&Decision::<(), &Refusal>::Refused(refusal))
}

fn accepted(linked: &Linked, with_snapshot: bool) -> String {
    let next = linked.next_check_at.map_or_else(|| "null".to_owned(), |at| at.as_micros().to_string());
    let mut text = String::with_capacity(2_048);
    text.push_str("{\"accepted\":{\"values\":");
    text.push_str(&to_text(&linked.values));
    text.push_str(",\"next_check_at_us\":");
    text.push_str(&next);
    text.push_str(",\"head\":");
    text.push_str(&audit::write_head(&linked.head));
    if with_snapshot {
        text.push_str(",\"snapshot\":\n");
        text.push_str(&snapshot::write(&linked.ticket));
        text.push('\n');
    }
    if let Some(rows) = &linked.rows {
        text.push_str(",\"rows\":");
        text.push_str(&rows::write(rows));
    }
    text.push_str(",\"entries\":[");
    push_lines(&mut text, linked.entries.iter().map(audit::write_entry));
    text.push_str("]}}");
    text
}

#[derive(Serialize)]
struct Failed<'a> {
    failed: FailedDocument<'a>,
}

/// What a batch answers, as [`write_of_batch`] writes it.
#[cfg(feature = "schema")]
#[derive(Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "the schema is made of it")]
pub(super) enum BatchAnswer<'a> {
    Accepted(&'a WithSnapshot<'a>),
    Refused(Refusal),
    Failed(FailedDocument<'a>),
}

/// A linked answer of a batch.
#[cfg(feature = "schema")]
#[derive(Serialize, schemars::JsonSchema)]
pub(super) struct WithSnapshot<'a> {
    #[serde(flatten)]
    linked: Linked,
    /// The ticket after the events, on a line of its own (`snapshot`).
    snapshot: super::json::Versioned<'a, Ticket>,
}

/// Why one request of a batch could not be judged; the others were.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct FailedDocument<'a> {
    /// The stable code of the error.
    code: &'a str,
    /// Where in the request's documents the fault lies.
    path: &'a str,
    /// What is wrong.
    message: &'a str,
    /// What to change.
    help: &'a str,
}

impl<'a> FailedDocument<'a> {
    fn of(error: &'a Error) -> Self {
        Self { code: error.code().as_str(), path: error.path(), message: error.message(), help: error.help_text() }
    }
}
