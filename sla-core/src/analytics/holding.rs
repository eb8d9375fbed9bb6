//! Who held a ticket when, and for how long it was worked on and waited meanwhile.

use serde::{Deserialize, Serialize};

use crate::calendar::Calendar;
use crate::digest::Digest;
use crate::engine::{Engine, Evaluation};
use crate::error::{Error, ErrorCode};
use crate::id::Id;
use crate::ticket::{Event, EventKind, History, Holding, Status};
use crate::time::{BusinessDuration, Timestamp};
use crate::unknown::unknown_id;

/// The agent and the team that hold a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Holder<'a> {
    pub(super) agent: Option<&'a Id>,
    pub(super) team: Option<&'a Id>,
}

impl<'a> Holder<'a> {
    /// Returns a holder by place: 0 is that before the first of these changes of agent or team.
    pub(super) fn of(holders: &'a [Holding], place: usize) -> Self {
        let holding = place.checked_sub(1).and_then(|change| holders.get(change));
        holding.map_or_else(Self::default, |Holding { agent, team, .. }| Self {
            agent: agent.as_ref(),
            team: team.as_ref(),
        })
    }

    /// Returns the place of the holder just before `at`, changes at `at` not counted.
    pub(super) fn place_before(holders: &[Holding], at: Timestamp) -> usize {
        holders.partition_point(|holding| holding.at < at)
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct HeldTimes {
    /// While the ticket was new or open.
    pub(super) working: Lengths,
    /// While it was pending or on hold.
    pub(super) waiting: Lengths,
}

/// A length in business time, and the same in wall time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct Lengths {
    /// In business time.
    #[serde(rename = "business_us")]
    pub(super) business: BusinessDuration,
    /// In wall time.
    #[serde(rename = "wall_us")]
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

/// Adds up the times of the holding that lasts, event by event.
///
/// Each stretch is counted in the calendar that the ticket's package had then.
#[derive(Debug, Clone)]
pub(super) struct HeldClock<'a> {
    /// The place of the present holder.
    holder: usize,
    /// Up to when its times are added up.
    since: Timestamp,
    status: Status,
    package: Option<&'a Id>,
    /// The calendar of the package; `None` before the opening.
    calendar: Option<&'a Calendar>,
    times: HeldTimes,
}

impl<'a> HeldClock<'a> {
    /// Returns the clock of a ticket that is not opened yet.
    pub(super) const fn new() -> Self {
        let none = Lengths { business: BusinessDuration::ZERO, wall: BusinessDuration::ZERO };
        Self {
            holder: 0,
            since: Timestamp::from_micros(0),
            status: Status::New,
            package: None,
            calendar: None,
            times: HeldTimes { working: none, waiting: none },
        }
    }

    /// Returns the clock of a ticket of which events are counted already.
    pub(super) fn resumed(
        engine: &'a Engine,
        (package, revision): (&'a Id, Digest),
        status: Status,
        (holder, since, times): (usize, Timestamp, HeldTimes),
    ) -> Result<Self, Error> {
        let calendar = Some(calendar_of(engine, revision, package)?);
        Ok(Self { holder, since, status, package: Some(package), calendar, times })
    }

    /// Adds the time until an event; the answer is the times of the holding that it ends, if it ends one.
    pub(super) fn pass(
        &mut self,
        engine: &'a Engine,
        holders: &[Holding],
        event: &'a Event,
    ) -> Result<Option<HeldTimes>, Error> {
        let status = event.kind.status_after(self.status);
        let is_handed = Holder::of(holders, self.holder).changes_at(&event.kind);
        let package = package_of(event);
        let changes_calendar = package.is_some() || matches!(event.kind, EventKind::RevisionAdopted { .. });
        if is_handed || changes_calendar || Part::of(status) != Part::of(self.status) {
            if let Some(calendar) = self.calendar {
                self.times.add(Part::of(self.status), calendar, self.since, event.at)?;
            }
            self.since = event.at;
        }
        if changes_calendar && let Some(package) = package.or(self.package) {
            self.package = Some(package);
            self.calendar = Some(calendar_of(engine, event.rules.policy_digest, package)?);
        }
        self.status = status;
        if !is_handed {
            return Ok(None);
        }
        self.holder = self.holder.saturating_add(1); // a place in the list of holders
        Ok(Some(std::mem::take(&mut self.times)))
    }

    /// Returns the times of the present holding as of an instant.
    pub(super) fn times_at(&self, now: Timestamp) -> Result<HeldTimes, Error> {
        let mut times = self.times;
        if let Some(calendar) = self.calendar {
            times.add(Part::of(self.status), calendar, self.since, now)?;
        }
        Ok(times)
    }

    /// Returns up to when the times of the present holding are added up, and these.
    pub(super) const fn counted(&self) -> (Timestamp, HeldTimes) {
        (self.since, self.times)
    }
}

/// Returns the times of every holding, the one before the first assignment first, the last one as of the evaluation.
pub(super) fn held_times(engine: &Engine, history: &History, evaluation: &Evaluation) -> Result<Vec<HeldTimes>, Error> {
    let holders = &history.ticket().holders;
    let mut times = Vec::with_capacity(holders.len().saturating_add(1)); // only a capacity
    let mut clock = HeldClock::new();
    for event in history.events().iter().chain(&evaluation.due_events) {
        times.extend(clock.pass(engine, holders, event)?);
    }
    times.push(clock.times_at(evaluation.now)?);
    Ok(times)
}

/// Returns the package that the ticket has from an event on, where the event says it.
const fn package_of(event: &Event) -> Option<&Id> {
    match &event.kind {
        EventKind::Opened { package, .. } | EventKind::PackageChanged { package, .. } => Some(package),
        _ => None,
    }
}

fn calendar_of<'a>(engine: &'a Engine, revision: Digest, package: &Id) -> Result<&'a Calendar, Error> {
    let revision = engine.revision(revision)?;
    let listed = || revision.policy.packages.iter().map(|package| &package.id);
    let calendar = revision.calendar_of(package)?;
    calendar
        .map(AsRef::as_ref)
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
