//! What happened to a ticket, in order, and the state that follows from it.
//!
//! A [`Ticket`] is the fold of its [`Event`]s: applying one more event never replays the others. Only an engine
//! creates events; folding takes them as they are, so a stored due stays what was promised.
//!
//! # A cycle and its states
//!
//! A timer measures in [`Cycle`]s. Events say what changed ([`Change`]), folding keeps the [`Phase`], and a question as of
//! an instant answers with a [`Verdict`]:
//!
//! | type | where | says | values |
//! |---|---|---|---|
//! | [`Standing`] | in a change that starts, resumes or retargets a cycle | whether it counts from then on, with its due or what remains | due, paused |
//! | [`StopOutcome`] | in the change that stops it | whether it stopped in time | met, breached |
//! | [`Phase`] | in the fold | whether it counts, since when and with what remaining | running, paused, stopped, cancelled |
//! | [`Activity`] | in an answer | the phase as one word, or that the timer never started | not started, running, paused, stopped |
//! | [`Outcome`] | in an answer | how it ended, or that this is not decided | none, met, breached, cancelled |
//! | [`State`] | in an answer | the one word for people: the outcome where there is one, or else the activity | not started, running, paused, met, breached, cancelled |
//!
//! A breach is an outcome and no phase: a breached cycle runs, pauses and stops like any other, and stays breached.
//! [`Cycle::verdict`] is the only place that tells met from breached.

mod command;
mod cycle;
mod event;
mod fault;
mod history;
mod status;
mod transition;
mod verdict;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::error::Error;
use crate::id::Id;
use crate::string_enum::string_enum;
use crate::time::Timestamp;

pub use self::command::{Action, Command, CommandKind, MessageRef, Opening};
pub use self::cycle::{Cycle, Phase, TimerTrack};
pub use self::event::{
    Apply, AssignCause, Change, CloseCause, CommandStamp, ComputedStep, Escalation, EscalationTrigger, Event,
    EventKind, Intent, Message, ResumeCause, Standing, StopCause, StopOutcome, TimerChange,
};
use self::fault::{Inconsistency, Misfit, TicketFault};
pub use self::history::History;
pub use self::status::{Actor, PauseStatus, Role, Status};
pub use self::transition::Trigger;
pub use self::verdict::{Activity, Outcome, State, Verdict};
pub use crate::calendar::Due;

/// The state of one ticket after its last event.
///
/// A pure function of the events: the same events give an equal ticket, whoever folds them and whenever.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ticket {
    /// The host's id.
    pub id: Id,
    /// The customer who owns it.
    pub customer: Id,
    /// The customer's package.
    pub package: Id,
    /// The policy revision it is under.
    pub policy_digest: Digest,
    /// The channel it was opened by.
    pub channel: Id,
    /// Its severity, where the policy lists any.
    pub severity: Option<Id>,
    /// Its category, where the policy lists any.
    pub category: Option<Id>,
    /// Its status.
    pub status: Status,
    /// The agent or admin it is assigned to.
    pub agent: Option<Id>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// The instant of the last event.
    pub last_at: Timestamp,
    /// The number of events so far, which is the next event's `seq`.
    pub events: u32,
    /// Every change of status with its instant, the opening first.
    pub timeline: Vec<(Timestamp, Status)>,
    /// The pause the ticket is in.
    pub pause: Option<Pause>,
    /// Whether the customer waits for a public reply.
    pub reply_owed: bool,
    /// Timers that ever started, by timer id.
    pub timers: Vec<TimerTrack>,
    /// Escalations, oldest first.
    pub escalations: Vec<EscalationState>,
    /// Whether the latest resolution was rated.
    pub rated: bool,
    /// The commands that carried an id, by id.
    pub commands: Vec<CommandStamp>,
}

/// A pause of a ticket, for the customer or a third party.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Pause {
    /// When it began; moving between `pending` and `on_hold` does not change it.
    pub since: Timestamp,
    /// Who paused.
    pub by: Actor,
    /// Why.
    pub reason: String,
    /// When it ends automatically.
    pub ends_at: Option<Timestamp>,
}

/// An escalation and its stage.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EscalationState {
    /// When the ticket was escalated.
    pub at: Timestamp,
    /// Its level.
    pub level: u32,
    /// What caused it.
    pub trigger: EscalationTrigger,
    /// Open, acknowledged or resolved.
    pub stage: EscalationStage,
}

string_enum! {
    /// How far an escalation has been handled.
    EscalationStage {
        /// Not acknowledged yet.
        Open => "open",
        /// Acknowledged.
        Acknowledged => "acknowledged",
        /// Resolved.
        Resolved => "resolved",
    }
}

impl Ticket {
    /// Returns the ticket that its opening event makes.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::ticket::Ticket;
    ///
    /// let history = closed();
    /// let mut ticket = Ticket::open(&history.events()[0])?;
    /// for event in &history.events()[1..] {
    ///     ticket.apply(event)?;
    /// }
    /// assert_eq!(&ticket, history.ticket());
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_history` unless the event is an opening with sequence number 0.
    pub fn open(event: &Event) -> Result<Self, Error> {
        let Some(mut ticket) = Self::opened(&event.ticket, &event.kind, event.at, event.policy_digest) else {
            return Err(Misfit::NotOpened.of(event));
        };
        if event.seq != 0 {
            return Err(Misfit::OpeningNotFirst.of(event));
        }
        ticket.commands.extend(event.command.clone());
        ticket.apply_changes(event)?;
        Ok(ticket)
    }

    /// Returns the ticket that an opening makes, before any timer starts; `None` for another kind.
    pub(crate) fn opened(id: &Id, kind: &EventKind, at: Timestamp, policy_digest: Digest) -> Option<Self> {
        let EventKind::Opened { customer, package, channel, severity, category, .. } = kind else { return None };
        // Most tickets change their status less often, and have fewer timers.
        let (mut timeline, timers) = (Vec::with_capacity(8), Vec::with_capacity(4));
        timeline.push((at, Status::New));
        Some(Self {
            id: id.clone(),
            customer: customer.clone(),
            package: package.clone(),
            policy_digest,
            channel: channel.clone(),
            severity: severity.clone(),
            category: category.clone(),
            status: Status::New,
            agent: None,
            opened_at: at,
            last_at: at,
            events: 1,
            timeline,
            pause: None,
            reply_owed: true,
            timers,
            escalations: Vec::new(),
            rated: false,
            commands: Vec::new(),
        })
    }

    /// Applies the next event.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let mut ticket = opened();
    /// let due = engine().due_events(&ticket, at("2026-03-02T13:12:00Z"))?;
    /// ticket.apply(&due.events[0])?;
    /// assert_eq!(ticket, due.ticket);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `invalid_history` when the event is of another ticket, not the next in sequence, earlier than the last, a
    /// second opening, or names a cycle that does not exist. The ticket must then be discarded.
    pub fn apply(&mut self, event: &Event) -> Result<(), Error> {
        if event.ticket != self.id {
            return Err(Misfit::OtherTicket.of(event));
        }
        if event.seq != self.events {
            return Err(Misfit::NotNext.of(event));
        }
        if event.at < self.last_at {
            return Err(Misfit::BackInTime.of(event));
        }
        self.apply_event(event)?;
        self.apply_changes(event)?;
        self.policy_digest = event.policy_digest;
        self.last_at = event.at;
        self.events = self.events.checked_add(1).ok_or_else(|| Misfit::NoNext.of(event))?;
        self.commands.extend(event.command.clone());
        Ok(())
    }

    fn apply_event(&mut self, event: &Event) -> Result<(), Error> {
        match &event.kind {
            EventKind::Opened { .. } => return Err(Misfit::SecondOpening.of(event)),
            EventKind::Warned(firing) => self.fire(event, firing)?,
            EventKind::Breached { timer, cycle, .. } => self.cycle_mut(event, timer, *cycle)?.breached = true,
            EventKind::Escalated(escalation) => {
                if let Some(firing) = &escalation.firing {
                    self.fire(event, firing)?;
                }
                self.escalations.push(EscalationState {
                    at: event.at,
                    level: escalation.level,
                    trigger: escalation.trigger,
                    stage: EscalationStage::Open,
                });
            }
            EventKind::EscalationAcknowledged { number } => {
                self.escalation_mut(event, *number)?.stage = EscalationStage::Acknowledged;
            }
            EventKind::EscalationResolved { number } => {
                self.escalation_mut(event, *number)?.stage = EscalationStage::Resolved;
            }
            kind => self.apply_kind(kind, event.at, &event.actor),
        }
        Ok(())
    }

    /// Applies an event of a command, and a resume or close by time, but not what it does to the timers.
    pub(crate) fn apply_kind(&mut self, kind: &EventKind, at: Timestamp, actor: &Actor) {
        match kind {
            EventKind::Assigned { agent, .. } => self.agent = Some(agent.clone()),
            EventKind::Replied { .. } => self.reply_owed = false,
            EventKind::CustomerMessaged { .. } => self.reply_owed = true,
            EventKind::Paused { reason, ends_at, .. } => {
                let since = self.pause.as_ref().map_or(at, |pause| pause.since);
                self.pause = Some(Pause { since, by: actor.clone(), reason: reason.clone(), ends_at: *ends_at });
            }
            EventKind::Resolved { .. } => (self.reply_owed, self.rated) = (false, false),
            EventKind::Reopened { channel, .. } => self.reply_owed |= channel.is_some(),
            EventKind::Rated { .. } => self.rated = true,
            EventKind::PackageChanged { package, .. } => self.package = package.clone(),
            EventKind::Classified { severity, category, .. } => {
                (self.severity, self.category) = (severity.clone(), category.clone());
            }
            EventKind::Opened { .. }
            | EventKind::Noted { .. }
            | EventKind::Resumed { .. }
            | EventKind::Closed { .. }
            | EventKind::Withdrawn
            | EventKind::Voided { .. }
            | EventKind::RevisionAdopted { .. }
            | EventKind::Warned(_)
            | EventKind::Breached { .. }
            | EventKind::Escalated(_)
            | EventKind::EscalationAcknowledged { .. }
            | EventKind::EscalationResolved { .. } => {}
        }
        let status = kind.status_after(self.status);
        if status != self.status {
            if status.pause().is_none() {
                self.pause = None;
            }
            self.status = status;
            self.timeline.push((at, status));
        }
    }

    fn fire(&mut self, event: &Event, firing: &Intent) -> Result<(), Error> {
        self.cycle_mut(event, &firing.timer, firing.cycle)?.fired.push(firing.step.clone());
        Ok(())
    }

    fn apply_changes(&mut self, event: &Event) -> Result<(), Error> {
        event.changes.iter().try_for_each(|change| {
            self.apply_change(change, event.at, event.policy_digest).map_err(|why| why.of(event))
        })
    }

    /// Applies what an event did to one cycle; the error says why that is impossible.
    pub(crate) fn apply_change(
        &mut self,
        TimerChange { timer, cycle, change }: &TimerChange,
        at: Timestamp,
        revision: Digest,
    ) -> Result<(), Misfit> {
        let Some(started) = Cycle::started(*cycle, change, at, revision) else {
            let current = self.current_mut(timer, *cycle).ok_or(Misfit::NotCurrentCycle)?;
            current.apply(change, at, revision);
            return Ok(());
        };
        let place = match self.timers.binary_search_by(|track| track.timer.cmp(timer)) {
            Ok(place) => place,
            Err(place) => {
                self.timers.insert(place, TimerTrack { timer: timer.clone(), cycles: Vec::new() });
                place
            }
        };
        let Some(track) = self.timers.get_mut(place) else { return Ok(()) };
        if Cycle::next_number(track.cycles.last()) != *cycle {
            return Err(Misfit::CycleNotNext);
        }
        track.cycles.push(started);
        Ok(())
    }

    /// Checks a state that was stored elsewhere: the invariants on which folding relies.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let why = if self.events == 0 {
            Inconsistency::NoEvents
        } else if self.timeline.first().is_none_or(|(at, status)| *at != self.opened_at || *status != Status::New) {
            Inconsistency::TimelineStart
        } else if self.timeline.last().is_none_or(|(at, status)| *at > self.last_at || *status != self.status) {
            Inconsistency::TimelineEnd
        } else if !self.timeline.is_sorted_by(|(a, _), (b, _)| a <= b) {
            Inconsistency::TimelineOrder
        } else if self.pause.is_some() != self.status.pause().is_some() {
            Inconsistency::Pause
        } else if !self.timers.is_sorted_by(|a, b| a.timer < b.timer) {
            Inconsistency::TimerOrder
        } else if !self.timers.iter().all(|track| track.is_whole(self.last_at)) {
            Inconsistency::CycleOrder
        } else {
            return Ok(());
        };
        Err(TicketFault::State { ticket: self.id.clone(), why }.into())
    }

    /// Returns the cycles of a timer, oldest first; empty when it never started.
    #[must_use]
    pub fn cycles(&self, timer: &str) -> &[Cycle] {
        match self.timers.binary_search_by(|track| track.timer.as_str().cmp(timer)) {
            Ok(at) => self.timers.get(at).map_or(&[], |track| &track.cycles),
            Err(_) => &[],
        }
    }

    fn cycle_mut(&mut self, event: &Event, timer: &Id, number: u32) -> Result<&mut Cycle, Error> {
        self.current_mut(timer, number).ok_or_else(|| Misfit::NotCurrentCycle.of(event))
    }

    /// Returns the current cycle of a timer if that is its number.
    fn current_mut(&mut self, timer: &Id, number: u32) -> Option<&mut Cycle> {
        let at = self.timers.binary_search_by(|track| track.timer.cmp(timer)).ok()?;
        self.timers.get_mut(at)?.cycles.last_mut().filter(|cycle| cycle.number == number)
    }

    /// Returns an escalation by its number, from 1.
    #[must_use]
    pub fn escalation(&self, number: u32) -> Option<&EscalationState> {
        self.escalations.get(place(number)?)
    }

    /// Returns the number of the ticket's next escalation.
    pub(crate) fn next_escalation(&self) -> u32 {
        // INVARIANT: each escalation is one of the ticket's events, whose count fits in `u32`.
        u32::try_from(self.escalations.len()).ok().and_then(|count| count.checked_add(1)).unwrap_or(u32::MAX)
    }

    fn escalation_mut(&mut self, event: &Event, number: u32) -> Result<&mut EscalationState, Error> {
        place(number)
            .and_then(|place| self.escalations.get_mut(place))
            .ok_or_else(|| Misfit::NoSuchEscalation.of(event))
    }
}

/// Returns the place in a list of what is numbered from 1.
fn place(number: u32) -> Option<usize> {
    usize::try_from(number.checked_sub(1)?).ok()
}
