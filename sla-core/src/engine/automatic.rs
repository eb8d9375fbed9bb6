//! Automatic events: pauses that end, what inactivity does, steps, breaches.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;

use super::event::NewEvent;
use super::fault::EngineFault;
use super::{Engine, Revision};
use crate::calendar::{Calendar, check_horizon};
use crate::error::Error;
use crate::escalation::{self, FiresAt, Firing};
use crate::id::Id;
use crate::policy::{InactivityAction, InactivityRule, Step, StepAction, StepTime};
use crate::ticket::{
    CloseCause, Cycle, Due, Escalation, EscalationStage, EscalationTrigger, Event, EventKind, InactivityIntent, Pause,
    Phase, Promise, ResumeCause, Ticket,
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
pub(crate) struct UpToDate<'a> {
    before: &'a Ticket,
    /// The ticket after the events, where there are any.
    after: Option<Box<Ticket>>,
    pub(crate) events: Vec<Event>,
    /// The earliest instant at which there will be another one.
    pub(super) next_check_at: Option<Timestamp>,
}

impl<'a> UpToDate<'a> {
    /// Returns a ticket to which nothing has happened yet.
    pub(super) const fn of(ticket: &'a Ticket) -> Self {
        Self { before: ticket, after: None, events: Vec::new(), next_check_at: None }
    }

    pub(crate) fn ticket(&self) -> &Ticket {
        self.after.as_deref().unwrap_or(self.before)
    }

    /// Returns the ticket, a copy of it where nothing happened, and the events.
    pub(super) fn into_parts(self) -> (Ticket, Vec<Event>) {
        (self.after.map_or_else(|| self.before.clone(), |after| *after), self.events)
    }

    /// Returns the ticket, where anything happened, and the events.
    pub(super) fn into_changes(self) -> (Option<Box<Ticket>>, Vec<Event>) {
        (self.after, self.events)
    }

    /// Applies an event and keeps it.
    pub(super) fn append(&mut self, event: Event) -> Result<(), Error> {
        self.after.get_or_insert_with(|| Box::new(self.before.clone())).apply(&event)?;
        self.events.push(event);
        Ok(())
    }
}

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
    fn add(&mut self, upcoming: Upcoming) {
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

/// An automatic event that will happen unless something else does before. It is ordered as it happens: at one instant, what
/// the event of that instant broke comes first, and what happens at it comes before what needs it to pass, so the order of
/// events does not depend on when they are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Upcoming {
    at: Timestamp,
    /// Whether it is not of a promise that the event of that instant broke.
    is_unbroken: bool,
    /// Whether the event has happened only once `now` is past its instant: a breach, and what comes with it, unless the
    /// event that set the due came too late for it.
    needs_passing: bool,
    class: Class,
    /// Of a step or a breach, the place of its timer among those of the ticket, which are in the order of their ids.
    timer: usize,
    /// Of a step, its place among those of the timer, and the repetition.
    step: (usize, u32),
}

impl Upcoming {
    const fn of_ticket(at: Timestamp, class: Class) -> Self {
        Self { at, is_unbroken: true, needs_passing: false, class, timer: 0, step: (0, 0) }
    }

    fn of_cycle(at: Timestamp, class: Class, timer: usize, step: (usize, u32), promise: Promise) -> Self {
        let needs_passing = matches!(class, Class::Breach | Class::StepOnDue) && !promise.is_late;
        let is_unbroken = !(promise.is_late && promise.due == Some(Due::At(at)));
        Self { at, is_unbroken, needs_passing, class, timer, step }
    }

    /// The first `now` at which the event has happened.
    fn happens_from(&self) -> Timestamp {
        if self.needs_passing { self.at.just_after() } else { self.at }
    }
}

/// What is upcoming for a ticket, seen from an instant.
#[derive(Default)]
struct Outlook {
    /// What has happened by the instant.
    happened: BinaryHeap<Reverse<Upcoming>>,
    /// When the first of what has not happens.
    next: Earliest,
}

impl Outlook {
    fn add(&mut self, upcoming: Upcoming, now: Timestamp) {
        if upcoming.happens_from() <= now {
            self.happened.push(Reverse(upcoming));
        } else {
            self.next.add(upcoming);
        }
    }
}

/// What is upcoming for a ticket, in order, kept while one automatic event after the other is made again.
pub(super) struct UpcomingEvents {
    queue: BinaryHeap<Reverse<Upcoming>>,
    acknowledged: Acknowledged,
}

impl UpcomingEvents {
    /// Returns the first event that has happened by `now`, without applying it.
    pub(super) fn first(&self, engine: &Engine, ticket: &Ticket, now: Timestamp) -> Result<Option<Event>, Error> {
        engine.happened_by(ticket, self.queue.peek().map(|first| first.0), now)
    }

    /// Returns what is upcoming once the first event has happened, which made `ticket`; `None` where it may have changed
    /// when others happen.
    pub(super) fn after_first(
        mut self,
        engine: &Engine,
        ticket: &Ticket,
        event: &EventKind,
    ) -> Result<Option<Self>, Error> {
        let Some(Reverse(happened)) = self.queue.pop().filter(|_| !changes_others(event)) else { return Ok(None) };
        self.queue.extend(engine.repeated(ticket, happened, &self.acknowledged)?.map(Reverse));
        Ok(Some(self))
    }
}

/// Returns whether an automatic event changes when others happen: those that change the status do.
const fn changes_others(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Resumed { .. } | EventKind::Resolved { .. } | EventKind::Closed { .. })
}

/// The highest level of an automatic escalation of each latest cycle that was acknowledged, by the place of the timer.
struct Acknowledged(BTreeMap<usize, u32>);

impl Acknowledged {
    fn of(ticket: &Ticket) -> Self {
        let mut levels = BTreeMap::new();
        for escalation in &ticket.escalations {
            if escalation.stage != EscalationStage::Open
                && escalation.trigger != EscalationTrigger::Request
                && let Some(timer) = &escalation.timer
                && let Ok(place) = ticket.timers.binary_search_by(|track| track.timer.cmp(timer))
                && let Some(cycle) = ticket.timers.get(place).and_then(|track| track.cycles.last())
                && escalation.cycle == Some(cycle.number)
            {
                let level = levels.entry(place).or_insert(0);
                *level = escalation.level.max(*level);
            }
        }
        Self(levels)
    }

    fn level(&self, timer: usize) -> Option<u32> {
        self.0.get(&timer).copied()
    }
}

/// A cycle whose steps may fire, with what decides when they do.
struct FiringCycle<'a> {
    timer: &'a Id,
    cycle: &'a Cycle,
    promise: Promise,
    revision: &'a Revision,
    calendar: &'a Calendar,
    steps: &'a [Step],
}

impl FiringCycle<'_> {
    /// Returns when a step fires next, of the timer at `place` in the ticket; `None` when it does not.
    fn step(&self, step: (usize, &Step), place: usize, acknowledged: &Acknowledged) -> Result<Option<Upcoming>, Error> {
        let (at_step, step) = step;
        let fires = escalation::fires_at(step, self.cycle, self.calendar, acknowledged.level(place))?;
        Ok(fires.map(|(repetition, fires_at)| {
            let (at, class) = match fires_at {
                FiresAt::Instant(at) => (at, Class::Step),
                FiresAt::OnDue(at) => (at, Class::StepOnDue),
            };
            Upcoming::of_cycle(at, class, place, (at_step, repetition), self.promise)
        }))
    }
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
        let caught_up = self.caught_up(ticket, now)?;
        let next_check_at = caught_up.next_check_at;
        let (ticket, events) = caught_up.into_parts();
        Ok(DueEvents { events, ticket, next_check_at })
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
        self.for_each_upcoming(ticket, &Acknowledged::of(ticket), &mut |upcoming| earliest.add(upcoming))?;
        Ok(earliest.for_ticket(ticket))
    }

    /// Returns the ticket as of `now`, with the automatic events that made it so and when there will be another one.
    pub(crate) fn caught_up<'a>(&self, ticket: &'a Ticket, now: Timestamp) -> Result<UpToDate<'a>, Error> {
        check_time(ticket, now)?;
        let mut caught_up = UpToDate::of(ticket);
        self.catch_up(&mut caught_up, now)?;
        Ok(caught_up)
    }

    /// Appends the automatic events up to `now`.
    pub(super) fn catch_up(&self, caught_up: &mut UpToDate<'_>, now: Timestamp) -> Result<(), Error> {
        loop {
            let ticket = caught_up.ticket();
            let acknowledged = Acknowledged::of(ticket);
            let mut outlook = Outlook::default();
            self.for_each_upcoming(ticket, &acknowledged, &mut |upcoming| outlook.add(upcoming, now))?;
            if !self.happen(caught_up, &mut outlook, &acknowledged, now)? {
                // What is left comes later.
                caught_up.next_check_at = outlook.next.for_ticket(caught_up.ticket());
                return Ok(());
            }
        }
    }

    /// Makes what has happened by `now` events, in order, and returns whether one of them changed what is upcoming
    /// otherwise than by happening: it then ends there.
    ///
    /// A breach and a step leave the instants of all others as they are: of the step itself, the next repetition is
    /// upcoming. An inactivity rule that reminds does, too. So what is upcoming is looked for once, and each event costs a
    /// place in the queue.
    fn happen(
        &self,
        caught_up: &mut UpToDate<'_>,
        outlook: &mut Outlook,
        acknowledged: &Acknowledged,
        now: Timestamp,
    ) -> Result<bool, Error> {
        while let Some(Reverse(upcoming)) = outlook.happened.pop() {
            let ticket = caught_up.ticket();
            // INVARIANT: what is upcoming was found in this ticket, and nothing that has happened since ended it.
            let Some(kind) = self.automatic_kind(ticket, upcoming)? else { continue };
            let changes_others = changes_others(&kind);
            caught_up.append(self.automatic_event(ticket, upcoming.at, kind)?)?;
            if changes_others {
                return Ok(true);
            }
            if let Some(next) = self.repeated(caught_up.ticket(), upcoming, acknowledged)? {
                outlook.add(next, now);
            }
        }
        Ok(false)
    }

    /// Returns the next repetition of what has just happened to a ticket.
    fn repeated(
        &self,
        ticket: &Ticket,
        happened: Upcoming,
        acknowledged: &Acknowledged,
    ) -> Result<Option<Upcoming>, Error> {
        if !matches!(happened.class, Class::Step | Class::StepOnDue) {
            return Ok(None);
        }
        let (place, (step, _)) = (happened.timer, happened.step);
        let Some(firing) = self.firing_cycle(ticket, place)? else { return Ok(None) };
        let Some(repeated) = firing.steps.get(step).filter(|step| step.repeat.is_some()) else { return Ok(None) };
        firing.step((step, repeated), place, acknowledged)
    }

    /// Returns what is upcoming for a ticket, in order.
    pub(super) fn upcoming(&self, ticket: &Ticket) -> Result<UpcomingEvents, Error> {
        let (acknowledged, mut queue) = (Acknowledged::of(ticket), Vec::new());
        self.for_each_upcoming(ticket, &acknowledged, &mut |upcoming| queue.push(Reverse(upcoming)))?;
        Ok(UpcomingEvents { queue: queue.into(), acknowledged })
    }

    /// Returns the first automatic event that has happened by `now` and is not in the history yet, without applying it.
    pub(super) fn first_automatic(&self, ticket: &Ticket, now: Timestamp) -> Result<Option<Event>, Error> {
        let mut first: Option<Upcoming> = None;
        self.for_each_upcoming(ticket, &Acknowledged::of(ticket), &mut |upcoming| {
            if first.is_none_or(|first| upcoming < first) {
                first = Some(upcoming);
            }
        })?;
        self.happened_by(ticket, first, now)
    }

    /// Returns the first of what is upcoming as an event, if it has happened by `now`: nothing after it has happened before.
    fn happened_by(&self, ticket: &Ticket, first: Option<Upcoming>, now: Timestamp) -> Result<Option<Event>, Error> {
        let Some(first) = first.filter(|first| first.happens_from() <= now) else { return Ok(None) };
        let kind = self.automatic_kind(ticket, first)?;
        kind.map(|kind| self.automatic_event(ticket, first.at, kind)).transpose()
    }

    fn automatic_event(&self, ticket: &Ticket, at: Timestamp, kind: EventKind) -> Result<Event, Error> {
        let revision = self.revision(ticket.policy_digest)?;
        let (at, actor) = (at.max(ticket.last_at), Arc::clone(&revision.system));
        self.event(revision, ticket, NewEvent { kind, at, actor, via: None, command: None, events: None })
    }

    fn for_each_upcoming(
        &self,
        ticket: &Ticket,
        acknowledged: &Acknowledged,
        visit: &mut impl FnMut(Upcoming),
    ) -> Result<(), Error> {
        let revision = self.revision(ticket.policy_digest)?;
        if let Some(at) = ticket.pause.as_ref().and_then(Pause::ends_at) {
            visit(Upcoming::of_ticket(at, Class::PauseEnd));
        }
        for (place, rule) in revision.policy.inactivity.iter().enumerate() {
            if let Some(inactivity) = revision.inactivity(ticket, rule)? {
                visit(Upcoming::of_ticket(inactivity.at, Class::Inactivity(place)));
            }
        }
        for place in 0..ticket.timers.len() {
            let Some(firing) = self.firing_cycle(ticket, place)? else { continue };
            let FiringCycle { cycle, promise, steps, .. } = firing;
            if let (false, Some(Due::At(at))) = (cycle.breached, promise.due) {
                visit(Upcoming::of_cycle(at, Class::Breach, place, (0, 0), promise));
            }
            for step in escalation::steps_of(steps, cycle) {
                if let Some(upcoming) = firing.step(step, place, acknowledged)? {
                    visit(upcoming);
                }
            }
        }
        Ok(())
    }

    /// Returns the latest cycle of the timer at a place in the ticket, if its breach or its steps may still happen.
    fn firing_cycle<'a>(&'a self, ticket: &'a Ticket, place: usize) -> Result<Option<FiringCycle<'a>>, Error> {
        let Some(track) = ticket.timers.get(place) else { return Ok(None) };
        let Some((cycle, promise)) = track.cycles.last().and_then(|cycle| Some((cycle, cycle.promise?))) else {
            return Ok(None);
        };
        // A promise that its event breached is breached even while the cycle is paused.
        let may_fire = matches!(cycle.phase, Phase::Running { .. }) || (promise.is_late && cycle.is_active());
        if !may_fire {
            return Ok(None);
        }
        let timer = &track.timer;
        let revision = self.revision(cycle.revision)?;
        let calendar = revision.calendar(&cycle.calendar)?;
        let steps = revision.steps.get(timer).map_or(&[][..], Vec::as_slice);
        Ok(Some(FiringCycle { timer, cycle, promise, revision, calendar, steps }))
    }

    fn automatic_kind(&self, ticket: &Ticket, upcoming: Upcoming) -> Result<Option<EventKind>, Error> {
        match upcoming.class {
            Class::PauseEnd => {
                let cause = ticket.pause.as_ref().map_or(ResumeCause::Until, Pause::ends_by);
                return Ok(Some(EventKind::Resumed { cause }));
            }
            Class::Inactivity(place) => {
                let revision = self.revision(ticket.policy_digest)?;
                let Some(rule) = revision.policy.inactivity.get(place) else { return Ok(None) };
                let inactivity = revision.inactivity(ticket, rule)?;
                return inactivity.map(|inactivity| revision.inactivity_kind(ticket, inactivity)).transpose();
            }
            Class::Breach | Class::Step | Class::StepOnDue => {}
        }
        let Some(firing) = self.firing_cycle(ticket, upcoming.timer)? else { return Ok(None) };
        let FiringCycle { timer, cycle, promise, revision, calendar, steps } = firing;
        if upcoming.class == Class::Breach {
            let (timer, target) = (timer.clone(), promise.target);
            return Ok(Some(EventKind::Breached { timer, cycle: cycle.number, target }));
        }
        let (place, repetition) = upcoming.step;
        let Some(step) = steps.get(place) else { return Ok(None) };
        let firing = Firing { ticket, timer, cycle, step, repetition, at: upcoming.at };
        let intent = firing.intent(revision.quiet_calendar(&step.quiet_hours, calendar)?);
        Ok(Some(match step.action {
            StepAction::Warn => EventKind::Warned(Box::new(intent)),
            StepAction::Escalate { level } => EventKind::Escalated(Box::new(Escalation {
                number: ticket.next_escalation(),
                trigger: match (step.time, repetition) {
                    (StepTime::At(Share::WHOLE), 0) => EscalationTrigger::Breach,
                    _ => EscalationTrigger::Step,
                },
                level,
                reason: firing.reason(),
                firing: Some(intent),
                channel: None,
            })),
        }))
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
        let intent = Box::new(InactivityIntent {
            rule: rule.id.clone(),
            since,
            intent_id: escalation::inactivity_id(&ticket.id, &rule.id, since),
            notify: Arc::clone(&rule.notify),
            notify_at: escalation::notify_at(quiet, at),
            reason: rule.reason.clone(),
            computed_at: (computed_at < at).then_some(computed_at),
        });
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
