//! How fast the error budgets of a policy burn, from counts that a host keeps.

use std::collections::BTreeMap;

use super::Engine;
use crate::alert::{self, BurnRate, Decided};
use crate::error::{Error, ErrorCode};
use crate::id::Id;
use crate::time::Timestamp;
use crate::unknown::unknown_id;

impl Engine {
    /// Returns how fast the error budget of each objective of the newest revision burns at `now`, as [`alert::burns`] does.
    /// Counts of a timer without an objective are ignored.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::wire::alert::read_counts;
    /// let now = at("2026-03-02T10:00:00Z");
    /// assert!(engine().burns(&read_counts(r#"{"first_response": []}"#)?, now)?.is_empty());
    /// assert!(engine().burns(&read_counts(r#"{"first_reply": []}"#)?, now).is_err());
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `unknown_timer` for a timer that no revision has; those of [`alert::burns`].
    pub fn burns(
        &self,
        counts: &BTreeMap<Id, Vec<(Timestamp, Decided)>>,
        now: Timestamp,
    ) -> Result<Vec<BurnRate>, Error> {
        // A host may still count cycles of a timer that only older revisions have.
        let is_known = |timer: &&Id| self.policies().any(|policy| policy.timers.contains_key(*timer));
        if let Some(timer) = counts.keys().find(|timer| !is_known(timer)) {
            return Err(unknown_id(ErrorCode::UnknownTimer, "timer", timer.as_str(), self.policy().timers.keys()));
        }
        alert::burns(&self.policy().objectives, counts, now)
    }
}
