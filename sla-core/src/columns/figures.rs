//! Figures of rows: each cycle is counted at the instant that decides it, as from a history.

#![expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: keys are two a kind, places and periods come from where they are made, a plan has as many terms \
              and cells as timers; counts grow by one"
)]

use super::{Milestones, Plan, RefusedRow, Rows, Terms};
use crate::analytics::{Aggregate, Dimension, Figure, Grouping, Histogram, Key, Span, UNASSIGNED};
use crate::calendar::check_horizon;
use crate::error::Error;
use crate::id::Id;
use crate::time::Timestamp;

/// Periods that are remembered, by the instants that fall into them.
const REMEMBERED: usize = 2_048;

/// No cell yet.
const NOWHERE: usize = usize::MAX;

/// Figures that rows add up to: tickets opened and resolved, tickets open as of `now`, and of each timer the classes and
/// the durations, by the grouping's dimensions and period.
///
/// They are those of an [`Aggregate`] of the same tickets' histories. What rows do not say is not counted: escalations,
/// warnings, replies, and who worked on a ticket.
#[derive(Debug)]
pub struct Figures<'a> {
    plan: &'a Plan<'a>,
    aggregate: Aggregate,
    /// The keys without period: for each kind while nobody holds the ticket, and while its agent does.
    keys: Vec<Key>,
    periods: Periods,
    /// The cell of each key and period.
    places: Vec<Vec<usize>>,
    cells: Vec<Cell>,
}

/// The periods seen so far.
#[derive(Debug)]
struct Periods {
    /// What instants share when they are looked up together.
    shift: u32,
    remembered: Vec<Option<(Span, usize)>>,
    /// The first instant of each.
    starts: Vec<Option<Timestamp>>,
}

#[derive(Debug)]
struct Cell {
    key: usize,
    period: usize,
    opened: u64,
    resolved: u64,
    open: u64,
    timers: Vec<TimerCell>,
}

#[derive(Debug, Clone, Default)]
struct TimerCell {
    met: u64,
    breached_answered: u64,
    breached_open: u64,
    running: u64,
    business: Histogram,
    wall: Histogram,
}

impl<'a> Figures<'a> {
    pub(super) fn new(plan: &'a Plan<'a>, grouping: Grouping) -> Self {
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
                                .revision
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
        Self {
            plan,
            aggregate: Aggregate::new(grouping),
            places: vec![Vec::new(); keys.len()],
            keys,
            periods,
            cells: Vec::new(),
        }
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
        for row in 0..rows.check()? {
            match rows.milestones(row, self.plan.kinds.len(), now) {
                Ok(milestones) => self.row(milestones, now)?,
                Err(code) => refused.push(RefusedRow { row, code }),
            }
        }
        self.aggregate.seen_at(now);
        Ok(refused)
    }

    fn row(&mut self, row: Milestones, now: Timestamp) -> Result<(), Error> {
        let plan = self.plan;
        // Nobody holds a ticket when it is opened.
        self.cell_of(row.kind * 2, row.opened)?.opened += 1;
        match row.resolved {
            Some(resolved) => self.cell(row, resolved)?.resolved += 1,
            None => self.cell(row, now)?.open += 1,
        }
        for (number, (timer, terms)) in plan.timers.iter().zip(plan.terms_of(row.kind)).enumerate() {
            if let (Some(terms), (Some(start), stop)) = (terms, timer.span(row)) {
                self.timer(row, number, terms, (start, stop), now)?;
            }
        }
        Ok(())
    }

    #[inline]
    fn timer(
        &mut self,
        row: Milestones,
        number: usize,
        terms: &Terms<'_>,
        (start, stop): (Timestamp, Option<Timestamp>),
        now: Timestamp,
    ) -> Result<(), Error> {
        let end = stop.unwrap_or(now);
        let elapsed = terms.calendar.elapsed(start, end)?;
        // Less than the target is before the due. Only as much, or more, asks when that was.
        let broken_at =
            if elapsed < terms.target { None } else { terms.due(start)?.at().filter(|due_at| end > *due_at) };
        if let Some(stopped_at) = stop {
            let wall = stopped_at.as_micros().saturating_sub(start.as_micros());
            let cell = self.timer_cell(row, stopped_at, number)?;
            cell.met += u64::from(broken_at.is_none());
            cell.business.add(elapsed);
            cell.wall.add_micros(wall.unsigned_abs());
        } else if broken_at.is_none() {
            self.timer_cell(row, now, number)?.running += 1;
        }
        if let Some(due_at) = broken_at {
            let cell = self.timer_cell(row, due_at, number)?;
            match stop {
                Some(_) => cell.breached_answered += 1,
                None => cell.breached_open += 1,
            }
        }
        Ok(())
    }

    #[inline]
    fn timer_cell(&mut self, row: Milestones, at: Timestamp, number: usize) -> Result<&mut TimerCell, Error> {
        Ok(&mut self.cell(row, at)?.timers[number])
    }

    /// Returns the figures of the group that a ticket is in at an instant.
    #[inline]
    fn cell(&mut self, row: Milestones, at: Timestamp) -> Result<&mut Cell, Error> {
        let is_held = row.assigned.is_some_and(|assigned| assigned <= at);
        self.cell_of(row.kind * 2 + usize::from(is_held), at)
    }

    #[inline]
    fn cell_of(&mut self, key: usize, at: Timestamp) -> Result<&mut Cell, Error> {
        let period = match self.periods.known(at) {
            Some(period) => period,
            None => self.periods.find(self.aggregate.grouping(), at)?,
        };
        let known = self.places.get(key).and_then(|places| places.get(period)).copied();
        let place = match known {
            Some(place) if place != NOWHERE => place,
            _ => self.place(key, period),
        };
        Ok(&mut self.cells[place])
    }

    #[cold]
    #[inline(never)]
    fn place(&mut self, key: usize, period: usize) -> usize {
        let timers = vec![TimerCell::default(); self.plan.timers.len()];
        let place = self.cells.len();
        self.cells.push(Cell { key, period, opened: 0, resolved: 0, open: 0, timers });
        let places = &mut self.places[key];
        if places.len() <= period {
            places.resize(period + 1, NOWHERE);
        }
        places[period] = place;
        place
    }

    /// Returns the figures as an aggregate, for merging, reports and rows.
    ///
    /// # Errors
    ///
    /// `out_of_range` when a sum does not fit a signed number of 64 bits.
    pub fn into_aggregate(mut self) -> Result<Aggregate, Error> {
        for cell in &self.cells {
            let mut key = self.keys[cell.key].clone();
            key.period = self.periods.starts[cell.period];
            let tickets = [(Figure::Opened, cell.opened), (Figure::Resolved, cell.resolved), (Figure::Open, cell.open)];
            for (figure, n) in tickets {
                self.aggregate.add_counted(&key, None, figure, n)?;
            }
            for (timer, cell) in self.plan.timers.iter().zip(&cell.timers) {
                let timer: &Id = &timer.rules.id;
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
        // Less than half a period each, so that most instants that are looked up together are in one.
        let shift = match grouping.period().map(|(unit, _)| unit) {
            Some(Hour) => 30,
            Some(Day) => 35,
            Some(Week) => 38,
            Some(Month) => 40,
            None => 63,
        };
        let starts = if grouping.period().is_none() { vec![None] } else { Vec::new() };
        Self { shift, remembered: vec![None; REMEMBERED], starts }
    }

    fn slot(&self, at: Timestamp) -> usize {
        usize::try_from(at.as_micros() >> self.shift).unwrap_or_default() & (REMEMBERED - 1)
    }

    #[inline]
    fn known(&self, at: Timestamp) -> Option<usize> {
        if self.shift == 63 {
            return Some(0);
        }
        let (span, number) = self.remembered[self.slot(at)]?;
        span.holds(at).then_some(number)
    }

    #[cold]
    #[inline(never)]
    fn find(&mut self, grouping: &Grouping, at: Timestamp) -> Result<usize, Error> {
        let Some(span) = grouping.span_of(at)? else { return Ok(0) };
        let known = self.starts.iter().position(|start| *start == Some(span.start));
        let number = known.unwrap_or(self.starts.len());
        if known.is_none() {
            self.starts.push(Some(span.start));
        }
        let slot = self.slot(at);
        self.remembered[slot] = Some((span, number));
        Ok(number)
    }
}
