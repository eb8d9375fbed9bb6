//! Automatic events: pauses that end, what inactivity does, steps, breaches.

use std::borrow::Cow;

use super::event::NewEvent;
use super::fault::EngineFault;
use super::{Engine, Revision};
use crate::calendar::{Calendar, check_horizon};
use crate::error::Error;
use crate::escalation::{self, FiresAt, Firing};
use crate::id::Id;
use crate::policy::{InactivityAction, InactivityRule, Step, StepAction, StepTime};
use crate::ticket::{
    Actor, CloseCause, Cycle, Due, Escalation, EscalationTrigger, Event, EventKind, InactivityIntent, Pause, Phase,
    ResumeCause, Ticket,
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

/// A ticket as of an instant, with the automatic events up to then.
pub(super) struct UpToDate<'a> {
    pub(super) ticket: Cow<'a, Ticket>,
    pub(super) events: Vec<Event>,
    /// The earliest instant at which there will be another one.
    pub(super) next_check_at: Option<Timestamp>,
}

/// An automatic event that has happened, with its instant.
type Happened = (Timestamp, EventKind);

/// The earliest instant at which one of some automatic events happens.
///
/// Not an option of an instant: its comparison may be compiled to look at the instant that is not there, which is harmless,
/// but memory checkers of programs that embed the engine report it.
struct Earliest {
    any: bool,
    at: Timestamp,
}

impl Default for Earliest {
    fn default() -> Self {
        Self { any: false, at: Timestamp::from_micros(i64::MAX) }
    }
}

impl Earliest {
    fn add(&mut self, upcoming: &Upcoming<'_>) {
        self.any = true;
        self.at = self.at.min(upcoming.happens_from());
    }

    /// What should have happened before the last event (in a history from elsewhere) happens at the next call.
    fn for_ticket(&self, ticket: &Ticket) -> Option<Timestamp> {
        self.any.then(|| self.at.max(ticket.last_at))
    }
}

/// The order of automatic events at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    PauseEnd,
    /// By the place of the rule.
    Inactivity(usize),
    Step,
    Breach,
    StepOnDue,
}

/// A timer, its cycle, and of a step its place and repetition.
type StepPlace<'a> = (&'a Id, u32, (usize, u32));

/// An automatic event that will happen unless something else does before.
struct Upcoming<'a> {
    at: Timestamp,
    class: Class,
    cause: Cause<'a>,
}

#[derive(Clone, Copy)]
enum Cause<'a> {
    /// The end of a pause.
    Pause,
    Inactive(Inactivity<'a>),
    /// A breach, or a step with its place and repetition.
    Cycle {
        timer: &'a Id,
        cycle: &'a Cycle,
        step: &'a Step,
        order: (usize, u32),
    },
}

/// An inactivity rule that will happen to a ticket.
#[derive(Clone, Copy)]
pub(super) struct Inactivity<'a> {
    rule: &'a InactivityRule,
    /// The calendar in which it counts.
    calendar: &'a Calendar,
    /// The instant that the rule gives.
    computed_at: Timestamp,
    /// That instant, or the later one of the event that made the rule hold.
    pub(super) at: Timestamp,
}

impl Upcoming<'_> {
    /// Returns whether the event has happened only once `now` is past its instant: a breach, and what comes with it,
    /// unless the event that set the due came too late for it.
    fn needs_passing(&self) -> bool {
        match (self.class, self.cause) {
            (Class::Breach | Class::StepOnDue, Cause::Cycle { cycle, .. }) => {
                !cycle.promise.is_some_and(|promise| promise.is_late)
            }
            _ => false,
        }
    }

    /// The first `now` at which the event has happened.
    fn happens_from(&self) -> Timestamp {
        if self.needs_passing() { self.at.just_after() } else { self.at }
    }

    /// At one instant, what the event of that instant broke comes first, and what happens at it comes before what needs it
    /// to pass: so the order of events does not depend on when they are asked for.
    fn order(&self) -> (Timestamp, bool, bool, Class, Option<StepPlace<'_>>) {
        let (is_broken, of_cycle) = match self.cause {
            Cause::Cycle { timer, cycle, order, .. } => {
                let is_broken = cycle.promise.is_some_and(|own| own.is_late && own.due == Some(Due::At(self.at)));
                (is_broken, Some((timer, cycle.number, order)))
            }
            Cause::Pause | Cause::Inactive(_) => (false, None),
        };
        (self.at, !is_broken, self.needs_passing(), self.class, of_cycle)
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
        let UpToDate { ticket, events, next_check_at } = self.caught_up(ticket, now)?;
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
        let mut earliest = Earliest::default();
        self.for_each_upcoming(ticket, &mut |upcoming| earliest.add(&upcoming))?;
        Ok(earliest.for_ticket(ticket))
    }

    /// Returns the ticket as of `now` with the automatic events that made it so.
    pub(crate) fn up_to_date<'a>(
        &self,
        ticket: &'a Ticket,
        now: Timestamp,
    ) -> Result<(Cow<'a, Ticket>, Vec<Event>), Error> {
        self.caught_up(ticket, now).map(|UpToDate { ticket, events, .. }| (ticket, events))
    }

    /// Returns the ticket as of `now`, with the automatic events that made it so and when there will be another one.
    pub(super) fn caught_up<'a>(&self, ticket: &'a Ticket, now: Timestamp) -> Result<UpToDate<'a>, Error> {
        check_time(ticket, now)?;
        let mut ticket = Cow::Borrowed(ticket);
        let mut events = Vec::new();
        loop {
            // What the last look finds to come later is the next instant to check at.
            let (first, next_check_at) = self.next_automatic(&ticket, now)?;
            let Some((at, kind)) = first else { return Ok(UpToDate { ticket, events, next_check_at }) };
            let event = self.automatic_event(&ticket, at, kind)?;
            ticket.to_mut().apply(&event)?;
            events.push(event);
        }
    }

    /// Returns the first automatic event that has happened by `now` and is not in the history yet, without applying it.
    pub(super) fn first_automatic(&self, ticket: &Ticket, now: Timestamp) -> Result<Option<Event>, Error> {
        let happened = self.next_automatic(ticket, now)?.0;
        happened.map(|(at, kind)| self.automatic_event(ticket, at, kind)).transpose()
    }

    fn automatic_event(&self, ticket: &Ticket, at: Timestamp, kind: EventKind) -> Result<Event, Error> {
        let revision = self.revision(ticket.policy_digest)?;
        let (at, actor) = (at.max(ticket.last_at), Actor::system());
        self.event(revision, ticket, NewEvent { kind, at, actor, via: None, command: None, events: None })
    }

    /// Returns the first automatic event that has happened by `now`, and when the first of all happens.
    fn next_automatic(&self, ticket: &Ticket, now: Timestamp) -> Result<(Option<Happened>, Option<Timestamp>), Error> {
        let mut first: Option<Upcoming<'_>> = None;
        let mut earliest = Earliest::default();
        self.for_each_upcoming(ticket, &mut |upcoming| {
            earliest.add(&upcoming);
            let earlier = first.as_ref().is_none_or(|first| upcoming.order() < first.order());
            if upcoming.happens_from() <= now && earlier {
                first = Some(upcoming);
            }
        })?;
        let happened = match first {
            Some(first) => Some((first.at, self.automatic_kind(ticket, &first)?)),
            None => None,
        };
        Ok((happened, earliest.for_ticket(ticket)))
    }

    fn for_each_upcoming<'a>(&'a self, ticket: &'a Ticket, visit: &mut impl FnMut(Upcoming<'a>)) -> Result<(), Error> {
        let revision = self.revision(ticket.policy_digest)?;
        if let Some(at) = ticket.pause.as_ref().and_then(Pause::ends_at) {
            visit(Upcoming { at, class: Class::PauseEnd, cause: Cause::Pause });
        }
        for (place, rule) in revision.policy.inactivity.iter().enumerate() {
            if let Some(inactivity) = revision.inactivity(ticket, rule)? {
                let (at, cause) = (inactivity.at, Cause::Inactive(inactivity));
                visit(Upcoming { at, class: Class::Inactivity(place), cause });
            }
        }
        for track in &ticket.timers {
            let Some(cycle) = track.cycles.last() else { continue };
            let Some(promise) = cycle.promise else { continue };
            // A promise that its event breached is breached even while the cycle is paused.
            let may_fire = matches!(cycle.phase, Phase::Running { .. }) || (promise.is_late && cycle.is_active());
            if !may_fire {
                continue;
            }
            let timer = &track.timer;
            let revision = self.revision(cycle.revision)?;
            let calendar = revision.calendar(&cycle.calendar)?;
            let steps = revision.steps.get(timer).map_or(&[][..], Vec::as_slice);
            if let (false, Some(Due::At(at)), Some(step)) = (cycle.breached, promise.due, steps.first()) {
                let cause = Cause::Cycle { timer, cycle, step, order: (0, 0) };
                visit(Upcoming { at, class: Class::Breach, cause });
            }
            for (place, step) in escalation::steps_of(steps, cycle) {
                let Some((repetition, fires_at)) = escalation::fires_at(step, ticket, timer, cycle, calendar)? else {
                    continue;
                };
                let cause = Cause::Cycle { timer, cycle, step, order: (place, repetition) };
                visit(match fires_at {
                    FiresAt::Instant(at) => Upcoming { at, class: Class::Step, cause },
                    FiresAt::OnDue(at) => Upcoming { at, class: Class::StepOnDue, cause },
                });
            }
        }
        Ok(())
    }

    fn automatic_kind(&self, ticket: &Ticket, upcoming: &Upcoming<'_>) -> Result<EventKind, Error> {
        let (timer, cycle, step, (_, repetition)) = match upcoming.cause {
            Cause::Pause => {
                let cause = ticket.pause.as_ref().map_or(ResumeCause::Until, Pause::ends_by);
                return Ok(EventKind::Resumed { cause });
            }
            Cause::Inactive(inactivity) => {
                return self.revision(ticket.policy_digest)?.inactivity_kind(ticket, inactivity);
            }
            Cause::Cycle { timer, cycle, step, order } => (timer, cycle, step, order),
        };
        if upcoming.class == Class::Breach {
            let target = cycle.target().unwrap_or_default();
            return Ok(EventKind::Breached { timer: timer.clone(), cycle: cycle.number, target });
        }
        let revision = self.revision(cycle.revision)?;
        let calendar = revision.calendar(&cycle.calendar)?;
        let firing = Firing { ticket, timer, cycle, step, repetition, at: upcoming.at };
        let intent = firing.intent(revision.quiet_calendar(&step.quiet_hours, calendar)?);
        Ok(match step.action {
            StepAction::Warn => EventKind::Warned(intent),
            StepAction::Escalate { level } => EventKind::Escalated(Escalation {
                number: ticket.next_escalation(),
                trigger: match (step.time, repetition) {
                    (StepTime::At(Share::WHOLE), 0) => EscalationTrigger::Breach,
                    _ => EscalationTrigger::Step,
                },
                level,
                reason: firing.reason(),
                firing: Some(intent),
                channel: None,
            }),
        })
    }
}

impl Revision {
    /// Returns when an inactivity rule happens to a ticket if nothing else does; `None` when it does not, or beyond the
    /// horizon.
    fn inactivity<'a>(&'a self, ticket: &Ticket, rule: &'a InactivityRule) -> Result<Option<Inactivity<'a>>, Error> {
        let is_held = ticket.pause.as_ref().is_some_and(|pause| pause.until.is_some());
        let owes = rule.action == InactivityAction::Resolve && ticket.reply_owed;
        if rule.status.status() != ticket.status || is_held || owes || ticket.inactive.done.contains(&rule.id) {
            return Ok(None);
        }
        let calendar = match &rule.calendar {
            Some(id) => self.calendar(id)?,
            None => match self.calendar_of(&ticket.package)? {
                Some(calendar) => calendar,
                None => return Ok(None),
            },
        };
        let Some(computed_at) = calendar.due(ticket.inactive.since, rule.after)?.at() else { return Ok(None) };
        // What should have happened before the last event was made so by that event.
        Ok(Some(Inactivity { rule, calendar, computed_at, at: computed_at.max(ticket.last_at) }))
    }

    /// Returns the first inactivity rule that changes the status of a ticket, and when, if nothing else happens.
    pub(super) fn next_inactivity(&self, ticket: &Ticket) -> Result<Option<Inactivity<'_>>, Error> {
        let mut first: Option<Inactivity<'_>> = None;
        for rule in self.policy.inactivity.iter().filter(|rule| rule.action != InactivityAction::Remind) {
            if let Some(next) = self.inactivity(ticket, rule)?
                && first.as_ref().is_none_or(|first| next.at < first.at)
            {
                first = Some(next);
            }
        }
        Ok(first)
    }

    /// Returns what an inactivity rule does.
    pub(super) fn inactivity_kind(&self, ticket: &Ticket, inactivity: Inactivity<'_>) -> Result<EventKind, Error> {
        let Inactivity { rule, calendar, computed_at, at } = inactivity;
        let quiet = self.quiet_calendar(&rule.quiet_hours, calendar)?;
        let since = ticket.inactive.since;
        let intent = InactivityIntent {
            rule: rule.id.clone(),
            since,
            intent_id: escalation::inactivity_id(&ticket.id, &rule.id, since),
            notify: rule.notify.clone(),
            notify_at: escalation::notify_at(quiet, at),
            reason: rule.reason.clone(),
            computed_at: (computed_at < at).then_some(computed_at),
        };
        Ok(match rule.action {
            InactivityAction::Remind => EventKind::Reminded(intent),
            InactivityAction::Resolve => EventKind::Resolved { message: None, inactivity: Some(intent) },
            InactivityAction::Close => EventKind::Closed { cause: CloseCause::Inactivity, inactivity: Some(intent) },
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
