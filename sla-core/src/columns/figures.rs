//! Figures of rows: each cycle is counted at the instant that decides it, as from a history.

#![expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: keys are two a kind, places and periods come from where they are made, a plan has as many terms \
              and cells as timers; counts grow by one"
)]

use std::collections::BTreeMap;

use super::{Milestones, NEVER, Plan, RefusedRow, Rows};
use crate::analytics::{Aggregate, Dimension, Figure, Grouping, Histogram, Key, UNASSIGNED};
use crate::calendar::check_horizon;
use crate::error::Error;
use crate::id::Id;
use crate::time::Timestamp;

/// No cell yet.
const NOWHERE: usize = usize::MAX;

/// Figures that rows add up to: tickets opened and resolved, tickets open as of `now`, and of each timer the classes and
/// the durations, by the grouping's dimensions and period.
///
/// They are those of an [`Aggregate`] of the same tickets' histories. What rows do not say is not counted: escalations,
/// warnings, replies, closing, and who worked on a ticket.
#[derive(Debug)]
pub struct Figures<'a> {
    plan: &'a Plan,
    aggregate: Aggregate,
    /// The keys without period: for each kind while nobody holds the ticket, and while its agent does.
    keys: Vec<Key>,
    periods: Periods,
    /// The cell of each key, those of one period beside each other.
    places: Vec<usize>,
    cells: Vec<Cell>,
    /// The cells of timers, those of one cell beside each other.
    timers: Vec<TimerCell>,
}

/// The periods seen so far, and a table that leads from an instant to its period.
#[derive(Debug)]
struct Periods {
    /// An entry of the table stands for so many bits of microseconds: less than any period, so that at most one begins
    /// in it.
    shift: u32,
    /// The number of the first entry.
    first: i64,
    table: Vec<Entry>,
    /// The first instant of each period.
    starts: Vec<Option<Timestamp>>,
    /// The number of each by its first instant.
    numbers: BTreeMap<Timestamp, usize>,
}

/// Instants that are looked up together.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Where the second period begins; beyond all of them where there is one only.
    boundary_us: i64,
    /// The periods before and from the boundary on; [`UNKNOWN`] where they are not looked up yet, or change to and fro.
    periods: [u32; 2],
}

const UNKNOWN: u32 = u32::MAX;

#[derive(Debug)]
struct Cell {
    key: usize,
    period: usize,
    opened: u64,
    resolved: u64,
    open: u64,
}

#[derive(Debug, Default)]
struct TimerCell {
    met: u64,
    breached_answered: u64,
    breached_open: u64,
    running: u64,
    business: Histogram,
    wall: Histogram,
}

impl<'a> Figures<'a> {
    pub(super) fn new(plan: &'a Plan, grouping: Grouping) -> Self {
        let keys: Vec<Key> = plan
            .kinds
            .iter()
            .flat_map(|kind| {
                [None, kind.agent.clone()].map(|agent| {
                    let mut key = Key::default();
                    for dimension in grouping.dimensions() {
                        let value = match dimension {
                            Dimension::Package => Some(kind.package.clone()),
                            Dimension::Channel => Some(kind.channel.clone()),
                            Dimension::Agent => agent.clone().filter(|agent| agent.as_str() != UNASSIGNED),
                            Dimension::Priority => plan
                                .engine
                                .newest()
                                .package(kind.package.as_str())
                                .and_then(|package| package.priority.clone()),
                            Dimension::Severity => kind.severity.clone(),
                            Dimension::Category => kind.category.clone(),
                        };
                        key.set(*dimension, value);
                    }
                    key
                })
            })
            .collect();
        let periods = Periods::new(&grouping);
        let places = vec![NOWHERE; keys.len().saturating_mul(periods.starts.len())];
        let (cells, timers) = (Vec::new(), Vec::new());
        Self { plan, aggregate: Aggregate::new(grouping), keys, periods, places, cells, timers }
    }

    /// Adds rows as of `now`, and returns those that could not be judged; they are not counted.
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
        // Nobody holds a ticket when it is opened.
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
            let stopped_us = stop_us.min(now_us);
            let elapsed_us = terms.calendar.open_us(start_us.cast_signed(), stopped_us.cast_signed())?;
            // Less than the target is before the due. Only as much, or more, asks when that was.
            let broken_us = if elapsed_us < terms.target.as_micros() {
                None
            } else {
                let due = terms.due(Timestamp::from_micros(start_us.cast_signed()))?;
                due.at().map(|due_at| due_at.as_micros().cast_unsigned()).filter(|due_us| stopped_us > *due_us)
            };
            let place = if stopped_us == end_us { ended } else { self.cell_at(row, stopped_us)? };
            let at = |place: usize| place * timers + number;
            let cell = &mut self.timers[at(place)];
            if stop_us < NEVER {
                cell.business.add_micros(elapsed_us.unsigned_abs());
                cell.wall.add_micros(stopped_us - start_us);
            }
            match (broken_us, stop_us < NEVER) {
                (None, true) => cell.met += 1,
                (None, false) => cell.running += 1,
                (Some(due_us), is_stopped) => {
                    let place = self.cell_at(row, due_us)?;
                    let cell = &mut self.timers[at(place)];
                    cell.breached_answered += u64::from(is_stopped);
                    cell.breached_open += u64::from(!is_stopped);
                }
            }
        }
        Ok(())
    }

    /// Returns the cell of the group that a ticket is in at an instant, with who holds it then.
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

    /// Makes the cell of a group, and looks up its period if need be.
    #[cold]
    #[inline(never)]
    fn find(&mut self, key: usize, at_us: u64) -> Result<usize, Error> {
        let period = self.periods.find(self.aggregate.grouping(), at_us.cast_signed())?;
        self.places.resize(self.periods.starts.len() * self.keys.len(), NOWHERE);
        let known = &mut self.places[period * self.keys.len() + key];
        if *known == NOWHERE {
            *known = self.cells.len();
            self.cells.push(Cell { key, period, opened: 0, resolved: 0, open: 0 });
            self.timers.resize_with(self.cells.len() * self.plan.timers.len(), TimerCell::default);
        }
        Ok(*known)
    }

    /// Returns the figures as an aggregate, for merging, reports and rows.
    ///
    /// # Errors
    ///
    /// `out_of_range` when a sum does not fit a signed number of 64 bits.
    pub fn into_aggregate(mut self) -> Result<Aggregate, Error> {
        for (place, cell) in self.cells.iter().enumerate() {
            let mut key = self.keys[cell.key].clone();
            key.period = self.periods.starts[cell.period];
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
                ];
                for (figure, n) in classes {
                    self.aggregate.add_counted(&key, Some(timer), figure, n)?;
                }
                self.aggregate.add_durations(&key, timer, &cell.business, &cell.wall)?;
            }
        }
        Ok(self.aggregate)
    }
}

impl Periods {
    fn new(grouping: &Grouping) -> Self {
        use crate::analytics::PeriodUnit::{Day, Hour, Month, Week};
        let (shift, table, starts) = match grouping.period().map(|(unit, _)| unit) {
            // One entry for the whole horizon.
            None => (62, vec![Entry { boundary_us: i64::MAX, periods: [0; 2] }], vec![None]),
            Some(Hour) => (30, Vec::new(), Vec::new()),
            Some(Day) => (35, Vec::new(), Vec::new()),
            Some(Week) => (38, Vec::new(), Vec::new()),
            Some(Month) => (40, Vec::new(), Vec::new()),
        };
        Self { shift, first: 0, table, starts, numbers: BTreeMap::new() }
    }

    #[inline]
    fn known(&self, at_us: i64) -> Option<usize> {
        let at = usize::try_from((at_us >> self.shift) - self.first).ok()?;
        let Entry { boundary_us, periods: [before, after] } = *self.table.get(at)?;
        let period = if at_us < boundary_us { before } else { after };
        if period == UNKNOWN { None } else { usize::try_from(period).ok() }
    }

    fn find(&mut self, grouping: &Grouping, at_us: i64) -> Result<usize, Error> {
        let entry = at_us >> self.shift;
        if self.table.is_empty() {
            self.first = entry;
        }
        let unknown = Entry { boundary_us: i64::MAX, periods: [UNKNOWN; 2] };
        if entry < self.first {
            let missing = usize::try_from(self.first - entry).unwrap_or_default();
            self.table.splice(0..0, std::iter::repeat_n(unknown, missing));
            self.first = entry;
        }
        let place = usize::try_from(entry - self.first).unwrap_or_default();
        if self.table.len() <= place {
            self.table.resize(place + 1, unknown);
        }
        let (from_us, to_us) = (entry << self.shift, ((entry + 1) << self.shift) - 1);
        let before = self.number(grouping, from_us)?;
        let found = self.number(grouping, at_us)?;
        // The last entry may reach beyond the horizon.
        let Ok(after) = self.number(grouping, to_us) else { return Ok(found) };
        let start_us = self.starts[after].map_or(i64::MIN, Timestamp::as_micros);
        let boundary_us = if before == after { i64::MAX } else { start_us };
        // What lies right before the boundary belongs to the period before, unless local dates go to and fro.
        if before == after || (start_us > from_us && self.number(grouping, start_us - 1)? == before) {
            let number = |period: usize| u32::try_from(period).unwrap_or(UNKNOWN);
            self.table[place] = Entry { boundary_us, periods: [number(before), number(after)] };
        }
        Ok(found)
    }

    /// Returns the number of the period that holds an instant.
    fn number(&mut self, grouping: &Grouping, at_us: i64) -> Result<usize, Error> {
        let Some(span) = grouping.span_of(Timestamp::from_micros(at_us))? else { return Ok(0) };
        let period = *self.numbers.entry(span.start).or_insert(self.starts.len());
        if period == self.starts.len() {
            self.starts.push(Some(span.start));
        }
        Ok(period)
    }
}
