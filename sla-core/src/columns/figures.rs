//! Figures of rows: each cycle is counted at the instant that decides it, as from a history.

#![expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: keys are two a kind, places and periods come from where they are made, a plan has as many terms \
              and cells as timers; counts grow by one"
)]

use super::plan::{KindTerms, Plan};
use super::rows::{Milestones, NEVER, RefusedRow, Rows};
use crate::analytics::{Aggregate, Figure, Grouping, Histogram, Key, PeriodTable, TicketProperties};
use crate::calendar::check_horizon;
use crate::error::Error;
use crate::id::Id;
use crate::ticket::{Due, Outcome, Verdict};
use crate::time::Timestamp;

/// The place of a group that has no cell yet.
const NOWHERE: usize = usize::MAX;

/// Figures of rows: tickets opened and resolved, tickets open as of `now`, and of each timer the classes and the
/// durations, by the grouping's dimensions and period.
///
/// They equal those of an [`Aggregate`] of the same tickets' histories, except that what rows do not hold is not counted:
/// escalations, warnings, replies, closing, for how long a ticket was held, and who worked on it.
#[derive(Debug)]
pub struct Figures<'a> {
    plan: &'a Plan,
    aggregate: Aggregate,
    /// The keys without period: for each kind while the ticket is unassigned, and while it has its holder.
    keys: Vec<Key>,
    periods: PeriodTable,
    /// The cell of each key, those of one period beside each other.
    places: Vec<usize>,
    cells: Vec<GroupCounts>,
    /// The cells of timers, those of one cell beside each other.
    timers: Vec<CycleCounts>,
}

#[derive(Debug)]
struct GroupCounts {
    key: usize,
    period: usize,
    opened: u64,
    resolved: u64,
    open: u64,
}

#[derive(Debug, Default)]
struct CycleCounts {
    met: u64,
    breached_answered: u64,
    breached_open: u64,
    running: u64,
    unpromised: u64,
    business: Histogram,
    wall: Histogram,
    unpromised_business: Histogram,
    unpromised_wall: Histogram,
    overdue: Histogram,
}

impl Plan {
    /// Returns figures without tickets.
    ///
    /// See the [module](super) for an example.
    #[must_use]
    pub fn figures(&self, grouping: crate::analytics::Grouping) -> Figures<'_> {
        Figures::new(self, grouping)
    }
}

impl<'a> Figures<'a> {
    fn new(plan: &'a Plan, grouping: Grouping) -> Self {
        let revision = plan.engine.newest();
        let mut keys = Vec::with_capacity(plan.kinds.len() * 2);
        for kind in &plan.kinds {
            let priority =
                revision.package(kind.package.as_str()).and_then(|package| revision.policy.priority_of(package));
            for (agent, team) in [(None, None), (kind.agent.as_ref(), kind.team.as_ref())] {
                let (package, channel) = (&kind.package, &kind.channel);
                let (severity, category) = (kind.severity.as_ref(), kind.category.as_ref());
                let properties = TicketProperties { package, channel, agent, priority, severity, category, team };
                keys.push(grouping.key(None, &properties));
            }
        }
        let periods = grouping.period_table();
        let places = vec![NOWHERE; keys.len() * periods.len()];
        let (cells, timers) = (Vec::new(), Vec::new());
        Self { plan, aggregate: Aggregate::new(grouping), keys, periods, places, cells, timers }
    }

    /// Adds rows as of `now`, and returns those that cannot be judged; they are not counted.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::analytics::Grouping;
    /// use sla_core::columns::{Column, Kind, NONE, Plan, Rows};
    /// use sla_core::{ErrorCode, Id};
    /// let plan = Plan::new(&engine(), &["first_response"], &[Kind::new(Id::new("starter")?, Id::new("email")?)])?;
    /// // The second row has no opening.
    /// let (opened, never) = ([at("2026-03-02T09:00:00Z").as_micros(), NONE], [NONE; 2]);
    /// let rows = Rows {
    ///     kinds: &[0, 0],
    ///     opened_us: Column::of(&opened),
    ///     assigned_us: Column::of(&never),
    ///     first_reply_us: Column::of(&never),
    ///     resolved_us: Column::of(&never),
    /// };
    /// let refused = plan.figures(Grouping::all()).add(&rows, at("2026-03-02T17:00:00Z"))?;
    /// assert_eq!((refused[0].row, refused[0].code), (1, ErrorCode::MissingField));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `out_of_range` when the columns differ in length;
    /// - `out_of_horizon` when `now` lies outside the horizon of calendars.
    pub fn add(&mut self, rows: &Rows<'_>, now: Timestamp) -> Result<Vec<RefusedRow>, Error> {
        check_horizon("now", now)?;
        let mut refused = Vec::new();
        let (kinds, now_us) = (self.plan.kinds.len(), now.as_micros().cast_unsigned());
        for row in 0..rows.check()? {
            match rows.milestones(row, kinds, now_us) {
                Ok(milestones) => self.row(&milestones, now_us)?,
                Err(code) => refused.push(RefusedRow { row, code }),
            }
        }
        self.aggregate.seen_at(now);
        Ok(refused)
    }

    #[inline]
    fn row(&mut self, row: &Milestones, now_us: u64) -> Result<(), Error> {
        let plan = self.plan;
        let timers = plan.timers.len();
        // A ticket is unassigned when it is opened.
        let opened = self.cell(row.kind * 2, row.opened_us)?;
        self.cells[opened].opened += 1;
        let end_us = row.resolved_us.min(now_us);
        let ended = self.cell_at(row, end_us)?;
        let cell = &mut self.cells[ended];
        let is_resolved = row.resolved_us < NEVER;
        cell.resolved += u64::from(is_resolved);
        cell.open += u64::from(!is_resolved);
        let terms = &plan.terms[row.kind * timers..][..timers];
        for (number, (timer, terms)) in plan.timers.iter().zip(terms).enumerate() {
            let (start_us, stop_us) = timer.span(row);
            let Some(terms) = terms else { continue };
            if start_us >= NEVER {
                continue;
            }
            let start = Timestamp::from_micros(start_us.cast_signed());
            let by_start;
            let terms = match terms {
                KindTerms::Fixed(terms) => terms,
                KindTerms::ByStart => {
                    let Some(terms) = plan.terms_at(row.kind, timer, start)? else { continue };
                    by_start = terms;
                    &by_start
                }
            };
            let stopped_us = stop_us.min(now_us);
            let elapsed_us = terms.calendar.open_us(start_us.cast_signed(), stopped_us.cast_signed())?;
            let length = terms.length(start)?;
            // Less than the target elapsed, so the due is later than `stopped_us`, whenever it is: computing it costs more
            // than `open_us`, and most cycles do not need it.
            let due = match length {
                Some(target) if elapsed_us < target.as_micros() => Some(Due::OutOfHorizon),
                Some(target) => Some(terms.due_of(start, target)?),
                None => None,
            };
            let is_stopped = stop_us < NEVER;
            let verdict = Verdict::of_span(due, Timestamp::from_micros(stopped_us.cast_signed()), is_stopped);
            // A stop belongs to the holder before it, so the assignment's to none.
            let place = if is_stopped && timer.is_stopped_by_assignment(row, stop_us) {
                self.cell(row.kind * 2, stopped_us)?
            } else if stopped_us == end_us {
                ended
            } else {
                self.cell_at(row, stopped_us)?
            };
            let at = |place: usize| place * timers + number;
            let cell = &mut self.timers[at(place)];
            let Some(target) = length else {
                cell.unpromised += 1;
                if is_stopped {
                    cell.unpromised_business.add_micros(elapsed_us.unsigned_abs());
                    cell.unpromised_wall.add_micros(stopped_us - start_us);
                }
                continue;
            };
            if is_stopped {
                cell.business.add_micros(elapsed_us.unsigned_abs());
                cell.wall.add_micros(stopped_us - start_us);
            }
            match (verdict.outcome, due) {
                (Outcome::Breached, Some(Due::At(due_at))) => {
                    if is_stopped {
                        // The open time after the due: the target was used up at it.
                        cell.overdue.add_micros((elapsed_us - target.as_micros()).unsigned_abs());
                    }
                    let due_us = due_at.as_micros().cast_unsigned();
                    let place = self.cell(row.kind * 2 + usize::from(row.assigned_us < due_us), due_us)?;
                    let cell = &mut self.timers[at(place)];
                    cell.breached_answered += u64::from(is_stopped);
                    cell.breached_open += u64::from(!is_stopped);
                }
                (Outcome::Met, _) => cell.met += 1,
                _ => cell.running += 1,
            }
        }
        Ok(())
    }

    /// Returns the cell of a ticket's group at an instant, by its holder then, a milestone of that instant counted.
    #[inline]
    fn cell_at(&mut self, row: &Milestones, at_us: u64) -> Result<usize, Error> {
        self.cell(row.kind * 2 + usize::from(row.assigned_us <= at_us), at_us)
    }

    #[inline]
    fn cell(&mut self, key: usize, at_us: u64) -> Result<usize, Error> {
        if let Some(period) = self.periods.known(at_us.cast_signed())
            && let Some(place) = self.places.get(period * self.keys.len() + key)
            && *place != NOWHERE
        {
            return Ok(*place);
        }
        self.find(key, at_us)
    }

    /// Adds the cell of a group, and its period, where they are missing.
    #[cold]
    #[inline(never)]
    fn find(&mut self, key: usize, at_us: u64) -> Result<usize, Error> {
        let period = self.periods.find(at_us.cast_signed())?;
        self.places.resize(self.periods.len() * self.keys.len(), NOWHERE);
        let known = &mut self.places[period * self.keys.len() + key];
        if *known == NOWHERE {
            *known = self.cells.len();
            self.cells.push(GroupCounts { key, period, opened: 0, resolved: 0, open: 0 });
            self.timers.resize_with(self.cells.len() * self.plan.timers.len(), CycleCounts::default);
        }
        Ok(*known)
    }

    /// Returns the figures as an aggregate, for merging, reports and rows.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::Id;
    /// use sla_core::analytics::{Grouping, Report};
    /// use sla_core::columns::{Column, Kind, NONE, Plan, Rows};
    /// let plan = Plan::new(&engine(), &["first_response"], &[Kind::new(Id::new("starter")?, Id::new("email")?)])?;
    /// let (opened, never) = ([at("2026-03-02T09:00:00Z").as_micros()], [NONE]);
    /// let rows = Rows {
    ///     kinds: &[0],
    ///     opened_us: Column::of(&opened),
    ///     assigned_us: Column::of(&never),
    ///     first_reply_us: Column::of(&never),
    ///     resolved_us: Column::of(&never),
    /// };
    /// let mut figures = plan.figures(Grouping::all());
    /// figures.add(&rows, at("2026-03-02T17:00:00Z"))?;
    /// let report = Report::of(&figures.into_aggregate()?)?;
    /// assert_eq!(report.total.timer("first_response").unwrap().breached_open, 1);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `out_of_range` when a sum does not fit a signed number of 64 bits.
    pub fn into_aggregate(mut self) -> Result<Aggregate, Error> {
        for (place, cell) in self.cells.iter().enumerate() {
            let mut key = self.keys[cell.key].clone();
            key.period = self.periods.start(cell.period);
            let tickets = [(Figure::Opened, cell.opened), (Figure::Resolved, cell.resolved), (Figure::Open, cell.open)];
            for (figure, n) in tickets {
                self.aggregate.add_counted(&key, None, figure, n)?;
            }
            let first = place * self.plan.timers.len();
            for (timer, cell) in self.plan.timers.iter().zip(&self.timers[first..]) {
                let timer: &Id = &timer.id;
                let classes = [
                    (Figure::Met, cell.met),
                    (Figure::BreachedAnswered, cell.breached_answered),
                    (Figure::BreachedOpen, cell.breached_open),
                    (Figure::Running, cell.running),
                    (Figure::Unpromised, cell.unpromised),
                ];
                for (figure, n) in classes {
                    self.aggregate.add_counted(&key, Some(timer), figure, n)?;
                }
                let durations = [
                    (Figure::BusinessTime, &cell.business),
                    (Figure::WallTime, &cell.wall),
                    (Figure::UnpromisedBusinessTime, &cell.unpromised_business),
                    (Figure::UnpromisedWallTime, &cell.unpromised_wall),
                    (Figure::Overdue, &cell.overdue),
                ];
                for (figure, histogram) in durations {
                    self.aggregate.add_durations(&key, timer, figure, histogram)?;
                }
            }
        }
        Ok(self.aggregate)
    }
}
