//! What counts of one ticket: each figure at the instant, and for the holder, that decide it. A [`Sink`] takes the figures and
//! groups them: the aggregate of many tickets, or the rows of one.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::figure::Figure;
use super::grouping::TicketProperties;
use super::holding::{HeldTimes, Holder};
use crate::digest::Digest;
use crate::engine::{Class, CycleEvaluation, Engine};
use crate::error::Error;
use crate::id::Id;
use crate::ticket::{
    CancelCause, Change, Direction, Due, EscalationTrigger, Event, EventKind, Holding, Promised, Role, Standing,
    Status, Ticket, TimerChange,
};
use crate::time::{BusinessDuration, Timestamp};

/// Takes the figures of one ticket.
pub(super) trait Sink<'a> {
    /// Whether it takes every cycle at the end, or only those that still count or that the events changed.
    const EVERY_CYCLE: bool;

    /// Begins an event: the figures that follow are of it.
    fn begins(&mut self, _event: &'a Event) {}

    /// Counts one for the holder at a moment.
    fn count(
        &mut self,
        at: Place<'_, 'a>,
        timer: Option<Measured<'a>>,
        figure: Figure,
        bucket: u32,
    ) -> Result<(), Error>;

    /// Counts one each for an actor, whoever holds the ticket.
    fn count_work(&mut self, at: Place<'_, 'a>, actor: &'a str, figures: &[Figure]) -> Result<(), Error>;

    /// Counts that an actor worked on the ticket, at the last work that is known.
    fn handled(&mut self, at: Place<'_, 'a>, actor: &'a str) -> Result<(), Error> {
        self.count_work(at, actor, &[Figure::Handled])
    }

    /// Adds the times of the holder at a moment, at the end of the holding; `lasts` when that is still to come.
    fn held(&mut self, at: Place<'_, 'a>, times: HeldTimes, lasts: bool) -> Result<(), Error>;

    /// Counts the ticket's status, as of a moment.
    fn status(&mut self, at: Place<'_, 'a>, figure: Option<Figure>) -> Result<(), Error>;

    /// Counts a cycle: its class in the group of one moment, its durations in that of another.
    fn cycle(&mut self, known: Known<'_, 'a>, cycle: CycleFigures<'a, '_>) -> Result<(), Error>;
}

/// The properties of a ticket that decide its group, beside its holder, after some event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TicketState<'a> {
    pub(super) package: &'a Id,
    pub(super) digest: Digest,
    pub(super) severity: Option<&'a Id>,
    pub(super) category: Option<&'a Id>,
}

/// An instant, with the places of the ticket's state and of its holder that a figure belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) at: Timestamp,
    pub(super) state: usize,
    pub(super) holder: usize,
}

/// The states and holders of a ticket, which moments name by place.
#[derive(Clone, Copy)]
pub(super) struct Known<'o, 'a> {
    pub(super) engine: &'a Engine,
    pub(super) states: &'o [TicketState<'a>],
    pub(super) holders: &'a [Holding],
}

/// A moment and a channel, which together are in one group.
#[derive(Clone, Copy)]
pub(super) struct Place<'o, 'a> {
    pub(super) known: Known<'o, 'a>,
    pub(super) moment: Moment,
    pub(super) channel: &'a Id,
}

/// Whose figures something counts among.
#[derive(Clone, Copy)]
pub(super) enum Whose<'p> {
    /// Of the agent who holds the ticket.
    Holder,
    /// Of who did it, whoever holds the ticket; `None` for an actor whose id is none of an agent.
    Actor(Option<&'p Id>),
}

/// A cycle of a timer.
#[derive(Clone, Copy)]
pub(super) struct Measured<'a> {
    pub(super) timer: &'a Id,
    pub(super) cycle: u32,
}

/// What counts of a cycle.
pub(super) struct CycleFigures<'a, 'e> {
    pub(super) of: Measured<'a>,
    pub(super) channel: &'a Id,
    pub(super) evaluation: &'e CycleEvaluation,
    pub(super) class: Figure,
    /// Where the class counts: the deciding moment, or that as of which it was evaluated.
    pub(super) decided: Moment,
    /// Whether that is the moment as of which it was evaluated.
    pub(super) is_undecided: bool,
    /// Where its durations count: its end.
    pub(super) ended: Option<Moment>,
    /// The figure of its business time, that of its wall time, and this.
    pub(super) lasted: Option<(Figure, Figure, BusinessDuration)>,
    /// Whether its overdue time counts.
    pub(super) is_overdue: bool,
}

impl<'a> Place<'_, 'a> {
    /// Returns what decides the group at a place; `None` before the opening.
    pub(super) fn properties<'p>(
        self,
        whose: Whose<'p>,
        with_priority: bool,
    ) -> Result<Option<TicketProperties<'p>>, Error>
    where
        'a: 'p,
    {
        let Self { known: Known { engine, states, holders }, moment, channel } = self;
        let Some(TicketState { package, digest, severity, category }) = states.get(moment.state).copied() else {
            return Ok(None);
        };
        let Holder { agent: assigned, team } = Holder::of(holders, moment.holder);
        let priority = if with_priority {
            let revision = engine.revision(digest)?;
            revision.package(package.as_str()).and_then(|package| revision.policy.priority_of(package))
        } else {
            None
        };
        let agent = match whose {
            Whose::Holder => assigned,
            Whose::Actor(actor) => actor,
        };
        Ok(Some(TicketProperties { package, channel, agent, priority, severity, category, team }))
    }
}

/// What the events so far say about one cycle.
pub(super) struct TrackedCycle<'a> {
    pub(super) of: Measured<'a>,
    pub(super) channel: &'a Id,
    /// The calendar it counts in, of the revision that it is under.
    pub(super) calendar: &'a Id,
    pub(super) revision: Digest,
    pub(super) promise: Option<Promised>,
    /// The latest stop or cancellation.
    pub(super) stopped: Option<(Moment, Stop)>,
    pub(super) breached: Option<Moment>,
    /// The change of terms that took its promise away.
    pub(super) promise_ended: Option<Moment>,
    /// The return of the agent whom an unassignment took it from, when it is due at that very instant: the instant, and
    /// the place of that holder.
    pub(super) returned: Option<(Timestamp, usize)>,
    /// Whether an event that was observed changed it.
    pub(super) is_changed: bool,
}

/// How a cycle ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// By an event that stops the timer.
    Answered,
    /// By something else: the end of the ticket, a hand-over that cancels it, or an inactivity rule.
    Ended,
}

/// The ticket that observed events are of.
#[derive(Clone, Copy)]
pub(super) struct Observed<'a> {
    pub(super) engine: &'a Engine,
    /// The channel of the opening.
    pub(super) channel: &'a Id,
    /// The changes of agent or team; the last events make the last of them.
    pub(super) holders: &'a [Holding],
    /// Returns the ticket before one of the events.
    pub(super) ticket_before: &'a dyn Fn(&Event) -> Option<Ticket>,
}

pub(super) struct Observer<'a, 's, S> {
    of: Observed<'a>,
    states: Vec<TicketState<'a>>,
    /// The place of the holder after the last event.
    holder: usize,
    /// The place of the holder at the latest resolution.
    resolved_by: usize,
    tracks: Vec<TrackedCycle<'a>>,
    /// The agents who worked on the ticket, with their last work on it.
    workers: BTreeMap<&'a str, Moment>,
    /// The times of every holding that the events are in, with the place of the first one's holder.
    held: Vec<HeldTimes>,
    first_held: usize,
    sink: &'s mut S,
}

/// What is known of a ticket before its first observed event, or after the last.
pub(super) struct Standpoint<'a> {
    pub(super) states: Vec<TicketState<'a>>,
    pub(super) holder: usize,
    pub(super) resolved_by: usize,
    pub(super) tracks: Vec<TrackedCycle<'a>>,
}

impl<'a, 's, S: Sink<'a>> Observer<'a, 's, S> {
    /// Returns an observer of a ticket that is not opened yet; `held` are the times of all its holdings.
    pub(super) fn new(of: Observed<'a>, held: Vec<HeldTimes>, sink: &'s mut S) -> Self {
        let nothing =
            Standpoint { states: Vec::with_capacity(4), holder: 0, resolved_by: 0, tracks: Vec::with_capacity(4) };
        Self::from(of, nothing, held, sink)
    }

    /// Returns an observer that continues from a standpoint; `held` are the times of the holdings from the present one on.
    pub(super) fn from(of: Observed<'a>, from: Standpoint<'a>, held: Vec<HeldTimes>, sink: &'s mut S) -> Self {
        let Standpoint { states, holder, resolved_by, tracks } = from;
        Self { of, states, holder, resolved_by, tracks, workers: BTreeMap::new(), held, first_held: holder, sink }
    }

    pub(super) fn sink(&mut self) -> &mut S {
        self.sink
    }

    pub(super) fn states(&self) -> &[TicketState<'a>] {
        &self.states
    }

    pub(super) const fn holder(&self) -> usize {
        self.holder
    }

    pub(super) const fn resolved_by(&self) -> usize {
        self.resolved_by
    }

    pub(super) fn tracks(&self) -> &[TrackedCycle<'a>] {
        &self.tracks
    }

    pub(super) fn event(&mut self, event: &'a Event) -> Result<(), Error> {
        self.sink.begins(event);
        self.update_state(event);
        let before = self.moment(event.at);
        if Holder::of(self.of.holders, self.holder).changes_at(&event.kind) {
            self.held_until(before, false)?;
            self.holder = self.holder.saturating_add(1); // a place in the ticket's list
            self.hand_over(before)?;
        }
        for change in &event.changes {
            self.change(change, event, before)?;
        }
        self.count_kind(event, before)?;
        if works(event) {
            self.workers.insert(&event.actor.id, before);
        }
        Ok(())
    }

    /// Counts what the kind of an event says; none of these kinds changes the holder.
    fn count_kind(&mut self, event: &'a Event, moment: Moment) -> Result<(), Error> {
        match &event.kind {
            EventKind::Opened { direction: Direction::Inbound, .. } => self.count(moment, Figure::Opened, 0)?,
            EventKind::Opened { channel, .. } => {
                self.count_work(moment, channel, &event.actor.id, &[Figure::OpenedOutbound, Figure::Replies])?;
            }
            EventKind::Resolved { .. } => {
                self.resolved_by = self.holder;
                self.count(moment, Figure::Resolved, 0)?;
            }
            EventKind::Reopened { .. } => self.count(moment, Figure::Reopened, 0)?,
            EventKind::Closed { .. } => self.count(moment, Figure::Closed, 0)?,
            EventKind::Withdrawn => self.count(moment, Figure::Withdrawn, 0)?,
            EventKind::Voided { .. } => self.count(moment, Figure::Voided, 0)?,
            EventKind::Warned(firing) => {
                let of = Measured { timer: &firing.timer, cycle: firing.cycle };
                self.count_of(moment, self.channel_of(of), Some(of), Figure::Warnings, 0)?;
            }
            EventKind::Breached { timer, cycle, .. } => {
                let mut holder = Holder::place_before(self.of.holders, event.at);
                if let Some(track) = self.track(timer, *cycle) {
                    if let Some((at, returned)) = track.returned
                        && at == event.at
                    {
                        holder = returned;
                    }
                    track.breached = Some(Moment { holder, ..moment });
                    track.is_changed = true;
                }
            }
            EventKind::Escalated(escalation) => {
                let figure = match escalation.trigger {
                    EscalationTrigger::Breach => Figure::EscalatedBreach,
                    EscalationTrigger::Step => Figure::EscalatedStep,
                    EscalationTrigger::Request => Figure::EscalatedRequest,
                };
                let firing = escalation.firing.as_ref();
                let of = firing.map(|firing| Measured { timer: &firing.timer, cycle: firing.cycle });
                let channel = of.map_or(self.of.channel, |of| self.channel_of(of));
                self.count_of(moment, channel, of, figure, escalation.level)?;
            }
            EventKind::Rated { score } => {
                self.count(Moment { holder: self.resolved_by, ..moment }, Figure::Rated, u32::from(*score))?;
            }
            EventKind::Replied { automatic: true, .. } => self.count(moment, Figure::AutomaticReplies, 0)?,
            EventKind::Replied { channel, .. } => {
                self.count_work(moment, channel, &event.actor.id, &[Figure::Replies])?;
            }
            _ => {}
        }
        // The message that reopens a ticket is an event of its own, which says when it was received, too.
        let is_reopening = matches!(event.kind, EventKind::Reopened { .. });
        if !is_reopening && event.kind.received_at().is_some_and(|received_at| received_at < event.at) {
            self.count(moment, Figure::ReceivedLate, 0)?;
        }
        Ok(())
    }

    /// Adds the state after an event that changes it.
    fn update_state(&mut self, event: &'a Event) {
        let Some(last) = self.states.last() else {
            if let EventKind::Opened { package, severity, category, .. } = &event.kind {
                let (severity, category) = (severity.as_ref(), category.as_ref());
                self.states.push(TicketState { package, digest: event.rules.policy_digest, severity, category });
            }
            return;
        };
        let mut next = match &event.kind {
            EventKind::PackageChanged { package, .. } => TicketState { package, ..*last },
            EventKind::Classified { severity, category, .. } => {
                TicketState { severity: severity.as_ref(), category: category.as_ref(), ..*last }
            }
            EventKind::RevisionAdopted { .. } => *last,
            _ => return,
        };
        next.digest = event.rules.policy_digest;
        self.states.push(next);
    }

    fn moment(&self, at: Timestamp) -> Moment {
        // INVARIANT: a history begins with an opening, which adds the first state.
        Moment { at, state: self.states.len().saturating_sub(1), holder: self.holder }
    }

    /// Counts the times of the holding that ends at a moment, or lasts.
    fn held_until(&mut self, moment: Moment, lasts: bool) -> Result<(), Error> {
        let place = moment.holder.checked_sub(self.first_held);
        let Some(times) = place.and_then(|place| self.held.get(place)).copied() else { return Ok(()) };
        let (place, sink) = self.place(moment, self.of.channel);
        sink.held(place, times, lasts)
    }

    /// Counts the cycles that the holder at a moment hands over with at most 10 % of their target remaining.
    fn hand_over(&mut self, before: Moment) -> Result<(), Error> {
        let Observed { engine, holders, .. } = self.of;
        let (earlier, next) = (Holder::of(holders, before.holder), Holder::of(holders, self.holder));
        if !earlier.hands_over_to(next) {
            return Ok(());
        }
        let known = Known { engine, states: &self.states, holders };
        for track in self.tracks.iter().filter(|track| track.is_late(engine, before.at)) {
            let place = Place { known, moment: before, channel: track.channel };
            self.sink.count(place, Some(track.of), Figure::LateHandOvers, 0)?;
        }
        Ok(())
    }

    fn change(&mut self, change: &'a TimerChange, event: &'a Event, before: Moment) -> Result<(), Error> {
        let TimerChange { timer, cycle, change } = change;
        if let Change::Started { promise, channel, calendar, .. } = change {
            self.tracks.push(TrackedCycle {
                of: Measured { timer, cycle: *cycle },
                channel,
                calendar,
                revision: event.rules.policy_digest,
                promise: promise.as_deref().copied(),
                stopped: None,
                breached: None,
                promise_ended: None,
                returned: None,
                is_changed: true,
            });
            return Ok(());
        }
        let holder = self.holder;
        let ends_unanswered = matches!(change, Change::Stopped { .. }) && self.ends_unanswered(timer, *cycle, event);
        let Some(track) = self.track(timer, *cycle) else { return Ok(()) };
        track.is_changed = true;
        match change {
            Change::Started { .. } => {}
            Change::Resumed { promise, .. } => {
                track.counts_again(event, promise.as_deref(), holder);
                track.promise_changes(promise.as_deref(), before);
            }
            Change::Retargeted { promise, channel, calendar, keeps_rules, .. } => {
                track.counts_again(event, promise.as_deref(), holder);
                track.channel = channel.as_ref().unwrap_or(track.channel);
                track.calendar = calendar;
                if !keeps_rules {
                    track.revision = event.rules.policy_digest;
                }
                track.promise_changes(promise.as_deref(), before);
            }
            Change::Stopped { .. } => {
                track.stopped = Some((before, if ends_unanswered { Stop::Ended } else { Stop::Answered }));
            }
            Change::Cancelled { .. } => track.stopped = Some((before, Stop::Ended)),
            Change::Paused(spent) => {
                let (Some(remaining), Some(promise)) = (spent.remaining, &mut track.promise) else { return Ok(()) };
                let figure = if track.breached.is_some() {
                    Figure::PausesAfterDue
                } else if is_late(remaining, promise.target) {
                    Figure::LatePauses
                } else {
                    Figure::Pauses
                };
                promise.standing = Standing::Paused(remaining);
                let (of, channel) = (track.of, track.channel);
                self.count_of(before, channel, Some(of), figure, 0)?;
            }
        }
        Ok(())
    }

    /// Returns whether the event that stops a cycle is not one that the cycle waited for: of a breached cycle, as another
    /// one is cancelled.
    fn ends_unanswered(&self, timer: &Id, cycle: u32, event: &Event) -> bool {
        match &event.kind {
            EventKind::Withdrawn | EventKind::Voided { .. } | EventKind::Closed { .. } => true,
            EventKind::Resolved { inactivity, .. } => inactivity.is_some(),
            EventKind::Assigned { .. } | EventKind::Unassigned { .. } | EventKind::Reopened { .. } => {
                let known = self.tracks.iter().rev().find(|track| track.is(timer, cycle));
                let rules = known
                    .filter(|track| track.breached.is_some())
                    .and_then(|track| self.of.engine.revision(track.revision).ok())
                    .and_then(|revision| revision.timer(timer).ok());
                rules.is_some_and(|rules| {
                    // What an event triggers depends on the whole ticket; few events end a breached cycle so.
                    !rules.cancels_on.is_empty()
                        && (event.kind.triggers((self.of.ticket_before)(event).as_ref()))
                            .first_in(&rules.cancels_on)
                            .is_some()
                })
            }
            _ => false,
        }
    }

    /// Counts what is only known at the end: the class of each of the first `cycles` cycles, who worked on the ticket, its
    /// status. `evaluate` evaluates a cycle as of `now`, `ended` is when the ticket ended, or `now`.
    pub(super) fn finish<'e>(
        mut self,
        cycles: usize,
        (now, status, ended): (Timestamp, Status, Timestamp),
        mut evaluate: impl FnMut(Measured<'a>) -> Result<Option<Cow<'e, CycleEvaluation>>, Error>,
    ) -> Result<(), Error> {
        let now = self.moment(now);
        for track in std::mem::take(&mut self.tracks).iter().take(cycles) {
            let is_told = S::EVERY_CYCLE || track.is_changed || track.stopped.is_none();
            if is_told && let Some(evaluation) = evaluate(track.of)? {
                self.cycle(track, &evaluation, now)?;
            }
        }
        for (worker, last) in std::mem::take(&mut self.workers) {
            let (place, sink) = self.place(last, self.of.channel);
            sink.handled(place, worker)?;
        }
        self.held_until(Moment { at: ended, ..now }, !status.is_final())?;
        let status = match status {
            Status::New | Status::Open => Some(Figure::Open),
            Status::Pending | Status::OnHold => Some(Figure::Paused),
            Status::Resolved | Status::Closed | Status::Withdrawn | Status::Voided => None,
        };
        let (place, sink) = self.place(now, self.of.channel);
        sink.status(place, status)
    }

    fn cycle(&mut self, track: &TrackedCycle<'a>, cycle: &CycleEvaluation, now: Moment) -> Result<(), Error> {
        let TrackedCycle { of, stopped, breached, channel, promise_ended, .. } = *track;
        let stop = stopped.map(|(moment, _)| moment);
        let (class, decided) = match cycle.class {
            Class::Breached => {
                let class = match stopped {
                    None => Figure::BreachedOpen,
                    Some((_, Stop::Ended)) => Figure::BreachedEnded,
                    Some((_, Stop::Answered)) => Figure::BreachedAnswered,
                };
                (class, breached)
            }
            Class::Met => (Figure::Met, stop),
            Class::Cancelled => (cancelled_by(cycle.cancelled_by), stop),
            Class::Terms => (Figure::Terms, promise_ended),
            Class::Unpromised => (Figure::Unpromised, stop),
            Class::Running => (Figure::Running, None),
            Class::Paused => (Figure::Paused, None),
        };
        let lasted = match (stopped, cycle.class) {
            (Some((_, Stop::Answered)), Class::Terms) => Some((Figure::TermsBusinessTime, Figure::TermsWallTime)),
            (Some((_, Stop::Answered)), Class::Unpromised) => {
                Some((Figure::UnpromisedBusinessTime, Figure::UnpromisedWallTime))
            }
            (Some((_, Stop::Answered)), _) => Some((Figure::BusinessTime, Figure::WallTime)),
            _ => None,
        };
        let lasted = match (lasted, stop) {
            (Some((business, wall)), Some(stop)) => {
                // A cycle stops at or after its start.
                Some((business, wall, BusinessDuration::from_micros(stop.at.micros_since(cycle.started_at))?))
            }
            _ => None,
        };
        let figures = CycleFigures {
            of,
            channel,
            evaluation: cycle,
            class,
            decided: decided.unwrap_or(now),
            is_undecided: decided.is_none(),
            ended: stop,
            lasted,
            is_overdue: stop.is_some() && cycle.class == Class::Breached,
        };
        let Observed { engine, holders, .. } = self.of;
        self.sink.cycle(Known { engine, states: &self.states, holders }, figures)
    }

    fn track(&mut self, timer: &Id, cycle: u32) -> Option<&mut TrackedCycle<'a>> {
        self.tracks.iter_mut().rev().find(|track| track.is(timer, cycle))
    }

    fn channel_of(&self, Measured { timer, cycle }: Measured<'_>) -> &'a Id {
        let track = self.tracks.iter().rev().find(|track| track.is(timer, cycle));
        track.map_or(self.of.channel, |track| track.channel)
    }

    fn count(&mut self, moment: Moment, figure: Figure, bucket: u32) -> Result<(), Error> {
        self.count_of(moment, self.of.channel, None, figure, bucket)
    }

    fn count_of(
        &mut self,
        moment: Moment,
        channel: &'a Id,
        of: Option<Measured<'a>>,
        figure: Figure,
        bucket: u32,
    ) -> Result<(), Error> {
        let (place, sink) = self.place(moment, channel);
        sink.count(place, of, figure, bucket)
    }

    fn count_work(&mut self, moment: Moment, channel: &'a Id, actor: &'a str, figures: &[Figure]) -> Result<(), Error> {
        let (place, sink) = self.place(moment, channel);
        sink.count_work(place, actor, figures)
    }

    /// Returns a place, and the sink to tell of it.
    fn place(&mut self, moment: Moment, channel: &'a Id) -> (Place<'_, 'a>, &mut S) {
        let Observed { engine, holders, .. } = self.of;
        let known = Known { engine, states: &self.states, holders };
        (Place { known, moment, channel }, self.sink)
    }
}

impl TrackedCycle<'_> {
    fn is(&self, timer: &Id, cycle: u32) -> bool {
        self.of.cycle == cycle && self.of.timer == timer
    }

    /// Takes back a stop: a reopening resumes the cycle, or the agent returns whom it was taken from.
    fn counts_again(&mut self, event: &Event, promise: Option<&Promised>, holder: usize) {
        let is_return = matches!(event.kind, EventKind::Assigned { .. }) && self.stopped.is_some();
        if is_return && promise.is_some_and(|promise| promise.standing == Standing::Due(Due::At(event.at))) {
            self.returned = Some((event.at, holder));
        }
        self.stopped = None;
    }

    fn promise_changes(&mut self, promise: Option<&Promised>, moment: Moment) {
        match (&self.promise, promise) {
            (_, Some(_)) => self.promise_ended = None,
            (Some(_), None) => self.promise_ended = Some(moment),
            (None, None) => {}
        }
        self.promise = promise.copied();
    }

    /// Returns whether the cycle is active, not breached, and has at most 10 % of its target remaining.
    fn is_late(&self, engine: &Engine, at: Timestamp) -> bool {
        let Some(promise) = self.promise.filter(|_| self.stopped.is_none() && self.breached.is_none()) else {
            return false;
        };
        let remaining = match promise.standing {
            Standing::Paused(remaining) => Some(remaining),
            Standing::Due(Due::OutOfHorizon) => None,
            // Only a history made by hand has a due outside the horizon, or another calendar than the revision.
            Standing::Due(Due::At(due_at)) => engine
                .revision(self.revision)
                .and_then(|revision| revision.calendar(self.calendar)?.elapsed(at.min(due_at), due_at))
                .ok(),
        };
        remaining.is_some_and(|remaining| is_late(remaining, promise.target))
    }
}

/// Returns whether at most 10 % of a target remain.
const fn is_late(remaining: BusinessDuration, target: BusinessDuration) -> bool {
    remaining.as_micros() <= target.as_micros() / 10
}

/// Returns the figure of cycles that a cause cancelled.
const fn cancelled_by(cause: Option<CancelCause>) -> Figure {
    match cause {
        Some(CancelCause::Voided) => Figure::CancelledVoided,
        Some(CancelCause::Duplicate) => Figure::CancelledDuplicate,
        Some(CancelCause::Closed) => Figure::CancelledClosed,
        Some(CancelCause::HandedOn) => Figure::CancelledHandedOn,
        Some(CancelCause::Inactivity) => Figure::CancelledInactivity,
        // INVARIANT: a cycle of the class `cancelled` has a cause.
        Some(CancelCause::Withdrawn) | None => Figure::CancelledWithdrawn,
    }
}

/// Returns whether an event is work on the ticket by its actor: everything an agent does, and of an admin what an
/// assigned agent could have done instead, automatic replies excepted.
fn works(event: &Event) -> bool {
    match event.actor.role {
        Role::Agent => true,
        Role::Admin => !matches!(
            event.kind,
            EventKind::Opened { direction: Direction::Inbound, .. }
                // Admins alone send them, for the host's automation.
                | EventKind::Replied { automatic: true, .. }
                | EventKind::Assigned { .. }
                | EventKind::Unassigned { .. }
                | EventKind::Absorbed { .. }
                | EventKind::Closed { .. }
                | EventKind::Voided { .. }
                | EventKind::PackageChanged { .. }
                | EventKind::RevisionAdopted { .. }
                | EventKind::Classified { .. }
        ),
        Role::Customer | Role::System => false,
    }
}
