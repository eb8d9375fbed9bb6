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
//! | [`Standing`] | in what a change promises | when it falls due, or what remains while it is paused | due, paused |
//! | [`StopOutcome`] | in the change that stops it | whether it stopped in time | met, breached, unpromised |
//! | [`Phase`] | in the fold | whether it counts, since when and with what remaining | running, paused, stopped, cancelled |
//! | [`Activity`] | in an answer | the phase as one word, or that the timer never started | not started, running, paused, stopped |
//! | [`Outcome`] | in an answer | how it ended, or that this is not decided | none, met, breached, cancelled, unpromised |
//! | [`State`] | in an answer | the one word for people: the outcome where there is one, or else the activity | not started, running, paused, met, breached, cancelled, unpromised |
//!
//! A timer measures whether or not a target promises something: a cycle without a [`Promise`] counts, and has no due.
//!
//! A breach is an outcome and no phase: a breached cycle runs, pauses and stops like any other, and stays breached.
//! [`Cycle::verdict`] is the only place that tells met from breached.

mod command;
mod cycle;
mod event;
mod fault;
mod history;
mod known_commands;
mod rare_list;
mod short;
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
pub use self::cycle::{Cycle, EarlierCycles, PendingTerms, Phase, Promise, TimerTrack};
pub use self::event::{
    Apply, AssignCause, BeganBy, CancelCause, Change, CloseCause, CommandStamp, ComputedStep, CycleTerms, Direction,
    Escalation, EscalationTrigger, Event, EventKind, EventRules, InactivityIntent, Intent, Message, Promised,
    ResumeCause, Spent, Standing, StopCause, StopOutcome, TimerChange,
};
pub(crate) use self::event::{WRITTEN_FIELDS, recorded, sharing};
pub(crate) use self::fault::place_of;
use self::fault::{Inconsistency, Misfit, TicketFault};
pub use self::history::History;
pub use self::known_commands::{KnownCommands, MAX_COMMANDS};
pub use self::rare_list::RareList;
pub use self::status::{Actor, MAX_TEAMS, PauseStatus, Role, Status, Via};
pub use self::transition::{Trigger, Triggers};
pub use self::verdict::{Activity, Outcome, State, Verdict};
pub use crate::calendar::Due;

/// How many cycles of a timer a ticket in short holds: the latest.
pub const LATEST_CYCLES: usize = 4;

/// How many changes of status a ticket in short holds: the latest. A change of terms that counts a cycle anew, and a limit
/// for all pauses of a ticket, read them; where they do not reach back far enough, the whole history is needed.
pub const LATEST_STATUSES: usize = 64;

/// How many changes of agent or team a ticket in short holds: the latest.
pub const LATEST_HOLDERS: usize = 8;

/// How many escalations a ticket in short holds at least: the latest.
pub const LATEST_ESCALATIONS: usize = 8;

/// The state of one ticket after its last event.
///
/// A pure function of the events: the same events give an equal ticket, whoever folds them and whenever. A snapshot holds
/// it [in short](Ticket::in_short), so that what a host stores and reads for each command does not grow with the ticket;
/// what happens next is the same either way.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ticket {
    /// The host's id.
    pub id: Id,
    /// The customer who owns it.
    pub customer: Id,
    /// The customer's organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<Id>,
    /// Who wrote first.
    #[serde(default, skip_serializing_if = "Direction::is_inbound")]
    pub direction: Direction,
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
    /// The team it is assigned to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Id>,
    /// The last agent or admin it was assigned to, the present one included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_agent: Option<Id>,
    /// When the last agent lost the ticket, if they did so by an `unassign` and no agent has it since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unassigned_at: Option<Timestamp>,
    /// The changes of agent or team with their instants, oldest first; in short the last [`LATEST_HOLDERS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holders: Vec<Holding>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// The instant of the last event.
    pub last_at: Timestamp,
    /// The number of events so far, which is the next event's `seq`.
    pub events: u32,
    /// The changes of status with their instants, the opening first; in short the last [`LATEST_STATUSES`].
    pub timeline: Vec<(Timestamp, Status)>,
    /// The pause the ticket is in.
    pub pause: Option<Pause>,
    /// Whether the customer waits for a public reply.
    pub reply_owed: bool,
    /// The last public reply or resolve: the customer no longer waited for an answer then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// Since when the ticket is inactive, for the policy's inactivity rules.
    pub inactive: Inactive,
    /// Timers that ever started or that something was promised for, by timer id.
    pub timers: Vec<TimerTrack>,
    /// Escalations, oldest first; in short those that may matter again, and the last [`LATEST_ESCALATIONS`].
    pub escalations: Vec<EscalationState>,
    /// Whether the latest resolution was rated.
    pub rated: bool,
    /// The last [`MAX_COMMANDS`] commands that carried an id.
    #[serde(default, skip_serializing_if = "KnownCommands::is_empty")]
    pub commands: KnownCommands,
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
    /// When a limit of the policy ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_at: Option<Timestamp>,
    /// Which limit that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limited_by: Option<ResumeCause>,
    /// When it ends automatically, if no limit ends it earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl Pause {
    /// Returns why it ends at [`Pause::ends_at`]: at one instant a limit comes before the instant that the pause named.
    pub(crate) fn ends_by(&self) -> ResumeCause {
        match self.limited_by {
            Some(limit) if self.limit_at.is_some() && self.ends_at() == self.limit_at => limit,
            _ => ResumeCause::Until,
        }
    }

    /// Returns when the pause ends automatically; `None` when it does not.
    #[must_use]
    pub fn ends_at(&self) -> Option<Timestamp> {
        [self.limit_at, self.until].into_iter().flatten().min()
    }
}

/// Who holds a ticket from an instant on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Holding {
    /// From when on.
    pub at: Timestamp,
    /// The agent or admin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Id>,
    /// The team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Id>,
}

/// Since when a ticket is inactive, and which inactivity rules happened since.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Inactive {
    /// The last change of status, pause, public reply, customer's message, reopening or requested escalation.
    pub since: Timestamp,
    /// The ids of the rules that happened since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub done: Vec<Id>,
}

/// An escalation and its stage.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EscalationState {
    /// Its number within the ticket, from 1.
    pub number: u32,
    /// When the ticket was escalated.
    pub at: Timestamp,
    /// Its level.
    pub level: u32,
    /// What caused it.
    pub trigger: EscalationTrigger,
    /// The timer of an automatic escalation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timer: Option<Id>,
    /// Its cycle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cycle: Option<u32>,
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
        let Some(mut ticket) = Self::opened(&event.ticket, &event.kind, event.at, event.rules.policy_digest) else {
            return Err(Misfit::NotOpened.of(event));
        };
        if event.seq != 0 {
            return Err(Misfit::OpeningNotFirst.of(event));
        }
        if let Some(command) = &event.command {
            ticket.commands.remember(command);
        }
        ticket.apply_changes(event)?;
        Ok(ticket)
    }

    /// Returns the ticket that an opening makes, before any timer starts; `None` for another kind.
    pub(crate) fn opened(id: &Id, kind: &EventKind, at: Timestamp, policy_digest: Digest) -> Option<Self> {
        let EventKind::Opened { customer, package, channel, severity, category, direction, organization, .. } = kind
        else {
            return None;
        };
        // Most tickets change their status less often, and have fewer timers.
        let (mut timeline, timers) = (Vec::with_capacity(8), Vec::with_capacity(4));
        timeline.push((at, Status::New));
        Some(Self {
            id: id.clone(),
            customer: customer.clone(),
            organization: organization.clone(),
            direction: *direction,
            package: package.clone(),
            policy_digest,
            channel: channel.clone(),
            severity: severity.clone(),
            category: category.clone(),
            status: Status::New,
            agent: None,
            team: None,
            last_agent: None,
            unassigned_at: None,
            holders: Vec::new(),
            opened_at: at,
            last_at: at,
            events: 1,
            timeline,
            pause: None,
            reply_owed: direction.is_inbound(),
            answered_at: (!direction.is_inbound()).then_some(at),
            inactive: Inactive { since: at, done: Vec::new() },
            timers,
            escalations: Vec::new(),
            rated: false,
            commands: KnownCommands::default(),
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
        if event.kind.apply().is_some() {
            self.defer_terms(&event.kind, event.actor.role, event.rules.policy_digest);
        }
        self.apply_changes(event)?;
        self.policy_digest = event.rules.policy_digest;
        self.last_at = event.at;
        self.events = self.events.checked_add(1).ok_or_else(|| Misfit::NoNext.of(event))?;
        if let Some(command) = &event.command {
            self.commands.remember(command);
        }
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
                let (timer, cycle) =
                    escalation.firing.as_ref().map(|firing| (firing.timer.clone(), firing.cycle)).unzip();
                self.escalations.push(EscalationState {
                    number: self.next_escalation(),
                    at: event.at,
                    level: escalation.level,
                    trigger: escalation.trigger,
                    timer,
                    cycle,
                    stage: EscalationStage::Open,
                });
                self.apply_kind(&event.kind, event.at, &event.actor);
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

    /// Applies an event of a command, and what inactivity and pauses do automatically, but not what it does to the timers.
    pub(crate) fn apply_kind(&mut self, kind: &EventKind, at: Timestamp, actor: &Actor) {
        match kind {
            EventKind::Assigned { agent, team, .. } => self.assign(agent.as_ref(), team.as_ref(), at),
            EventKind::Unassigned { .. } => self.hold(None, self.team.clone(), at),
            EventKind::Replied { automatic: false, .. } => {
                (self.reply_owed, self.answered_at) = (false, Some(at));
                self.is_active_at(at);
            }
            EventKind::CustomerMessaged { .. } | EventKind::Absorbed { waiting_since: Some(_), .. } => {
                self.reply_owed = true;
                self.is_active_at(at);
            }
            EventKind::Paused { reason, limit_at, limited_by, until, .. } => {
                let since = self.pause.as_ref().map_or(at, |pause| pause.since);
                let (by, reason) = (actor.recorded(), reason.clone());
                self.pause =
                    Some(Pause { since, by, reason, limit_at: *limit_at, limited_by: *limited_by, until: *until });
                self.is_active_at(at);
            }
            EventKind::Resolved { inactivity, .. } => {
                (self.reply_owed, self.answered_at, self.rated) = (false, Some(at), false);
                self.happened(inactivity.as_deref());
            }
            EventKind::Reopened { channel, .. } => {
                self.reply_owed |= channel.is_some();
                self.is_active_at(at);
            }
            EventKind::Closed { inactivity, .. } => self.happened(inactivity.as_deref()),
            EventKind::Reminded(intent) => self.happened(Some(intent)),
            EventKind::Escalated(escalation) if escalation.trigger == EscalationTrigger::Request => {
                self.is_active_at(at);
            }
            EventKind::Rated { .. } => self.rated = true,
            EventKind::PackageChanged { package, .. } => self.package = package.clone(),
            EventKind::Classified { severity, category, .. } => {
                (self.severity, self.category) = (severity.clone(), category.clone());
            }
            EventKind::Opened { .. }
            | EventKind::Replied { automatic: true, .. }
            | EventKind::Absorbed { waiting_since: None, .. }
            | EventKind::Noted { .. }
            | EventKind::Resumed { .. }
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
            self.is_active_at(at);
        }
    }

    /// Records that a change of terms waits for the reopening of the cycles that the resolve ended.
    pub(crate) fn defer_terms(&mut self, kind: &EventKind, role: Role, revision: Digest) {
        let Some(apply) = kind.apply() else { return };
        let (package, severity, category) = (self.package.clone(), self.severity.clone(), self.category.clone());
        let terms = CycleTerms { package, severity, category };
        let by_agent = role == Role::Agent;
        for cycle in self.timers.iter_mut().filter_map(|track| track.cycles.last_mut()) {
            // A change that keeps the terms of started cycles alone leaves them.
            if cycle.ended_at_resolve() && !cycle.breached && (apply != Apply::Keep || !cycle.pending_terms.is_empty())
            {
                cycle.pending_terms.push(PendingTerms { terms: terms.clone(), revision, by_agent });
            }
        }
    }

    fn assign(&mut self, agent: Option<&Id>, team: Option<&Id>, at: Timestamp) {
        let is_taken = agent.is_none() && team.is_some_and(|team| self.team.as_ref() != Some(team));
        let agent = if is_taken { None } else { agent.or(self.agent.as_ref()).cloned() };
        let team = team.or(self.team.as_ref()).cloned();
        self.hold(agent, team, at);
    }

    fn hold(&mut self, agent: Option<Id>, team: Option<Id>, at: Timestamp) {
        if (&agent, &team) == (&self.agent, &self.team) {
            return;
        }
        if agent.is_some() {
            self.last_agent.clone_from(&agent);
            self.unassigned_at = None;
        } else if self.agent.is_some() {
            // An `unassign` leaves the team; another team that takes the ticket hands it on.
            self.unassigned_at = (team == self.team).then_some(at);
        }
        (self.agent, self.team) = (agent.clone(), team.clone());
        self.holders.push(Holding { at, agent, team });
    }

    fn is_active_at(&mut self, at: Timestamp) {
        self.inactive.since = at;
        self.inactive.done.clear();
    }

    fn happened(&mut self, intent: Option<&InactivityIntent>) {
        self.inactive.done.extend(intent.map(|intent| intent.rule.clone()));
    }

    fn fire(&mut self, event: &Event, firing: &Intent) -> Result<(), Error> {
        self.cycle_mut(event, &firing.timer, firing.cycle)?.fire(&firing.step, firing.repetition);
        Ok(())
    }

    fn apply_changes(&mut self, event: &Event) -> Result<(), Error> {
        self.promises_arrived(&event.promised, event.at);
        event.changes.iter().try_for_each(|change| {
            self.apply_change(change, event.at, event.rules.policy_digest, event.kind.is_waiting())
                .map_err(|why| why.of(event))
        })
    }

    /// Records that something is promised for `timers` since `at`, unless it was before.
    pub(crate) fn promises_arrived(&mut self, timers: &[Id], at: Timestamp) {
        for timer in timers {
            self.track_mut(timer).promise_arrived(at);
        }
    }

    /// Returns the track of a timer, a new one where it has none.
    fn track_mut(&mut self, timer: &Id) -> &mut TimerTrack {
        let place = match self.timers.binary_search_by(|track| track.timer.cmp(timer)) {
            Ok(place) => place,
            Err(place) => {
                let track = TimerTrack::new(timer.clone());
                self.timers.insert(place, track);
                place
            }
        };
        #[expect(clippy::indexing_slicing, reason = "INVARIANT: the place was found or made just now")]
        &mut self.timers[place]
    }

    /// Applies what an event did to one cycle; the error says why that is impossible.
    pub(crate) fn apply_change(
        &mut self,
        TimerChange { timer, cycle, change }: &TimerChange,
        at: Timestamp,
        revision: Digest,
        waits: bool,
    ) -> Result<(), Misfit> {
        let Some(started) = Cycle::started(*cycle, change, at, revision, waits) else {
            let place = self.timers.binary_search_by(|track| track.timer.cmp(timer));
            let track = place.ok().and_then(|place| self.timers.get_mut(place)).ok_or(Misfit::NotCurrentCycle)?;
            let current = track.cycles.last_mut().filter(|current| current.number == *cycle);
            let current = current.ok_or(Misfit::NotCurrentCycle)?;
            let started_at = current.started_at;
            current.apply(change, at, revision);
            let moved_to = current.started_at;
            if moved_to > current.since() {
                return Err(Misfit::StartsAfterwards);
            }
            if current.promise.is_some() {
                track.promise_arrived(at);
            }
            // What was promised when the cycle started is promised from its start on, which may have moved back.
            if track.promised_since.is_some_and(|since| since <= started_at) {
                track.promise_arrived(moved_to);
            }
            return Ok(());
        };
        let track = self.track_mut(timer);
        if track.next_number() != *cycle {
            return Err(Misfit::CycleNotNext);
        }
        if track.cycles.last().is_some_and(Cycle::is_active) {
            return Err(Misfit::CycleStillCounts);
        }
        if started.started_at > started.since() {
            return Err(Misfit::StartsAfterwards);
        }
        if started.promise.is_some() {
            // A revision that measures the timer anew promises from its adoption on, every other start from itself on.
            track.promise_arrived(if started.began_by == at { started.started_at } else { at });
        }
        if track.cycles.is_empty() {
            // Most timers have one cycle, which is large.
            track.cycles.reserve_exact(1);
        }
        track.cycles.push(started);
        Ok(())
    }

    /// Checks a state that was stored elsewhere: the invariants on which folding relies.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let why = if self.events == 0 {
            Inconsistency::NoEvents
        } else if self.timeline.len() < LATEST_STATUSES && self.timeline.first() != Some(&(self.opened_at, Status::New))
        {
            Inconsistency::TimelineStart
        } else if self.timeline.first().is_some_and(|(at, _)| *at < self.opened_at) {
            Inconsistency::TimelineOrder
        } else if self.timeline.last().is_none_or(|(at, status)| *at > self.last_at || *status != self.status) {
            Inconsistency::TimelineEnd
        } else if !self.timeline.is_sorted_by(|(a, _), (b, _)| a <= b) {
            Inconsistency::TimelineOrder
        } else if self.pause.is_some() != self.status.pause().is_some() {
            Inconsistency::Pause
        } else if !self.holders.is_sorted_by(|a, b| a.at <= b.at)
            || self.holders.last().map_or((None, None), |last| (last.agent.as_ref(), last.team.as_ref()))
                != (self.agent.as_ref(), self.team.as_ref())
        {
            Inconsistency::Holders
        } else if [Some(self.inactive.since), self.answered_at, self.holders.last().map(|last| last.at)]
            .into_iter()
            .flatten()
            .any(|at| at > self.last_at)
        {
            Inconsistency::AfterLastEvent
        } else if !self.timers.is_sorted_by(|a, b| a.timer < b.timer) {
            Inconsistency::TimerOrder
        } else if !self.timers.iter().all(|track| track.is_whole(self.last_at)) {
            Inconsistency::CycleOrder
        } else if !self.escalations.is_sorted_by(|a, b| a.number < b.number)
            || self.escalations.first().is_some_and(|first| first.number == 0)
        {
            Inconsistency::EscalationOrder
        } else {
            return Ok(());
        };
        Err(TicketFault::State { ticket: self.id.clone(), why }.into())
    }

    /// Returns the cycles of a timer that the ticket holds, oldest first; empty when it never started.
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

    /// Returns the start of the earliest cycle that still runs or is paused since the customer began to wait for an answer:
    /// what a ticket that absorbs this one is told.
    pub(crate) fn waiting_since(&self) -> Option<Timestamp> {
        let last = self.timers.iter().filter_map(|track| track.cycles.last());
        last.filter(|cycle| cycle.is_active() && cycle.waits).map(|cycle| cycle.started_at).min()
    }

    /// Returns whether a cycle that counts and may still change has other terms than the ticket.
    pub(crate) fn has_cycles_of_other_terms(&self) -> bool {
        let is_other = |cycle: &Cycle| {
            let CycleTerms { package, severity, category } = &cycle.terms;
            cycle.revision != self.policy_digest
                || (package, severity, category) != (&self.package, &self.severity, &self.category)
        };
        let last = self.timers.iter().filter_map(|track| track.cycles.last());
        last.into_iter().any(|cycle| cycle.is_active() && !cycle.breached && is_other(cycle))
    }

    /// Returns when the ticket was closed, withdrawn or voided; `None` while its status is not final.
    pub(crate) fn ended_at(&self) -> Option<Timestamp> {
        self.timeline.last().filter(|_| self.status.is_final()).map(|(at, _)| *at)
    }

    /// Returns whether every change of status since an instant is known.
    pub(crate) fn knows_statuses_since(&self, at: Timestamp) -> bool {
        self.timeline.first().is_some_and(|(first, _)| *first <= at)
    }

    /// Returns an escalation by its number, from 1; `None` where there is none of that number, or the ticket, in short,
    /// does not hold it any more.
    #[must_use]
    pub fn escalation(&self, number: u32) -> Option<&EscalationState> {
        self.escalations.get(self.place_of(number)?)
    }

    /// Returns the number of the ticket's next escalation.
    pub(crate) fn next_escalation(&self) -> u32 {
        // INVARIANT: each escalation is one of the ticket's events, whose count fits in `u32`.
        self.escalations.last().map_or(1, |last| last.number.saturating_add(1))
    }

    fn escalation_mut(&mut self, event: &Event, number: u32) -> Result<&mut EscalationState, Error> {
        self.place_of(number)
            .and_then(|place| self.escalations.get_mut(place))
            .ok_or_else(|| Misfit::NoSuchEscalation.of(event))
    }

    fn place_of(&self, escalation: u32) -> Option<usize> {
        self.escalations.binary_search_by(|known| known.number.cmp(&escalation)).ok()
    }
}
