//! What rows of columns speak of, as a document.

use serde::Deserialize;

use super::json::read_document;
use super::tree::MAX_HISTORY_BYTES;
use crate::columns::{Kind, Plan};
use crate::engine::Engine;
use crate::error::Error;

/// Reads a plan: the timers to judge, and every kind of ticket that rows may name by its place in the list.
///
/// ```json
/// {"timers": ["first_response", "resolution"],
///  "kinds": [{"package": "starter", "channel": "email", "agent": "ana", "severity": "high", "category": "billing"}]}
/// ```
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::wire;
/// let document = r#"{"timers": ["first_response"], "kinds": [{"package": "starter", "channel": "email"}]}"#;
/// assert_eq!(wire::columns::read_plan(&engine(), document)?.timers(), 1);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// `invalid_json`, `duplicate_key`, `unknown_field`, `missing_field`, `wrong_type` or the code of a value, with the
/// place of the first fault; otherwise as [`Plan::new`].
pub fn read_plan(engine: &Engine, json: impl AsRef<[u8]>) -> Result<Plan, Error> {
    let PlanDocument { timers, kinds } = read_document(json.as_ref(), MAX_HISTORY_BYTES)?;
    let timers: Vec<&str> = timers.iter().map(String::as_str).collect();
    Plan::new(engine, &timers, &kinds)
}

/// What rows of columns speak of.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub(super) struct PlanDocument {
    /// The timers to judge, by id.
    timers: Vec<String>,
    /// Every kind of ticket that rows may name by its place in this list.
    kinds: Vec<Kind>,
}
