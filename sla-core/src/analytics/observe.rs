//! Counts one ticket into an aggregate: each figure at the instant, and for the holder, that decide it.

use std::collections::BTreeMap;

use super::aggregate::{Aggregate, Cell, Counted};
use super::figure::Figure;
use super::grouping::{Dimension, Grouping, Key, TicketProperties};
use super::holding::{HeldTimes, Holder, held_times};
use crate::digest::Digest;
use crate::engine::{Class, CycleEvaluation, Engine, Evaluation};
use crate::error::Error;
use crate::id::Id;
use crate::ticket::{
    CancelCause, Change, Direction, Due, EscalationTrigger, Event, EventKind, History, Promised, Role, Standing,
    Status, Ticket, TimerChange,
};
use crate::time::{BusinessDuration, Timestamp};

/// The properties of a ticket that decide its group, beside its holder, after some event.
#[derive(Clone)]
struct TicketState {
    package: Id,
    digest: Digest,
    severity: Option<Id>,
    category: Option<Id>,
}

/// An instant, with the places of the ticket's state and of its holder that a figure belongs to.
#[derive(Clone, Copy)]
struct Moment {
    at: Timestamp,
    state: usize,
    holder: usize,
}

/// What the events so far say about one cycle.
struct TrackedCycle<'a> {
    timer: &'a Id,
    cycle: u32,
    channel: &'a Id,
    /// The calendar it counts in, of the revision that it is under.
    calendar: &'a Id,
    revision: Digest,
    promise: Option<Promised>,
    /// The latest stop or cancellation.
    stopped: Option<(Moment, Stop)>,
    breached: Option<Moment>,
    /// The change of terms that took its promise away.
    promise_ended: Option<Moment>,
    /// The return of the agent whom an unassignment took it from, when it is due at that very instant: the instant, and
    /// the place of that holder.
    returned: Option<(Timestamp, usize)>,
}

/// How a cycle ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// By an event that stops the timer.
    Answered,
    /// By something else: the end of the ticket, a hand-over that cancels it, or an inactivity rule.
    Ended,
}

struct Observer<'a> {
    engine: &'a Engine,
    history: &'a History,
    ticket: &'a Ticket,
    states: Vec<TicketState>,
    /// The place of the holder after the last event.
    holder: usize,
    /// The place of the holder at the latest resolution.
    resolved_by: usize,
    tracks: Vec<TrackedCycle<'a>>,
    /// The agents who worked on the ticket, with their last work on it.
    workers: BTreeMap<&'a str, Moment>,
    /// The times of every holding.
    held: Vec<HeldTimes>,
    places: Vec<GroupPlace<'a>>,
    aggregate: &'a mut Aggregate,
}

/// The most groups that are remembered: a long-lived ticket is in many, but mostly in the last ones.
const REMEMBERED: usize = 8;

/// The place of a group's figures in the aggregate; looking it up by key costs more than comparing these.
struct GroupPlace<'a> {
    state: usize,
    holder: usize,
    period: Option<Timestamp>,
    channel: &'a Id,
    place: usize,
}

impl Aggregate {
    /// Adds one ticket as of its evaluation, which must be of this history. Add each ticket once.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::analytics::{Aggregate, Figure, Grouping};
    /// let (engine, history) = (engine(), closed());
    /// let mut aggregate = Aggregate::new(Grouping::all());
    /// aggregate.add(&engine, &history, &engine.evaluate(history.ticket(), at("2026-03-03T09:00:00Z"))?)?;
    /// let met: u64 = aggregate.rows().filter(|row| row.outcome == Figure::Met).map(|row| row.tally.n).sum();
    /// assert_eq!(met, 2);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `unknown_revision` when the ticket was under a revision that is not compiled into the engine;
    /// - `unknown_package` when a revision does not have the package that the ticket had under it;
    /// - `out_of_horizon` when an instant lies outside 1970-01-01 to 2200-01-01.
    ///
    /// Then nothing is added.
    pub fn add(&mut self, engine: &Engine, history: &History, evaluation: &Evaluation) -> Result<(), Error> {
        let held = check(engine, history, evaluation, self.grouping())?;
        self.seen_at(evaluation.now);
        let mut observer = Observer {
            engine,
            history,
            ticket: history.ticket(),
            states: Vec::with_capacity(4),
            holder: 0,
            resolved_by: 0,
            tracks: Vec::with_capacity(4),
            workers: BTreeMap::new(),
            held,
            places: Vec::with_capacity(REMEMBERED),
            aggregate: self,
        };
        for event in history.events().iter().chain(&evaluation.due_events) {
            observer.event(event)?;
        }
        observer.finish(evaluation)
    }
}

/// Fails where counting would fail later, so that a ticket is counted as a whole or not at all. Returns the times of its
/// holdings.
fn check(
    engine: &Engine,
    history: &History,
    evaluation: &Evaluation,
    grouping: &Grouping,
) -> Result<Vec<HeldTimes>, Error> {
    // Events are in order, so all instants lie between these two.
    grouping.period_of(history.ticket().opened_at)?;
    grouping.period_of(evaluation.now)?;
    let mut known = None;
    for event in history
        .events()
        .iter()
        .filter(|event| known.replace(event.rules.policy_digest) != Some(event.rules.policy_digest))
    {
        engine.revision(event.rules.policy_digest)?;
    }
    held_times(engine, history, evaluation)
}

impl<'a> Observer<'a> {
    fn event(&mut self, event: &'a Event) -> Result<(), Error> {
        self.update_state(event);
        let before = self.moment(event.at);
        if Holder::of(self.ticket, self.holder).changes_at(&event.kind) {
            self.held_until(before)?;
            self.holder = self.holder.saturating_add(1); // a place in the ticket's list
            self.hand_over(before)?;
        }
        for change in &event.changes {
            self.change(change, event, before)?;
        }
        self.count_kind(event, before)?;
        if works(event) {
            self.workers.insert(&event.actor.id, before);
        }
        Ok(())
    }

    /// Counts what the kind of an event says; none of these kinds changes the holder.
    fn count_kind(&mut self, event: &'a Event, moment: Moment) -> Result<(), Error> {
        match &event.kind {
            EventKind::Opened { direction: Direction::Inbound, .. } => {
                self.count(moment, Figure::Opened, 0)?;
            }
            EventKind::Opened { channel, .. } => {
                let counted = self.work_of(moment, channel, &event.actor.id)?;
                counted.counts.count(Figure::OpenedOutbound, 0);
                counted.counts.count(Figure::Replies, 0);
            }
            EventKind::Resolved { .. } => {
                self.resolved_by = self.holder;
                self.count(moment, Figure::Resolved, 0)?;
            }
            EventKind::Reopened { .. } => self.count(moment, Figure::Reopened, 0)?,
            EventKind::Closed { .. } => self.count(moment, Figure::Closed, 0)?,
            EventKind::Withdrawn => self.count(moment, Figure::Withdrawn, 0)?,
            EventKind::Voided { .. } => self.count(moment, Figure::Voided, 0)?,
            EventKind::Warned(firing) => {
                let channel = self.channel_of(&firing.timer, firing.cycle);
                self.cell(moment, channel)?.count(Some(&firing.timer), Figure::Warnings, 0);
            }
            EventKind::Breached { timer, cycle, .. } => {
                let mut holder = Holder::place_before(self.ticket, event.at);
                if let Some(track) = self.track(timer, *cycle) {
                    if let Some((at, returned)) = track.returned
                        && at == event.at
                    {
                        holder = returned;
                    }
                    track.breached = Some(Moment { holder, ..moment });
                }
            }
            EventKind::Escalated(escalation) => {
                let figure = match escalation.trigger {
                    EscalationTrigger::Breach => Figure::EscalatedBreach,
                    EscalationTrigger::Step => Figure::EscalatedStep,
                    EscalationTrigger::Request => Figure::EscalatedRequest,
                };
                let firing = escalation.firing.as_ref();
                let channel =
                    firing.map_or(&self.ticket.channel, |firing| self.channel_of(&firing.timer, firing.cycle));
                let timer = firing.map(|firing| &firing.timer);
                self.cell(moment, channel)?.count(timer, figure, escalation.level);
            }
            EventKind::Rated { score } => {
                self.count(Moment { holder: self.resolved_by, ..moment }, Figure::Rated, u32::from(*score))?;
            }
            EventKind::Replied { automatic: true, .. } => self.count(moment, Figure::AutomaticReplies, 0)?,
            EventKind::Replied { channel, .. } => {
                self.work_of(moment, channel, &event.actor.id)?.counts.count(Figure::Replies, 0);
            }
            _ => {}
        }
        // The message that reopens a ticket is an event of its own, which says when it was received, too.
        let is_reopening = matches!(event.kind, EventKind::Reopened { .. });
        if !is_reopening && event.kind.received_at().is_some_and(|received_at| received_at < event.at) {
            self.count(moment, Figure::ReceivedLate, 0)?;
        }
        Ok(())
    }

    /// Adds the state after an event that changes it.
    fn update_state(&mut self, event: &'a Event) {
        let Some(last) = self.states.last() else {
            if let EventKind::Opened { package, severity, category, .. } = &event.kind {
                self.states.push(TicketState {
                    package: package.clone(),
                    digest: event.rules.policy_digest,
                    severity: severity.clone(),
                    category: category.clone(),
                });
            }
            return;
        };
        let mut next = match &event.kind {
            EventKind::PackageChanged { package, .. } => TicketState { package: package.clone(), ..last.clone() },
            EventKind::Classified { severity, category, .. } => {
                TicketState { severity: severity.clone(), category: category.clone(), ..last.clone() }
            }
            EventKind::RevisionAdopted { .. } => last.clone(),
            _ => return,
        };
        next.digest = event.rules.policy_digest;
        self.states.push(next);
    }

    fn moment(&self, at: Timestamp) -> Moment {
        // INVARIANT: a history begins with an opening, which adds the first state.
        Moment { at, state: self.states.len().saturating_sub(1), holder: self.holder }
    }

    /// Counts the times of the holding that ends at a moment.
    fn held_until(&mut self, moment: Moment) -> Result<(), Error> {
        let Some(HeldTimes { working, waiting }) = self.held.get(moment.holder).copied() else { return Ok(()) };
        let channel = &self.ticket.channel;
        let counted = self.cell(moment, channel)?.figures(None);
        counted.add_duration(Figure::HeldWorkingBusinessTime, working.business);
        counted.add_duration(Figure::HeldWorkingWallTime, working.wall);
        counted.add_duration(Figure::HeldWaitingBusinessTime, waiting.business);
        counted.add_duration(Figure::HeldWaitingWallTime, waiting.wall);
        Ok(())
    }

    /// Counts the cycles that the holder at a moment hands over with at most 10 % of their target remaining.
    fn hand_over(&mut self, before: Moment) -> Result<(), Error> {
        let (earlier, next) = (Holder::of(self.ticket, before.holder), Holder::of(self.ticket, self.holder));
        if !earlier.hands_over_to(next) {
            return Ok(());
        }
        let engine = self.engine;
        let is_late = |track: &&TrackedCycle<'a>| track.is_late(engine, before.at);
        let late: Vec<(&Id, &Id)> =
            self.tracks.iter().filter(is_late).map(|track| (track.timer, track.channel)).collect();
        for (timer, channel) in late {
            self.cell(before, channel)?.count(Some(timer), Figure::LateHandOvers, 0);
        }
        Ok(())
    }

    fn change(&mut self, change: &'a TimerChange, event: &Event, before: Moment) -> Result<(), Error> {
        let TimerChange { timer, cycle, change } = change;
        if let Change::Started { promise, channel, calendar, .. } = change {
            self.tracks.push(TrackedCycle {
                timer,
                cycle: *cycle,
                channel,
                calendar,
                revision: event.rules.policy_digest,
                promise: *promise,
                stopped: None,
                breached: None,
                promise_ended: None,
                returned: None,
            });
            return Ok(());
        }
        let holder = self.holder;
        let ends_unanswered = matches!(change, Change::Stopped { .. }) && self.ends_unanswered(timer, *cycle, event);
        let Some(track) = self.track(timer, *cycle) else { return Ok(()) };
        match change {
            Change::Started { .. } => {}
            Change::Resumed { promise, .. } => {
                track.counts_again(event, *promise, holder);
                track.promise_changes(*promise, before);
            }
            Change::Retargeted { promise, channel, calendar, keeps_rules, .. } => {
                track.counts_again(event, *promise, holder);
                track.channel = channel.as_ref().unwrap_or(track.channel);
                track.calendar = calendar;
                if !keeps_rules {
                    track.revision = event.rules.policy_digest;
                }
                track.promise_changes(*promise, before);
            }
            Change::Stopped { .. } => {
                track.stopped = Some((before, if ends_unanswered { Stop::Ended } else { Stop::Answered }));
            }
            Change::Cancelled { .. } => track.stopped = Some((before, Stop::Ended)),
            Change::Paused(spent) => {
                let (Some(remaining), Some(promise)) = (spent.remaining, &mut track.promise) else { return Ok(()) };
                let figure = if track.breached.is_some() {
                    Figure::PausesAfterDue
                } else if is_late(remaining, promise.target) {
                    Figure::LatePauses
                } else {
                    Figure::Pauses
                };
                promise.standing = Standing::Paused(remaining);
                let channel = track.channel;
                self.cell(before, channel)?.count(Some(timer), figure, 0);
            }
        }
        Ok(())
    }

    /// Returns whether the event that stops a cycle is not one that the cycle waited for: of a breached cycle, as another
    /// one is cancelled.
    fn ends_unanswered(&self, timer: &Id, cycle: u32, event: &Event) -> bool {
        match &event.kind {
            EventKind::Withdrawn | EventKind::Voided { .. } | EventKind::Closed { .. } => true,
            EventKind::Resolved { inactivity, .. } => inactivity.is_some(),
            EventKind::Assigned { .. } | EventKind::Unassigned { .. } | EventKind::Reopened { .. } => {
                let known = self.tracks.iter().rev().find(|track| track.cycle == cycle && track.timer == timer);
                let rules = known
                    .filter(|track| track.breached.is_some())
                    .and_then(|track| self.engine.revision(track.revision).ok())
                    .and_then(|revision| revision.timer(timer).ok());
                rules.is_some_and(|rules| {
                    // What an event triggers depends on the whole ticket; few events end a breached cycle so.
                    !rules.cancels_on.is_empty()
                        && event.kind.triggers(self.ticket_before(event).as_ref()).first_in(&rules.cancels_on).is_some()
                })
            }
            _ => false,
        }
    }

    /// Returns the ticket before an event.
    fn ticket_before(&self, event: &Event) -> Option<Ticket> {
        let (opening, rest) = self.history.opening();
        let mut ticket = Ticket::open(opening).ok()?;
        rest.iter().take_while(|earlier| earlier.seq < event.seq).try_for_each(|earlier| ticket.apply(earlier)).ok()?;
        Some(ticket)
    }

    /// Counts what is only known at the end: the class of each cycle, who worked on the ticket, its status.
    fn finish(mut self, evaluation: &Evaluation) -> Result<(), Error> {
        let now = self.moment(evaluation.now);
        for track in std::mem::take(&mut self.tracks) {
            let timer = evaluation.timers.iter().find(|timer| timer.timer == *track.timer);
            let cycle = timer.and_then(|timer| timer.cycle(track.cycle));
            if let Some(cycle) = cycle {
                self.cycle(&track, cycle, now)?;
            }
        }
        let channel = &self.ticket.channel;
        for (worker, last) in std::mem::take(&mut self.workers) {
            self.work_of(last, channel, worker)?.counts.count(Figure::Handled, 0);
        }
        let ended = self.ticket_ended(evaluation);
        self.held_until(Moment { at: ended, ..now })?;
        match evaluation.status {
            Status::New | Status::Open => self.count(now, Figure::Open, 0),
            Status::Pending | Status::OnHold => self.count(now, Figure::Paused, 0),
            Status::Resolved | Status::Closed | Status::Withdrawn | Status::Voided => Ok(()),
        }
    }

    /// Returns when the ticket ended, or the instant of the evaluation.
    fn ticket_ended(&self, evaluation: &Evaluation) -> Timestamp {
        if !evaluation.status.is_final() {
            return evaluation.now;
        }
        let is_end = |event: &&Event| event.kind.status_after(Status::New).is_final();
        let mut events = evaluation.due_events.iter().rev().chain(self.history.events().iter().rev());
        events.find(is_end).map_or(evaluation.now, |event| event.at)
    }

    fn cycle(&mut self, track: &TrackedCycle<'a>, cycle: &CycleEvaluation, now: Moment) -> Result<(), Error> {
        let TrackedCycle { timer, stopped, breached, channel, promise_ended, .. } = *track;
        let stop = stopped.map(|(moment, _)| moment);
        let (class, decided) = match cycle.class {
            Class::Breached => {
                let class = match stopped {
                    None => Figure::BreachedOpen,
                    Some((_, Stop::Ended)) => Figure::BreachedEnded,
                    Some((_, Stop::Answered)) => Figure::BreachedAnswered,
                };
                (class, breached)
            }
            Class::Met => (Figure::Met, stop),
            Class::Cancelled => (cancelled_by(cycle.cancelled_by), stop),
            Class::Terms => (Figure::Terms, promise_ended),
            Class::Unpromised => (Figure::Unpromised, stop),
            Class::Running => (Figure::Running, None),
            Class::Paused => (Figure::Paused, None),
        };
        self.cell(decided.unwrap_or(now), channel)?.count(Some(timer), class, 0);
        let Some((moment, stop)) = stopped else { return Ok(()) };
        let counted = self.cell(moment, channel)?.figures(Some(timer));
        if cycle.class == Class::Breached {
            counted.add_duration(Figure::Overdue, cycle.overdue);
        }
        if stop == Stop::Answered {
            let (business, wall) = match cycle.class {
                Class::Terms => (Figure::TermsBusinessTime, Figure::TermsWallTime),
                Class::Unpromised => (Figure::UnpromisedBusinessTime, Figure::UnpromisedWallTime),
                _ => (Figure::BusinessTime, Figure::WallTime),
            };
            counted.add_duration(business, cycle.elapsed);
            // A cycle stops at or after its start.
            counted.add_duration(wall, BusinessDuration::from_micros(moment.at.micros_since(cycle.started_at))?);
        }
        Ok(())
    }

    fn track(&mut self, timer: &Id, cycle: u32) -> Option<&mut TrackedCycle<'a>> {
        self.tracks.iter_mut().rev().find(|track| track.cycle == cycle && track.timer == timer)
    }

    fn channel_of(&self, timer: &Id, cycle: u32) -> &'a Id {
        let track = self.tracks.iter().rev().find(|track| track.cycle == cycle && track.timer == timer);
        track.map_or(&self.ticket.channel, |track| track.channel)
    }

    fn count(&mut self, moment: Moment, figure: Figure, bucket: u32) -> Result<(), Error> {
        let channel = &self.ticket.channel;
        self.cell(moment, channel)?.count(None, figure, bucket);
        Ok(())
    }

    /// Returns the figures of the ticket's group at a moment, by its holder then.
    fn cell(&mut self, moment: Moment, channel: &'a Id) -> Result<&mut Cell, Error> {
        let Moment { at, state, holder } = moment;
        let period = self.aggregate.period_of(at)?;
        let known = self.places.iter().find(|known| {
            known.state == state
                && known.holder == holder
                && known.period == period
                && std::ptr::eq(known.channel, channel)
        });
        let place = if let Some(known) = known {
            known.place
        } else {
            let key = self.key(state, period, channel, Holder::of(self.ticket, holder))?;
            let place = self.aggregate.place(&key);
            if self.places.len() == REMEMBERED {
                self.places.clear();
            }
            self.places.push(GroupPlace { state, holder, period, channel, place });
            place
        };
        Ok(self.aggregate.cell(place))
    }

    /// Returns the ticket figures of the group of an agent's work at a moment, for the ticket's team then.
    fn work_of(&mut self, moment: Moment, channel: &Id, actor: &str) -> Result<&mut Counted, Error> {
        let agent = Id::new(actor).ok();
        let team = Holder::of(self.ticket, moment.holder).team;
        let period = self.aggregate.period_of(moment.at)?;
        let key = self.key(moment.state, period, channel, Holder { agent: agent.as_ref(), team })?;
        let place = self.aggregate.place(&key);
        Ok(self.aggregate.cell(place).figures(None))
    }

    fn key(
        &self,
        state: usize,
        period: Option<Timestamp>,
        channel: &Id,
        Holder { agent, team }: Holder<'_>,
    ) -> Result<Key, Error> {
        let grouping: &Grouping = self.aggregate.grouping();
        let Some(state) = self.states.get(state) else { return Ok(Key { period, ..Key::default() }) };
        let TicketState { package, digest, severity, category } = state;
        let priority = if grouping.dimensions().contains(&Dimension::Priority) {
            let revision = self.engine.revision(*digest)?;
            revision.package(package.as_str()).and_then(|package| revision.policy.priority_of(package))
        } else {
            None
        };
        let (severity, category) = (severity.as_ref(), category.as_ref());
        Ok(grouping.key(period, &TicketProperties { package, channel, agent, priority, severity, category, team }))
    }
}

impl TrackedCycle<'_> {
    /// Takes back a stop: a reopening resumes the cycle, or the agent returns whom it was taken from.
    fn counts_again(&mut self, event: &Event, promise: Option<Promised>, holder: usize) {
        let is_return = matches!(event.kind, EventKind::Assigned { .. }) && self.stopped.is_some();
        if is_return && promise.is_some_and(|promise| promise.standing == Standing::Due(Due::At(event.at))) {
            self.returned = Some((event.at, holder));
        }
        self.stopped = None;
    }

    fn promise_changes(&mut self, promise: Option<Promised>, moment: Moment) {
        match (&self.promise, promise) {
            (_, Some(_)) => self.promise_ended = None,
            (Some(_), None) => self.promise_ended = Some(moment),
            (None, None) => {}
        }
        self.promise = promise;
    }

    /// Returns whether the cycle is active, not breached, and has at most 10 % of its target remaining.
    fn is_late(&self, engine: &Engine, at: Timestamp) -> bool {
        let Some(promise) = self.promise.filter(|_| self.stopped.is_none() && self.breached.is_none()) else {
            return false;
        };
        let remaining = match promise.standing {
            Standing::Paused(remaining) => Some(remaining),
            Standing::Due(Due::OutOfHorizon) => None,
            // Only a history made by hand has a due outside the horizon, or another calendar than the revision.
            Standing::Due(Due::At(due_at)) => engine
                .revision(self.revision)
                .and_then(|revision| revision.calendar(self.calendar)?.elapsed(at.min(due_at), due_at))
                .ok(),
        };
        remaining.is_some_and(|remaining| is_late(remaining, promise.target))
    }
}

/// Returns whether at most 10 % of a target remain.
const fn is_late(remaining: BusinessDuration, target: BusinessDuration) -> bool {
    remaining.as_micros() <= target.as_micros() / 10
}

/// Returns the figure of cycles that a cause cancelled.
const fn cancelled_by(cause: Option<CancelCause>) -> Figure {
    match cause {
        Some(CancelCause::Voided) => Figure::CancelledVoided,
        Some(CancelCause::Duplicate) => Figure::CancelledDuplicate,
        Some(CancelCause::Closed) => Figure::CancelledClosed,
        Some(CancelCause::HandedOn) => Figure::CancelledHandedOn,
        Some(CancelCause::Inactivity) => Figure::CancelledInactivity,
        // INVARIANT: a cycle of the class `cancelled` has a cause.
        Some(CancelCause::Withdrawn) | None => Figure::CancelledWithdrawn,
    }
}

/// Returns whether an event is work on the ticket by its actor: everything an agent does, and of an admin what an
/// assigned agent could have done instead, automatic replies excepted.
fn works(event: &Event) -> bool {
    match event.actor.role {
        Role::Agent => true,
        Role::Admin => !matches!(
            event.kind,
            EventKind::Opened { direction: Direction::Inbound, .. }
                // Admins alone send them, for the host's automation.
                | EventKind::Replied { automatic: true, .. }
                | EventKind::Assigned { .. }
                | EventKind::Unassigned { .. }
                | EventKind::Absorbed { .. }
                | EventKind::Closed { .. }
                | EventKind::Voided { .. }
                | EventKind::PackageChanged { .. }
                | EventKind::RevisionAdopted { .. }
                | EventKind::Classified { .. }
        ),
        Role::Customer | Role::System => false,
    }
}
