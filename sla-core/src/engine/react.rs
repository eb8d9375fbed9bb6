//! What an event does to the timers of a ticket.

use std::cmp::Ordering;

use super::context::{CycleRules, EventContext, Happening, Reaction};
use super::terms;
use super::{Engine, Revision};
use crate::error::Error;
use crate::id::Id;
use crate::policy::{Cycles, OnReopen, TimerRules, Trigger};
use crate::ticket::{
    Apply, CancelCause, Change, Cycle, EventKind, Phase, Status, StopCause, Ticket, TimerChange, TimerTrack,
};
use crate::timer;

impl Engine {
    /// Adds what happened does to each timer, by timer id.
    pub(crate) fn react_into(
        &self,
        ticket: Option<&Ticket>,
        happening: Happening<'_>,
        revision: &Revision,
        reaction: &mut Reaction,
    ) -> Result<(), Error> {
        let Some(context) = EventContext::new(self, ticket, happening, revision) else { return Ok(()) };
        // Both lists are in order, so one pass pairs the tracks of the ticket with the timers that are measured, without
        // a lookup a timer.
        let mut tracks = ticket.map_or(&[][..], |ticket| &ticket.timers).iter();
        let mut track = tracks.next();
        for rules in &revision.measured {
            let mut own = None;
            while let Some(next) = track {
                let order = next.timer.cmp(&rules.id);
                match order {
                    Ordering::Less => context.timer(&next.timer, None, track, reaction)?,
                    Ordering::Equal => own = track,
                    Ordering::Greater => break,
                }
                track = tracks.next();
                if order == Ordering::Equal {
                    break;
                }
            }
            context.timer(&rules.id, Some(rules), own, reaction)?;
        }
        track.into_iter().chain(tracks).try_for_each(|track| context.timer(&track.timer, None, Some(track), reaction))
    }
}

impl<'a> EventContext<'a> {
    /// Adds what the event does to one timer of a ticket whose events are replayed.
    pub(super) fn replayed(
        &self,
        rules: &'a TimerRules,
        ticket: Option<&Ticket>,
        changes: &mut Vec<TimerChange>,
    ) -> Result<(), Error> {
        let mut reaction = Reaction::default();
        let track = ticket.and_then(|ticket| ticket.timers.iter().find(|track| track.timer == rules.id));
        self.timer(&rules.id, Some(rules), track, &mut reaction)?;
        changes.append(&mut reaction.changes);
        Ok(())
    }

    /// Adds what the event does to one timer. `rules` are those of the revision after the event, where it measures the
    /// timer.
    fn timer(
        &self,
        timer: &Id,
        rules: Option<&'a TimerRules>,
        track: Option<&TimerTrack>,
        reaction: &mut Reaction,
    ) -> Result<(), Error> {
        let last = track.and_then(|track| track.cycles.last());
        let mut active = false;
        let mut promised = false;
        let mut change_of = |cycle: u32, change: Change| {
            promised |= change.promise().is_some();
            if reaction.changes.is_empty() {
                // Most events change one timer, and keep what is reserved.
                reaction.changes.reserve_exact(1);
            }
            reaction.changes.push(TimerChange { timer: timer.clone(), cycle, change });
        };
        if let (Some(track), Some(cycle)) = (track, last) {
            let change = self.change(rules, track, cycle)?;
            active = match &change {
                Some(Change::Stopped { .. } | Change::Cancelled { .. }) => false,
                Some(_) => true,
                None => cycle.is_active(),
            };
            if let Some(change) = change {
                change_of(cycle.number, change);
            }
        }
        let Some(rules) = rules else { return Ok(()) };
        if !active && let Some(change) = self.start(rules, track)? {
            change_of(track.map_or(1, TimerTrack::next_number), change);
        }
        // What is promised for a timer that no cycle says it of is recorded, too: it counts from then on.
        if !promised && self.brings_terms() && track.is_none_or(|track| track.promised_since.is_none()) {
            let (channel, began_by) = match last {
                Some(cycle) => (&cycle.channel, cycle.began_by),
                None => (self.opening_channel(), self.ticket.map_or(self.at(), |ticket| ticket.opened_at)),
            };
            let terms = self.revision.terms(self.subject, &rules.id, channel, began_by);
            if terms.is_some_and(|terms| terms.target.is_some()) {
                reaction.promised.push(rules.id.clone());
            }
        }
        Ok(())
    }

    /// Returns whether the event brings the terms of the ticket into force for every timer: its opening does, and a
    /// change of terms that does not only keep what started.
    fn brings_terms(&self) -> bool {
        self.ticket.is_none() || self.happening.kind.apply().is_some_and(|apply| apply != Apply::Keep)
    }

    /// Returns what the event does to the latest cycle of a timer.
    fn change(
        &self,
        rules: Option<&'a TimerRules>,
        track: &TimerTrack,
        cycle: &Cycle,
    ) -> Result<Option<Change>, Error> {
        if cycle.is_active() {
            let own = self.rules_of(&track.timer, rules, cycle)?;
            return match self.ending(own, cycle)? {
                Some(end) => Ok(Some(end)),
                None => self.continuing(own, rules, track, cycle),
            };
        }
        if self.resumes(cycle) {
            let own = self.rules_of(&track.timer, rules, cycle)?;
            if own.rules.on_reopen == OnReopen::Resume {
                return self.reopened(own, track, cycle).map(Some);
            }
        }
        if self.returns(cycle) {
            let own = self.rules_of(&track.timer, rules, cycle)?;
            if !self.is_over(own.rules) {
                return self.returned(own, cycle).map(Some);
            }
        }
        Ok(None)
    }

    /// Returns how the event ends a running or paused cycle, if it does: it cancels first, then stops.
    fn ending(&self, CycleRules { revision, rules }: CycleRules<'_>, cycle: &Cycle) -> Result<Option<Change>, Error> {
        let kind = self.happening.kind;
        let stopped_by = self.triggers.first_in(&rules.stops_on);
        let cancelled = if self.triggers.first_in(&rules.cancels_on).is_some() {
            Some(CancelCause::HandedOn)
        } else {
            match kind {
                EventKind::Withdrawn => Some(CancelCause::Withdrawn),
                EventKind::Voided { duplicate_of: Some(_), .. } => Some(CancelCause::Duplicate),
                EventKind::Voided { .. } => Some(CancelCause::Voided),
                EventKind::Closed { .. } => Some(CancelCause::Closed),
                EventKind::Resolved { inactivity: Some(_), .. } if stopped_by.is_some() => {
                    Some(CancelCause::Inactivity)
                }
                _ => None,
            }
        };
        if cancelled.is_none() && stopped_by.is_none() {
            return Ok(None);
        }
        let calendar = revision.calendar(&cycle.calendar)?;
        match cancelled {
            Some(cause) if !cycle.breached => timer::cancel(cycle, calendar, self.at(), cause).map(Some),
            _ => {
                let at_resolve = stopped_by == Some(Trigger::Resolved);
                let cause = if at_resolve { StopCause::Resolve } else { StopCause::Other };
                timer::stop(cycle, calendar, self.at(), cause).map(Some)
            }
        }
    }

    /// Returns what the event does to a cycle that it does not end.
    fn continuing(
        &self,
        own: CycleRules<'a>,
        rules: Option<&'a TimerRules>,
        track: &TimerTrack,
        cycle: &Cycle,
    ) -> Result<Option<Change>, Error> {
        let CycleRules { revision, rules: own_rules } = own;
        if !cycle.breached {
            let change = match self.happening.kind.apply() {
                Some(_) if self.measures_only => None,
                Some(apply) => terms::retarget(self, own, rules, track, cycle, apply)?,
                None => terms::received_earlier(self, own, track, cycle)?,
            };
            if change.is_some() {
                return Ok(change);
            }
        }
        let calendar = || revision.calendar(&cycle.calendar);
        let is_paused = matches!(cycle.phase, Phase::Paused { .. });
        match (is_paused, timer::pauses_in(own_rules, self.status)) {
            (false, true) => timer::pause(cycle, calendar()?, self.at()).map(Some),
            (true, false) => timer::resume(cycle, calendar()?, own_rules, self.at()).map(Some),
            _ => Ok(None),
        }
    }

    /// Returns whether the event is a reopening, and the cycle one that it may resume.
    fn resumes(&self, cycle: &Cycle) -> bool {
        self.triggers.contains(Trigger::Reopened) && cycle.ended_at_resolve()
    }

    /// Returns how a reopening resumes a cycle, under the terms that changed meanwhile.
    fn reopened(
        &self,
        CycleRules { revision, rules }: CycleRules<'a>,
        track: &TimerTrack,
        cycle: &Cycle,
    ) -> Result<Change, Error> {
        let resumed = timer::resume(cycle, revision.calendar(&cycle.calendar)?, rules, self.at())?;
        // A breached cycle has none.
        if cycle.pending_terms.is_empty() {
            return Ok(resumed);
        }
        terms::take_over_pending(self, track, cycle, resumed)
    }

    /// Returns whether the event gives the ticket back to the agent whose loss of it cancelled the cycle.
    fn returns(&self, cycle: &Cycle) -> bool {
        let (Some(ticket), EventKind::Assigned { agent: Some(agent), .. }) = (self.ticket, self.happening.kind) else {
            return false;
        };
        let Phase::Cancelled { at, cause: CancelCause::HandedOn, .. } = cycle.phase else { return false };
        ticket.agent.is_none() && ticket.last_agent.as_ref() == Some(agent) && ticket.unassigned_at == Some(at)
    }

    /// Returns how a cycle resumes whose agent took the ticket again: the time between counts.
    fn returned(&self, CycleRules { revision, rules }: CycleRules<'_>, cycle: &Cycle) -> Result<Change, Error> {
        let calendar = revision.calendar(&cycle.calendar)?;
        let between = calendar.elapsed(cycle.since(), self.at())?;
        let is_paused = timer::pauses_in(rules, self.status);
        let (mut promise, mut computed_steps) = (None, Vec::new());
        if let Some(own) = cycle.promise {
            let used = timer::sum(cycle.used, between)?;
            let new = terms::promised(self, calendar, rules, own.target, used, is_paused, self.at())?;
            computed_steps = terms::steps_passed(self, revision, &rules.id, cycle, calendar, &new, self.at());
            promise = Some(Box::new(new));
        }
        Ok(Change::Retargeted {
            started_at: cycle.started_at,
            terms: cycle.terms.clone(),
            calendar: cycle.calendar.clone(),
            channel: None,
            elapsed: timer::sum(cycle.elapsed, between)?,
            promise,
            paused: is_paused,
            keeps_rules: cycle.revision != self.revision.digest,
            computed_steps: computed_steps.into(),
        })
    }

    /// Returns the start of a new cycle, if the event starts one.
    fn start(&self, rules: &'a TimerRules, track: Option<&TimerTrack>) -> Result<Option<Change>, Error> {
        let last = track.and_then(|track| track.cycles.last());
        if !self.starts(rules, last) {
            return Ok(None);
        }
        // A cycle takes the channel of the message that starts it; every other start takes the opening's.
        let by_message = rules.starts_on.iter().any(|trigger| {
            matches!(trigger, Trigger::ReplyOwed | Trigger::CustomerMessage) && self.triggers.contains(*trigger)
        });
        let channel = if by_message { self.channel } else { self.opening_channel() };
        let Some(terms) = self.revision.terms(self.subject, &rules.id, channel, self.at()) else { return Ok(None) };
        let calendar = self.revision.calendar(terms.calendar)?;
        let started_at = self.received_from(last);
        let elapsed = calendar.elapsed(started_at, self.at())?;
        let counts_from = match (self.ticket, track.and_then(|track| track.promised_since)) {
            // What was promised later than at the opening counts from then on.
            (Some(ticket), Some(since)) if since > ticket.opened_at => started_at.max(since),
            _ => started_at,
        };
        let is_paused = timer::pauses_in(rules, self.status);
        let target = if self.measures_only { None } else { self.revision.length(&terms, counts_from)? };
        let promise = match target {
            None => None,
            Some(target) => {
                let used = calendar.elapsed(counts_from, self.at())?;
                Some(Box::new(terms::promised(self, calendar, rules, target, used, is_paused, self.at())?))
            }
        };
        Ok(Some(Change::Started {
            started_at,
            began_by: None,
            terms: self.cycle_terms(),
            calendar: terms.calendar.clone(),
            channel: channel.clone(),
            elapsed,
            promise,
            paused: is_paused,
        }))
    }

    /// Returns whether no cycle runs in the ticket's status: a final one, or `resolved` for one that a resolve stops.
    fn is_over(&self, rules: &TimerRules) -> bool {
        let is_resolved = self.status == Status::Resolved && rules.stops_on.contains(&Trigger::Resolved);
        self.status.is_final() || is_resolved
    }

    fn starts(&self, rules: &TimerRules, last: Option<&Cycle>) -> bool {
        if self.is_over(rules) {
            return false;
        }
        // An opening that is a reply, too, starts no cycle that it stops, unless a reply starts the next one.
        if self.ticket.is_none()
            && self.triggers.first_in(&rules.stops_on).is_some()
            && !rules.starts_on.contains(&Trigger::PublicReply)
        {
            return false;
        }
        let restarts = rules.on_reopen == OnReopen::NewCycle && last.is_some_and(|last| self.resumes(last));
        let started = self.triggers.first_in(&rules.starts_on).is_some();
        restarts || (started && (rules.cycles == Cycles::Repeated || last.is_none()))
    }
}
