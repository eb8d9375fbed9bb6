//! What differs between a recorded event and the one that the rules make.

use std::sync::Arc;

use crate::refusal::Refusal;
use crate::string_enum::string_enum;
use crate::ticket::{Change, Due, Event, EventKind, InactivityIntent, Promised, Spent, Standing, Ticket};

string_enum! {
    /// What differs between a history and what the rules make of it.
    DifferenceKind {
        /// The rules refuse the command that the event records.
        Refused => "refused",
        /// The rules make an event before this one that the history lacks.
        MissingEvent => "missing_event",
        /// The rules make no such event here.
        AdditionalEvent => "additional_event",
        /// The rules make an event of another kind.
        Kind => "kind",
        /// The actor is another.
        Actor => "actor",
        /// Something else permits it.
        Via => "via",
        /// It happens at another instant.
        Instant => "instant",
        /// The data of the event.
        Data => "data",
        /// The ticket is under another revision.
        Revision => "revision",
        /// What the event did to a timer, or what it promises.
        Timers => "timers",
        /// The digest of the command does not fit what the event says.
        Command => "command",
        /// A stored state is not the fold of the events before it.
        Snapshot => "snapshot",
    }
}

/// How a history differs from what the rules make of it. [`wire::verification`](crate::wire::verification) writes it with
/// the place of the first field that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The event; of a missing one that which comes instead of it, of a snapshot the last that it folds.
    pub seq: u32,
    /// What differs.
    pub what: DifferenceKind,
    /// What is recorded, and what the rules make.
    pub sides: Box<Sides>,
    /// Why the rules refuse the command.
    pub refusal: Option<Refusal>,
}

/// What is recorded, and what the rules make.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one for each difference, in memory of its own")]
pub enum Sides {
    /// An event.
    Event {
        /// The recorded one; `None` for a missing one.
        recorded: Option<Event>,
        /// The one that the rules make; `None` where they make none.
        expected: Option<Event>,
    },
    /// A stored state.
    Snapshot {
        /// The stored one.
        recorded: Ticket,
        /// The fold of as many events, or of all where there are fewer.
        expected: Ticket,
    },
}

impl Difference {
    fn of_events(seq: u32, what: DifferenceKind, recorded: Option<&Event>, expected: Option<&Event>) -> Self {
        let sides = Box::new(Sides::Event { recorded: recorded.cloned(), expected: expected.cloned() });
        Self { seq, what, sides, refusal: None }
    }

    pub(super) fn refused(event: &Event, refusal: Refusal) -> Self {
        let difference = Self::of_events(event.seq, DifferenceKind::Refused, Some(event), None);
        Self { refusal: Some(refusal), ..difference }
    }

    pub(super) fn missing(event: &Event, expected: &Event) -> Self {
        Self::of_events(event.seq, DifferenceKind::MissingEvent, None, Some(expected))
    }

    pub(super) fn additional(event: &Event) -> Self {
        Self::of_events(event.seq, DifferenceKind::AdditionalEvent, Some(event), None)
    }

    /// Returns how an event differs from the one that the rules make; time-zone rules alone are no difference.
    pub(super) fn between(event: &Event, expected: &Event) -> Option<Self> {
        let what = if event.kind.name() != expected.kind.name() {
            DifferenceKind::Kind
        } else if event.actor != expected.actor {
            DifferenceKind::Actor
        } else if event.via != expected.via {
            DifferenceKind::Via
        } else if event.at != expected.at {
            DifferenceKind::Instant
        } else if event.kind != expected.kind {
            DifferenceKind::Data
        } else if event.rules.policy_digest != expected.rules.policy_digest {
            DifferenceKind::Revision
        } else if (&event.changes, &event.promised) != (&expected.changes, &expected.promised) {
            DifferenceKind::Timers
        } else if event.command != expected.command {
            DifferenceKind::Command
        } else {
            // INVARIANT: ticket and sequence number follow from the fold.
            return None;
        };
        Some(Self::of_events(event.seq, what, Some(event), Some(expected)))
    }

    /// Returns how a snapshot differs from the fold of as many events.
    pub(super) fn of_snapshot(snapshot: &Ticket, fold: &Ticket) -> Option<Self> {
        // INVARIANT: a fold has at least the opening.
        let seq = fold.events.saturating_sub(1);
        let (recorded, expected) = (snapshot.in_short(), fold.in_short());
        (recorded != expected).then(|| Self {
            seq,
            what: DifferenceKind::Snapshot,
            sides: Box::new(Sides::Snapshot { recorded, expected }),
            refusal: None,
        })
    }
}

/// Returns whether two automatic events are the same step, breach, reminder or change of status.
pub(super) fn is_same_automatic(one: &EventKind, other: &EventKind) -> bool {
    match (one, other) {
        (EventKind::Warned(one), EventKind::Warned(other)) => one.intent_id == other.intent_id,
        (EventKind::Escalated(one), EventKind::Escalated(other)) => {
            one.firing.as_ref().map(|one| one.intent_id) == other.firing.as_ref().map(|other| other.intent_id)
        }
        (EventKind::Breached { timer, cycle, .. }, EventKind::Breached { timer: of, cycle: number, .. }) => {
            (timer, cycle) == (of, number)
        }
        (EventKind::Reminded(one), EventKind::Reminded(other)) => one.rule == other.rule,
        _ => one.name() == other.name(),
    }
}

/// Returns whether two events differ in instants only, in business time measured between them, and in the time-zone rules
/// that both follow from.
pub(super) fn is_instants_only(event: &Event, expected: &Event) -> bool {
    let mut moved = expected.clone();
    moved.at = event.at;
    Arc::make_mut(&mut moved.rules).rules_digest = event.rules.rules_digest;
    match (&mut moved.kind, &event.kind) {
        (EventKind::Warned(to), EventKind::Warned(from)) => to.notify_at = from.notify_at,
        (EventKind::Escalated(to), EventKind::Escalated(from)) => {
            if let (Some(to), Some(from)) = (&mut to.firing, &from.firing) {
                to.notify_at = from.notify_at;
            }
        }
        (EventKind::Reminded(to), EventKind::Reminded(from))
        | (
            EventKind::Resolved { inactivity: Some(to), .. } | EventKind::Closed { inactivity: Some(to), .. },
            EventKind::Resolved { inactivity: Some(from), .. } | EventKind::Closed { inactivity: Some(from), .. },
        ) => move_inactivity(to, from),
        (EventKind::Paused { limit_at: to, .. }, EventKind::Paused { limit_at: from, .. }) => move_known(to, *from),
        _ => {}
    }
    for (to, from) in moved.changes.iter_mut().zip(&event.changes) {
        move_change(&mut to.change, &from.change);
    }
    moved == *event
}

fn move_change(to: &mut Change, from: &Change) {
    match (to, from) {
        (
            Change::Started { started_at, elapsed, promise, .. },
            Change::Started { started_at: of_start, elapsed: of_elapsed, promise: other, .. },
        )
        | (
            Change::Resumed { started_at, elapsed, promise, .. },
            Change::Resumed { started_at: of_start, elapsed: of_elapsed, promise: other, .. },
        ) => {
            (*started_at, *elapsed) = (*of_start, *of_elapsed);
            move_promise(promise.as_deref_mut(), other.as_deref());
        }
        (
            Change::Retargeted { started_at, elapsed, promise, computed_steps, .. },
            Change::Retargeted {
                started_at: of_start,
                elapsed: of_elapsed,
                promise: other,
                computed_steps: of_steps,
                ..
            },
        ) => {
            (*started_at, *elapsed) = (*of_start, *of_elapsed);
            move_promise(promise.as_deref_mut(), other.as_deref());
            for (to, from) in computed_steps.iter_mut().zip(of_steps) {
                to.at = from.at;
            }
        }
        (Change::Paused(to), Change::Paused(from))
        | (Change::Stopped { spent: to, .. }, Change::Stopped { spent: from, .. })
        | (Change::Cancelled { spent: to, .. }, Change::Cancelled { spent: from, .. }) => move_spent(to, from),
        _ => {}
    }
}

fn move_promise(to: Option<&mut Promised>, from: Option<&Promised>) {
    let (Some(to), Some(from)) = (to, from) else { return };
    (to.target, to.used) = (from.target, from.used);
    match (&mut to.standing, from.standing) {
        (Standing::Due(Due::At(to)), Standing::Due(Due::At(from))) => *to = from,
        (Standing::Paused(to), Standing::Paused(from)) => *to = from,
        _ => {}
    }
    move_known(&mut to.computed_due_at, from.computed_due_at);
}

fn move_spent(to: &mut Spent, from: &Spent) {
    (to.elapsed, to.used, to.overdue) = (from.elapsed, from.used, from.overdue);
    move_known(&mut to.remaining, from.remaining);
}

const fn move_inactivity(to: &mut InactivityIntent, from: &InactivityIntent) {
    to.notify_at = from.notify_at;
    move_known(&mut to.computed_at, from.computed_at);
}

/// Sets a value that both events have to that of the recorded one.
const fn move_known<T: Copy>(to: &mut Option<T>, from: Option<T>) {
    if to.is_some() && from.is_some() {
        *to = from;
    }
}
