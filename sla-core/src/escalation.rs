//! Steps: when a warning or an escalation fires, and what it says.

use crate::calendar::Calendar;
use crate::digest::Digest;
use crate::error::Error;
use crate::id::Id;
use crate::policy::{BREACH_STEP, QuietHours, Step, StepAction, StepTime};
use crate::record::Record;
use crate::ticket::{Cycle, Due, Intent, Phase};
use crate::time::{BusinessDuration, Share, Timestamp};

/// Returns the steps of a timer in firing order for equal instants, the breach escalation included.
pub(crate) fn complete(configured: &[Step]) -> Vec<Step> {
    let mut steps = configured.to_vec();
    let configures_breach =
        |step: &Step| step.when == StepTime::At(Share::WHOLE) && matches!(step.action, StepAction::Escalate { .. });
    if !steps.iter().any(configures_breach) {
        steps.push(Step {
            id: Id::trusted(BREACH_STEP),
            when: StepTime::At(Share::WHOLE),
            action: StepAction::Escalate { level: 1 },
            notify: Vec::new(),
            assign_to: None,
            quiet_hours: QuietHours::Off,
        });
    }
    steps
}

/// When a step of a running cycle fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FiresAt {
    /// At an instant other than due.
    Instant(Timestamp),
    /// With the breach: stamped with the due, once that has passed.
    OnDue(Timestamp),
}

/// Returns when a step of a cycle fires if nothing else happens; `None` while paused, stopped, or beyond the horizon.
pub(crate) fn fires_at(step: &Step, cycle: &Cycle, calendar: &Calendar) -> Result<Option<FiresAt>, Error> {
    let Some(target) = cycle.target().filter(|_| cycle.is_active()) else { return Ok(None) };
    // A paused cycle has a due only where the event that set it came too late for it.
    if step.when == StepTime::At(Share::WHOLE) {
        return Ok(cycle.due().and_then(Due::at).map(FiresAt::OnDue));
    }
    let Phase::Running { since } = cycle.phase else { return Ok(None) };
    let after = match step.when {
        StepTime::At(share) if share < Share::WHOLE => {
            let Some(length) = share.of(target) else { return Ok(None) };
            let length = length.saturating_sub(cycle.used);
            return Ok(calendar.due(since, length)?.at().map(FiresAt::Instant));
        }
        StepTime::At(share) => match share.of(target) {
            Some(length) => length.saturating_sub(target),
            None => return Ok(None),
        },
        StepTime::After(after) => after,
    };
    let Some(Due::At(due_at)) = cycle.due() else { return Ok(None) };
    // What a cycle was overdue before it last ran counts: the step fires that much earlier. Beyond the horizon a step
    // never fires.
    let at = if since <= due_at {
        calendar.due(due_at, after)?
    } else {
        calendar.due(since, after.saturating_sub(cycle.overdue))?
    };
    Ok(at.at().map(FiresAt::Instant))
}

/// Returns how much of its target, and of the time after, a cycle has used when a step fires; `None` if that is never.
pub(crate) fn used_at(step: &Step, target: BusinessDuration) -> Option<BusinessDuration> {
    match step.when {
        StepTime::At(share) => share.of(target),
        StepTime::After(after) => target.checked_add(after),
    }
}

/// Returns the last repetition of a step that a cycle reaches when it has used `used`, and how much of the target, and of
/// the time after, that takes.
pub(crate) fn last_used_by(
    step: &Step,
    target: BusinessDuration,
    used: BusinessDuration,
) -> Option<(u32, BusinessDuration)> {
    let length = used_at(step, target)?;
    (length <= used).then_some((0, length))
}

/// Returns what the host needs to act on a step once.
pub(crate) fn firing(
    ticket: &Id,
    timer: &Id,
    cycle: &Cycle,
    step: &Step,
    calendar: &Calendar,
    at: Timestamp,
) -> Intent {
    let notify_at = match step.quiet_hours {
        QuietHours::Off => at,
        // When the calendar never opens again within the horizon, no later instant is better.
        QuietHours::Calendar => calendar.next_open(at).unwrap_or(at),
    };
    Intent {
        timer: timer.clone(),
        cycle: cycle.number,
        step: step.id.clone(),
        repetition: 0,
        intent_id: intent_id(ticket, timer, cycle.number, &step.id),
        notify: step.notify.clone(),
        assign_to: step.assign_to.clone(),
        notify_at,
    }
}

/// Returns the digest that identifies one firing of one step: the same however often it is computed.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::Id;
/// use sla_core::escalation::intent_id;
/// use sla_core::ticket::EventKind;
///
/// let due = engine().due_events(&opened(), at("2026-03-02T13:12:00Z"))?;
/// let EventKind::Warned(intent) = &due.events[0].kind else { panic!() };
/// let id = intent_id(&Id::new("T-1")?, &Id::new("first_response")?, 1, &Id::new("warning")?);
/// assert_eq!(intent.intent_id, id);
/// # Ok::<(), sla_core::Error>(())
/// ```
#[must_use]
pub fn intent_id(ticket: &Id, timer: &Id, cycle: u32, step: &Id) -> Digest {
    let mut record = Record::new("sla-intent", 1);
    record.text(ticket.as_str());
    record.text(timer.as_str());
    record.number(cycle);
    record.text(step.as_str());
    Digest::of(&record.finish())
}

/// Returns why an automatic escalation happened, for people.
pub(crate) fn reason(timer: &Id, cycle: &Cycle, step: &Step, at: Timestamp) -> String {
    let target = cycle.target().unwrap_or_default();
    match (cycle.due(), step.when) {
        (Some(Due::At(due_at)), StepTime::At(share)) if due_at >= at && share < Share::WHOLE => {
            format!("{timer}: {share} of the target of {target} used, due {due_at}")
        }
        (Some(Due::At(due_at)), StepTime::At(Share::WHOLE)) => {
            format!("{timer}: target of {target} breached, due {due_at}, overdue 0s")
        }
        (Some(Due::At(due_at)), StepTime::At(share)) => {
            // A share that does not fit never fires.
            let overdue = share.of(target).unwrap_or(target).saturating_sub(target);
            format!("{timer}: target of {target} breached, due {due_at}, overdue {overdue}")
        }
        (Some(Due::At(due_at)), StepTime::After(over)) => {
            format!("{timer}: target of {target} breached, due {due_at}, overdue {over}")
        }
        (Some(Due::OutOfHorizon) | None, _) => format!("{timer}: part of the target of {target} used"),
    }
}
