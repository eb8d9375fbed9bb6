//! What somebody did to a ticket, played again under other rules.

use std::borrow::Cow;

use super::Engine;
use super::automatic::{PauseEnd, check_time, status_change};
use crate::error::Error;
use crate::id::Id;
use crate::ticket::{
    Actor, CloseCause, Due, Event, EventKind, History, Phase, ResumeCause, Role, Status, Ticket, TimerChange,
};
use crate::time::Timestamp;

/// Why a ticket cannot be played again: the rules do not know something it names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unknown {
    /// Its package.
    Package(Id),
    /// A severity.
    Severity(Id),
    /// A category.
    Category(Id),
}

/// Plays tickets again under the newest revision of an engine.
#[derive(Debug)]
pub(crate) struct Replay {
    engine: Engine,
    nobody: Actor,
    changes: Vec<TimerChange>,
}

impl Replay {
    pub(crate) fn new(engine: Engine) -> Self {
        let nobody = Actor::new(Role::System, String::new());
        Self { engine, nobody, changes: Vec::new() }
    }

    /// Returns the ticket as it would stand at `now`: what people did happens again where its status allows it, what
    /// happens by itself follows these rules. Promises past their due are marked; steps do not fire.
    pub(crate) fn ticket(&mut self, history: &History, now: Timestamp) -> Result<Result<Ticket, Unknown>, Error> {
        let mut events = history.events().iter();
        let opened = events.next().and_then(|event| {
            Ticket::opened(&event.ticket, &event.kind, event.at, self.engine.newest().digest)
                .map(|ticket| (event, ticket))
        });
        let Some((opening, mut ticket)) = opened else { return Ok(Ok(history.ticket().clone())) };
        if let Some(unknown) = self.unknown(&opening.kind) {
            return Ok(Err(unknown));
        }
        self.changes.clear();
        self.engine.react_into(None, &opening.kind, opening.at, self.engine.newest(), &mut self.changes)?;
        self.apply_changes(&mut ticket, opening.at);
        for event in events {
            if !concerns_timers(event) {
                continue;
            }
            if let Some(unknown) = self.unknown(&event.kind) {
                return Ok(Err(unknown));
            }
            self.catch_up(&mut ticket, event.at)?;
            if fits(ticket.status, &event.kind) {
                self.happen(&mut ticket, event)?;
            }
        }
        self.catch_up(&mut ticket, now)?;
        Ok(Ok(ticket))
    }

    /// Returns what an event names that these rules do not know.
    fn unknown(&self, kind: &EventKind) -> Option<Unknown> {
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

    fn happen(&mut self, ticket: &mut Ticket, event: &Event) -> Result<(), Error> {
        let EventKind::Paused { status, .. } = event.kind else { return self.step(ticket, &event.kind, event.at) };
        let ends_at = match &ticket.pause {
            Some(pause) => pause.ends_at,
            None => match self.engine.pause_end(ticket, event.at)? {
                PauseEnd::Limited(ends_at) => Some(ends_at),
                PauseEnd::Unlimited => None,
                PauseEnd::BudgetUsed { .. } => return Ok(()),
            },
        };
        self.step(ticket, &EventKind::Paused { status, reason: String::new(), ends_at }, event.at)
    }

    /// Lets happen by itself what has happened by `now`.
    fn catch_up(&mut self, ticket: &mut Ticket, now: Timestamp) -> Result<(), Error> {
        while let Some(at) = status_change(self.engine.newest(), ticket)?.filter(|at| *at <= now) {
            mark_breaches(ticket, at);
            let kind = match ticket.pause {
                Some(_) => EventKind::Resumed { cause: ResumeCause::MaxPause },
                None => EventKind::Closed { cause: CloseCause::CloseAfter },
            };
            self.step(ticket, &kind, at)?;
        }
        mark_breaches(ticket, now);
        Ok(())
    }

    fn step(&mut self, ticket: &mut Ticket, kind: &EventKind, at: Timestamp) -> Result<(), Error> {
        self.changes.clear();
        self.engine.react_into(Some(ticket), kind, at, self.engine.newest(), &mut self.changes)?;
        ticket.go_on(kind, at, &self.nobody);
        self.apply_changes(ticket, at);
        ticket.last_at = at;
        Ok(())
    }

    fn apply_changes(&self, ticket: &mut Ticket, at: Timestamp) {
        for change in &self.changes {
            // INVARIANT: what `react_into` says of a ticket fits that ticket.
            let _ = ticket.apply_change(change, at, self.engine.newest().digest);
        }
    }
}

/// Returns whether an event was somebody's doing and of a kind that may move a timer.
fn concerns_timers(event: &Event) -> bool {
    event.actor.role != Role::System
        && !matches!(
            event.kind,
            EventKind::Noted { .. }
                | EventKind::Rated { .. }
                | EventKind::Escalated(_)
                | EventKind::EscalationAcknowledged { .. }
                | EventKind::EscalationResolved { .. }
                | EventKind::RevisionAdopted { .. }
        )
}

/// Returns whether a ticket in this status may see the event, as `decide` judges the command behind it.
const fn fits(status: Status, kind: &EventKind) -> bool {
    match kind {
        EventKind::Paused { .. } => matches!(status, Status::Open | Status::Pending | Status::OnHold),
        EventKind::Resumed { .. } => matches!(status, Status::Pending | Status::OnHold),
        EventKind::Resolved { .. } => !status.is_final() && !matches!(status, Status::Resolved),
        EventKind::Reopened { .. } | EventKind::Closed { .. } => matches!(status, Status::Resolved),
        _ => !status.is_final(),
    }
}

/// Marks the promises whose due lies before `now`.
fn mark_breaches(ticket: &mut Ticket, now: Timestamp) {
    for track in &mut ticket.timers {
        if let Some(cycle) = track.cycles.last_mut()
            && matches!(cycle.phase, Phase::Running { .. })
            && matches!(cycle.due, Some(Due::At(due_at)) if due_at < now)
        {
            cycle.breached = true;
        }
    }
}

impl Engine {
    /// Returns the ticket in the status it has at `now` under its own rules. Promises that went past their due since its
    /// last event may not be marked.
    pub(crate) fn settled<'a>(&self, ticket: &'a Ticket, now: Timestamp) -> Result<Cow<'a, Ticket>, Error> {
        check_time(ticket, now)?;
        match status_change(self.revision(ticket.policy_digest)?, ticket)? {
            Some(at) if at <= now => Ok(self.up_to_date(ticket, now)?.0),
            _ => Ok(Cow::Borrowed(ticket)),
        }
    }
}
