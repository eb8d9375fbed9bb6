//! The arithmetic of one cycle: time elapsed, used, remaining and overdue, and the changes that an event makes.
//!
//! INVARIANT: lengths of open time between instants of the horizon fit: 230 years are 53 bits of microseconds.

use crate::calendar::Calendar;
use crate::error::{Error, ErrorCode, Fault};
use crate::policy::{DueBoundary, TimerRules, Trigger};
use crate::ticket::{
    CancelCause, Change, Cycle, Due, Phase, Promised, Spent, Standing, Status, StopCause, StopOutcome, Ticket,
};
use crate::time::{BusinessDuration, Timestamp};

/// Time elapsed, used, remaining and overdue of a cycle as of an instant, in business time of its calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Measure {
    /// Open, unpaused time since the start.
    pub(crate) elapsed: BusinessDuration,
    /// The part of it that counts against the target.
    pub(crate) used: BusinessDuration,
    /// `None` while nothing is promised.
    pub(crate) remaining: Option<BusinessDuration>,
    pub(crate) overdue: BusinessDuration,
}

/// Measures a cycle as of `now`, which does not lie before the cycle's last change.
pub(crate) fn measure(cycle: &Cycle, calendar: &Calendar, now: Timestamp) -> Result<Measure, Error> {
    let Cycle { elapsed, used, overdue, promise, .. } = *cycle;
    let since = match cycle.phase {
        Phase::Running { since } => since,
        Phase::Paused { remaining, .. } | Phase::Stopped { remaining, .. } | Phase::Cancelled { remaining, .. } => {
            return Ok(Measure { elapsed, used, remaining: promise.map(|_| remaining), overdue });
        }
    };
    let passed = calendar.elapsed(since, now)?;
    let elapsed = sum(elapsed, passed)?;
    let Some(promise) = promise else {
        // A promise that was taken away counts on: it comes back with that time used.
        let used = if cycle.was_promised { sum(used, passed)? } else { used };
        return Ok(Measure { elapsed, used, remaining: None, overdue });
    };
    let used = sum(used, passed)?;
    let (remaining, overdue) = match promise.due {
        Some(Due::At(due_at)) if now <= due_at => (calendar.elapsed(now, due_at)?, overdue),
        Some(Due::At(due_at)) => (BusinessDuration::ZERO, sum(overdue, calendar.elapsed(due_at.max(since), now)?)?),
        Some(Due::OutOfHorizon) | None => (promise.target.saturating_sub(used), overdue),
    };
    Ok(Measure { elapsed, used, remaining: Some(remaining), overdue })
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

/// As [`due_from`], where a look at the tables of the calendar says it.
#[inline]
pub(crate) fn quick_due_from(
    calendar: &Calendar,
    boundary: DueBoundary,
    from: Timestamp,
    remaining: BusinessDuration,
) -> Option<Timestamp> {
    if boundary == DueBoundary::NextOpen { None } else { calendar.quick_add(from, remaining) }
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

fn spent(cycle: &Cycle, calendar: &Calendar, at: Timestamp) -> Result<Spent, Error> {
    let Measure { elapsed, used, remaining, overdue } = measure(cycle, calendar, at)?;
    Ok(Spent { elapsed, used, remaining, overdue })
}

/// Returns the change that stops a cycle at `at`: met unless it is breached or nothing is promised.
pub(crate) fn stop(cycle: &Cycle, calendar: &Calendar, at: Timestamp, cause: StopCause) -> Result<Change, Error> {
    let outcome = if cycle.breached {
        StopOutcome::Breached
    } else if cycle.promise.is_some() {
        StopOutcome::Met
    } else {
        StopOutcome::Unpromised
    };
    Ok(Change::Stopped { outcome, cause, spent: spent(cycle, calendar, at)? })
}

/// Returns the change that ends an unbreached cycle at `at` without stopping it.
pub(crate) fn cancel(cycle: &Cycle, calendar: &Calendar, at: Timestamp, cause: CancelCause) -> Result<Change, Error> {
    Ok(Change::Cancelled { cause, spent: spent(cycle, calendar, at)? })
}

/// Returns the change that pauses a cycle.
pub(crate) fn pause(cycle: &Cycle, calendar: &Calendar, at: Timestamp) -> Result<Change, Error> {
    Ok(Change::Paused(spent(cycle, calendar, at)?))
}

/// Returns the change that resumes a cycle; a breached one keeps its due.
pub(crate) fn resume(cycle: &Cycle, calendar: &Calendar, rules: &TimerRules, at: Timestamp) -> Result<Change, Error> {
    let Measure { elapsed, used, remaining, .. } = measure(cycle, calendar, at)?;
    let mut promise = None;
    if let (Some(own), Some(remaining)) = (cycle.promise, remaining) {
        let due = match own.due {
            Some(due) if cycle.breached => due,
            _ => due_from(calendar, rules.due_boundary, at, remaining)?,
        };
        promise =
            Some(Box::new(Promised { target: own.target, used, standing: Standing::Due(due), computed_due_at: None }));
    }
    Ok(Change::Resumed { started_at: cycle.started_at, terms: cycle.terms.clone(), elapsed, promise })
}

/// Returns whether a cycle under `rules` is paused while the ticket is in `status`.
pub(crate) fn pauses_in(rules: &TimerRules, status: Status) -> bool {
    status.pause().is_some_and(|pause| rules.pauses_on.contains(&pause))
}

/// What an event promises for a cycle that has used `used` of `target` when it counts on from `at`.
pub(crate) struct NewPromise<'a> {
    pub(crate) calendar: &'a Calendar,
    pub(crate) boundary: DueBoundary,
    pub(crate) at: Timestamp,
    pub(crate) target: BusinessDuration,
    pub(crate) used: BusinessDuration,
    pub(crate) is_paused: bool,
    /// The due that the terms give, where it lies before the event.
    pub(crate) computed_due_at: Option<Timestamp>,
}

impl NewPromise<'_> {
    pub(crate) fn promised(self) -> Result<Promised, Error> {
        let Self { calendar, boundary, at, target, used, is_paused, computed_due_at } = self;
        let remaining = target.saturating_sub(used);
        let standing = if computed_due_at.is_some() {
            Standing::Due(Due::At(at))
        } else if is_paused {
            Standing::Paused(remaining)
        } else {
            Standing::Due(due_from(calendar, boundary, at, remaining)?)
        };
        Ok(Promised { target, used, standing, computed_due_at })
    }
}

/// Returns when a target was used up that is exceeded by `over` at `at`: the earliest instant after which `over` of open
/// time passed until `at`.
pub(crate) fn used_up_before(calendar: &Calendar, at: Timestamp, over: BusinessDuration) -> Timestamp {
    let Some(over) = over.checked_add(BusinessDuration::MICROSECOND) else { return at };
    // Where so much is not open before, within the horizon, it was used up before all of it.
    calendar.subtract(at, over).map_or(Timestamp::EPOCH, Timestamp::just_after)
}

/// A cycle counted anew: the spans in which it would have counted, in order, none touching the next.
pub(crate) struct Recount<'a> {
    calendar: &'a Calendar,
    spans: Vec<Span>,
    /// What it would have used by now.
    pub(crate) used: BusinessDuration,
}

struct Span {
    from: Timestamp,
    to: Timestamp,
    length: BusinessDuration,
}

impl<'a> Recount<'a> {
    /// Counts a cycle from `from`, its start or later, under `rules` and `calendar` through the statuses that the ticket
    /// was in until `now`. The time before the event that started it counts whatever the status was.
    ///
    /// INVARIANT: the ticket knows every change of status since that event: a command that needs more is refused.
    pub(crate) fn new(
        ticket: &Ticket,
        cycle: &Cycle,
        rules: &TimerRules,
        calendar: &'a Calendar,
        from: Timestamp,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let stops_at_resolve = rules.stops_on.contains(&Trigger::Resolved);
        let mut recount = Self { calendar, spans: Vec::new(), used: BusinessDuration::ZERO };
        recount.count(from, cycle.began_by.min(now))?;
        let ends = ticket.timeline.iter().skip(1).map(|(at, _)| *at).chain([now]);
        for ((began, status), ended) in ticket.timeline.iter().zip(ends) {
            let is_stopped = stops_at_resolve && *status == Status::Resolved;
            if !is_stopped && !pauses_in(rules, *status) {
                recount.count((*began).max(cycle.began_by).max(from), ended.min(now))?;
            }
        }
        Ok(recount)
    }

    /// Returns the spans in which it would have counted, as `[from, to)`.
    pub(crate) fn spans(&self) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        self.spans.iter().map(|span| (span.from, span.to))
    }

    fn count(&mut self, from: Timestamp, to: Timestamp) -> Result<(), Error> {
        if from >= to {
            return Ok(());
        }
        let length = self.calendar.elapsed(from, to)?;
        self.used = sum(self.used, length)?;
        match self.spans.last_mut() {
            Some(last) if last.to == from => (last.to, last.length) = (to, sum(last.length, length)?),
            _ => self.spans.push(Span { from, to, length }),
        }
        Ok(())
    }

    /// Returns when `length` was used up before now; `None` when it was not. Where it was used up when a pause began, that
    /// is the end of the pause.
    pub(crate) fn reached(&self, length: BusinessDuration) -> Result<Option<Timestamp>, Error> {
        let mut missing = length;
        for span in &self.spans {
            if span.length >= missing {
                let at = self.calendar.add(span.from, missing)?;
                if at < span.to {
                    return Ok(Some(at));
                }
            }
            missing = missing.saturating_sub(span.length);
        }
        Ok(None)
    }
}
