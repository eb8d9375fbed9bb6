//! The open promises of many tickets that will be breached first, and the worklist, in which breached ones come first.
//!
//! ```
//! # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
//! use sla_core::at_risk::AtRisk;
//! # let (engine, tickets, now) = (engine(), [opened()], at("2026-03-02T11:00:00Z"));
//! let mut soonest = AtRisk::new(10);
//! for ticket in &tickets {
//!     soonest.add(&ticket.id, &engine.evaluate(ticket, now)?);
//! }
//! let first = &soonest.into_sorted()[0];
//! assert_eq!((first.timer.as_str(), first.remaining.to_string()), ("first_response", "3h".to_owned()));
//! # Ok::<(), sla_core::Error>(())
//! ```
//!
//! Cycles without a promise are in neither list: nothing is due.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use serde::Serialize;

use crate::engine::{Activity, Evaluation, Outcome};
use crate::id::Id;
use crate::ticket::Due;
use crate::time::{BusinessDuration, Timestamp};

/// An open promise: of a cycle that runs or is paused, breached or not.
///
/// Ordered for a worklist: breached promises come first, the longest overdue before the others; then by remaining time, due,
/// ticket, timer and cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OpenPromise {
    /// The remaining business time until the target.
    #[serde(rename = "remaining_us")]
    pub remaining: BusinessDuration,
    /// Whether it is breached: only in a worklist.
    #[serde(rename = "breached")]
    pub is_breached: bool,
    /// The business time after the due, without pauses.
    #[serde(rename = "overdue_us")]
    pub overdue: BusinessDuration,
    /// Whether it is paused: unless it is breached, it has no due then, and comes after a running one with as much
    /// remaining.
    #[serde(rename = "paused")]
    pub is_paused: bool,
    /// The due; `None` while paused unbreached, and beyond the horizon.
    pub due_at: Option<Timestamp>,
    /// The ticket.
    pub ticket: Id,
    /// The timer.
    pub timer: Id,
    /// Its cycle.
    pub cycle: u32,
}

impl Ord for OpenPromise {
    fn cmp(&self, other: &Self) -> Ordering {
        let order = |one: &Self| (!one.is_breached, Reverse(one.overdue), one.remaining, one.is_paused, one.due_at);
        let names = |one: &Self, other: &Self| {
            (&one.ticket, &one.timer, one.cycle).cmp(&(&other.ticket, &other.timer, other.cycle))
        };
        order(self).cmp(&order(other)).then_with(|| names(self, other))
    }
}

impl PartialOrd for OpenPromise {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The first open promises of any number of tickets: those with the least remaining time, or of a worklist breached ones
/// before. Takes memory for the list only.
#[derive(Debug, Clone)]
pub struct AtRisk {
    most: usize,
    with_breached: bool,
    /// The last one is on top: it is the first to be replaced.
    heap: BinaryHeap<OpenPromise>,
}

impl AtRisk {
    /// Returns an empty list of at most `most` promises that are not breached.
    #[must_use]
    pub const fn new(most: usize) -> Self {
        Self { most, with_breached: false, heap: BinaryHeap::new() }
    }

    /// Returns an empty worklist of at most `most` promises: breached ones come first, the longest overdue on top.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::at_risk::AtRisk;
    /// let (ticket, mut worklist) = (opened(), AtRisk::worklist(10));
    /// worklist.add(&ticket.id, &engine().evaluate(&ticket, at("2026-03-02T15:00:00Z"))?);
    /// let first = &worklist.into_sorted()[0]; // its first response was due at 14:00
    /// assert_eq!((first.is_breached, first.overdue.to_string()), (true, "1h".to_owned()));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub const fn worklist(most: usize) -> Self {
        Self { most, with_breached: true, heap: BinaryHeap::new() }
    }

    /// Adds the open promises of a ticket, as far as they belong to the list. All evaluations should be of one instant.
    pub fn add(&mut self, ticket: &Id, evaluation: &Evaluation) {
        for timer in &evaluation.timers {
            for cycle in &timer.cycles {
                let is_breached = cycle.outcome == Outcome::Breached;
                let is_open = matches!(cycle.activity, Activity::Running | Activity::Paused);
                let (true, Some(remaining)) = (is_open, cycle.remaining) else { continue };
                self.consider(OpenPromise {
                    remaining,
                    is_breached,
                    overdue: cycle.overdue,
                    is_paused: cycle.activity == Activity::Paused,
                    due_at: cycle.due.and_then(Due::at),
                    ticket: ticket.clone(),
                    timer: timer.timer.clone(),
                    cycle: cycle.number,
                });
            }
        }
    }

    /// Adds another list of the same kind: lists of parts of the tickets merge to the list of all, in any order.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::at_risk::AtRisk;
    /// let (ticket, mut all, mut part) = (opened(), AtRisk::new(1), AtRisk::new(1));
    /// part.add(&ticket.id, &engine().evaluate(&ticket, at("2026-03-02T11:00:00Z"))?);
    /// all.merge(part);
    /// assert_eq!(all.into_sorted().len(), 1);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    pub fn merge(&mut self, other: Self) {
        other.heap.into_iter().for_each(|promise| self.consider(promise));
    }

    /// Returns the promises: breached ones first, the longest overdue on top, then those with the least remaining time.
    #[must_use]
    pub fn into_sorted(self) -> Vec<OpenPromise> {
        self.heap.into_sorted_vec()
    }

    fn consider(&mut self, promise: OpenPromise) {
        if promise.is_breached && !self.with_breached {
            return;
        }
        if self.heap.len() < self.most {
            self.heap.push(promise);
        } else if let Some(mut last) = self.heap.peek_mut()
            && promise < *last
        {
            *last = promise;
        }
    }
}
