//! What a change of terms or an earlier receipt does to a running or paused cycle.

use super::context::{CycleRules, EventContext};
use super::{Revision, Subject, Terms};
use crate::calendar::Calendar;
use crate::error::Error;
use crate::escalation;
use crate::id::Id;
use crate::policy::{DueBoundary, TimerRules, Trigger};
use crate::ticket::{
    Apply, Change, ComputedStep, Cycle, CycleTerms, Due, Phase, Promised, RareList, Role, Standing, TimerTrack,
};
use crate::time::{BusinessDuration, Timestamp};
use crate::timer::{self, NewPromise, Recount};

/// Terms that a cycle may go over to.
pub(super) struct NewTerms<'a> {
    pub(super) revision: &'a Revision,
    /// Of the revision, where it measures the timer.
    pub(super) rules: Option<&'a TimerRules>,
    pub(super) subject: Subject<'a>,
}

impl NewTerms<'_> {
    pub(super) fn cycle_terms(&self) -> CycleTerms {
        let Subject { package, severity, category } = self.subject;
        CycleTerms { package: package.clone(), severity: severity.cloned(), category: category.cloned() }
    }
}

/// Returns what is promised for a cycle that has used `used` of `target` when the event happens. Where the event says
/// that more time has passed than was known, a due that the terms give before the event is moved to it.
pub(super) fn promised(
    context: &EventContext<'_>,
    calendar: &Calendar,
    rules: &TimerRules,
    target: BusinessDuration,
    used: BusinessDuration,
    is_paused: bool,
    counted_until: Timestamp,
) -> Result<Promised, Error> {
    let at = context.at();
    let mut computed_due_at = None;
    if used >= target {
        let used_up_at = timer::used_up_before(calendar, counted_until, used.saturating_sub(target));
        let is_late = used > target || (used_up_at < at && !is_paused && rules.due_boundary == DueBoundary::Close);
        computed_due_at = is_late.then_some(used_up_at);
    }
    NewPromise { calendar, boundary: rules.due_boundary, at, target, used, is_paused, computed_due_at }.promised()
}

/// Returns the cycle under the terms that hold after the event; `None` when it keeps its own.
pub(super) fn retarget(
    context: &EventContext<'_>,
    own: CycleRules<'_>,
    rules: Option<&TimerRules>,
    track: &TimerTrack,
    cycle: &Cycle,
    apply: Apply,
) -> Result<Option<Change>, Error> {
    let keeps = apply == Apply::Keep;
    // A promise that arrived before comes back with the terms in every mode.
    if keeps && (cycle.promise.is_some() || track.promised_since.is_none()) {
        return Ok(None);
    }
    let new = NewTerms { revision: context.revision, rules, subject: context.subject };
    let change = take_over(context, own, &new, track, cycle, apply == Apply::Retroactive)?;
    if keeps && change.promise().is_none() {
        return Ok(None);
    }
    let is_agent = context.happening.role == Role::Agent;
    if is_agent && loosens(context, own, &new, cycle, &change)? {
        return Ok(None);
    }
    Ok(Some(change))
}

/// Returns the cycle under new terms: as if they had held since its start, or with the used time kept.
pub(super) fn take_over(
    context: &EventContext<'_>,
    own: CycleRules<'_>,
    new: &NewTerms<'_>,
    track: &TimerTrack,
    cycle: &Cycle,
    from_start: bool,
) -> Result<Change, Error> {
    let at = context.at();
    let own_calendar = own.revision.calendar(&cycle.calendar)?;
    let measure = timer::measure(cycle, own_calendar, at)?;
    let terms = new.rules.and_then(|rules| {
        new.revision.terms(new.subject, &rules.id, &cycle.channel, cycle.began_by).map(|t| (rules, t))
    });
    let Some((rules, terms)) = terms else {
        return Ok(unpromised(context, own, new, cycle, &cycle.calendar, measure.elapsed, true));
    };
    let calendar = new.revision.calendar(terms.calendar)?;
    let recount = |rules: &TimerRules, calendar, from| match context.ticket {
        Some(ticket) => Recount::new(ticket, cycle, rules, calendar, from, at).map(Some),
        None => Ok(None),
    };
    let anew = if from_start { recount(rules, calendar, cycle.started_at)? } else { None };
    let since = track.promised_since.unwrap_or(at).max(cycle.started_at);
    let Some(target) = new.revision.length(&terms, if from_start { cycle.started_at } else { since })? else {
        // A promise that ends leaves the cycle in its calendar and under its rules; one that never was goes over.
        let was_promised = cycle.promise.is_some() || cycle.was_promised;
        if was_promised {
            return Ok(unpromised(context, own, new, cycle, &cycle.calendar, measure.elapsed, true));
        }
        let elapsed = anew.map_or(measure.elapsed, |anew| anew.used);
        let over = CycleRules { revision: new.revision, rules };
        return Ok(unpromised(context, over, new, cycle, terms.calendar, elapsed, false));
    };
    let is_paused = timer::pauses_in(rules, context.status);
    let mut computed_steps = Vec::new();
    let (used, elapsed, computed_due_at) = if let Some(anew) = &anew {
        computed_steps = steps_before(new.revision, &rules.id, cycle, target, anew)?;
        let reached = anew.reached(target)?.map(|due_at| moved(calendar, rules, due_at)).transpose()?;
        (anew.used, anew.used, reached.filter(|due_at| *due_at < at))
    } else {
        let counts_days = since == cycle.started_at && counts_days_in(own, new.revision, track, cycle, terms.calendar);
        let used = if terms.is_in_days() && !counts_days {
            recount(own.rules, calendar, since)?.map_or(measure.used, |anew| anew.used)
        } else if cycle.promise.is_some() || cycle.was_promised {
            measure.used
        } else {
            match track.promised_since {
                None => BusinessDuration::ZERO,
                Some(since) if since <= cycle.started_at => measure.elapsed,
                Some(since) => recount(own.rules, own_calendar, since)?.map_or(measure.elapsed, |anew| anew.used),
            }
        };
        let over = used.saturating_sub(target);
        let until = if is_paused { cycle.since() } else { at };
        let computed = (!over.is_zero()).then(|| timer::used_up_before(calendar, until, over));
        (used, measure.elapsed, computed)
    };
    let boundary = rules.due_boundary;
    let promise = NewPromise { calendar, boundary, at, target, used, is_paused, computed_due_at }.promised()?;
    Ok(Change::Retargeted {
        started_at: cycle.started_at,
        terms: new.cycle_terms(),
        calendar: terms.calendar.clone(),
        channel: None,
        elapsed,
        promise: Some(Box::new(promise)),
        paused: is_paused,
        keeps_rules: false,
        computed_steps: computed_steps.into(),
    })
}

/// Returns whether the cycle's used time is counted for a promise in business days of this calendar already: it stays used
/// as it was counted, whatever paused the cycle then.
fn counts_days_in(own: CycleRules<'_>, revision: &Revision, track: &TimerTrack, cycle: &Cycle, calendar: &Id) -> bool {
    let subject = Subject::of_terms(&cycle.terms);
    let terms = own.revision.terms(subject, &track.timer, &cycle.channel, cycle.began_by);
    let is_same = || own.revision.policy.calendars.get(calendar) == revision.policy.calendars.get(calendar);
    cycle.promise.is_some()
        && cycle.calendar == *calendar
        && terms.is_some_and(|terms| terms.is_in_days() && terms.calendar == calendar)
        && is_same()
}

/// Returns a due as the timer's `due_boundary` moves it.
fn moved(calendar: &Calendar, rules: &TimerRules, due_at: Timestamp) -> Result<Timestamp, Error> {
    let due = timer::due_from(calendar, rules.due_boundary, due_at, BusinessDuration::ZERO)?;
    Ok(due.at().unwrap_or(due_at))
}

/// Returns the cycle without a promise, under `rules`.
fn unpromised(
    context: &EventContext<'_>,
    rules: CycleRules<'_>,
    new: &NewTerms<'_>,
    cycle: &Cycle,
    calendar: &Id,
    elapsed: BusinessDuration,
    keeps_rules: bool,
) -> Change {
    Change::Retargeted {
        started_at: cycle.started_at,
        terms: new.cycle_terms(),
        calendar: calendar.clone(),
        channel: None,
        elapsed,
        promise: None,
        paused: timer::pauses_in(rules.rules, context.status),
        keeps_rules: keeps_rules && cycle.revision != new.revision.digest,
        computed_steps: RareList::default(),
    }
}

/// Returns whether a change would take a promise away, or postpone its due.
fn loosens(
    context: &EventContext<'_>,
    own: CycleRules<'_>,
    new: &NewTerms<'_>,
    cycle: &Cycle,
    change: &Change,
) -> Result<bool, Error> {
    let Some(before) = cycle.promise else { return Ok(false) };
    let (Some(after), Change::Retargeted { calendar, .. }, Some(rules)) = (change.promise(), change, new.rules) else {
        return Ok(true);
    };
    let at = context.at();
    let due = |calendar: &Calendar, boundary, due: Option<Due>, remaining| match due {
        Some(due) => Ok(due),
        None => timer::due_from(calendar, boundary, at, remaining),
    };
    let own_calendar = own.revision.calendar(&cycle.calendar)?;
    let remaining = timer::measure(cycle, own_calendar, at)?.remaining.unwrap_or_default();
    let before = due(own_calendar, own.rules.due_boundary, before.due, remaining)?;
    let (due_after, remaining) = match after.standing {
        Standing::Due(due) => (Some(due), BusinessDuration::ZERO),
        Standing::Paused(remaining) => (None, remaining),
    };
    let after = due(new.revision.calendar(calendar)?, rules.due_boundary, due_after, remaining)?;
    Ok(match (before, after) {
        (Due::At(before), Due::At(after)) => after > before,
        (Due::At(_), Due::OutOfHorizon) => true,
        (Due::OutOfHorizon, _) => false,
    })
}

/// Returns the steps that a recount puts before now although they have not fired: of a step and its repetitions the last.
fn steps_before(
    revision: &Revision,
    timer: &Id,
    cycle: &Cycle,
    target: BusinessDuration,
    recount: &Recount<'_>,
) -> Result<Vec<ComputedStep>, Error> {
    let mut computed = Vec::new();
    for step in revision.steps.get(timer).into_iter().flatten() {
        if let Some((repetition, length)) = escalation::last_used_by(step, target, recount.used)
            && !cycle.has_fired(&step.id, repetition)
            && let Some(at) = recount.reached(length)?
        {
            computed.push(ComputedStep { step: step.id.clone(), repetition, at });
        }
    }
    Ok(computed)
}

/// Returns the steps that more time than was known puts before the event although they have not fired: of a step and its
/// repetitions the last. `counted_until` is when the cycle last counted.
pub(super) fn steps_passed(
    context: &EventContext<'_>,
    revision: &Revision,
    timer: &Id,
    cycle: &Cycle,
    calendar: &Calendar,
    promised: &Promised,
    counted_until: Timestamp,
) -> Vec<ComputedStep> {
    let mut computed = Vec::new();
    for step in revision.steps.get(timer).into_iter().flatten() {
        if let Some((repetition, length)) = escalation::last_used_by(step, promised.target, promised.used)
            && !cycle.has_fired(&step.id, repetition)
        {
            let at = timer::used_up_before(calendar, counted_until, promised.used.saturating_sub(length));
            if at < context.at() {
                computed.push(ComputedStep { step: step.id.clone(), repetition, at });
            }
        }
    }
    computed
}

/// Returns a cycle that a reopening resumes, under the last of the terms that changed while it was stopped which no agent
/// loosened.
pub(super) fn take_over_pending(
    context: &EventContext<'_>,
    track: &TimerTrack,
    cycle: &Cycle,
    resumed: Change,
) -> Result<Change, Error> {
    let rules_of = |cycle: &Cycle| {
        let revision = context.engine.revision(cycle.revision)?;
        Ok::<_, Error>(CycleRules { revision, rules: revision.timer(&track.timer)? })
    };
    let mut before = cycle.clone();
    before.apply(&resumed, context.at(), cycle.revision);
    let own = rules_of(&before)?;
    let mut now = before.clone();
    let mut last = resumed;
    for pending in &cycle.pending_terms {
        let revision = context.engine.revision(pending.revision)?;
        let rules = revision.measured.iter().find(|rules| rules.id == track.timer);
        let new = NewTerms { revision, rules, subject: Subject::of_terms(&pending.terms) };
        // Nothing was promised under terms that came and went while the cycle was stopped.
        let change = take_over(context, own, &new, track, &before, false)?;
        if pending.by_agent && loosens(context, rules_of(&now)?, &new, &now, &change)? {
            continue;
        }
        now = before.clone();
        now.apply(&change, context.at(), pending.revision);
        last = change;
    }
    if let Change::Retargeted { keeps_rules, .. } = &mut last {
        *keeps_rules = now.revision != context.revision.digest;
    }
    Ok(last)
}

/// Returns what a customer's message does to a running or paused cycle beside its triggers: it moves the start of one that
/// the customer's waiting started back to when the message was received, and gives a promise to one that has none if its
/// channel has a target.
pub(super) fn received_earlier(
    context: &EventContext<'_>,
    own: CycleRules<'_>,
    track: &TimerTrack,
    cycle: &Cycle,
) -> Result<Option<Change>, Error> {
    let is_message = context.triggers.contains(Trigger::CustomerMessage);
    if !is_message && context.received_at.is_none() {
        return Ok(None);
    }
    let earlier = track.cycles.len().checked_sub(2).and_then(|last| track.cycles.get(last));
    let received_from = context.received_from(earlier);
    let started_at = if cycle.waits { received_from.min(cycle.started_at) } else { cycle.started_at };
    let is_unpromised = cycle.promise.is_none() && !cycle.was_promised;
    let gains = is_message && is_unpromised && is_of_messages(own.rules) && !context.measures_only;
    let terms = if gains {
        let terms = context.revision.terms(context.subject, &track.timer, context.channel, context.at());
        terms.filter(|terms| terms.target.is_some())
    } else {
        None
    };
    if started_at == cycle.started_at && terms.is_none() {
        return Ok(None);
    }
    let own_calendar = own.revision.calendar(&cycle.calendar)?;
    let measure = timer::measure(cycle, own_calendar, context.at())?;
    let earlier = own_calendar.elapsed(started_at, cycle.started_at)?;
    let elapsed = timer::sum(measure.elapsed, earlier)?;
    let is_paused = timer::pauses_in(own.rules, context.status);
    let (mut calendar_id, mut channel, mut cycle_terms) = (&cycle.calendar, None, cycle.terms.clone());
    let (mut promise, mut computed_steps) = (None, Vec::new());
    if let Some(terms) = &terms {
        let counts_from = received_from.max(started_at);
        (calendar_id, channel, cycle_terms) = (terms.calendar, Some(context.channel.clone()), context.cycle_terms());
        if let Some(target) = context.revision.length(terms, counts_from)? {
            let calendar = context.revision.calendar(calendar_id)?;
            let used = calendar.elapsed(counts_from, context.at())?;
            promise = Some(Box::new(promised(context, calendar, own.rules, target, used, is_paused, context.at())?));
        }
    } else if let Some(own_promise) = cycle.promise {
        // What was promised when the cycle started is promised from its moved start on.
        let moves = track.promised_since.is_none_or(|since| since <= cycle.started_at);
        let used = if moves { timer::sum(measure.used, earlier)? } else { measure.used };
        let mut target = own_promise.target;
        let subject = Subject::of_terms(&cycle.terms);
        let terms = own.revision.terms(subject, &track.timer, &cycle.channel, cycle.began_by);
        if moves && let Some(terms) = terms.filter(Terms::is_in_days) {
            target = own.revision.length(&terms, started_at)?.unwrap_or(target);
        }
        let until = if matches!(cycle.phase, Phase::Paused { .. }) { cycle.since() } else { context.at() };
        let new = promised(context, own_calendar, own.rules, target, used, is_paused, until)?;
        computed_steps = steps_passed(context, own.revision, &track.timer, cycle, own_calendar, &new, until);
        promise = Some(Box::new(new));
    }
    Ok(Some(Change::Retargeted {
        started_at,
        terms: cycle_terms,
        calendar: calendar_id.clone(),
        channel,
        elapsed,
        promise,
        paused: is_paused,
        keeps_rules: cycle.revision != context.revision.digest,
        computed_steps: computed_steps.into(),
    }))
}

/// Returns whether messages of the customer start cycles of the timer, so that a cycle's channel is that of a message.
fn is_of_messages(rules: &TimerRules) -> bool {
    rules.starts_on.iter().any(|trigger| matches!(trigger, Trigger::ReplyOwed | Trigger::CustomerMessage))
}
