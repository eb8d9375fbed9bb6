//! One calendar as a document, for questions that need no policy: the object that stands under `calendars` in one.
//!
//! ```
//! # use sla_core::calendar::{Calendar, ZoneDatabase};
//! # use sla_core::wire;
//! let rules = wire::policy::calendar::read(r#"{"time_zone": "Asia/Jakarta", "weekly": {"mon": ["08:00-12:00"]}}"#)?;
//! let calendar = Calendar::compile(&rules, &ZoneDatabase::embedded())?;
//! # Ok::<(), sla_core::Error>(())
//! ```

use serde::Deserialize;

use super::super::tree::Tree;
use crate::calendar::{CalendarRules, ZoneDatabase};
use crate::error::Error;
use crate::policy::check;
use crate::policy::document::CalendarObject;
use crate::policy::slot::Slot;

/// Reads a calendar and checks it as a whole, with the embedded time zones.
///
/// # Errors
///
/// As [`super::read`]; places begin at the calendar.
pub fn read(json: impl AsRef<[u8]>) -> Result<CalendarRules, Error> {
    read_with(json, &ZoneDatabase::embedded())
}

/// Reads a calendar and checks it as a whole, with the time zones of `zones`.
///
/// # Errors
///
/// As [`read`].
pub fn read_with(json: impl AsRef<[u8]>, zones: &ZoneDatabase) -> Result<CalendarRules, Error> {
    let tree = Tree::parse(json.as_ref())?;
    // INVARIANT: a slot never fails to be read.
    let calendar = Slot::deserialize(tree.root).unwrap_or_default();
    check::calendar(calendar, tree.duplicates, zones).map(|calendar| calendar.rules().clone())
}

/// Writes a calendar as a document, indented, in the order of the format.
///
/// What [`read`] makes of it equals `rules`, if a policy with it passes [`crate::policy::check`].
#[must_use]
pub fn write(rules: &CalendarRules) -> String {
    // INVARIANT: as for a policy.
    serde_json::to_string_pretty(&CalendarObject::of(rules)).unwrap_or_default()
}
