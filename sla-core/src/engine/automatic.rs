//! Automatic events: pauses that end, resolved tickets that close, steps, breaches.

use std::borrow::Cow;

use super::event::NewEvent;
use super::fault::EngineFault;
use super::{Engine, Revision};
use crate::calendar::check_horizon;
use crate::error::Error;
use crate::escalation::{self, FiresAt};
use crate::id::Id;
use crate::policy::{Step, StepAction, StepTime};
use crate::ticket::{
    Actor, CloseCause, Cycle, Due, Escalation, EscalationTrigger, Event, EventKind, Phase, Status, Ticket,
};
use crate::time::{Share, Timestamp};

/// The automatic events of a ticket by an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueEvents {
    /// The events to append to the history, in order; empty when nothing is due.
    pub events: Vec<Event>,
    /// The ticket after them.
    pub ticket: Ticket,
    /// The earliest instant at which there will be another one; `None` when there never will.
    pub next_check_at: Option<Timestamp>,
}

/// The order of automatic events at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    /// The end of a pause, or the close of a resolved ticket: a ticket is never in both.
    Status,
    Step,
    Breach,
    StepOnDue,
}

/// An automatic event that will happen unless something else does before.
struct Upcoming<'a> {
    at: Timestamp,
    class: Class,
    /// The timer, its cycle and the step, for everything but a change of status.
    firing: Option<(&'a Id, &'a Cycle, &'a Step, usize)>,
}

impl Upcoming<'_> {
    /// The first `now` at which the event has happened: a breach needs `now` to be past the due, unless the event that set
    /// the due came too late for it.
    fn happens_from(&self) -> Timestamp {
        let is_late = || self.firing.is_some_and(|(_, cycle, ..)| cycle.promise.is_some_and(|promise| promise.is_late));
        match self.class {
            Class::Status | Class::Step => self.at,
            Class::Breach | Class::StepOnDue if is_late() => self.at,
            Class::Breach | Class::StepOnDue => self.at.just_after(),
        }
    }

    fn order(&self) -> (Timestamp, Class, Option<(&Id, u32, usize)>) {
        (self.at, self.class, self.firing.map(|(timer, cycle, _, order)| (timer, cycle.number, order)))
    }
}

impl Engine {
    /// Returns the automatic events that have happened by `now` and are not in the history yet, with the ticket after
    /// them.
    ///
    /// They carry their own instants, whenever they are asked for; store them, then act on their intents.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// let ticket = opened(); // first response due at 14:00, with a warning at 80 %
    /// let due = engine().due_events(&ticket, at("2026-03-02T14:00:01Z"))?;
    /// let kinds: Vec<&str> = due.events.iter().map(|event| event.kind.name()).collect();
    /// assert_eq!(kinds, ["warned", "breached", "escalated"]);
    /// assert_eq!(due.ticket.escalations.len(), 1);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `time_went_back` when `now` lies before the ticket's last event;
    /// - `unknown_revision` when the ticket is under a revision that is not compiled into the engine;
    /// - `out_of_horizon` when an instant lies outside the horizon of calendars.
    pub fn due_events(&self, ticket: &Ticket, now: Timestamp) -> Result<DueEvents, Error> {
        let (ticket, events) = self.up_to_date(ticket, now)?;
        let next_check_at = self.next_check_at(&ticket)?;
        Ok(DueEvents { events, ticket: ticket.into_owned(), next_check_at })
    }

    /// Returns the earliest `now` at which [`Engine::due_events`] would return an event; `None` when it never will.
    ///
    /// A host stores it in an indexed column and asks for the tickets whose instant has come.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// // Opened at 10:00: the warning fires at 80 % of the four hours of the first response.
    /// assert_eq!(engine().next_check_at(&opened())?, Some(at("2026-03-02T13:12:00Z")));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `unknown_revision` when the ticket is under a revision that is not compiled into the engine.
    pub fn next_check_at(&self, ticket: &Ticket) -> Result<Option<Timestamp>, Error> {
        // Not an option of an instant: its comparison may be compiled to look at the instant that is not there, which is
        // harmless, but memory checkers of programs that embed the engine report it.
        let (mut any, mut earliest) = (false, Timestamp::from_micros(i64::MAX));
        self.for_each_upcoming(ticket, &mut |upcoming| {
            any = true;
            earliest = earliest.min(upcoming.happens_from());
        })?;
        // What should have happened before the last event (in a history from elsewhere) happens at the next call.
        Ok(any.then(|| earliest.max(ticket.last_at)))
    }

    /// Returns the ticket as of `now` with the automatic events that made it so.
    pub(crate) fn up_to_date<'a>(
        &self,
        ticket: &'a Ticket,
        now: Timestamp,
    ) -> Result<(Cow<'a, Ticket>, Vec<Event>), Error> {
        check_time(ticket, now)?;
        let mut ticket = Cow::Borrowed(ticket);
        let mut events = Vec::new();
        while let Some((at, kind)) = self.next_automatic(&ticket, now)? {
            let revision = self.revision(ticket.policy_digest)?;
            let (at, actor) = (at.max(ticket.last_at), Actor::system());
            let new = NewEvent { kind, at, actor, via: None, command: None, events: None };
            let event = self.event(revision, &ticket, new)?;
            ticket.to_mut().apply(&event)?;
            events.push(event);
        }
        Ok((ticket, events))
    }

    /// Returns the first automatic event that has happened by `now`.
    fn next_automatic(&self, ticket: &Ticket, now: Timestamp) -> Result<Option<(Timestamp, EventKind)>, Error> {
        let mut first: Option<Upcoming<'_>> = None;
        self.for_each_upcoming(ticket, &mut |upcoming| {
            let earlier = first.as_ref().is_none_or(|first| upcoming.order() < first.order());
            if upcoming.happens_from() <= now && earlier {
                first = Some(upcoming);
            }
        })?;
        let Some(first) = first else { return Ok(None) };
        Ok(Some((first.at, self.automatic_kind(ticket, &first)?)))
    }

    fn for_each_upcoming<'a>(&'a self, ticket: &'a Ticket, visit: &mut impl FnMut(Upcoming<'a>)) -> Result<(), Error> {
        let revision = self.revision(ticket.policy_digest)?;
        if let Some(at) = status_change(revision, ticket)? {
            visit(Upcoming { at, class: Class::Status, firing: None });
        }
        for track in &ticket.timers {
            let Some(cycle) = track.cycles.last() else { continue };
            let Some(promise) = cycle.promise else { continue };
            // A promise that its event breached is breached even while the cycle is paused.
            if !matches!(cycle.phase, Phase::Running { .. }) && !(promise.is_late && cycle.is_active()) {
                continue;
            }
            let revision = self.revision(cycle.revision)?;
            let calendar = revision.calendar(&cycle.calendar)?;
            let steps = revision.steps.get(&track.timer).map_or(&[][..], Vec::as_slice);
            for (order, step) in steps.iter().enumerate() {
                let firing = Some((&track.timer, cycle, step, order));
                if step.when == StepTime::At(Share::WHOLE)
                    && !cycle.breached
                    && let Some(Due::At(at)) = cycle.due()
                {
                    visit(Upcoming { at, class: Class::Breach, firing: Some((&track.timer, cycle, step, 0)) });
                }
                if cycle.has_fired(&step.id, 0) {
                    continue;
                }
                match escalation::fires_at(step, cycle, calendar)? {
                    Some(FiresAt::Instant(at)) => visit(Upcoming { at, class: Class::Step, firing }),
                    Some(FiresAt::OnDue(at)) => visit(Upcoming { at, class: Class::StepOnDue, firing }),
                    None => {}
                }
            }
        }
        Ok(())
    }

    fn automatic_kind(&self, ticket: &Ticket, upcoming: &Upcoming<'_>) -> Result<EventKind, Error> {
        let Some((timer, cycle, step, _)) = upcoming.firing else {
            return Ok(match &ticket.pause {
                Some(_) => EventKind::Resumed { cause: self.pause_limit(ticket)? },
                None => EventKind::Closed { cause: CloseCause::Inactivity, inactivity: None },
            });
        };
        if upcoming.class == Class::Breach {
            return Ok(EventKind::Breached {
                timer: timer.clone(),
                cycle: cycle.number,
                target: cycle.target().unwrap_or_default(),
            });
        }
        let calendar = self.revision(cycle.revision)?.calendar(&cycle.calendar)?;
        let firing = escalation::firing(&ticket.id, timer, cycle, step, calendar, upcoming.at);
        Ok(match step.action {
            StepAction::Warn => EventKind::Warned(firing),
            StepAction::Escalate { level } => EventKind::Escalated(Escalation {
                number: ticket.next_escalation(),
                trigger: match step.when {
                    StepTime::At(Share::WHOLE) => EscalationTrigger::Breach,
                    _ => EscalationTrigger::Step,
                },
                level,
                reason: escalation::reason(timer, cycle, step, upcoming.at),
                firing: Some(firing),
                channel: None,
            }),
        })
    }
}

/// Refuses a `now` before the ticket's last event.
pub(crate) fn check_time(ticket: &Ticket, now: Timestamp) -> Result<(), Error> {
    check_horizon("now", now)?;
    if now < ticket.last_at {
        let (ticket, last_at) = (ticket.id.clone(), ticket.last_at);
        return Err(EngineFault::TimeWentBack { now, ticket, last_at }.into());
    }
    Ok(())
}

/// Returns when the ticket's status changes automatically: a pause ends, or a resolved ticket closes.
pub(super) fn status_change(revision: &Revision, ticket: &Ticket) -> Result<Option<Timestamp>, Error> {
    if let Some(pause) = &ticket.pause {
        return Ok(pause.ends_at());
    }
    let (Status::Resolved, Some(after)) = (ticket.status, revision.policy.close_after) else { return Ok(None) };
    let Some(calendar) = revision.calendar_of(&ticket.package)? else { return Ok(None) };
    let resolved_at = ticket.timeline.last().map_or(ticket.opened_at, |(at, _)| *at);
    Ok(calendar.due(resolved_at, after)?.at())
}
