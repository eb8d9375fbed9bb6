//! One event on a ticket, and what is known before it is decided what it does to the timers.

use super::{Engine, Revision, Subject};
use crate::error::Error;
use crate::id::Id;
use crate::policy::TimerRules;
use crate::ticket::{Cycle, CycleTerms, Event, EventKind, Role, Status, Ticket, TimerChange, Triggers};
use crate::time::Timestamp;

/// What an event does to the timers.
#[derive(Debug, Default)]
pub(crate) struct Reaction {
    /// The changes, by timer id.
    pub(crate) changes: Vec<TimerChange>,
    /// The timers that something is promised for from the event on, the first time, without a cycle that says so.
    pub(crate) promised: Vec<Id>,
}

impl Reaction {
    pub(crate) fn clear(&mut self) {
        self.changes.clear();
        self.promised.clear();
    }
}

/// What happened, and who did it, before it is an event.
#[derive(Clone, Copy)]
pub(crate) struct Happening<'a> {
    pub(crate) kind: &'a EventKind,
    pub(crate) at: Timestamp,
    /// The role of the actor.
    pub(crate) role: Role,
    /// Every event of the ticket before it, where the host gave them.
    pub(crate) events: Option<&'a [Event]>,
}

/// Ticket state before and after one event.
pub(super) struct EventContext<'a> {
    pub(super) engine: &'a Engine,
    /// `None` at the opening.
    pub(super) ticket: Option<&'a Ticket>,
    pub(super) happening: Happening<'a>,
    /// The revision the ticket is under after the event.
    pub(super) revision: &'a Revision,
    /// Package, severity and category after the event.
    pub(super) subject: Subject<'a>,
    pub(super) status: Status,
    pub(super) triggers: Triggers,
    /// The channel of the event, where it carries one, or else the opening's.
    pub(super) channel: &'a Id,
    /// When what the event reports was received, if earlier.
    pub(super) received_at: Option<Timestamp>,
    /// Whether no target is looked up: cycles are measured only.
    pub(super) measures_only: bool,
}

/// Timer rules with the revision they come from.
#[derive(Clone, Copy)]
pub(super) struct CycleRules<'a> {
    pub(super) revision: &'a Revision,
    pub(super) rules: &'a TimerRules,
}

impl<'a> EventContext<'a> {
    pub(super) fn new(
        engine: &'a Engine,
        ticket: Option<&'a Ticket>,
        happening: Happening<'a>,
        revision: &'a Revision,
    ) -> Option<Self> {
        let kind = happening.kind;
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
        let received_at = kind.received_at();
        Some(Self {
            engine,
            ticket,
            happening,
            revision,
            subject,
            status,
            triggers,
            channel,
            received_at,
            measures_only: false,
        })
    }

    /// Measures cycles without a target, in the calendar of `subject`.
    pub(super) const fn measure_only(&mut self, subject: Subject<'a>) {
        (self.measures_only, self.subject) = (true, subject);
    }

    pub(super) const fn at(&self) -> Timestamp {
        self.happening.at
    }

    /// Returns the rules that hold for a cycle: those of the revision that it is under.
    pub(super) fn rules_of(
        &self,
        timer: &Id,
        rules: Option<&'a TimerRules>,
        cycle: &Cycle,
    ) -> Result<CycleRules<'a>, Error> {
        match rules {
            Some(rules) if cycle.revision == self.revision.digest => Ok(CycleRules { revision: self.revision, rules }),
            _ => {
                let revision = self.engine.revision(cycle.revision)?;
                Ok(CycleRules { revision, rules: revision.timer(timer)? })
            }
        }
    }

    /// Returns since when the customer waits for what the event reports: its own instant, or the earlier one at which it was
    /// received, but not before the last answer, nor before the end of the timer's last cycle.
    pub(super) fn received_from(&self, last: Option<&Cycle>) -> Timestamp {
        let Some(received_at) = self.received_at else { return self.at() };
        let answered_at = self.ticket.and_then(|ticket| ticket.answered_at);
        let ended_at = last.map(Cycle::since);
        [answered_at, ended_at].into_iter().flatten().fold(received_at, Timestamp::max).min(self.at())
    }

    pub(super) fn opening_channel(&self) -> &'a Id {
        self.ticket.map_or(self.channel, |ticket| &ticket.channel)
    }

    /// Returns what the terms after the event depend on.
    pub(super) fn cycle_terms(&self) -> CycleTerms {
        let Subject { package, severity, category } = self.subject;
        CycleTerms { package: package.clone(), severity: severity.cloned(), category: category.cloned() }
    }
}
