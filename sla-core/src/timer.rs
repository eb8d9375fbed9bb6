//! The arithmetic of one cycle: time used, remaining and overdue, and the changes that an event makes.
//!
//! INVARIANT: lengths of open time between instants of the horizon fit: 230 years are 53 bits of microseconds.

use crate::calendar::Calendar;
use crate::error::{Error, ErrorCode, Fault};
use crate::policy::{DueBoundary, TimerRules, Trigger};
use crate::ticket::{Change, Cycle, Due, Phase, Standing, Status, StopCause, StopOutcome, Ticket};
use crate::time::{BusinessDuration, Timestamp};

/// Time used, remaining and overdue of a cycle as of an instant, in business time of its calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Measure {
    pub(crate) used: BusinessDuration,
    pub(crate) remaining: BusinessDuration,
    pub(crate) overdue: BusinessDuration,
}

/// Measures a cycle as of `now`, which does not lie before the cycle's last change.
pub(crate) fn measure(cycle: &Cycle, calendar: &Calendar, now: Timestamp) -> Result<Measure, Error> {
    let unchanged = |remaining| Measure { used: cycle.used, remaining, overdue: cycle.overdue };
    let since = match cycle.phase {
        Phase::Running { since } => since,
        Phase::Paused { remaining, .. } | Phase::Stopped { remaining, .. } | Phase::Cancelled { remaining, .. } => {
            return Ok(unchanged(remaining));
        }
    };
    let used = sum(cycle.used, calendar.elapsed(since, now)?)?;
    let (remaining, overdue) = match cycle.due {
        Some(Due::At(due_at)) if now <= due_at => (calendar.elapsed(now, due_at)?, cycle.overdue),
        Some(Due::At(due_at)) => {
            (BusinessDuration::ZERO, sum(cycle.overdue, calendar.elapsed(due_at.max(since), now)?)?)
        }
        Some(Due::OutOfHorizon) | None => (cycle.target.saturating_sub(used), cycle.overdue),
    };
    Ok(Measure { used, remaining, overdue })
}

/// Returns when `remaining` is used up if it counts from `from` on.
pub(crate) fn due_from(
    calendar: &Calendar,
    boundary: DueBoundary,
    from: Timestamp,
    remaining: BusinessDuration,
) -> Result<Due, Error> {
    let due = calendar.due(from, remaining)?;
    match (boundary, due) {
        (DueBoundary::NextOpen, Due::At(due_at)) if is_closing(calendar, due_at)? => {
            Ok(calendar.next_open(due_at).map_or(Due::OutOfHorizon, Due::At))
        }
        _ => Ok(due),
    }
}

fn is_closing(calendar: &Calendar, at: Timestamp) -> Result<bool, Error> {
    Ok(at > Timestamp::EPOCH && !calendar.is_open(at)? && calendar.is_open(at.just_before())?)
}

#[derive(Debug, Clone, thiserror::Error)]
#[error("a sum of business time does not fit")]
struct SumTooLong;

impl Fault for SumTooLong {
    fn code(&self) -> ErrorCode {
        ErrorCode::InvalidDuration
    }
}

/// Returns the sum, which fits for lengths of open time within the horizon: only a history from elsewhere can break it.
pub(crate) fn sum(a: BusinessDuration, b: BusinessDuration) -> Result<BusinessDuration, Error> {
    a.checked_add(b).ok_or_else(|| SumTooLong.into())
}

/// Returns the change that ends a cycle at `at`: met if and only if that is at or before its due.
pub(crate) fn stop(cycle: &Cycle, calendar: &Calendar, at: Timestamp, cause: StopCause) -> Result<Change, Error> {
    let Measure { used, remaining, overdue } = measure(cycle, calendar, at)?;
    let outcome = if cycle.breached { StopOutcome::Breached } else { StopOutcome::Met };
    Ok(Change::Stopped { outcome, cause, used, remaining, overdue })
}

/// Returns the change that pauses a cycle.
pub(crate) fn pause(cycle: &Cycle, calendar: &Calendar, at: Timestamp) -> Result<Change, Error> {
    let Measure { used, remaining, overdue } = measure(cycle, calendar, at)?;
    Ok(Change::Paused { used, remaining, overdue })
}

/// Returns the change that resumes a cycle; a breached one keeps its due.
pub(crate) fn resume(cycle: &Cycle, calendar: &Calendar, rules: &TimerRules, at: Timestamp) -> Result<Change, Error> {
    let Measure { used, remaining, .. } = measure(cycle, calendar, at)?;
    let due = match cycle.due {
        Some(due) if cycle.breached => due,
        _ => due_from(calendar, rules.due_boundary, at, remaining)?,
    };
    Ok(Change::Resumed { used, standing: Standing::Due(due) })
}

/// Returns whether a cycle under `rules` is paused while the ticket is in `status`.
pub(crate) fn pauses_in(rules: &TimerRules, status: Status) -> bool {
    status.pause().is_some_and(|pause| rules.pauses_on.contains(&pause))
}

/// A cycle counted anew from its start: the spans in which it would have counted, in order.
pub(crate) struct Recount<'a> {
    calendar: &'a Calendar,
    spans: Vec<(Timestamp, BusinessDuration)>,
    /// What it would have used by now.
    pub(crate) used: BusinessDuration,
}

impl<'a> Recount<'a> {
    /// Counts a cycle under `rules` and `calendar` through the statuses that the ticket was in until `now`.
    pub(crate) fn new(
        ticket: &Ticket,
        cycle: &Cycle,
        rules: &TimerRules,
        calendar: &'a Calendar,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let stops_at_resolve = rules.stops_on.contains(&Trigger::Resolved);
        let mut recount = Self { calendar, spans: Vec::new(), used: BusinessDuration::ZERO };
        let ends = ticket.timeline.iter().skip(1).map(|(at, _)| *at).chain([now]);
        for ((began, status), ended) in ticket.timeline.iter().zip(ends) {
            let (from, to) = ((*began).max(cycle.started_at), ended.min(now));
            let is_stopped = stops_at_resolve && *status == Status::Resolved;
            if from < to && !is_stopped && !pauses_in(rules, *status) {
                let length = calendar.elapsed(from, to)?;
                recount.spans.push((from, length));
                recount.used = sum(recount.used, length)?;
            }
        }
        Ok(recount)
    }

    /// Returns when `length` was used up; `None` when it is not yet.
    pub(crate) fn reached(&self, length: BusinessDuration) -> Result<Option<Timestamp>, Error> {
        let mut missing = length;
        for (from, part) in &self.spans {
            if *part >= missing {
                return self.calendar.add(*from, missing).map(Some);
            }
            missing = missing.saturating_sub(*part);
        }
        Ok(None)
    }
}
