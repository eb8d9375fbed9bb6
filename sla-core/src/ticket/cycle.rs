//! One cycle of one timer, as the events have left it.

use serde::{Deserialize, Serialize};

use crate::calendar::Due;
use crate::digest::Digest;
use crate::id::Id;
use crate::time::{BusinessDuration, Timestamp};

use super::event::{Change, Standing, StopCause, StopOutcome};

/// All cycles of one timer of one ticket.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TimerTrack {
    /// The timer.
    pub timer: Id,
    /// Its cycles, oldest first; only the last one may still count.
    pub cycles: Vec<Cycle>,
}

impl TimerTrack {
    /// Returns whether the cycles are in order, none but the last counts, and nothing lies after `last_at`.
    pub(super) fn is_whole(&self, last_at: Timestamp) -> bool {
        let numbers = self.cycles.iter().map(|cycle| cycle.number);
        let Some((_, earlier)) = self.cycles.split_last() else { return false };
        numbers.eq((1..).take(self.cycles.len()))
            && earlier.iter().all(|cycle| !cycle.is_active())
            && self.cycles.iter().all(|cycle| cycle.started_at <= cycle.since() && cycle.since() <= last_at)
    }
}

/// One cycle: a target, the time used of it, and its phase.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cycle {
    /// 1 for the first.
    pub number: u32,
    /// The policy revision whose timer rules and steps hold for it.
    pub revision: Digest,
    /// The channel of the event that started it.
    pub channel: Id,
    /// When it started.
    pub started_at: Timestamp,
    /// The promised duration.
    #[serde(rename = "target_us")]
    pub target: BusinessDuration,
    /// The calendar it counts in.
    pub calendar: Id,
    /// When it falls or fell due; `None` while it is paused before its due, as the pause postpones it.
    pub due: Option<Due>,
    /// Whether it is breached; then `due` never changes again.
    pub breached: bool,
    /// Whether it counts, and since when.
    pub phase: Phase,
    /// Time used up to the phase's instant.
    #[serde(rename = "used_us")]
    pub used: BusinessDuration,
    /// Open, unpaused time after due, up to the phase's instant.
    #[serde(rename = "overdue_us")]
    pub overdue: BusinessDuration,
    /// Open, unpaused time after the due that a retroactive change computed and moved to its own instant; steps after
    /// due count it.
    #[serde(rename = "overdue_before_us")]
    pub overdue_before: BusinessDuration,
    /// The steps that fired, by id.
    pub fired: Vec<Id>,
}

/// Whether a cycle counts, with what that needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Phase {
    /// Counting since this instant.
    Running {
        /// The start, or the last resume or change of terms.
        since: Timestamp,
    },
    /// Paused with the ticket.
    Paused {
        /// When it was paused.
        since: Timestamp,
        /// What remains of the target.
        #[serde(rename = "remaining_us")]
        remaining: BusinessDuration,
    },
    /// Ended by what stops the timer; a reopening may resume it.
    Stopped {
        /// When.
        at: Timestamp,
        /// What stopped it.
        cause: StopCause,
        /// What remained of the target.
        #[serde(rename = "remaining_us")]
        remaining: BusinessDuration,
    },
    /// Ended by a withdrawal or a void before its due.
    Cancelled {
        /// When.
        at: Timestamp,
        /// What remained of the target.
        #[serde(rename = "remaining_us")]
        remaining: BusinessDuration,
    },
}

impl Cycle {
    /// Returns whether the cycle is running or paused.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        matches!(self.phase, Phase::Running { .. } | Phase::Paused { .. })
    }

    /// Returns when the cycle last changed.
    #[must_use]
    pub const fn since(&self) -> Timestamp {
        match self.phase {
            Phase::Running { since } | Phase::Paused { since, .. } => since,
            Phase::Stopped { at, .. } | Phase::Cancelled { at, .. } => at,
        }
    }

    /// Returns the number of the cycle after `last`, the latest of a timer.
    pub(crate) const fn next_number(last: Option<&Self>) -> u32 {
        match last {
            // INVARIANT: an event starts one cycle of a timer at most, and a ticket's events are counted in `u32`.
            Some(last) => last.number.saturating_add(1),
            None => 1,
        }
    }

    /// Applies what an event did to this cycle.
    pub(super) fn apply(&mut self, change: &Change, at: Timestamp, revision: Digest) {
        match change {
            Change::Started { .. } => {}
            Change::Paused { used, remaining, overdue } => {
                (self.used, self.overdue) = (*used, *overdue);
                self.set_standing(Standing::Paused(*remaining), at);
            }
            Change::Resumed { used, standing } => {
                self.used = *used;
                self.set_standing(*standing, at);
            }
            Change::Retargeted { target, calendar, used, standing, computed_due_at, .. } => {
                let late = computed_due_at.map(|_| used.saturating_sub(*target));
                self.overdue_before = late.unwrap_or(BusinessDuration::ZERO);
                (self.target, self.used, self.revision) = (*target, *used, revision);
                self.calendar = calendar.clone();
                self.set_standing(*standing, at);
            }
            Change::Stopped { outcome, cause, used, remaining, overdue } => {
                self.phase = Phase::Stopped { at, cause: *cause, remaining: *remaining };
                (self.used, self.overdue) = (*used, *overdue);
                self.breached |= matches!(outcome, StopOutcome::Breached);
            }
            Change::Cancelled { used, remaining } => {
                self.phase = Phase::Cancelled { at, remaining: *remaining };
                self.used = *used;
            }
        }
    }

    fn set_standing(&mut self, standing: Standing, at: Timestamp) {
        match standing {
            Standing::Due(due) => {
                self.phase = Phase::Running { since: at };
                if !self.breached {
                    self.due = Some(due);
                }
            }
            Standing::Paused(remaining) => {
                self.phase = Phase::Paused { since: at, remaining };
                if !self.breached {
                    self.due = None;
                }
            }
        }
    }

    pub(super) fn started(number: u32, change: &Change, at: Timestamp, revision: Digest) -> Option<Self> {
        let Change::Started { target, calendar, channel, standing } = change else { return None };
        let mut cycle = Self {
            number,
            revision,
            channel: channel.clone(),
            started_at: at,
            target: *target,
            calendar: calendar.clone(),
            due: None,
            breached: false,
            phase: Phase::Running { since: at },
            used: BusinessDuration::ZERO,
            overdue: BusinessDuration::ZERO,
            overdue_before: BusinessDuration::ZERO,
            fired: Vec::new(),
        };
        cycle.set_standing(*standing, at);
        Some(cycle)
    }
}
