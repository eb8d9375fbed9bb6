//! What happens by itself: pauses that end, tickets that close, steps, breaches.

use std::borrow::Cow;

use super::{Engine, Revision};
use crate::calendar::check_horizon;
use crate::error::{Error, ErrorCode};
use crate::escalation::{self, FiresAt};
use crate::id::Id;
use crate::policy::{Step, StepAction, StepTime};
use crate::ticket::{
    Actor, CloseCause, CommandStamp, Cycle, Due, Escalation, EscalationTrigger, Event, EventKind, Phase, ResumeCause,
    Status, Ticket,
};
use crate::time::{BusinessDuration, Share, Timestamp};

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

/// When a pause ends by itself.
pub(crate) enum PauseEnd {
    Limited(Timestamp),
    Unlimited,
    /// It cannot begin: the ticket has paused as long as it may.
    BudgetUsed {
        paused: BusinessDuration,
        most: BusinessDuration,
    },
}

impl Upcoming<'_> {
    /// The first `now` at which the event has happened: a breach needs `now` to be past the due.
    fn happens_from(&self) -> Timestamp {
        let past_due = matches!(self.class, Class::Breach | Class::StepOnDue);
        Timestamp::from_micros(self.at.as_micros().saturating_add(i64::from(past_due)))
    }

    fn order(&self) -> (Timestamp, Class, Option<(&Id, u32, usize)>) {
        (self.at, self.class, self.firing.map(|(timer, cycle, _, order)| (timer, cycle.number, order)))
    }
}

impl Engine {
    /// Returns the automatic events that have happened by `now` and are not in the history yet, in order.
    ///
    /// They carry their own instants, whenever they are asked for; persist them, then act on their intents.
    ///
    /// # Errors
    ///
    /// - `time_went_back` when `now` lies before the ticket's last event;
    /// - `unknown_revision` when the ticket is under a revision that is not compiled into the engine;
    /// - `out_of_horizon` when an instant lies outside the horizon of calendars.
    pub fn due_events(&self, ticket: &Ticket, now: Timestamp) -> Result<Vec<Event>, Error> {
        Ok(self.up_to_date(ticket, now)?.1)
    }

    /// Returns the earliest `now` at which [`Engine::due_events`] would return something; `None` when nothing will.
    ///
    /// # Errors
    ///
    /// `unknown_revision` when the ticket is under a revision that is not compiled into the engine.
    pub fn next_check_at(&self, ticket: &Ticket) -> Result<Option<Timestamp>, Error> {
        let mut earliest: Option<Timestamp> = None;
        self.for_each_upcoming(ticket, &mut |upcoming| {
            let from = upcoming.happens_from();
            earliest = Some(earliest.map_or(from, |earliest| earliest.min(from)));
        })?;
        // What should have happened before the last event (in a history from elsewhere) happens at the next call.
        Ok(earliest.map(|earliest| earliest.max(ticket.last_at)))
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
            let event = self.event(&ticket, at.max(ticket.last_at), Actor::system(), kind, None)?;
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
            if !matches!(cycle.phase, Phase::Running { .. }) {
                continue;
            }
            let own = self.revision(cycle.revision)?;
            let calendar = own.calendar(&cycle.calendar)?;
            let steps = own.steps.get(&track.timer).map_or(&[][..], Vec::as_slice);
            for (order, step) in steps.iter().enumerate() {
                let firing = Some((&track.timer, cycle, step, order));
                if step.when == StepTime::At(Share::WHOLE)
                    && !cycle.breached
                    && let Some(Due::At(at)) = cycle.due
                {
                    visit(Upcoming { at, class: Class::Breach, firing: Some((&track.timer, cycle, step, 0)) });
                }
                if cycle.fired.contains(&step.id) {
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
                None => EventKind::Closed { cause: CloseCause::CloseAfter },
            });
        };
        if upcoming.class == Class::Breach {
            return Ok(EventKind::Breached { timer: timer.clone(), cycle: cycle.number, target: cycle.target });
        }
        let calendar = self.revision(cycle.revision)?.calendar(&cycle.calendar)?;
        let firing = escalation::firing(&ticket.id, timer, cycle, step, calendar, upcoming.at);
        Ok(match step.action {
            StepAction::Warn => EventKind::Warned(firing),
            StepAction::Escalate { level } => EventKind::Escalated(Escalation {
                number: next_escalation(ticket),
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

    /// Returns when a pause that begins at `at` ends by itself: when the single or the summed limit is used up.
    pub(crate) fn pause_end(&self, ticket: &Ticket, at: Timestamp) -> Result<PauseEnd, Error> {
        let revision = self.revision(ticket.policy_digest)?;
        let rules = &revision.policy.pauses;
        let mut limit = rules.max_pause;
        if limit.is_none() && rules.max_paused_total.is_none() {
            return Ok(PauseEnd::Unlimited);
        }
        let Some(package) = revision.package(ticket.package.as_str()) else { return Ok(PauseEnd::Unlimited) };
        let calendar = revision.calendar(&package.calendar)?;
        if let Some(most) = rules.max_paused_total {
            let mut paused = BusinessDuration::ZERO;
            for pair in ticket.timeline.windows(2) {
                if let [(from, status), (to, _)] = pair
                    && status.pause().is_some()
                {
                    let part = calendar.elapsed(*from, *to)?;
                    paused = paused.checked_add(part).unwrap_or(most);
                }
            }
            let left = most.saturating_sub(paused);
            if left == BusinessDuration::ZERO {
                return Ok(PauseEnd::BudgetUsed { paused, most });
            }
            limit = Some(limit.map_or(left, |limit| limit.min(left)));
        }
        let Some(limit) = limit else { return Ok(PauseEnd::Unlimited) };
        match calendar.add(at, limit) {
            Ok(ends_at) => Ok(PauseEnd::Limited(ends_at)),
            Err(error) if error.code() == ErrorCode::OutOfHorizon => Ok(PauseEnd::Unlimited),
            Err(error) => Err(error),
        }
    }

    /// Returns which limit ends the ticket's pause.
    fn pause_limit(&self, ticket: &Ticket) -> Result<ResumeCause, Error> {
        let revision = self.revision(ticket.policy_digest)?;
        let Some(pause) = &ticket.pause else { return Ok(ResumeCause::MaxPause) };
        let (Some(most), Some(package)) = (revision.policy.pauses.max_pause, revision.package(ticket.package.as_str()))
        else {
            return Ok(ResumeCause::MaxPausedTotal);
        };
        let single = revision.calendar(&package.calendar)?.add(pause.since, most).ok();
        Ok(if single == pause.ends_at { ResumeCause::MaxPause } else { ResumeCause::MaxPausedTotal })
    }

    /// Returns the event that `kind` makes, with what it does to the timers.
    pub(crate) fn event(
        &self,
        ticket: &Ticket,
        at: Timestamp,
        actor: Actor,
        kind: EventKind,
        command: Option<CommandStamp>,
    ) -> Result<Event, Error> {
        let revision = self.revision(ticket.policy_digest)?;
        self.event_under(revision, ticket, at, actor, kind, command)
    }

    /// Returns the event that `kind` makes under `revision`, which differs from the ticket's when it adopts one.
    pub(crate) fn event_under(
        &self,
        revision: &Revision,
        ticket: &Ticket,
        at: Timestamp,
        actor: Actor,
        kind: EventKind,
        command: Option<CommandStamp>,
    ) -> Result<Event, Error> {
        let changes = self.react(Some(ticket), &kind, at, revision)?;
        Ok(Event {
            ticket: ticket.id.clone(),
            seq: ticket.events,
            at,
            actor,
            policy_digest: revision.digest,
            rules_digest: revision.rules_digest,
            command,
            kind,
            changes,
        })
    }
}

/// Returns the number of the ticket's next escalation.
pub(crate) fn next_escalation(ticket: &Ticket) -> u32 {
    u32::try_from(ticket.escalations.len()).unwrap_or(u32::MAX).saturating_add(1)
}

/// Refuses a `now` before the ticket's last event.
pub(crate) fn check_time(ticket: &Ticket, now: Timestamp) -> Result<(), Error> {
    check_horizon("now", now)?;
    if now < ticket.last_at {
        return Err(Error::new(
            ErrorCode::TimeWentBack,
            format!("{now} lies before the last event of ticket `{}` at {}", ticket.id, ticket.last_at),
        )
        .help("pass the later of your clock and the last event's instant"));
    }
    Ok(())
}

/// Returns when the ticket's status changes by itself: a pause ends, or a resolved ticket closes.
pub(super) fn status_change(revision: &Revision, ticket: &Ticket) -> Result<Option<Timestamp>, Error> {
    if let Some(pause) = &ticket.pause {
        return Ok(pause.ends_at);
    }
    let (Status::Resolved, Some(after)) = (ticket.status, revision.policy.close_after) else { return Ok(None) };
    let Some(package) = revision.package(ticket.package.as_str()) else { return Ok(None) };
    let resolved_at = ticket.timeline.last().map_or(ticket.opened_at, |(at, _)| *at);
    match revision.calendar(&package.calendar)?.add(resolved_at, after) {
        Ok(at) => Ok(Some(at)),
        Err(error) if error.code() == ErrorCode::OutOfHorizon => Ok(None),
        Err(error) => Err(error),
    }
}
