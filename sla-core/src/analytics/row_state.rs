//! What the rows of a ticket's next events need of the earlier ones: a small document that a host stores beside the snapshot.
//!
//! A snapshot cannot hold it: the business time of a holding is added up with calendars, and folding events knows none.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::holding::{HeldClock, HeldTimes, Holder};
use super::observe::{Measured, Moment, Observer, Sink, Standpoint, Stop, TicketState, TrackedCycle};
use crate::digest::Digest;
use crate::engine::Engine;
use crate::error::{Error, ErrorCode, Fault};
use crate::id::Id;
use crate::serde_text::is_false;
use crate::ticket::{Direction, Holding, Inactive, KnownCommands, Promised, Status, Ticket};
use crate::time::Timestamp;

#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum RowFault {
    #[error("the row state is of ticket `{state}`, and not of ticket `{ticket}`")]
    OtherTicket { state: Id, ticket: Id },
    #[error("the row state and the events after it are not all events of the ticket: {events} of {of_ticket}")]
    OtherEvents { events: u32, of_ticket: u32 },
    #[error("without a row state the events begin with the opening of the ticket")]
    NoOpening,
    #[error("the ticket does not hold cycle {cycle} of timer `{timer}` any more")]
    CycleNotHeld { timer: Id, cycle: u32 },
    #[error("the row state of ticket `{0}` is inconsistent")]
    Inconsistent(Id),
}

impl Fault for RowFault {
    fn code(&self) -> ErrorCode {
        ErrorCode::InvalidHistory
    }

    fn help(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::OtherTicket { .. } | Self::OtherEvents { .. } => {
                "hand over the row state that was stored together with the ticket, or the whole history without one"
            }
            Self::NoOpening | Self::CycleNotHeld { .. } => "hand over the whole history",
            Self::Inconsistent(_) => "make it anew from the whole history",
        })
    }
}

/// What the rows of a ticket's next events need of the earlier ones; its size does not grow with the ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RowState {
    /// The ticket.
    ticket: Id,
    /// The number of its events so far.
    events: u32,
    /// The channel it was opened by.
    channel: Id,
    /// Its status.
    status: Status,
    /// Whether the customer waits for a public reply.
    #[serde(default, skip_serializing_if = "is_false")]
    reply_owed: bool,
    /// The last agent or admin it was assigned to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_agent: Option<Id>,
    /// What else decides its group, for each moment that may count again; the present one last.
    terms: Vec<TermsState>,
    /// Who held it from when on, for each holder who may count again; the present one last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    holders: Vec<Holding>,
    /// The place among these, from 1, of who held it at the latest resolution; 0 for no holder.
    resolved_by: usize,
    /// The present holding.
    holding: HoldingState,
    /// The latest cycle of each timer; empty once the ticket ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    cycles: Vec<CycleState>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct TermsState {
    /// The package.
    package: Id,
    /// The revision that it is a package of.
    revision: Digest,
    /// The severity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    severity: Option<Id>,
    /// The category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category: Option<Id>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct HoldingState {
    /// Its number, 1 for that before the first assignment.
    number: u32,
    /// Up to when its times are added up.
    since: Timestamp,
    /// Its times.
    times: HeldTimes,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct CycleState {
    /// The timer.
    timer: Id,
    /// The number of the cycle.
    cycle: u32,
    /// The channel that decides its terms.
    channel: Id,
    /// The calendar it counts in.
    calendar: Id,
    /// The revision of its rules.
    revision: Digest,
    /// What is promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    promise: Option<Promised>,
    /// Whether it ended.
    #[serde(default, skip_serializing_if = "is_false")]
    stopped: bool,
    /// Where its breach counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    breached: Option<MomentState>,
    /// Where the change of terms that took its promise away counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    promise_ended: Option<MomentState>,
    /// Where a breach at the instant of the last event counts, because an agent returned then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    returned: Option<MomentState>,
}

/// An instant, with the places of what decides the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct MomentState {
    /// The instant.
    at: Timestamp,
    /// The place among `terms`, from 0.
    terms: usize,
    /// The place among `holders`, from 1; 0 for no holder.
    holder: usize,
}

impl RowState {
    /// Returns the number of the ticket's events so far.
    #[must_use]
    pub const fn events(&self) -> u32 {
        self.events
    }

    /// Returns the place of the present holder, and the number of the present holding.
    pub(super) fn holding(&self) -> (usize, u32) {
        (self.holders.len(), self.holding.number)
    }

    pub(super) const fn channel(&self) -> &Id {
        &self.channel
    }

    /// Checks that every place is one.
    pub(super) fn check(&self, ticket: &Ticket) -> Result<(), RowFault> {
        if self.ticket != ticket.id {
            return Err(RowFault::OtherTicket { state: self.ticket.clone(), ticket: ticket.id.clone() });
        }
        let moments =
            self.cycles.iter().flat_map(|cycle| [cycle.breached, cycle.promise_ended, cycle.returned]).flatten();
        let mut places = moments.map(|moment| (moment.terms, moment.holder));
        let is_whole = !self.terms.is_empty()
            && self.resolved_by <= self.holders.len()
            && self.holders.is_sorted_by(|a, b| a.at <= b.at)
            && places.all(|(terms, holder)| terms < self.terms.len() && holder <= self.holders.len());
        if is_whole { Ok(()) } else { Err(RowFault::Inconsistent(self.ticket.clone())) }
    }

    /// Returns as much of the ticket as decides what its next events trigger, and who holds it after them.
    pub(super) fn outline(&self) -> Result<Ticket, RowFault> {
        let terms = self.terms.last().ok_or_else(|| RowFault::Inconsistent(self.ticket.clone()))?;
        let Holder { agent, team } = Holder::of(&self.holders, self.holders.len());
        let (agent, team, since) = (agent.cloned(), team.cloned(), self.holding.since);
        Ok(Ticket {
            id: self.ticket.clone(),
            customer: self.ticket.clone(),
            organization: None,
            direction: Direction::Inbound,
            package: terms.package.clone(),
            policy_digest: terms.revision,
            channel: self.channel.clone(),
            severity: terms.severity.clone(),
            category: terms.category.clone(),
            status: self.status,
            agent,
            team,
            last_agent: self.last_agent.clone(),
            unassigned_at: None,
            holders: self.holders.clone(),
            opened_at: since,
            last_at: since,
            events: self.events,
            timeline: Vec::new(),
            pause: None,
            reply_owed: self.reply_owed,
            answered_at: None,
            inactive: Inactive { since, done: Vec::new() },
            timers: Vec::new(),
            escalations: Vec::new(),
            rated: false,
            commands: KnownCommands::default(),
        })
    }

    /// Returns the clock of the present holding.
    pub(super) fn clock<'a>(&'a self, engine: &'a Engine) -> Result<HeldClock<'a>, Error> {
        let terms = self.terms.last().ok_or_else(|| RowFault::Inconsistent(self.ticket.clone()))?;
        let HoldingState { since, times, .. } = self.holding;
        HeldClock::resumed(engine, (&terms.package, terms.revision), self.status, (self.holders.len(), since, times))
    }

    /// Returns the standpoint from which an observer continues.
    pub(super) fn standpoint(&self) -> Standpoint<'_> {
        let states = self.terms.iter().map(|terms| TicketState {
            package: &terms.package,
            digest: terms.revision,
            severity: terms.severity.as_ref(),
            category: terms.category.as_ref(),
        });
        Standpoint {
            states: states.collect(),
            holder: self.holders.len(),
            resolved_by: self.resolved_by,
            tracks: self.cycles.iter().map(CycleState::tracked).collect(),
        }
    }

    /// Returns the state after the last event of an observer.
    pub(super) fn after<'a, S: Sink<'a>>(
        observer: &Observer<'a, '_, S>,
        ticket: &Ticket,
        channel: &Id,
        holders: &[Holding],
        holding: (u32, &HeldClock<'_>),
    ) -> Self {
        let cycles = if ticket.status.is_final() { Vec::new() } else { latest(observer.tracks()) };
        let mut kept = Kept::default();
        kept.of(observer.resolved_by());
        // Who held the ticket before the last change of holder is who a breach at its instant may belong to.
        let last_change = holders.last().map(|holding| holding.at);
        kept.of(last_change.map_or(0, |at| Holder::place_before(holders, at)));
        kept.of(holders.len());
        kept.terms.insert(observer.states().len().saturating_sub(1)); // there is one since the opening
        for track in &cycles {
            kept.of(returned(track, ticket.last_at).map_or(0, |moment| moment.holder));
            for moment in [track.breached, track.promise_ended].into_iter().flatten() {
                kept.of(moment.holder);
                kept.terms.insert(moment.state);
            }
        }
        let (number, clock) = holding;
        let (since, times) = clock.counted();
        let moment = |moment: Moment| MomentState {
            at: moment.at,
            terms: kept.terms.range(..moment.state).count(),
            holder: kept.place(moment.holder),
        };
        let cycles = cycles.into_iter().map(|track| CycleState {
            timer: track.of.timer.clone(),
            cycle: track.of.cycle,
            channel: track.channel.clone(),
            calendar: track.calendar.clone(),
            revision: track.revision,
            promise: track.promise,
            stopped: track.stopped.is_some(),
            breached: track.breached.map(moment),
            promise_ended: track.promise_ended.map(moment),
            returned: returned(track, ticket.last_at).map(moment),
        });
        let terms = kept.terms.iter().filter_map(|place| observer.states().get(*place)).map(|state| TermsState {
            package: state.package.clone(),
            revision: state.digest,
            severity: state.severity.cloned(),
            category: state.category.cloned(),
        });
        Self {
            ticket: ticket.id.clone(),
            events: ticket.events,
            channel: channel.clone(),
            status: ticket.status,
            reply_owed: ticket.reply_owed,
            last_agent: ticket.last_agent.clone(),
            resolved_by: kept.place(observer.resolved_by()),
            holding: HoldingState { number, since, times },
            cycles: cycles.collect(),
            terms: terms.collect(),
            holders: kept.holders.iter().filter_map(|place| holders.get(place.checked_sub(1)?)).cloned().collect(),
        }
    }
}

/// The places of states and holders that may count again.
#[derive(Default)]
struct Kept {
    terms: BTreeSet<usize>,
    /// Without 0, which is no holder.
    holders: BTreeSet<usize>,
}

impl Kept {
    fn of(&mut self, holder: usize) {
        if holder > 0 {
            self.holders.insert(holder);
        }
    }

    /// Returns the new place of a holder.
    fn place(&self, holder: usize) -> usize {
        self.holders.range(..=holder).count()
    }
}

/// Returns the latest cycle of each timer: no other changes again.
fn latest<'t, 'a>(tracks: &'t [TrackedCycle<'a>]) -> Vec<&'t TrackedCycle<'a>> {
    let mut latest: Vec<&TrackedCycle<'_>> = Vec::with_capacity(tracks.len());
    for track in tracks {
        match latest.iter_mut().find(|known| known.of.timer == track.of.timer) {
            Some(known) => *known = track,
            None => latest.push(track),
        }
    }
    latest
}

/// Returns the holder to whom a breach of the cycle at the ticket's last instant belongs, if that is not who held the ticket
/// before; its state is of no account.
fn returned(track: &TrackedCycle<'_>, last_at: Timestamp) -> Option<Moment> {
    let (at, holder) = track.returned.filter(|(at, _)| *at == last_at)?;
    Some(Moment { at, state: 0, holder })
}

impl CycleState {
    fn tracked(&self) -> TrackedCycle<'_> {
        let moment = |moment: MomentState| Moment { at: moment.at, state: moment.terms, holder: moment.holder };
        let nowhere = Moment { at: Timestamp::from_micros(0), state: 0, holder: 0 };
        TrackedCycle {
            of: Measured { timer: &self.timer, cycle: self.cycle },
            channel: &self.channel,
            calendar: &self.calendar,
            revision: self.revision,
            promise: self.promise,
            // Where and how it ended was told when it did; an observer tells it again only after it changed.
            stopped: self.stopped.then_some((nowhere, Stop::Ended)),
            breached: self.breached.map(moment),
            promise_ended: self.promise_ended.map(moment),
            returned: self.returned.map(|returned| (returned.at, returned.holder)),
            is_changed: false,
        }
    }
}
