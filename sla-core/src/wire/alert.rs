//! Alerts as documents, what a watch for them remembers, and how fast error budgets burn.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::json::{Versioned, read_document, take_schema, to_text, tree_of};
use super::node::read_as;
use super::tree::MAX_HISTORY_BYTES;
use crate::alert::{Alert, AlertMemory, Alerts, BurnRate, Decided};
use crate::error::Error;
use crate::id::Id;
use crate::policy::Objectives;
use crate::serde_text::WithText;
use crate::time::Timestamp;

/// The format of what a watch for alerts remembers, with its version.
pub const MEMORY_SCHEMA: &str = "sla-alerts/1";

/// Writes an alert, on one line: its name, its instant, what it is of, and a sentence.
#[must_use]
pub fn write(alert: &Alert) -> String {
    to_text(&WithText::of(alert))
}

/// Writes what a watch remembers, on one line, so that the next process resumes there.
#[must_use]
pub fn write_memory(alerts: &Alerts) -> String {
    to_text(&Versioned { schema: MEMORY_SCHEMA, document: &alerts.memory() })
}

/// Reads a watch that [`write_memory`] wrote, by the objectives of a policy, which may be another one than then.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::alert::Alerts;
/// use sla_core::wire::alert;
/// let objectives = engine().policy().objectives.clone();
/// let stored = alert::write_memory(&Alerts::new(&objectives));
/// assert_eq!(alert::write_memory(&alert::read_memory(&objectives, &stored)?), stored);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// `unsupported_schema` for another format; `invalid_history` when a cycle lies outside its window or stands twice; those of
/// documents.
pub fn read_memory(objectives: &Objectives, json: impl AsRef<[u8]>) -> Result<Alerts, Error> {
    let mut root = tree_of(json.as_ref(), MAX_HISTORY_BYTES)?;
    take_schema(&mut root, MEMORY_SCHEMA)?;
    Alerts::resume(objectives, read_as::<AlertMemory>(root, "")?)
}

/// Counts of decided cycles at one instant.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub(super) struct CountDocument {
    /// The instant, or the end of a short span in which they were decided, in microseconds since 1970-01-01T00:00:00Z.
    at_us: i64,
    /// How many cycles were met or breached then.
    decided: u64,
    /// How many of them were breached.
    breached: u64,
}

/// Reads counts of decided cycles by timer and instant: `{"first_response": [{"at_us": …, "decided": 4, "breached": 1}]}`.
///
/// ```
/// let counts = sla_core::wire::alert::read_counts(
///     r#"{"first_response": [{"at_us": 1772460000000000, "decided": 4, "breached": 1}]}"#,
/// )?;
/// assert_eq!(counts["first_response"][0].1.breached, 1);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// Those of documents.
pub fn read_counts(json: impl AsRef<[u8]>) -> Result<BTreeMap<Id, Vec<(Timestamp, Decided)>>, Error> {
    let counts: BTreeMap<Id, Vec<CountDocument>> = read_document(json.as_ref(), MAX_HISTORY_BYTES)?;
    let count = |one: CountDocument| {
        (Timestamp::from_micros(one.at_us), Decided { decided: one.decided, breached: one.breached })
    };
    Ok(counts.into_iter().map(|(timer, counts)| (timer, counts.into_iter().map(count).collect())).collect())
}

/// Writes how fast error budgets burn, on one line.
#[must_use]
pub fn write_burns(burns: &[BurnRate]) -> String {
    to_text(&burns)
}
