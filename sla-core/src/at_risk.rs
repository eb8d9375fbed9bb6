//! The open cycles of many tickets that will be breached first.
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

use std::collections::BinaryHeap;

use serde::Serialize;

use crate::engine::{Activity, Evaluation, Outcome};
use crate::id::Id;
use crate::ticket::Due;
use crate::time::{BusinessDuration, Timestamp};

/// An open cycle, neither met nor breached. Ordered by remaining time, then by due, ticket, timer and cycle.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OpenPromise {
    /// The remaining business time until the target.
    #[serde(rename = "remaining_us")]
    pub remaining: BusinessDuration,
    /// Whether it is paused: then it has no due, and comes after a running one with as much remaining.
    #[serde(rename = "paused")]
    pub is_paused: bool,
    /// The due; `None` while paused, and beyond the horizon.
    pub due_at: Option<Timestamp>,
    /// The ticket.
    pub ticket: Id,
    /// The timer.
    pub timer: Id,
    /// Its cycle.
    pub cycle: u32,
}

/// The open cycles with the least remaining time, of any number of tickets. Takes memory for the list only.
#[derive(Debug, Clone)]
pub struct AtRisk {
    most: usize,
    /// The one with the most remaining time is on top: it is the first to be replaced.
    heap: BinaryHeap<OpenPromise>,
}

impl AtRisk {
    /// Returns an empty list of at most `most` cycles.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, heap: BinaryHeap::new() }
    }

    /// Adds the open cycles of a ticket, as far as they belong to the list. All evaluations should be of one instant.
    pub fn add(&mut self, ticket: &Id, evaluation: &Evaluation) {
        for timer in &evaluation.timers {
            let open = timer.cycles.iter().filter(|cycle| {
                cycle.outcome == Outcome::None && matches!(cycle.activity, Activity::Running | Activity::Paused)
            });
            for cycle in open {
                let Some(remaining) = cycle.remaining else { continue };
                self.consider(OpenPromise {
                    remaining,
                    is_paused: cycle.activity == Activity::Paused,
                    due_at: cycle.due.and_then(Due::at),
                    ticket: ticket.clone(),
                    timer: timer.timer.clone(),
                    cycle: cycle.number,
                });
            }
        }
    }

    /// Adds another list: lists of parts of the tickets merge to the list of all, in any order.
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

    /// Returns the cycles, the one with the least remaining time first.
    #[must_use]
    pub fn into_sorted(self) -> Vec<OpenPromise> {
        self.heap.into_sorted_vec()
    }

    fn consider(&mut self, promise: OpenPromise) {
        if self.heap.len() < self.most {
            self.heap.push(promise);
        } else if let Some(mut last) = self.heap.peek_mut()
            && promise < *last
        {
            *last = promise;
        }
    }
}
