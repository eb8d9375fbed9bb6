//! Rows of a ticket as documents, and the row state that a host stores with its snapshot.

use serde_json::Value;

use super::fields::Without;
use super::json::{own_rest, take_schema, to_text, tree_of};
use super::node::read_as;
use super::tree::MAX_DOCUMENT_BYTES;
use crate::analytics::{RowState, TicketRows};
use crate::error::Error;

/// The format of row states, with its version.
pub const ROW_STATE_SCHEMA: &str = "sla-row-state/1";

/// Writes rows: `{"cycles": […], "facts": […], "state": {…}}`, the state on a line of its own, as it is to be stored.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::wire;
/// let history = closed();
/// let now = at("2026-03-03T09:00:00Z");
/// let rows = engine().ticket_rows(None, history.ticket(), history.events(), now, "UTC")?;
/// let document = wire::rows::write(&rows);
/// let state = document.lines().nth(1).unwrap();
/// assert_eq!(wire::rows::read_state(state)?, rows.state);
/// # Ok::<(), sla_core::Error>(())
/// ```
#[must_use]
pub fn write(rows: &TicketRows) -> String {
    let mut text = to_text(&Without { field: "state", of: rows });
    text.pop();
    text.push_str(",\"state\":\n");
    text.push_str(&write_state(&rows.state));
    text.push_str("\n}");
    text
}

/// Writes a row state, on one line.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::wire;
/// let now = at("2026-03-03T09:00:00Z");
/// let state = engine().history_rows(None, &closed(), now, "UTC")?.state;
/// let stored = wire::rows::write_state(&state);
/// assert!(stored.starts_with(r#"{"schema":"sla-row-state/1","ticket":"T-1","events":"#));
/// assert_eq!(wire::rows::read_state(stored)?, state);
/// # Ok::<(), sla_core::Error>(())
/// ```
#[must_use]
pub fn write_state(state: &RowState) -> String {
    let fields = to_text(state);
    format!("{{\"schema\":\"{ROW_STATE_SCHEMA}\",{}", fields.strip_prefix('{').unwrap_or(&fields))
}

/// Reads a row state as [`write_state`] wrote it.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::wire;
/// let now = at("2026-03-03T09:00:00Z");
/// let state = engine().history_rows(None, &closed(), now, "UTC")?.state;
/// let stored = wire::rows::write_state(&state);
/// assert_eq!(wire::rows::read_state(stored)?, state);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// `invalid_json`, `duplicate_key`, `unknown_field`, `missing_field`, `wrong_type` or the code of a value, with the place of
/// the first fault; `unsupported_schema` for another format.
pub fn read_state(json: impl AsRef<[u8]>) -> Result<RowState, Error> {
    if let Some(state) = own_rest(json.as_ref(), ROW_STATE_SCHEMA, MAX_DOCUMENT_BYTES) {
        return Ok(state);
    }
    let mut root: Value = tree_of(json.as_ref(), MAX_DOCUMENT_BYTES)?;
    take_schema(&mut root, ROW_STATE_SCHEMA)?;
    read_as(root, "")
}
