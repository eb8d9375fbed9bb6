//! What an event does to the timers of a ticket.

use std::cmp::Ordering;

use super::{Engine, Revision, Subject};
use crate::error::Error;
use crate::escalation;
use crate::id::Id;
use crate::policy::{Cycles, OnReopen, TimerRules, Trigger};
use crate::ticket::{
    Apply, Change, ComputedStep, Cycle, Due, EventKind, Phase, Standing, Status, StopCause, Ticket, TimerChange,
    TimerTrack,
};
use crate::time::BusinessDuration;
use crate::time::Timestamp;
use crate::timer::{self, Measure, Recount};

/// Ticket state before and after one event.
struct EventContext<'a> {
    engine: &'a Engine,
    /// `None` at the opening.
    ticket: Option<&'a Ticket>,
    kind: &'a EventKind,
    at: Timestamp,
    /// The revision the ticket is under after the event.
    revision: &'a Revision,
    /// Package, severity and category after the event.
    subject: Subject<'a>,
    status: Status,
    triggers: &'static [Trigger],
    /// The channel of the event, where it carries one, or else the opening's.
    channel: &'a Id,
}

/// Timer rules with the revision they come from.
#[derive(Clone, Copy)]
struct CycleRules<'a> {
    revision: &'a Revision,
    rules: &'a TimerRules,
}

impl Engine {
    /// Returns what `kind` at `at` does to each timer, by timer id.
    pub(crate) fn react(
        &self,
        ticket: Option<&Ticket>,
        kind: &EventKind,
        at: Timestamp,
        revision: &Revision,
    ) -> Result<Vec<TimerChange>, Error> {
        let mut changes = Vec::new();
        self.react_into(ticket, kind, at, revision, &mut changes)?;
        Ok(changes)
    }

    /// Adds what `kind` at `at` does to each timer, by timer id.
    pub(crate) fn react_into(
        &self,
        ticket: Option<&Ticket>,
        kind: &EventKind,
        at: Timestamp,
        revision: &Revision,
        changes: &mut Vec<TimerChange>,
    ) -> Result<(), Error> {
        let Some(context) = EventContext::new(self, ticket, kind, at, revision) else { return Ok(()) };
        // Both lists are in order, so one pass pairs the timers that ever started with those that some package has a
        // target for, without a lookup a timer.
        let mut tracks = ticket.map_or(&[][..], |ticket| &ticket.timers).iter();
        let mut track = tracks.next();
        for rules in &revision.promised {
            let mut own = None;
            while let Some(next) = track {
                let order = next.timer.cmp(&rules.id);
                match order {
                    Ordering::Less => context.timer(&next.timer, None, track, changes)?,
                    Ordering::Equal => own = track,
                    Ordering::Greater => break,
                }
                track = tracks.next();
                if order == Ordering::Equal {
                    break;
                }
            }
            context.timer(&rules.id, Some(rules), own, changes)?;
        }
        track.into_iter().chain(tracks).try_for_each(|track| context.timer(&track.timer, None, Some(track), changes))
    }
}

impl<'a> EventContext<'a> {
    fn new(
        engine: &'a Engine,
        ticket: Option<&'a Ticket>,
        kind: &'a EventKind,
        at: Timestamp,
        revision: &'a Revision,
    ) -> Option<Self> {
        let (mut subject, mut channel) = match (ticket, kind) {
            (Some(ticket), _) => (Subject::of(ticket), &ticket.channel),
            (None, EventKind::Opened { package, channel, severity, category, .. }) => {
                (Subject { package, severity: severity.as_ref(), category: category.as_ref() }, channel)
            }
            (None, _) => return None,
        };
        match kind {
            EventKind::PackageChanged { package, .. } => subject.package = package,
            EventKind::Classified { severity, category, .. } => {
                (subject.severity, subject.category) = (severity.as_ref(), category.as_ref());
            }
            EventKind::CustomerMessaged { channel: own, .. } | EventKind::Reopened { channel: Some(own), .. } => {
                channel = own;
            }
            _ => {}
        }
        let status = kind.status_after(ticket.map_or(Status::New, |ticket| ticket.status));
        let triggers = kind.triggers(ticket);
        if triggers.is_empty() && ticket.is_some_and(|ticket| ticket.status == status) && kind.apply().is_none() {
            return None;
        }
        Some(Self { engine, ticket, kind, at, revision, subject, status, triggers, channel })
    }

    /// Adds what the event does to one timer. `rules` are those of the revision after the event, where a package has a
    /// target for the timer.
    fn timer(
        &self,
        timer: &Id,
        rules: Option<&'a TimerRules>,
        track: Option<&TimerTrack>,
        changes: &mut Vec<TimerChange>,
    ) -> Result<(), Error> {
        let last = track.and_then(|track| track.cycles.last());
        let mut active = false;
        if let Some(cycle) = last {
            let change = if cycle.is_active() {
                self.change_active(self.rules_of(timer, rules, cycle)?, cycle)?
            } else if self.resumes(cycle) {
                self.reopened(self.rules_of(timer, rules, cycle)?, cycle)?
            } else {
                None
            };
            active = match &change {
                Some(Change::Stopped { .. } | Change::Cancelled { .. }) => false,
                Some(_) => true,
                None => cycle.is_active(),
            };
            changes.extend(change.map(|change| TimerChange { timer: timer.clone(), cycle: cycle.number, change }));
        }
        if !active && let Some(change) = rules.map(|rules| self.start(rules, last)).transpose()?.flatten() {
            let cycle = Cycle::next_number(last);
            changes.push(TimerChange { timer: timer.clone(), cycle, change });
        }
        Ok(())
    }

    /// Returns the rules that hold for a cycle: those of the revision that it is under.
    fn rules_of(&self, timer: &Id, rules: Option<&'a TimerRules>, cycle: &Cycle) -> Result<CycleRules<'a>, Error> {
        match rules {
            Some(rules) if cycle.revision == self.revision.digest => Ok(CycleRules { revision: self.revision, rules }),
            _ => {
                let revision = self.engine.revision(cycle.revision)?;
                Ok(CycleRules { revision, rules: revision.timer(timer)? })
            }
        }
    }

    /// Returns what the event does to a running or paused cycle.
    fn change_active(
        &self,
        CycleRules { revision, rules }: CycleRules<'_>,
        cycle: &Cycle,
    ) -> Result<Option<Change>, Error> {
        let calendar = || revision.calendar(&cycle.calendar);
        if matches!(self.kind, EventKind::Withdrawn | EventKind::Voided { .. }) && !cycle.breached {
            let Measure { used, remaining, .. } = timer::measure(cycle, calendar()?, self.at)?;
            return Ok(Some(Change::Cancelled { used, remaining }));
        }
        let stopped_by = self.triggers.iter().find(|trigger| rules.stops_on.contains(trigger));
        if stopped_by.is_some() || self.status.is_final() {
            let at_resolve = stopped_by == Some(&Trigger::Resolved);
            let cause = if at_resolve { StopCause::Resolve } else { StopCause::Other };
            return timer::stop(cycle, calendar()?, self.at, cause).map(Some);
        }
        if let Some(apply) = self.kind.apply()
            && !cycle.breached
            && let Some(change) = self.retarget(&rules.id, cycle, apply)?
        {
            return Ok(Some(change));
        }
        let is_paused = matches!(cycle.phase, Phase::Paused { .. });
        match (is_paused, timer::pauses_in(rules, self.status)) {
            (false, true) => timer::pause(cycle, calendar()?, self.at).map(Some),
            (true, false) => timer::resume(cycle, calendar()?, rules, self.at).map(Some),
            _ => Ok(None),
        }
    }

    /// Returns whether the event is a reopening, and the cycle one that the resolve stopped.
    fn resumes(&self, cycle: &Cycle) -> bool {
        self.triggers.contains(&Trigger::Reopened)
            && matches!(cycle.phase, Phase::Stopped { cause: StopCause::Resolve, .. })
    }

    /// Returns how a reopening resumes a cycle that the resolve stopped.
    fn reopened(&self, CycleRules { revision, rules }: CycleRules<'_>, cycle: &Cycle) -> Result<Option<Change>, Error> {
        match rules.on_reopen {
            OnReopen::Resume => timer::resume(cycle, revision.calendar(&cycle.calendar)?, rules, self.at).map(Some),
            OnReopen::NewCycle | OnReopen::Ignore => Ok(None),
        }
    }

    /// Returns the start of a new cycle, if the event starts one and the package has a target for it.
    fn start(&self, rules: &TimerRules, last: Option<&Cycle>) -> Result<Option<Change>, Error> {
        if !self.starts(rules, last) {
            return Ok(None);
        }
        // A cycle takes the channel of the message that starts it; every other start takes the opening's.
        let by_message = rules.starts_on.iter().any(|trigger| {
            matches!(trigger, Trigger::ReplyOwed | Trigger::CustomerMessage) && self.triggers.contains(trigger)
        });
        let channel = if by_message { self.channel } else { self.ticket.map_or(self.channel, |t| &t.channel) };
        let Some(terms) = self.revision.terms(self.subject, &rules.id, channel) else { return Ok(None) };
        let standing = if timer::pauses_in(rules, self.status) {
            Standing::Paused(terms.target)
        } else {
            let calendar = self.revision.calendar(terms.calendar)?;
            Standing::Due(timer::due_from(calendar, rules.due_boundary, self.at, terms.target)?)
        };
        Ok(Some(Change::Started {
            target: terms.target,
            calendar: terms.calendar.clone(),
            channel: channel.clone(),
            standing,
        }))
    }

    fn starts(&self, rules: &TimerRules, last: Option<&Cycle>) -> bool {
        // No cycle starts on a ticket in a final status, nor one that a resolve stops on a resolved ticket.
        let is_over = self.status == Status::Resolved && rules.stops_on.contains(&Trigger::Resolved);
        if self.status.is_final() || is_over {
            return false;
        }
        let restarts = rules.on_reopen == OnReopen::NewCycle && last.is_some_and(|last| self.resumes(last));
        let started = self.triggers.iter().any(|trigger| rules.starts_on.contains(trigger));
        restarts || (started && (rules.cycles == Cycles::Repeated || last.is_none()))
    }

    /// Returns the cycle under the terms that hold after the event; `None` when there are none, and it keeps its own.
    fn retarget(&self, timer: &Id, cycle: &Cycle, apply: Apply) -> Result<Option<Change>, Error> {
        if apply == Apply::Keep {
            return Ok(None);
        }
        let terms = self.revision.terms(self.subject, timer, &cycle.channel);
        let (Some(terms), Some(rules), Some(ticket)) = (terms, self.revision.policy.timers.get(timer), self.ticket)
        else {
            return Ok(None);
        };
        let calendar = self.revision.calendar(terms.calendar)?;
        let mut used = self.used(cycle)?;
        let (mut computed_due_at, mut computed_steps) = (None, Vec::new());
        if apply == Apply::Retroactive {
            let recount = Recount::new(ticket, cycle, rules, calendar, self.at)?;
            used = recount.used;
            computed_due_at = recount.reached(terms.target)?.filter(|due_at| *due_at < self.at);
            computed_steps = self.computed_steps(timer, cycle, terms.target, &recount)?;
        }
        let remaining = terms.target.saturating_sub(used);
        let standing = if timer::pauses_in(rules, self.status) {
            Standing::Paused(remaining)
        } else if computed_due_at.is_some() {
            Standing::Due(Due::At(self.at))
        } else {
            Standing::Due(timer::due_from(calendar, rules.due_boundary, self.at, remaining)?)
        };
        Ok(Some(Change::Retargeted {
            target: terms.target,
            calendar: terms.calendar.clone(),
            used,
            standing,
            computed_due_at,
            computed_steps,
        }))
    }

    /// Returns what a cycle has used under the terms it has before the event.
    fn used(&self, cycle: &Cycle) -> Result<BusinessDuration, Error> {
        let own = self.engine.revision(cycle.revision)?;
        Ok(timer::measure(cycle, own.calendar(&cycle.calendar)?, self.at)?.used)
    }

    /// Returns the steps that a recount puts before now although they have not fired.
    fn computed_steps(
        &self,
        timer: &Id,
        cycle: &Cycle,
        target: BusinessDuration,
        recount: &Recount<'_>,
    ) -> Result<Vec<ComputedStep>, Error> {
        let mut computed = Vec::new();
        for step in self.revision.steps.get(timer).into_iter().flatten() {
            if let Some(length) = escalation::used_at(step, target)
                && !cycle.fired.contains(&step.id)
                && let Some(at) = recount.reached(length)?.filter(|at| *at < self.at)
            {
                computed.push(ComputedStep { step: step.id.clone(), at });
            }
        }
        Ok(computed)
    }
}
