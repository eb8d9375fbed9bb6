//! What one ticket adds to an aggregate: each figure at the instant, and with the holder, that decide it.

use std::collections::BTreeMap;

use super::aggregate::{Aggregate, Cell};
use super::figure::Figure;
use super::grouping::{Dimension, Grouping, Key, UNASSIGNED};
use crate::digest::Digest;
use crate::engine::{Activity, CycleEvaluation, Engine, Evaluation, Outcome};
use crate::error::Error;
use crate::id::Id;
use crate::ticket::{Change, EscalationTrigger, Event, EventKind, History, Role, Status, Ticket, TimerChange};
use crate::time::{BusinessDuration, Timestamp};

/// What a ticket is grouped by, as it stands after some event.
#[derive(Clone)]
struct Standing {
    package: Id,
    digest: Digest,
    agent: Option<Id>,
    severity: Option<Id>,
    category: Option<Id>,
}

/// An instant, and how the ticket stood then: its place in the list of standings.
#[derive(Clone, Copy)]
struct Moment {
    at: Timestamp,
    standing: usize,
}

/// What the events say about one cycle.
struct Track<'a> {
    timer: &'a Id,
    cycle: u32,
    channel: &'a Id,
    target: BusinessDuration,
    /// The latest stop or cancellation.
    stopped: Option<(Moment, Stop)>,
    breached: Option<Moment>,
}

/// How a cycle ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// By what it waited for.
    Answered,
    /// By the end of the ticket.
    Ended,
    Cancelled(Figure),
}

struct Observer<'a> {
    engine: &'a Engine,
    ticket: &'a Ticket,
    standings: Vec<Standing>,
    tracks: Vec<Track<'a>>,
    /// Who worked on the ticket, and when last.
    workers: BTreeMap<&'a str, Moment>,
    /// The groups that were asked for.
    places: Vec<Known<'a>>,
    aggregate: &'a mut Aggregate,
}

/// The most groups that are remembered: a ticket with a long life is in many, but mostly in the last ones.
const REMEMBERED: usize = 8;

/// Where the figures of a group are.
struct Known<'a> {
    standing: usize,
    period: Option<Timestamp>,
    channel: &'a Id,
    place: usize,
}

impl Aggregate {
    /// Adds one ticket as of its evaluation, which must be of this history. Each ticket is added once.
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
        let standings = Vec::with_capacity(4);
        let (tracks, workers, places) = (Vec::with_capacity(4), BTreeMap::new(), Vec::with_capacity(REMEMBERED));
        let ticket = history.ticket();
        let mut observer = Observer { engine, ticket, standings, tracks, workers, places, aggregate: self };
        for event in history.events().iter().chain(&evaluation.due_events) {
            observer.event(event)?;
        }
        observer.finish(evaluation)
    }
}

/// Refuses what would fail on the way, before anything is counted.
fn check(engine: &Engine, history: &History, evaluation: &Evaluation, grouping: &Grouping) -> Result<(), Error> {
    // Events are in order, so that everything lies between these two.
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
        self.stand(event);
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

    /// Takes over what an event changes about the ticket.
    fn stand(&mut self, event: &'a Event) {
        let Some(last) = self.standings.last() else {
            if let EventKind::Opened { package, severity, category, .. } = &event.kind {
                self.standings.push(Standing {
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
            EventKind::Assigned { agent, .. } if last.agent.as_ref() != Some(agent) => {
                Standing { agent: Some(agent.clone()), ..last.clone() }
            }
            EventKind::PackageChanged { package, .. } => Standing { package: package.clone(), ..last.clone() },
            EventKind::Classified { severity, category, .. } => {
                Standing { severity: severity.clone(), category: category.clone(), ..last.clone() }
            }
            EventKind::RevisionAdopted { .. } => last.clone(),
            _ => return,
        };
        next.digest = event.policy_digest;
        self.standings.push(next);
    }

    fn moment(&self, at: Timestamp) -> Moment {
        Moment { at, standing: self.standings.len().saturating_sub(1) }
    }

    fn change(&mut self, change: &'a TimerChange, event: &Event, moment: Moment) -> Result<(), Error> {
        let TimerChange { timer, cycle, change } = change;
        if let Change::Started { target, channel, .. } = change {
            let (target, cycle) = (*target, *cycle);
            self.tracks.push(Track { timer, cycle, channel, target, stopped: None, breached: None });
            return Ok(());
        }
        let Some(track) = self.track(timer, *cycle) else { return Ok(()) };
        match change {
            Change::Started { .. } => {}
            Change::Resumed { .. } => track.stopped = None,
            Change::Retargeted { target, .. } => track.target = *target,
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
            Change::Paused { remaining, .. } => {
                let (left, target) = (i128::from(remaining.as_micros()), i128::from(track.target.as_micros()));
                let figure = if track.breached.is_some() {
                    Figure::PausesAfterDue
                } else if left.saturating_mul(10) <= target {
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

    /// Counts what is only known at the end: what became of each cycle, who worked on the ticket, where it stands.
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

    fn cycle(&mut self, track: &Track<'a>, cycle: &CycleEvaluation, now: Moment) -> Result<(), Error> {
        let Track { timer, stopped, breached, channel, .. } = *track;
        let class = match (cycle.outcome, stopped) {
            (Outcome::Breached, None) => Figure::BreachedOpen,
            (Outcome::Breached, Some((_, Stop::Ended))) => Figure::BreachedEnded,
            (Outcome::Breached, Some(_)) => Figure::BreachedAnswered,
            (Outcome::Met, _) => Figure::Met,
            (Outcome::Cancelled, Some((_, Stop::Cancelled(figure)))) => figure,
            (Outcome::Cancelled, _) => Figure::CancelledWithdrawn,
            (Outcome::None, _) if cycle.activity == Activity::Paused => Figure::Paused,
            (Outcome::None, _) => Figure::Running,
        };
        let decided = match cycle.outcome {
            Outcome::Breached => breached.map(|moment| Moment { at: cycle.breached_at.unwrap_or(moment.at), ..moment }),
            Outcome::Met | Outcome::Cancelled => stopped.map(|(moment, _)| moment),
            Outcome::None => None,
        };
        self.cell(decided.unwrap_or(now), channel)?.count(Some(timer), class, 0);
        if let Some((moment, Stop::Answered)) = stopped {
            let wall_us = moment.at.as_micros().saturating_sub(cycle.started_at.as_micros());
            let wall = BusinessDuration::from_micros(wall_us)?;
            if let Some(cell) = self.cell(moment, channel)?.timer(timer) {
                cell.stopped(cycle.elapsed, wall);
            }
        }
        Ok(())
    }

    fn track(&mut self, timer: &Id, cycle: u32) -> Option<&mut Track<'a>> {
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

    /// Returns the figures of the group that a ticket is in at a moment, with who holds it then.
    fn cell(&mut self, moment: Moment, channel: &'a Id) -> Result<&mut Cell, Error> {
        let period = self.aggregate.period_of(moment.at)?;
        let known = self.places.iter().find(|known| {
            known.standing == moment.standing && known.period == period && std::ptr::eq(known.channel, channel)
        });
        let place = if let Some(known) = known {
            known.place
        } else {
            let holder = self.standings.get(moment.standing).and_then(|standing| standing.agent.as_ref());
            let key = self.key(moment, period, channel, holder)?;
            let place = self.aggregate.place(&key);
            if self.places.len() == REMEMBERED {
                self.places.clear();
            }
            self.places.push(Known { standing: moment.standing, period, channel, place });
            place
        };
        Ok(self.aggregate.cell(place))
    }

    /// Returns the figures of the group that a ticket is in at a moment, as the doing of somebody.
    fn cell_of(&mut self, moment: Moment, channel: &Id, agent: Option<&Id>) -> Result<&mut Cell, Error> {
        let period = self.aggregate.period_of(moment.at)?;
        let key = self.key(moment, period, channel, agent)?;
        let place = self.aggregate.place(&key);
        Ok(self.aggregate.cell(place))
    }

    fn key(&self, moment: Moment, period: Option<Timestamp>, channel: &Id, agent: Option<&Id>) -> Result<Key, Error> {
        use Dimension::{Agent, Category, Channel, Package, Priority, Severity};
        let grouping: &Grouping = self.aggregate.grouping();
        let mut key = Key { period, ..Key::default() };
        let Some(standing) = self.standings.get(moment.standing) else { return Ok(key) };
        for dimension in grouping.dimensions() {
            let value = match dimension {
                Package => Some(standing.package.clone()),
                Channel => Some(channel.clone()),
                Agent => agent.filter(|agent| agent.as_str() != UNASSIGNED).cloned(),
                Priority => {
                    let revision = self.engine.revision(standing.digest)?;
                    revision.package(standing.package.as_str()).and_then(|package| package.priority.clone())
                }
                Severity => standing.severity.clone(),
                Category => standing.category.clone(),
            };
            key.set(*dimension, value);
        }
        Ok(key)
    }
}

/// Returns whether an event is work on the ticket by its actor: whatever an agent does, and of an admin what an
/// assigned agent might have done in his place.
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
