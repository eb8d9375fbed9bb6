//! Counts one ticket into an aggregate: each figure at the instant, and for the assignee, that decide it.

use std::collections::BTreeMap;

use super::aggregate::{Aggregate, Cell};
use super::figure::Figure;
use super::grouping::{Dimension, Grouping, Key, TicketProperties};
use crate::digest::Digest;
use crate::engine::{Activity, CycleEvaluation, Engine, Evaluation, Outcome};
use crate::error::Error;
use crate::id::Id;
use crate::ticket::{Change, EscalationTrigger, Event, EventKind, History, Role, Status, Ticket, TimerChange};
use crate::time::{BusinessDuration, Timestamp};

/// The properties of a ticket that decide its group, after some event.
#[derive(Clone)]
struct TicketState {
    package: Id,
    digest: Digest,
    agent: Option<Id>,
    severity: Option<Id>,
    category: Option<Id>,
}

/// An instant, and the place of the ticket's state then.
#[derive(Clone, Copy)]
struct Moment {
    at: Timestamp,
    state: usize,
}

/// What the events so far say about one cycle.
struct TrackedCycle<'a> {
    timer: &'a Id,
    cycle: u32,
    channel: &'a Id,
    target: Option<BusinessDuration>,
    /// The latest stop or cancellation.
    stopped: Option<(Moment, Stop)>,
    breached: Option<Moment>,
}

/// How a cycle ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// By an event that stops the timer.
    Answered,
    /// By the end of the ticket.
    Ended,
    Cancelled(Figure),
}

struct Observer<'a> {
    engine: &'a Engine,
    ticket: &'a Ticket,
    states: Vec<TicketState>,
    tracks: Vec<TrackedCycle<'a>>,
    /// The agents who worked on the ticket, with their last work on it.
    workers: BTreeMap<&'a str, Moment>,
    places: Vec<GroupPlace<'a>>,
    aggregate: &'a mut Aggregate,
}

/// The most groups that are remembered: a long-lived ticket is in many, but mostly in the last ones.
const REMEMBERED: usize = 8;

/// The place of a group's figures in the aggregate; looking it up by key costs more than comparing these.
struct GroupPlace<'a> {
    state: usize,
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
    /// - `out_of_horizon` when an instant lies outside 1970-01-01 to 2200-01-01.
    ///
    /// Then nothing is added.
    pub fn add(&mut self, engine: &Engine, history: &History, evaluation: &Evaluation) -> Result<(), Error> {
        check(engine, history, evaluation, self.grouping())?;
        self.seen_at(evaluation.now);
        let states = Vec::with_capacity(4);
        let (tracks, workers, places) = (Vec::with_capacity(4), BTreeMap::new(), Vec::with_capacity(REMEMBERED));
        let ticket = history.ticket();
        let mut observer = Observer { engine, ticket, states, tracks, workers, places, aggregate: self };
        for event in history.events().iter().chain(&evaluation.due_events) {
            observer.event(event)?;
        }
        observer.finish(evaluation)
    }
}

/// Fails where counting would fail later, so that a ticket is counted as a whole or not at all.
fn check(engine: &Engine, history: &History, evaluation: &Evaluation, grouping: &Grouping) -> Result<(), Error> {
    // Events are in order, so all instants lie between these two.
    grouping.period_of(history.ticket().opened_at)?;
    grouping.period_of(evaluation.now)?;
    if grouping.dimensions().contains(&Dimension::Priority) {
        for event in history.events() {
            engine.revision(event.policy_digest)?;
        }
    }
    Ok(())
}

impl<'a> Observer<'a> {
    fn event(&mut self, event: &'a Event) -> Result<(), Error> {
        self.update_state(event);
        let moment = self.moment(event.at);
        for change in &event.changes {
            self.change(change, event, moment)?;
        }
        match &event.kind {
            EventKind::Opened { .. } => self.count(moment, None, Figure::Opened, 0)?,
            EventKind::Resolved { .. } => self.count(moment, None, Figure::Resolved, 0)?,
            EventKind::Reopened { .. } => self.count(moment, None, Figure::Reopened, 0)?,
            EventKind::Closed { .. } => self.count(moment, None, Figure::Closed, 0)?,
            EventKind::Withdrawn => self.count(moment, None, Figure::Withdrawn, 0)?,
            EventKind::Voided { .. } => self.count(moment, None, Figure::Voided, 0)?,
            EventKind::Warned(firing) => {
                let channel = self.channel_of(&firing.timer, firing.cycle);
                self.cell(moment, channel)?.count(Some(&firing.timer), Figure::Warnings, 0);
            }
            EventKind::Breached { timer, cycle, .. } => {
                if let Some(track) = self.track(timer, *cycle) {
                    track.breached = Some(moment);
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
            EventKind::Rated { score } => self.count(moment, None, Figure::Rated, u32::from(*score))?,
            EventKind::Replied { channel, .. } => {
                let agent = Id::new(event.actor.id.clone()).ok();
                self.cell_of(moment, channel, agent.as_ref())?.count(None, Figure::Replies, 0);
            }
            _ => {}
        }
        if works(event) {
            self.workers.insert(&event.actor.id, moment);
        }
        Ok(())
    }

    /// Adds the state after an event that changes it.
    fn update_state(&mut self, event: &'a Event) {
        let Some(last) = self.states.last() else {
            if let EventKind::Opened { package, severity, category, .. } = &event.kind {
                self.states.push(TicketState {
                    package: package.clone(),
                    digest: event.policy_digest,
                    agent: None,
                    severity: severity.clone(),
                    category: category.clone(),
                });
            }
            return;
        };
        let mut next = match &event.kind {
            EventKind::Assigned { agent, .. } if last.agent != *agent => {
                TicketState { agent: agent.clone(), ..last.clone() }
            }
            EventKind::PackageChanged { package, .. } => TicketState { package: package.clone(), ..last.clone() },
            EventKind::Classified { severity, category, .. } => {
                TicketState { severity: severity.clone(), category: category.clone(), ..last.clone() }
            }
            EventKind::RevisionAdopted { .. } => last.clone(),
            _ => return,
        };
        next.digest = event.policy_digest;
        self.states.push(next);
    }

    fn moment(&self, at: Timestamp) -> Moment {
        // INVARIANT: a history begins with an opening, which adds the first state.
        Moment { at, state: self.states.len().saturating_sub(1) }
    }

    fn change(&mut self, change: &'a TimerChange, event: &Event, moment: Moment) -> Result<(), Error> {
        let TimerChange { timer, cycle, change } = change;
        if let Change::Started { promise, channel, .. } = change {
            let (target, cycle) = (promise.map(|promise| promise.target), *cycle);
            self.tracks.push(TrackedCycle { timer, cycle, channel, target, stopped: None, breached: None });
            return Ok(());
        }
        let Some(track) = self.track(timer, *cycle) else { return Ok(()) };
        match change {
            Change::Started { .. } => {}
            Change::Resumed { .. } => track.stopped = None,
            Change::Retargeted { promise, .. } => track.target = promise.map(|promise| promise.target),
            Change::Stopped { .. } => {
                let ends =
                    matches!(event.kind, EventKind::Withdrawn | EventKind::Voided { .. } | EventKind::Closed { .. });
                track.stopped = Some((moment, if ends { Stop::Ended } else { Stop::Answered }));
            }
            Change::Cancelled { .. } => {
                let figure = match &event.kind {
                    EventKind::Voided { duplicate_of: Some(_), .. } => Figure::CancelledDuplicate,
                    EventKind::Voided { .. } => Figure::CancelledVoided,
                    _ => Figure::CancelledWithdrawn,
                };
                track.stopped = Some((moment, Stop::Cancelled(figure)));
            }
            Change::Paused(spent) => {
                let is_late = spent
                    .remaining
                    .zip(track.target)
                    .is_some_and(|(remaining, target)| remaining.as_micros() <= target.as_micros() / 10);
                let figure = if track.breached.is_some() {
                    Figure::PausesAfterDue
                } else if is_late {
                    Figure::LatePauses
                } else {
                    Figure::Pauses
                };
                let channel = track.channel;
                self.cell(moment, channel)?.count(Some(timer), figure, 0);
            }
        }
        Ok(())
    }

    /// Counts what is only known at the end: the outcome of each cycle, who worked on the ticket, its status.
    fn finish(mut self, evaluation: &Evaluation) -> Result<(), Error> {
        let now = self.moment(evaluation.now);
        for track in std::mem::take(&mut self.tracks) {
            let timer = evaluation.timers.iter().find(|timer| timer.timer == *track.timer);
            let number = usize::try_from(track.cycle).ok().and_then(|number| number.checked_sub(1));
            let cycle = timer.zip(number).and_then(|(timer, number)| timer.cycles.get(number));
            if let Some(cycle) = cycle {
                self.cycle(&track, cycle, now)?;
            }
        }
        for (worker, last) in std::mem::take(&mut self.workers) {
            let agent = Id::new(worker).ok();
            self.cell_of(last, &self.ticket.channel, agent.as_ref())?.count(None, Figure::Handled, 0);
        }
        match evaluation.status {
            Status::New | Status::Open => self.count(now, None, Figure::Open, 0),
            Status::Pending | Status::OnHold => self.count(now, None, Figure::Paused, 0),
            Status::Resolved | Status::Closed | Status::Withdrawn | Status::Voided => Ok(()),
        }
    }

    fn cycle(&mut self, track: &TrackedCycle<'a>, cycle: &CycleEvaluation, now: Moment) -> Result<(), Error> {
        let TrackedCycle { timer, stopped, breached, channel, .. } = *track;
        let class = match (cycle.outcome, stopped) {
            (Outcome::Breached, None) => Figure::BreachedOpen,
            (Outcome::Breached, Some((_, Stop::Ended))) => Figure::BreachedEnded,
            (Outcome::Breached, Some(_)) => Figure::BreachedAnswered,
            (Outcome::Met, _) => Figure::Met,
            (Outcome::Cancelled, Some((_, Stop::Cancelled(figure)))) => figure,
            (Outcome::Cancelled | Outcome::Unpromised, _) => Figure::CancelledWithdrawn,
            (Outcome::None, _) if cycle.activity == Activity::Paused => Figure::Paused,
            (Outcome::None, _) => Figure::Running,
        };
        let decided = match cycle.outcome {
            Outcome::Breached => breached.map(|moment| Moment { at: cycle.breached_at.unwrap_or(moment.at), ..moment }),
            Outcome::Met | Outcome::Cancelled | Outcome::Unpromised => stopped.map(|(moment, _)| moment),
            Outcome::None => None,
        };
        self.cell(decided.unwrap_or(now), channel)?.count(Some(timer), class, 0);
        if let Some((moment, Stop::Answered)) = stopped {
            // INVARIANT: a cycle stops at or after its start, and both lie within the horizon.
            let wall_us = moment.at.as_micros().saturating_sub(cycle.started_at.as_micros());
            let wall = BusinessDuration::from_micros(wall_us)?;
            if let Some(cell) = self.cell(moment, channel)?.timer(timer) {
                cell.stopped(cycle.elapsed, wall);
            }
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

    fn count(&mut self, moment: Moment, timer: Option<&Id>, figure: Figure, bucket: u32) -> Result<(), Error> {
        let channel = &self.ticket.channel;
        self.cell(moment, channel)?.count(timer, figure, bucket);
        Ok(())
    }

    /// Returns the figures of the ticket's group at a moment, by its assignee then.
    fn cell(&mut self, moment: Moment, channel: &'a Id) -> Result<&mut Cell, Error> {
        let period = self.aggregate.period_of(moment.at)?;
        let known = self.places.iter().find(|known| {
            known.state == moment.state && known.period == period && std::ptr::eq(known.channel, channel)
        });
        let place = if let Some(known) = known {
            known.place
        } else {
            let assignee = self.states.get(moment.state).and_then(|state| state.agent.as_ref());
            let key = self.key(moment, period, channel, assignee)?;
            let place = self.aggregate.place(&key);
            if self.places.len() == REMEMBERED {
                self.places.clear();
            }
            self.places.push(GroupPlace { state: moment.state, period, channel, place });
            place
        };
        Ok(self.aggregate.cell(place))
    }

    /// Returns the figures of the ticket's group at a moment, for the work of an agent.
    fn cell_of(&mut self, moment: Moment, channel: &Id, agent: Option<&Id>) -> Result<&mut Cell, Error> {
        let period = self.aggregate.period_of(moment.at)?;
        let key = self.key(moment, period, channel, agent)?;
        let place = self.aggregate.place(&key);
        Ok(self.aggregate.cell(place))
    }

    fn key(&self, moment: Moment, period: Option<Timestamp>, channel: &Id, agent: Option<&Id>) -> Result<Key, Error> {
        let grouping: &Grouping = self.aggregate.grouping();
        let Some(state) = self.states.get(moment.state) else { return Ok(Key { period, ..Key::default() }) };
        let TicketState { package, digest, severity, category, .. } = state;
        let priority = if grouping.dimensions().contains(&Dimension::Priority) {
            let revision = self.engine.revision(*digest)?;
            revision.package(package.as_str()).and_then(|package| revision.policy.priority_of(package))
        } else {
            None
        };
        let (severity, category) = (severity.as_ref(), category.as_ref());
        Ok(grouping.key(period, &TicketProperties { package, channel, agent, priority, severity, category }))
    }
}

/// Returns whether an event is work on the ticket by its actor: everything an agent does, and of an admin what an
/// assigned agent could have done instead.
fn works(event: &Event) -> bool {
    match event.actor.role {
        Role::Agent => true,
        Role::Admin => !matches!(
            event.kind,
            EventKind::Opened { .. }
                | EventKind::Assigned { .. }
                | EventKind::Closed { .. }
                | EventKind::Voided { .. }
                | EventKind::PackageChanged { .. }
                | EventKind::RevisionAdopted { .. }
                | EventKind::Classified { .. }
        ),
        Role::Customer | Role::System => false,
    }
}
