//! A cycle's outcome and activity as of an instant.

use super::{Cycle, Due, Phase, Promise};
use crate::string_enum::string_enum;
use crate::time::Timestamp;

string_enum! {
    /// How a cycle ended, or that it has no outcome yet.
    Outcome {
        /// Not decided yet.
        None => "none",
        /// Stopped at or before its due; provisional until the ticket is closed, as a reopening may resume the cycle.
        Met => "met",
        /// Past its due, for good.
        Breached => "breached",
        /// It ended before its due without being stopped: handed on, or with the ticket.
        Cancelled => "cancelled",
        /// It ended while nothing was promised.
        Unpromised => "unpromised",
    }
}

string_enum! {
    /// Whether a cycle counts.
    Activity {
        /// The timer has not started.
        NotStarted => "not_started",
        /// Counting.
        Running => "running",
        /// Paused with the ticket.
        Paused => "paused",
        /// Stopped or cancelled.
        Stopped => "stopped",
    }
}

string_enum! {
    /// The one word shown to people: the outcome where there is one, or else the activity.
    State {
        /// The timer has not started.
        NotStarted => "not_started",
        /// Counting, before its due.
        Running => "running",
        /// Paused with the ticket, before its due.
        Paused => "paused",
        /// Stopped at or before its due.
        Met => "met",
        /// Past its due, whether it still counts or not.
        Breached => "breached",
        /// Ended without an outcome for the target.
        Cancelled => "cancelled",
        /// Nothing is promised, whether it still counts or not.
        Unpromised => "unpromised",
    }
}

/// A cycle's outcome and activity as of an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// How it ended, if it did.
    pub outcome: Outcome,
    /// Whether it counts.
    pub activity: Activity,
    /// Whether something is promised.
    pub promised: bool,
}

impl Verdict {
    /// Returns the verdict on a cycle that counts from its start until `until`, its stop or the instant asked about,
    /// without a pause: breached if and only if that is after its due. Without a due nothing is promised.
    #[inline]
    pub(crate) fn of_span(due: Option<Due>, until: Timestamp, is_stopped: bool) -> Self {
        let activity = if is_stopped { Activity::Stopped } else { Activity::Running };
        let outcome = match due {
            Some(due) if is_past(due, until) => Outcome::Breached,
            Some(_) if is_stopped => Outcome::Met,
            None if is_stopped => Outcome::Unpromised,
            _ => Outcome::None,
        };
        Self { outcome, activity, promised: due.is_some() }
    }

    /// Returns the one word shown to people.
    #[must_use]
    pub const fn state(self) -> State {
        match (self.outcome, self.activity) {
            (Outcome::Breached, _) => State::Breached,
            (Outcome::Met, _) => State::Met,
            (Outcome::Cancelled, _) => State::Cancelled,
            (Outcome::Unpromised, _) => State::Unpromised,
            (Outcome::None, Activity::NotStarted) => State::NotStarted,
            (Outcome::None, _) if !self.promised => State::Unpromised,
            (Outcome::None, Activity::Paused) => State::Paused,
            (Outcome::None, Activity::Running | Activity::Stopped) => State::Running,
        }
    }
}

impl Cycle {
    /// Returns the outcome and activity as of `now`, which does not lie before the cycle's last change.
    ///
    /// A running cycle is breached from the microsecond after its due on, whether a `breached` event says so already or
    /// not; one that is due beyond the horizon never is.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::ticket::{Outcome, State};
    ///
    /// let ticket = opened(); // first response due at 14:00
    /// let cycle = &ticket.cycles("first_response")[0];
    /// assert_eq!(cycle.verdict(at("2026-03-02T14:00:00Z")).state(), State::Running);
    /// assert_eq!(cycle.verdict(at("2026-03-02T14:00:01Z")).outcome, Outcome::Breached);
    /// ```
    #[inline]
    #[must_use]
    pub fn verdict(&self, now: Timestamp) -> Verdict {
        let promised = self.promise.is_some();
        let (outcome, activity) = match self.phase {
            Phase::Running { .. } => (Outcome::None, Activity::Running),
            Phase::Paused { .. } => (Outcome::None, Activity::Paused),
            Phase::Stopped { .. } if promised => (Outcome::Met, Activity::Stopped),
            Phase::Cancelled { .. } if promised => (Outcome::Cancelled, Activity::Stopped),
            Phase::Stopped { .. } | Phase::Cancelled { .. } => (Outcome::Unpromised, Activity::Stopped),
        };
        let breached = self.breached || (self.is_active() && self.promise.is_some_and(|promise| promise.is_past(now)));
        Verdict { outcome: if breached { Outcome::Breached } else { outcome }, activity, promised }
    }
}

impl Promise {
    /// Returns whether an active cycle is past this due at `now`: only after it, but from it on where the event that
    /// set it came too late.
    #[inline]
    fn is_past(self, now: Timestamp) -> bool {
        self.due.is_some_and(|due| is_past(due, now) || (self.is_late && due == Due::At(now)))
    }
}

/// The due itself is met: only a later instant is past it.
#[inline]
fn is_past(due: Due, at: Timestamp) -> bool {
    matches!(due, Due::At(due_at) if due_at < at)
}
