//! One cycle of one timer, as the events have left it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::calendar::Due;
use crate::digest::Digest;
use crate::id::Id;
use crate::serde_text::{is_false, is_zero};
use crate::time::{BusinessDuration, Timestamp};

use super::event::{CancelCause, Change, CycleTerms, Promised, Spent, Standing, StopCause, StopOutcome};

/// All cycles of one timer of one ticket.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TimerTrack {
    /// The timer.
    pub timer: Id,
    /// When the ticket's terms first promised something for the timer; kept for the life of the ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_since: Option<Timestamp>,
    /// How many cycles came before those that follow, which the ticket, in short, does not hold any more.
    #[serde(default, skip_serializing_if = "EarlierCycles::is_empty")]
    pub earlier: EarlierCycles,
    /// Its cycles, oldest first; only the last one may still count. Empty where only a promise arrived. In short the last
    /// [`LATEST_CYCLES`](super::LATEST_CYCLES).
    pub cycles: Vec<Cycle>,
}

/// How many cycles of a timer ended, by their outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EarlierCycles {
    /// Stopped in time.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub met: u32,
    /// Breached.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub breached: u32,
    /// Ended before their due without being stopped.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cancelled: u32,
    /// Ended without a promise.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unpromised: u32,
}

impl EarlierCycles {
    /// Returns how many there are in all.
    ///
    /// ```
    /// use sla_core::ticket::EarlierCycles;
    ///
    /// let earlier = EarlierCycles { met: 3, breached: 1, ..EarlierCycles::default() };
    /// assert_eq!(earlier.count(), 4); // the cycles that follow are numbered from 5
    /// ```
    #[must_use]
    pub const fn count(&self) -> u32 {
        let Self { met, breached, cancelled, unpromised } = *self;
        // A count beyond `u32` is none of a ticket: `TimerTrack::is_whole` refuses it, as no cycle has a number after it.
        met.saturating_add(breached).saturating_add(cancelled).saturating_add(unpromised)
    }

    /// Returns whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count() == 0
    }
}

impl TimerTrack {
    /// Returns the track of a timer that has not started.
    pub(crate) const fn new(timer: Id) -> Self {
        let earlier = EarlierCycles { met: 0, breached: 0, cancelled: 0, unpromised: 0 };
        Self { timer, promised_since: None, earlier, cycles: Vec::new() }
    }

    /// Returns the number of the next cycle.
    pub(crate) fn next_number(&self) -> u32 {
        // INVARIANT: an event starts one cycle of a timer at most, and a ticket's events are counted in `u32`.
        self.cycles.last().map_or(1, |last| last.number.saturating_add(1))
    }

    /// Returns whether the cycles are in order, none but the last counts, and nothing lies after `last_at`.
    pub(super) fn is_whole(&self, last_at: Timestamp) -> bool {
        let Some((_, before)) = self.cycles.split_last() else {
            return self.promised_since.is_some() && self.earlier.is_empty();
        };
        let Some(first) = self.earlier.count().checked_add(1) else { return false };
        let numbers = self.cycles.iter().map(|cycle| cycle.number);
        numbers.eq((first..).take(self.cycles.len()))
            && before.iter().all(|cycle| !cycle.is_active())
            && self.cycles.iter().all(|cycle| cycle.started_at <= cycle.since() && cycle.since() <= last_at)
    }

    /// Records that the ticket's terms have promised something since `at`, unless they did before.
    pub(super) fn promise_arrived(&mut self, at: Timestamp) {
        self.promised_since = Some(self.promised_since.map_or(at, |since| since.min(at)));
    }
}

/// One cycle: the time that counts since its start, what is promised, and its phase.
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
    /// When it started; before `began_by` where the event reports something received earlier.
    pub started_at: Timestamp,
    /// The instant of the event that started it; the time before it counts whatever the status was.
    pub began_by: Timestamp,
    /// Whether the customer began to wait then: it was an inbound opening, a customer's message or a reopening.
    #[serde(default, skip_serializing_if = "is_false")]
    pub waits: bool,
    /// What its terms depend on, as of the last event that set them.
    pub terms: CycleTerms,
    /// The calendar it counts in.
    pub calendar: Id,
    /// What is promised; `None` while nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<Promise>,
    /// Whether something was promised before: without a promise the cycle then is in the class `terms`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub was_promised: bool,
    /// Whether it is breached; then the promise never changes again.
    pub breached: bool,
    /// Whether it counts, and since when.
    pub phase: Phase,
    /// Open, unpaused time from the start up to the phase's instant.
    #[serde(rename = "elapsed_us")]
    pub elapsed: BusinessDuration,
    /// The time that counts against the target. After a change to a target in business days it may exceed the elapsed time.
    #[serde(rename = "used_us")]
    pub used: BusinessDuration,
    /// Open, unpaused time after due, up to the phase's instant.
    #[serde(rename = "overdue_us")]
    pub overdue: BusinessDuration,
    /// The steps that fired, by id, with the last repetition that did: 0 for the step itself.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", with = "fired_steps")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<fired_steps::FiredStep>"))]
    pub fired: BTreeMap<Id, u32>,
    /// The changes of terms since the resolve stopped it: a reopening that resumes it applies them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pending_terms: Vec<PendingTerms>,
}

/// What a cycle promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Promise {
    /// The promised duration.
    #[serde(rename = "target_us")]
    pub target: BusinessDuration,
    /// When the cycle falls or fell due; `None` while it is paused before its due, as the pause postpones it.
    pub due: Option<Due>,
    /// Whether the due that the terms give lies before the event that set it: it is the event's instant then, and
    /// breached by that event.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_late: bool,
}

/// Terms that a stopped cycle adopts when a reopening resumes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PendingTerms {
    /// What the terms depend on.
    pub terms: CycleTerms,
    /// The policy revision.
    pub revision: Digest,
    /// Whether they apply only where they do not loosen: an agent set them.
    #[serde(default, skip_serializing_if = "is_false")]
    pub by_agent: bool,
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
        /// What remains of the target; zero without one.
        #[serde(rename = "remaining_us")]
        remaining: BusinessDuration,
    },
    /// Ended by what stops the timer, or by the end of the ticket after its due; a reopening may resume it.
    Stopped {
        /// When.
        at: Timestamp,
        /// What stopped it.
        cause: StopCause,
        /// What remained of the target; zero without one.
        #[serde(rename = "remaining_us")]
        remaining: BusinessDuration,
    },
    /// Ended without a stop before its due.
    Cancelled {
        /// When.
        at: Timestamp,
        /// By what.
        cause: CancelCause,
        /// What remained of the target; zero without one.
        #[serde(rename = "remaining_us")]
        remaining: BusinessDuration,
    },
}

/// How a cycle writes the steps that fired: as a list, by id.
mod fired_steps {
    use std::collections::BTreeMap;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::id::Id;
    use crate::serde_text::is_zero;

    /// A step that fired in a cycle.
    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    pub(super) struct FiredStep {
        /// The step's id within the timer.
        step: Id,
        /// The last repetition that fired; 0 for the step itself.
        #[serde(default, skip_serializing_if = "is_zero")]
        repetition: u32,
    }

    pub(super) fn serialize<S: Serializer>(fired: &BTreeMap<Id, u32>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(
            fired.iter().map(|(step, repetition)| FiredStep { step: step.clone(), repetition: *repetition }),
        )
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<Id, u32>, D::Error> {
        let listed = Vec::<FiredStep>::deserialize(deserializer)?;
        let count = listed.len();
        let fired: BTreeMap<Id, u32> = listed.into_iter().map(|fired| (fired.step, fired.repetition)).collect();
        if fired.len() == count { Ok(fired) } else { Err(D::Error::custom("a step is listed twice")) }
    }
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

    /// Returns the promised duration; `None` while nothing is promised.
    #[must_use]
    pub fn target(&self) -> Option<BusinessDuration> {
        self.promise.map(|promise| promise.target)
    }

    /// Returns when the cycle falls or fell due; `None` while it is paused before its due, or nothing is promised.
    #[must_use]
    pub fn due(&self) -> Option<Due> {
        self.promise.and_then(|promise| promise.due)
    }

    /// Returns whether a reopening may resume the cycle: a resolve stopped it, or an inactivity rule's resolve ended it.
    #[must_use]
    pub const fn ended_at_resolve(&self) -> bool {
        matches!(
            self.phase,
            Phase::Stopped { cause: StopCause::Resolve, .. } | Phase::Cancelled { cause: CancelCause::Inactivity, .. }
        )
    }

    /// Returns whether a step fired, with its repetition `repetition` or a later one.
    pub(crate) fn has_fired(&self, step: &Id, repetition: u32) -> bool {
        self.fired.get(step).is_some_and(|fired| *fired >= repetition)
    }

    /// Records that a step fired.
    pub(super) fn fire(&mut self, step: &Id, repetition: u32) {
        let fired = self.fired.entry(step.clone()).or_default();
        *fired = repetition.max(*fired);
    }

    /// Applies what an event did to this cycle.
    pub(crate) fn apply(&mut self, change: &Change, at: Timestamp, revision: Digest) {
        match change {
            Change::Started { .. } => {}
            Change::Paused(spent) => {
                self.phase = Phase::Paused { since: at, remaining: spent.remaining.unwrap_or_default() };
                self.spend(spent);
                if !self.breached
                    && let Some(promise) = &mut self.promise
                    && !promise.is_late
                {
                    promise.due = None;
                }
            }
            Change::Resumed { started_at, terms, elapsed, promise } => {
                (self.started_at, self.terms) = (*started_at, terms.clone());
                self.elapse(*elapsed);
                self.set_promise(promise.as_deref(), at, false);
            }
            Change::Retargeted {
                started_at, terms, calendar, channel, elapsed, promise, paused, keeps_rules, ..
            } => {
                (self.started_at, self.terms, self.calendar) = (*started_at, terms.clone(), calendar.clone());
                self.elapse(*elapsed);
                if let Some(channel) = channel {
                    self.channel = channel.clone();
                }
                if !keeps_rules {
                    self.revision = revision;
                }
                self.set_promise(promise.as_deref(), at, *paused);
            }
            Change::Stopped { outcome, cause, spent } => {
                self.phase = Phase::Stopped { at, cause: *cause, remaining: spent.remaining.unwrap_or_default() };
                self.spend(spent);
                self.breached |= matches!(outcome, StopOutcome::Breached);
            }
            Change::Cancelled { cause, spent } => {
                self.phase = Phase::Cancelled { at, cause: *cause, remaining: spent.remaining.unwrap_or_default() };
                self.spend(spent);
            }
        }
    }

    /// Sets the elapsed time; what was promised before counts on while the promise is away.
    fn elapse(&mut self, elapsed: BusinessDuration) {
        if self.promise.is_some() || self.was_promised {
            let passed = elapsed.saturating_sub(self.elapsed);
            // INVARIANT: lengths of open time within the horizon fit; what is promised states its used time.
            self.used = self.used.checked_add(passed).unwrap_or(self.used);
        }
        self.elapsed = elapsed;
    }

    fn spend(&mut self, spent: &Spent) {
        (self.elapsed, self.used, self.overdue) = (spent.elapsed, spent.used, spent.overdue);
    }

    /// Sets what is promised from `at` on, unless the cycle is breached, and whether the cycle counts.
    fn set_promise(&mut self, promised: Option<&Promised>, at: Timestamp, paused: bool) {
        self.pending_terms.clear();
        self.was_promised |= self.promise.is_some();
        let mut remaining = BusinessDuration::ZERO;
        let mut promise = None;
        if let Some(promised) = promised {
            self.used = promised.used;
            let due = match promised.standing {
                Standing::Due(due) => Some(due),
                Standing::Paused(left) => {
                    remaining = left;
                    None
                }
            };
            let is_late = promised.computed_due_at.is_some();
            promise = Some(Promise { target: promised.target, due, is_late });
        }
        self.phase = if paused { Phase::Paused { since: at, remaining } } else { Phase::Running { since: at } };
        if !self.breached {
            self.promise = promise;
        }
    }

    pub(super) fn started(number: u32, change: &Change, at: Timestamp, revision: Digest, waits: bool) -> Option<Self> {
        let Change::Started { started_at, began_by, terms, calendar, channel, elapsed, promise, paused } = change
        else {
            return None;
        };
        let mut cycle = Self {
            number,
            revision,
            channel: channel.clone(),
            started_at: *started_at,
            began_by: began_by.as_ref().map_or(at, |began_by| began_by.at),
            waits: began_by.as_ref().map_or(waits, |began_by| began_by.waits),
            terms: terms.clone(),
            calendar: calendar.clone(),
            promise: None,
            was_promised: false,
            breached: false,
            phase: Phase::Running { since: at },
            elapsed: *elapsed,
            used: BusinessDuration::ZERO,
            overdue: BusinessDuration::ZERO,
            fired: BTreeMap::new(),
            pending_terms: Vec::new(),
        };
        cycle.set_promise(promise.as_deref(), at, *paused);
        Some(cycle)
    }
}
