//! The promises of many tickets that will be broken soonest if nothing happens.
//!
//! ```
//! # use sla_core::{Engine, wire, at_risk::AtRisk};
//! # use sla_core::engine::Decision;
//! # use sla_core::ticket::{Actor, Role};
//! # use sla_core::time::Timestamp;
//! # let engine = Engine::compile(wire::policy::read(include_str!("../../examples/talkabiz.json"))?)?;
//! # let opening = wire::command::read_opening(r#"{
//! #     "command": "open", "ticket": "T-1", "customer": "c-7", "package": "starter", "channel": "email",
//! #     "message": {"message_ref": "m-1", "content_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
//! # }"#)?;
//! # let now = Timestamp::parse("2026-11-23T10:30:00+07:00")?;
//! # let Decision::Accepted(opened) = engine.open(&opening, &Actor::new(Role::Customer, "c-7"), now)? else { panic!() };
//! # let tickets = [opened.ticket];
//! let mut soonest = AtRisk::new(10);
//! for ticket in &tickets {
//!     soonest.add(&ticket.id, &engine.evaluate(ticket, now)?);
//! }
//! for promise in soonest.into_sorted() {
//!     println!("{} {}: {} left", promise.ticket, promise.timer, promise.remaining);
//! }
//! # Ok::<(), sla_core::Error>(())
//! ```

use std::collections::BinaryHeap;

use crate::engine::{Activity, Evaluation, Outcome};
use crate::id::Id;
use crate::ticket::Due;
use crate::time::{BusinessDuration, Timestamp};

/// An open promise, neither kept nor broken yet. Ordered by what is left, then by due, ticket, timer and cycle.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenPromise {
    /// What is left of the target, in business time.
    pub remaining: BusinessDuration,
    /// Whether it stands still: then it has no due, and comes after a running one with as much left.
    pub is_paused: bool,
    /// When it falls due; `None` while paused, and beyond the horizon.
    pub due_at: Option<Timestamp>,
    /// The ticket.
    pub ticket: Id,
    /// The timer.
    pub timer: Id,
    /// Its cycle.
    pub cycle: u32,
}

/// The open promises with the least left, of as many tickets as come. Memory is that of the list.
#[derive(Debug, Clone)]
pub struct AtRisk {
    most: usize,
    /// The greatest on top: the first to go.
    heap: BinaryHeap<OpenPromise>,
}

impl AtRisk {
    /// Returns a list of at most `most` promises.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, heap: BinaryHeap::new() }
    }

    /// Considers the open promises of a ticket. All evaluations should be of one instant.
    pub fn add(&mut self, ticket: &Id, evaluation: &Evaluation) {
        for timer in &evaluation.timers {
            let open = timer.cycles.iter().filter(|cycle| {
                cycle.outcome == Outcome::None && matches!(cycle.activity, Activity::Running | Activity::Paused)
            });
            for cycle in open {
                self.consider(OpenPromise {
                    remaining: cycle.remaining,
                    is_paused: cycle.activity == Activity::Paused,
                    due_at: cycle.due.and_then(Due::at),
                    ticket: ticket.clone(),
                    timer: timer.timer.clone(),
                    cycle: cycle.number,
                });
            }
        }
    }

    /// Considers what another list kept: lists of parts of the tickets make the list of all, in any order.
    pub fn merge(&mut self, other: Self) {
        other.heap.into_iter().for_each(|promise| self.consider(promise));
    }

    /// Returns the promises, the one with the least left first.
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
