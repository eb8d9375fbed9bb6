//! The commands of a ticket, replayed under other rules.

use std::borrow::Cow;
use std::convert::Infallible;

use serde::Serialize;

use super::automatic::check_time;
use super::context::{Happening, Reaction};
use super::pause::PauseEnd;
use super::{Decision, Engine};
use crate::error::Error;
use crate::id::Id;
use crate::refusal::RefusalCode;
use crate::ticket::{Actor, Event, EventKind, History, Outcome, Pause, ResumeCause, Role, Ticket};
use crate::time::Timestamp;

/// Why a ticket cannot be replayed: the rules lack something that it names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Unknown {
    /// Its package.
    Package(Id),
    /// A severity.
    Severity(Id),
    /// A category.
    Category(Id),
}

impl Unknown {
    /// Returns the code with which an engine refuses it, for example `unknown_package`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Package(_) => RefusalCode::UnknownPackage.as_str(),
            Self::Severity(_) => RefusalCode::UnknownSeverity.as_str(),
            Self::Category(_) => RefusalCode::UnknownCategory.as_str(),
        }
    }
}

/// Replays tickets under the newest revision of an engine.
#[derive(Debug)]
pub(crate) struct Replay {
    engine: Engine,
    no_actor: Actor,
    reaction: Reaction,
}

impl Replay {
    pub(crate) fn new(engine: Engine) -> Self {
        let no_actor = Actor::new(Role::System, String::new());
        Self { engine, no_actor, reaction: Reaction::default() }
    }

    /// Returns the ticket as it would be at `now`: commands happen again where its status accepts them, automatic changes
    /// of status follow these rules. Cycles past their due are marked as breached; steps do not fire.
    pub(crate) fn ticket(&mut self, history: &History, now: Timestamp) -> Result<Decision<Ticket, Unknown>, Error> {
        let (opening, events) = history.opening();
        let mut ticket = match self.open(&opening.ticket, &opening.kind, opening.at)? {
            Some(Decision::Accepted(ticket)) => ticket,
            Some(Decision::Refused(unknown)) => return Ok(Decision::Refused(unknown)),
            None => return Ok(Decision::Accepted(history.ticket().clone())),
        };
        for event in events {
            if !concerns_timers(event) {
                continue;
            }
            if let Some(unknown) = self.unknown(&event.kind) {
                return Ok(Decision::Refused(unknown));
            }
            self.catch_up(&mut ticket, event.at)?;
            if accepts(&ticket, &event.kind) {
                self.act(&mut ticket, &event.kind, event.at, event.actor.role)?;
            }
        }
        self.catch_up(&mut ticket, now)?;
        Ok(Decision::Accepted(ticket))
    }

    /// Opens a ticket; `None` when `kind` is no opening.
    pub(crate) fn open(
        &mut self,
        id: &Id,
        kind: &EventKind,
        at: Timestamp,
    ) -> Result<Option<Decision<Ticket, Unknown>>, Error> {
        let Some(mut ticket) = Ticket::opened(id, kind, at, self.engine.newest().digest) else { return Ok(None) };
        if let Some(unknown) = self.unknown(kind) {
            return Ok(Some(Decision::Refused(unknown)));
        }
        self.reaction.clear();
        let happening = Happening { kind, at, role: Role::Customer, events: None };
        self.engine.react_into(None, happening, self.engine.newest(), &mut self.reaction)?;
        self.apply_changes(&mut ticket, kind, at);
        Ok(Some(Decision::Accepted(ticket)))
    }

    /// Applies the event of a command by `by`, who acts as `role`, after automatic events and the event that it implies, and returns whether
    /// the ticket's status accepts it.
    pub(crate) fn command(
        &mut self,
        ticket: &mut Ticket,
        kind: &EventKind,
        at: Timestamp,
        role: Role,
        by: &Id,
    ) -> Result<bool, Error> {
        self.catch_up(ticket, at)?;
        if !accepts(ticket, kind) {
            return Ok(false);
        }
        let Ok(implied) = kind.implied_before(ticket, || Ok::<_, Infallible>(by.clone()));
        if let Some(implied) = implied {
            self.act(ticket, &implied, at, role)?;
            mark_breaches(ticket, at);
        }
        self.act(ticket, kind, at, role)?;
        Ok(true)
    }

    /// Returns what an event names that these rules lack.
    pub(crate) fn unknown(&self, kind: &EventKind) -> Option<Unknown> {
        let policy = &self.engine.newest().policy;
        let (package, severity, category) = match kind {
            EventKind::Opened { package, severity, category, .. } => (Some(package), severity, category),
            EventKind::PackageChanged { package, .. } => (Some(package), &None, &None),
            EventKind::Classified { severity, category, .. } => (None, severity, category),
            _ => return None,
        };
        let package = package.filter(|package| self.engine.newest().package(package.as_str()).is_none());
        let severity = severity.as_ref().filter(|severity| !policy.severities.contains(severity));
        let category = category.as_ref().filter(|category| !policy.categories.contains(category));
        let severity = severity.cloned().map(Unknown::Severity);
        package.cloned().map(Unknown::Package).or(severity).or(category.cloned().map(Unknown::Category))
    }

    fn act(&mut self, ticket: &mut Ticket, kind: &EventKind, at: Timestamp, role: Role) -> Result<(), Error> {
        let EventKind::Paused { status, until, .. } = *kind else { return self.apply(ticket, kind, at, role) };
        let (limit_at, limited_by) = match &ticket.pause {
            Some(pause) => (pause.limit_at, pause.limited_by),
            None => match self.engine.pause_end(ticket, at)? {
                PauseEnd::Limited(limit_at, limit) => (Some(limit_at), Some(limit)),
                PauseEnd::Unlimited => (None, None),
                PauseEnd::BudgetUsed { .. } => return Ok(()),
            },
        };
        self.apply(ticket, &EventKind::Paused { status, reason: String::new(), limit_at, limited_by, until }, at, role)
    }

    /// Applies automatic changes of status and breaches up to `now`.
    pub(crate) fn catch_up(&mut self, ticket: &mut Ticket, now: Timestamp) -> Result<(), Error> {
        loop {
            let revision = self.engine.newest();
            let pause_end = ticket.pause.as_ref().and_then(Pause::ends_at);
            let inactivity = revision.next_inactivity(ticket)?;
            // At one instant a pause ends first.
            let (at, kind) = match (pause_end, inactivity) {
                (Some(at), other) if other.is_none_or(|other| at <= other.at) => {
                    (at, EventKind::Resumed { cause: ResumeCause::MaxPause })
                }
                (_, Some(inactivity)) => (inactivity.at, revision.inactivity_kind(ticket, inactivity)?),
                (_, None) => break,
            };
            if at > now {
                break;
            }
            mark_breaches(ticket, at);
            self.apply(ticket, &kind, at, Role::System)?;
        }
        mark_breaches(ticket, now);
        Ok(())
    }

    fn apply(&mut self, ticket: &mut Ticket, kind: &EventKind, at: Timestamp, role: Role) -> Result<(), Error> {
        self.reaction.clear();
        let happening = Happening { kind, at, role, events: None };
        self.engine.react_into(Some(ticket), happening, self.engine.newest(), &mut self.reaction)?;
        ticket.apply_kind(kind, at, &self.no_actor);
        ticket.defer_terms(kind, role, self.engine.newest().digest);
        self.apply_changes(ticket, kind, at);
        ticket.last_at = at;
        Ok(())
    }

    fn apply_changes(&self, ticket: &mut Ticket, kind: &EventKind, at: Timestamp) {
        ticket.promises_arrived(&self.reaction.promised, at);
        for change in &self.reaction.changes {
            // INVARIANT: what `react_into` says of a ticket fits that ticket.
            let _ = ticket.apply_change(change, at, self.engine.newest().digest, kind.is_waiting());
        }
    }
}

/// Returns whether an event was made by a command and is of a kind that may change a timer, or counts as activity.
fn concerns_timers(event: &Event) -> bool {
    event.actor.role != Role::System
        && !matches!(
            event.kind,
            EventKind::Rated { .. }
                | EventKind::EscalationAcknowledged { .. }
                | EventKind::EscalationResolved { .. }
                | EventKind::RevisionAdopted { .. }
        )
}

/// Returns whether the ticket's status accepts the command that made the event.
fn accepts(ticket: &Ticket, kind: &EventKind) -> bool {
    kind.action().is_some_and(|action| action.accepted_in().contains(&ticket.status))
}

/// Marks the cycles that are breached as of `now`.
fn mark_breaches(ticket: &mut Ticket, now: Timestamp) {
    for cycle in ticket.timers.iter_mut().filter_map(|track| track.cycles.last_mut()) {
        cycle.breached = cycle.verdict(now).outcome == Outcome::Breached;
    }
}

impl Engine {
    /// Returns the ticket in the status it has at `now` under its own rules. Breaches since its last event may not be
    /// marked.
    pub(crate) fn in_present_status<'a>(&self, ticket: &'a Ticket, now: Timestamp) -> Result<Cow<'a, Ticket>, Error> {
        check_time(ticket, now)?;
        let pause_end = ticket.pause.as_ref().and_then(Pause::ends_at);
        let inactivity = self.revision(ticket.policy_digest)?.next_inactivity(ticket)?.map(|inactivity| inactivity.at);
        if pause_end.into_iter().chain(inactivity).any(|at| at <= now) {
            return Ok(Cow::Owned(self.caught_up(ticket, now)?.into_parts().0));
        }
        Ok(Cow::Borrowed(ticket))
    }
}
