//! The policy document: JSON in, [`Policy`] out, and back. `docs/policy.md` explains every field.
//!
//! ```
//! let policy = sla_core::wire::policy::read(r#"{
//!     "schema": "sla-policy/1", "id": "desk", "version": 1,
//!     "calendars": {"office": {"time_zone": "Asia/Jakarta", "weekly": {"mon": ["08:00-12:00", "13:00-17:00"]}}},
//!     "channels": [{"id": "email", "name": "Email"}],
//!     "packages": [{"id": "starter", "name": "Starter", "rank": 1, "channels": ["email"], "calendar": "office",
//!                   "targets": {"first_response": "4h", "resolution": "PT24H"}}]
//! }"#)?;
//! assert_eq!(policy.packages[0].name, "Starter");
//! # Ok::<(), sla_core::Error>(())
//! ```

mod changes;
mod document;
mod objects;
mod reader;
#[cfg(feature = "schema")]
mod schema;
mod writer;

use serde::Deserialize;

use self::document::Document;
use super::slot::Slot;
use super::tree::Tree;
use crate::calendar::ZoneDatabase;
use crate::error::{Error, ErrorCode};
use crate::policy::Policy;

pub use self::changes::changes;
#[cfg(feature = "schema")]
pub use self::schema::json_schema;

/// The format that is read and written, with its version.
pub const SCHEMA: &str = "sla-policy/1";

/// Reads a policy document and checks it as a whole, with the embedded time zones.
///
/// # Errors
///
/// - `invalid_policy`, with every problem of the document in [`Error::related`];
/// - `invalid_json` when the text is not JSON at all, or nested too deep;
/// - `limit_exceeded` above [`super::MAX_DOCUMENT_BYTES`].
pub fn read(json: impl AsRef<[u8]>) -> Result<Policy, Error> {
    read_with(json, &ZoneDatabase::embedded())
}

/// Reads a policy document and checks it as a whole, with the time zones of `zones`.
///
/// # Errors
///
/// As [`read`].
pub fn read_with(json: impl AsRef<[u8]>, zones: &ZoneDatabase) -> Result<Policy, Error> {
    let tree = Tree::parse(json.as_ref())?;
    let mut reader = reader::Reader::default();
    for duplicate in tree.duplicates {
        reader.problems.push(
            Error::new(ErrorCode::DuplicateKey, "the key is there twice in one object")
                .help("keep one of the two")
                .at(duplicate),
        );
    }
    // INVARIANT: a slot never fails to be read.
    let document = Slot::<Document>::deserialize(tree.root).unwrap_or_default();
    reader.policy(document, zones)
}

/// Writes a policy as a document, indented, in the order of the format.
///
/// What [`read`] makes of it equals `policy`, if `policy` passes [`crate::policy::check`].
#[must_use]
pub fn write(policy: &Policy) -> String {
    // INVARIANT: the document has text keys only and holds no number that JSON cannot write.
    serde_json::to_string_pretty(&writer::document(policy)).unwrap_or_default()
}
