//! Who held a ticket when, and for how long it was worked on and waited meanwhile.

use std::sync::Arc;

use crate::calendar::Calendar;
use crate::engine::{Engine, Evaluation};
use crate::error::{Error, ErrorCode};
use crate::id::Id;
use crate::ticket::{Event, EventKind, History, Holding, Status, Ticket};
use crate::time::{BusinessDuration, Timestamp};
use crate::unknown::unknown_id;

/// The agent and the team that hold a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Holder<'a> {
    pub(super) agent: Option<&'a Id>,
    pub(super) team: Option<&'a Id>,
}

impl<'a> Holder<'a> {
    /// Returns a holder by place: 0 is that before the first change of agent or team.
    pub(super) fn of(ticket: &'a Ticket, place: usize) -> Self {
        let holding = place.checked_sub(1).and_then(|change| ticket.holders.get(change));
        holding.map_or_else(Self::default, |Holding { agent, team, .. }| Self {
            agent: agent.as_ref(),
            team: team.as_ref(),
        })
    }

    /// Returns the place of the holder just before `at`, changes at `at` not counted.
    pub(super) fn place_before(ticket: &Ticket, at: Timestamp) -> usize {
        ticket.holders.partition_point(|holding| holding.at < at)
    }

    /// Returns whether the event gives the ticket another agent or team.
    pub(super) fn changes_at(self, kind: &EventKind) -> bool {
        let is_other = |new: &Option<Id>, old: Option<&Id>| new.is_some() && new.as_ref() != old;
        match kind {
            EventKind::Assigned { agent, team, .. } => is_other(agent, self.agent) || is_other(team, self.team),
            EventKind::Unassigned { .. } => self.agent.is_some(),
            _ => false,
        }
    }

    /// Returns whether this holder loses the ticket to `next`: another agent or team, or none, has it.
    pub(super) fn hands_over_to(self, next: Self) -> bool {
        let is_lost = |old: Option<&Id>, new: Option<&Id>| old.is_some() && old != new;
        is_lost(self.agent, next.agent) || is_lost(self.team, next.team)
    }
}

/// The time of one holding: while the ticket was new or open, and while it was pending or on hold.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct HeldTimes {
    pub(super) working: Lengths,
    pub(super) waiting: Lengths,
}

/// A length in business time, and the same in wall time.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lengths {
    pub(super) business: BusinessDuration,
    pub(super) wall: BusinessDuration,
}

/// Whether a holder works or waits.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Working,
    Waiting,
    /// Resolved, or ended.
    Neither,
}

impl Part {
    const fn of(status: Status) -> Self {
        match status {
            Status::New | Status::Open => Self::Working,
            Status::Pending | Status::OnHold => Self::Waiting,
            Status::Resolved | Status::Closed | Status::Withdrawn | Status::Voided => Self::Neither,
        }
    }
}

/// Returns the times of every holding, the one before the first assignment first, the last one as of the evaluation.
///
/// Each stretch is counted in the calendar that the ticket's package had then.
pub(super) fn held_times(engine: &Engine, history: &History, evaluation: &Evaluation) -> Result<Vec<HeldTimes>, Error> {
    let ticket = history.ticket();
    let mut times = Vec::with_capacity(ticket.holders.len().saturating_add(1)); // only a capacity
    let mut current = HeldTimes::default();
    let (mut since, mut status, mut calendar) = (ticket.opened_at, Status::New, None);
    let mut package = &ticket.package;
    for event in history.events().iter().chain(&evaluation.due_events) {
        let next_status = event.kind.status_after(status);
        let is_handed = Holder::of(ticket, times.len()).changes_at(&event.kind);
        let next_package = package_of(event);
        let changes_calendar = next_package.is_some() || matches!(event.kind, EventKind::RevisionAdopted { .. });
        if let Some(calendar) = calendar
            && (is_handed || changes_calendar || Part::of(next_status) != Part::of(status))
        {
            current.add(Part::of(status), calendar, since, event.at)?;
            since = event.at;
        }
        if is_handed {
            times.push(std::mem::take(&mut current));
        }
        if changes_calendar {
            package = next_package.unwrap_or(package);
            calendar = Some(calendar_of(engine, event, package)?);
        }
        status = next_status;
    }
    if let Some(calendar) = calendar {
        current.add(Part::of(status), calendar, since, evaluation.now)?;
    }
    times.push(current);
    Ok(times)
}

/// Returns the package that the ticket has from an event on, where the event says it.
const fn package_of(event: &Event) -> Option<&Id> {
    match &event.kind {
        EventKind::Opened { package, .. } | EventKind::PackageChanged { package, .. } => Some(package),
        _ => None,
    }
}

fn calendar_of<'a>(engine: &'a Engine, event: &Event, package: &Id) -> Result<&'a Arc<Calendar>, Error> {
    let revision = engine.revision(event.rules.policy_digest)?;
    let listed = || revision.policy.packages.iter().map(|package| &package.id);
    revision
        .calendar_of(package)?
        .ok_or_else(|| unknown_id(ErrorCode::UnknownPackage, "package", package.as_str(), listed()))
}

impl HeldTimes {
    fn add(&mut self, part: Part, calendar: &Calendar, from: Timestamp, to: Timestamp) -> Result<(), Error> {
        let lengths = match part {
            Part::Working => &mut self.working,
            Part::Waiting => &mut self.waiting,
            Part::Neither => return Ok(()),
        };
        let sum = |a: BusinessDuration, b: BusinessDuration| {
            // INVARIANT: both are parts of the ticket's life, which lies within the horizon.
            a.checked_add(b).unwrap_or(a)
        };
        lengths.business = sum(lengths.business, calendar.elapsed(from, to)?);
        lengths.wall = sum(lengths.wall, BusinessDuration::from_micros(to.micros_since(from))?);
        Ok(())
    }
}
