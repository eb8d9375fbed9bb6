//! A ticket's folded state as a document, so that a host need not fold a long history again.
//!
//! A snapshot is a cache: whoever doubts it folds the events and compares. It holds the ticket in short: what is open, what may
//! matter again, and the latest of what ended, so that its size does not grow with the ticket.

use serde_json::Value;

use super::fields::Without;
use super::json::{Versioned, own_rest, take_schema, to_text, tree_of};
use super::node::read_as;
use super::tree::MAX_HISTORY_BYTES;
use crate::error::Error;
use crate::ticket::Ticket;

/// The format of snapshots, with its version.
pub const SNAPSHOT_SCHEMA: &str = "sla-ticket/1";

/// Writes a ticket's state in short, on one line: [`Ticket::in_short`].
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::wire::snapshot;
/// assert!(snapshot::write(&opened()).starts_with(r#"{"schema":"sla-ticket/1","id":"T-1""#));
/// ```
#[must_use]
pub fn write(ticket: &Ticket) -> String {
    if !ticket.is_short() {
        return write_short(&ticket.in_short());
    }
    write_short(ticket)
}

fn write_short(ticket: &Ticket) -> String {
    let mut text = to_text(&Versioned { schema: SNAPSHOT_SCHEMA, document: &Without { field: COMMANDS, of: ticket } });
    if !ticket.commands.is_empty() {
        // The last field of a ticket, and mostly longer than all others: it is copied, not searched for what to escape.
        text.pop();
        let commands = ticket.commands.as_str();
        text.reserve_exact(commands.len().wrapping_add(COMMANDS.len()).wrapping_add(8)); // fits: all are short
        for part in [",\"", COMMANDS, "\":\"", commands, "\"}"] {
            text.push_str(part);
        }
    }
    text
}

/// The field of a ticket that holds the commands it recognizes.
const COMMANDS: &str = "commands";

/// Reads a ticket's state as [`write()`] wrote it.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::wire::snapshot;
/// let ticket = opened();
/// assert_eq!(snapshot::read(snapshot::write(&ticket))?, ticket);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// `invalid_json`, `duplicate_key`, `unknown_field`, `missing_field`, `wrong_type` or the code of a value, with the
/// place of the first fault; `unsupported_schema` for another format; `invalid_history` when no history could have
/// led to this state.
pub fn read(json: impl AsRef<[u8]>) -> Result<Ticket, Error> {
    if let Some(ticket) = read_own(json.as_ref()) {
        return Ok(ticket);
    }
    ticket_from(tree_of(json.as_ref(), MAX_HISTORY_BYTES)?)
}

/// Reads a snapshot that begins as [`write()`] begins, without a tree; `None` for any other and for one with faults, whose
/// places the tree shows.
pub(super) fn read_own(json: &[u8]) -> Option<Ticket> {
    let ticket: Ticket = own_rest(json, SNAPSHOT_SCHEMA, MAX_HISTORY_BYTES)?;
    ticket.check().ok()?;
    Some(ticket)
}

pub(super) fn ticket_from(mut root: Value) -> Result<Ticket, Error> {
    take_schema(&mut root, SNAPSHOT_SCHEMA)?;
    let ticket: Ticket = read_as(root, "")?;
    ticket.check()?;
    Ok(ticket)
}
