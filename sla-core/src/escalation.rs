//! Steps: when a warning or an escalation fires, and what it says.

use std::sync::Arc;

use crate::calendar::Calendar;
use crate::digest::Digest;
use crate::error::Error;
use crate::id::Id;
use crate::policy::{Step, StepAction, StepCondition, StepTime, escalates_breach};
use crate::record::Record;
use crate::ticket::{Cycle, Due, Intent, Phase, Ticket};
use crate::time::{BusinessDuration, Share, Timestamp};

/// Returns the steps that are there for a cycle, each with its place: those whose condition holds, and of the breach
/// escalations the first of them.
pub(crate) fn steps_of<'a>(steps: &'a [Step], cycle: &'a Cycle) -> impl Iterator<Item = (usize, &'a Step)> {
    let mut has_breach = false;
    steps.iter().enumerate().filter(move |(_, step)| {
        holds(&step.when, cycle) && (!escalates_breach(step) || !std::mem::replace(&mut has_breach, true))
    })
}

fn holds(when: &StepCondition, cycle: &Cycle) -> bool {
    let is = |wanted: &Option<Id>, is: Option<&Id>| wanted.is_none() || wanted.as_ref() == is;
    is(&when.channel, Some(&cycle.channel))
        && is(&when.severity, cycle.terms.severity.as_ref())
        && is(&when.category, cycle.terms.category.as_ref())
        && is(&when.package, Some(&cycle.terms.package))
}

/// Where a step, or a repetition of it, lies in a cycle.
enum Place {
    /// When this much is used.
    Used(BusinessDuration),
    /// On the due.
    OnDue,
    /// This much after the due.
    AfterDue(BusinessDuration),
}

impl Place {
    /// Returns the place of a step's repetition, 0 for the step itself; `None` where it does not exist or does not fit.
    fn of(step: &Step, repetition: u32, target: BusinessDuration) -> Option<Self> {
        let later = match step.repeat {
            Some(repeat) => times(repeat.every, repetition)?,
            None => BusinessDuration::ZERO,
        };
        Some(match step.time {
            StepTime::At(share) if share < Share::WHOLE => Self::Used(share.of(target)?.checked_add(later)?),
            StepTime::Before(before) if before < target => {
                Self::Used(target.saturating_sub(before).checked_add(later)?)
            }
            StepTime::Before(_) => return None,
            StepTime::At(Share::WHOLE) if repetition == 0 => Self::OnDue,
            StepTime::At(share) => Self::AfterDue(share.of(target)?.saturating_sub(target).checked_add(later)?),
            StepTime::After(after) => Self::AfterDue(after.checked_add(later)?),
        })
    }
}

fn times(length: BusinessDuration, count: u32) -> Option<BusinessDuration> {
    BusinessDuration::from_micros(length.as_micros().checked_mul(count.into())?).ok()
}

/// When a step of a cycle fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FiresAt {
    /// At an instant other than due.
    Instant(Timestamp),
    /// With the breach: stamped with the due, once that has passed.
    OnDue(Timestamp),
}

/// Returns when a step of a cycle fires next if nothing else happens, and which repetition of it; `None` while the cycle
/// is paused or ended, when nothing is promised, when the step fired for the last time, or beyond the horizon.
/// `acknowledged` is the highest level of an automatic escalation of the cycle that was acknowledged.
pub(crate) fn fires_at(
    step: &Step,
    cycle: &Cycle,
    calendar: &Calendar,
    acknowledged: Option<u32>,
) -> Result<Option<(u32, FiresAt)>, Error> {
    let Some(target) = cycle.target().filter(|_| cycle.is_active()) else { return Ok(None) };
    let Some(mut repetition) = next_repetition(step, cycle) else { return Ok(None) };
    let is_acknowledged = |repetition| step.until_acknowledged && ends_by(step, repetition, acknowledged);
    if is_acknowledged(repetition) {
        return Ok(None);
    }
    let Some(mut place) = Place::of(step, repetition, target) else { return Ok(None) };
    // A paused cycle has a due only where the event that set it came too late for it.
    if let Place::OnDue = place {
        return Ok(cycle.due().and_then(Due::at).map(|due_at| (repetition, FiresAt::OnDue(due_at))));
    }
    let Phase::Running { since } = cycle.phase else { return Ok(None) };
    // Of those that a change of terms places at or before its own instant only the last fires.
    if step.repeat.is_some()
        && let Some((last, length)) = last_used_by(step, target, cycle.used).filter(|(last, _)| *last > repetition)
    {
        if is_acknowledged(last) {
            return Ok(None);
        }
        (repetition, place) = (last, Place::Used(length));
    }
    let at = match place {
        Place::Used(length) => calendar.due(since, length.saturating_sub(cycle.used))?,
        Place::OnDue => return Ok(None),
        Place::AfterDue(after) => {
            let Some(Due::At(due_at)) = cycle.due() else { return Ok(None) };
            // What a cycle was overdue before it last ran counts: the step fires that much earlier.
            if since <= due_at {
                calendar.due(due_at, after)?
            } else {
                calendar.due(since, after.saturating_sub(cycle.overdue))?
            }
        }
    };
    // Beyond the horizon a step never fires.
    Ok(at.at().map(|at| (repetition, FiresAt::Instant(at))))
}

/// Returns the repetition of a step that a cycle has not reached yet; `None` after the last one.
fn next_repetition(step: &Step, cycle: &Cycle) -> Option<u32> {
    let Some(fired) = cycle.fired.get(&step.id) else { return Some(0) };
    let next = fired.checked_add(1)?;
    (next <= step.repeat?.times).then_some(next)
}

/// Returns whether an acknowledged escalation of the cycle ends a step or its repetition.
fn ends_by(step: &Step, repetition: u32, acknowledged: Option<u32>) -> bool {
    if repetition == 0 && step.time == StepTime::At(Share::WHOLE) {
        return false;
    }
    let least = match step.action {
        StepAction::Warn => 0,
        StepAction::Escalate { level } => level,
    };
    acknowledged.is_some_and(|level| level >= least)
}

/// Returns how much of its target a cycle has used when a step fires the first time, before its due; `None` for a step
/// that fires at the due or later, or never.
pub(crate) fn used_at(step: &Step, target: BusinessDuration) -> Option<BusinessDuration> {
    match Place::of(step, 0, target)? {
        Place::Used(length) => Some(length),
        Place::OnDue | Place::AfterDue(_) => None,
    }
}

/// Returns the last repetition of a step before the due that a cycle reaches when it has used `used`, and how much it then
/// has used.
pub(crate) fn last_used_by(
    step: &Step,
    target: BusinessDuration,
    used: BusinessDuration,
) -> Option<(u32, BusinessDuration)> {
    let first = used_at(step, target).filter(|first| *first <= used)?;
    let Some(repeat) = step.repeat else { return Some((0, first)) };
    let passed = used.saturating_sub(first).as_micros().checked_div(repeat.every.as_micros())?;
    let last = u32::try_from(passed).unwrap_or(u32::MAX).min(repeat.times);
    Some((last, first.checked_add(times(repeat.every, last)?)?))
}

/// What fires a step: the ticket, the timer, the cycle, and which repetition.
#[derive(Clone, Copy)]
pub(crate) struct Firing<'a> {
    pub(crate) ticket: &'a Ticket,
    pub(crate) timer: &'a Id,
    pub(crate) cycle: &'a Cycle,
    pub(crate) step: &'a Step,
    pub(crate) repetition: u32,
    pub(crate) at: Timestamp,
}

impl Firing<'_> {
    /// Returns what the host needs to act on the step once; `quiet` is the calendar of its quiet hours, where it has any.
    pub(crate) fn intent(self, quiet: Option<&Calendar>) -> Intent {
        let Self { ticket, timer, cycle, step, repetition, at } = self;
        Intent {
            timer: timer.clone(),
            cycle: cycle.number,
            step: step.id.clone(),
            repetition,
            intent_id: intent_id(&ticket.id, timer, cycle.number, &step.id, repetition),
            notify: Arc::clone(&step.notify),
            assign_to: step.assign_to.clone(),
            notify_at: notify_at(quiet, at),
        }
    }

    /// Returns why an automatic escalation happened, for people.
    pub(crate) fn reason(self) -> String {
        let mut reason = self.reason_text();
        // A history keeps it: formatting leaves up to the half of its memory unused.
        reason.shrink_to_fit();
        reason
    }

    fn reason_text(self) -> String {
        let Self { timer, cycle, step, repetition, at, .. } = self;
        let target = cycle.target().unwrap_or_default();
        let again = if repetition > 0 { format!(", repetition {repetition}") } else { String::new() };
        let Some(Due::At(due_at)) = cycle.due() else {
            return format!("{timer}: part of the target of {target} used{again}");
        };
        match step.time {
            StepTime::At(share) if due_at >= at && share < Share::WHOLE => {
                format!("{timer}: {share} of the target of {target} used, due {due_at}{again}")
            }
            StepTime::Before(before) if due_at >= at => {
                format!("{timer}: {before} of the target of {target} left, due {due_at}{again}")
            }
            _ => {
                let overdue = match Place::of(step, repetition, target) {
                    Some(Place::AfterDue(after)) => after,
                    Some(Place::Used(length)) => length.saturating_sub(target),
                    Some(Place::OnDue) | None => BusinessDuration::ZERO,
                };
                format!("{timer}: target of {target} breached, due {due_at}, overdue {overdue}{again}")
            }
        }
    }
}

/// Returns when to notify of what happens at `at`.
pub(crate) fn notify_at(quiet: Option<&Calendar>, at: Timestamp) -> Timestamp {
    // When the calendar never opens again within the horizon, no later instant is better.
    quiet.map_or(at, |calendar| calendar.next_open(at).unwrap_or(at))
}

/// Returns the digest that identifies one firing of one step, or of a repetition of it (0 for the step itself): the same
/// however often it is computed.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::Id;
/// use sla_core::escalation::intent_id;
/// use sla_core::ticket::EventKind;
///
/// let due = engine().due_events(&opened(), at("2026-03-02T13:12:00Z"))?;
/// let EventKind::Warned(intent) = &due.events[0].kind else { panic!() };
/// let id = intent_id(&Id::new("T-1")?, &Id::new("first_response")?, 1, &Id::new("warning")?, 0);
/// assert_eq!(intent.intent_id, id);
/// # Ok::<(), sla_core::Error>(())
/// ```
#[must_use]
pub fn intent_id(ticket: &Id, timer: &Id, cycle: u32, step: &Id, repetition: u32) -> Digest {
    let mut record = Record::new("sla-intent", 2);
    record.text(ticket.as_str());
    record.text(timer.as_str());
    record.number(cycle);
    record.text(step.as_str());
    record.number(repetition);
    Digest::of(&record.finish())
}

/// Returns the digest that identifies one event of one inactivity rule: of the count that began at `since`.
///
/// ```
/// use sla_core::escalation::inactivity_id;
/// use sla_core::{Id, time::Timestamp};
///
/// let (ticket, rule) = (Id::new("T-1")?, Id::new("close")?);
/// let [first, second] = ["2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z"].map(|at| Timestamp::parse(at).unwrap());
/// assert_ne!(inactivity_id(&ticket, &rule, first), inactivity_id(&ticket, &rule, second));
/// # Ok::<(), sla_core::Error>(())
/// ```
#[must_use]
pub fn inactivity_id(ticket: &Id, rule: &Id, since: Timestamp) -> Digest {
    let mut record = Record::new("sla-inactivity", 1);
    record.text(ticket.as_str());
    record.text(rule.as_str());
    record.instant(since);
    Digest::of(&record.finish())
}
