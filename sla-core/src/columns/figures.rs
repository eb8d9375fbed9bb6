//! Figures of rows: each cycle is counted at the instant that decides it, as from a history.

#![expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: keys are two a kind, places and periods come from where they are made, a plan has as many terms \
              and cells as timers; counts grow by one"
)]

use std::collections::HashMap;

use super::evaluate::{Answer, TimerColumns, check_answers};
use super::plan::{KindTerms, Plan};
use super::rows::{Milestones, NEVER, RefusedRow, Rows};
use crate::analytics::{Aggregate, Figure, Grouping, Histogram, Key, PeriodTable, TicketProperties};
use crate::calendar::check_horizon;
use crate::error::Error;
use crate::id::Id;
use crate::ticket::{Due, Outcome, Verdict};
use crate::time::Timestamp;

/// The place of a group that has no cell yet.
const NOWHERE: u32 = u32::MAX;

/// Figures of rows: tickets opened and resolved, tickets open as of `now`, and of each timer the classes and the
/// durations, by the grouping's dimensions and period.
///
/// They equal those of an [`Aggregate`] of the same tickets' histories, except that what rows do not hold is not counted:
/// escalations, warnings, replies, closing, for how long a ticket was held, and who worked on it.
#[derive(Debug)]
pub struct Figures<'a> {
    plan: &'a Plan,
    aggregate: Aggregate,
    /// The keys without period, each once.
    keys: Vec<Key>,
    /// The place of a ticket's key in them: for each kind while the ticket is unassigned, and while it has its holder.
    groups: Vec<u32>,
    periods: PeriodTable,
    places: Places,
    cells: Vec<GroupCounts>,
    /// The cells of timers, those of one cell beside each other.
    timers: Vec<CycleCounts>,
}

/// The cell of each key in each period.
#[derive(Debug, Default)]
struct Places {
    /// Of all keys, those of one period beside each other; empty where most of them would have no cell.
    table: Vec<u32>,
    /// By period and key, where there is no table.
    map: HashMap<(usize, usize), u32>,
}

/// A table of so many places at most is kept even where few of them are used.
const SMALL_TABLE: usize = 1 << 20;
/// A larger one has at most so many places for each cell, which is far less than the cell takes.
const PLACES_A_CELL: usize = 16;

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
    business: Histogram,
    wall: Histogram,
    rest: Option<Box<RareCounts>>,
}

/// What most groups have none of.
#[derive(Debug, Default)]
struct RareCounts {
    unpromised: u64,
    unpromised_business: Histogram,
    unpromised_wall: Histogram,
    overdue: Histogram,
}

/// Writes the answer for a timer of a row.
#[inline]
fn write<const WRITES: bool>(answers: &mut [TimerColumns<'_>], timer: usize, row: usize, answer: Answer) {
    if WRITES && let Some(columns) = answers.get_mut(timer) {
        columns.write(row, answer);
    }
}

#[inline]
fn place_of(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl CycleCounts {
    fn rest(&mut self) -> &mut RareCounts {
        self.rest.get_or_insert_default()
    }
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
        let (mut keys, mut groups) = (Vec::new(), Vec::with_capacity(plan.kinds.len() * 2));
        let mut known = HashMap::new();
        for kind in &plan.kinds {
            let priority =
                revision.package(kind.package.as_str()).and_then(|package| revision.policy.priority_of(package));
            for (agent, team) in [(None, None), (kind.agent.as_ref(), kind.team.as_ref())] {
                let (package, channel) = (&kind.package, &kind.channel);
                let (severity, category) = (kind.severity.as_ref(), kind.category.as_ref());
                let properties = TicketProperties { package, channel, agent, priority, severity, category, team };
                let key = grouping.key(None, &properties);
                let group = *known.entry(key).or_insert_with_key(|key| {
                    keys.push(key.clone());
                    // INVARIANT: rows name kinds by numbers of 32 bits, and the first half of all keys is as few as packages.
                    u32::try_from(keys.len() - 1).unwrap_or(u32::MAX)
                });
                groups.push(group);
            }
        }
        let (periods, places) = (grouping.period_table(), Places::default());
        let (cells, timers) = (Vec::new(), Vec::new());
        Self { plan, aggregate: Aggregate::new(grouping), keys, groups, periods, places, cells, timers }
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
        self.each::<false>(rows, now, &mut [])
    }

    /// Adds rows as of `now` as [`Figures::add`] does, and writes the state of each timer of each as [`Plan::evaluate`] does,
    /// in one pass.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::Id;
    /// use sla_core::analytics::Grouping;
    /// use sla_core::columns::{Column, Kind, NONE, Plan, Rows, TimerColumns};
    /// let plan = Plan::new(&engine(), &["first_response"], &[Kind::new(Id::new("starter")?, Id::new("email")?)])?;
    /// let (opened, never) = ([at("2026-03-02T10:00:00Z").as_micros()], [NONE]);
    /// let rows = Rows {
    ///     kinds: &[0],
    ///     opened_us: Column::of(&opened),
    ///     assigned_us: Column::of(&never),
    ///     first_reply_us: Column::of(&never),
    ///     resolved_us: Column::of(&never),
    /// };
    /// // Only the due is asked.
    /// let mut due_us = [0];
    /// let answers = TimerColumns { due_us: &mut due_us, ..TimerColumns::default() };
    /// let mut figures = plan.figures(Grouping::all());
    /// figures.add_and_evaluate(&rows, at("2026-03-02T17:00:00Z"), &mut [answers])?;
    /// assert_eq!(due_us, [at("2026-03-02T14:00:00Z").as_micros()]);
    /// assert!(figures.into_aggregate()?.rows().count() > 0);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `out_of_range` when the columns, or the answers, differ in length, or there are not as many answers as timers;
    /// - `out_of_horizon` when `now` lies outside the horizon of calendars.
    pub fn add_and_evaluate(
        &mut self,
        rows: &Rows<'_>,
        now: Timestamp,
        answers: &mut [TimerColumns<'_>],
    ) -> Result<Vec<RefusedRow>, Error> {
        check_answers(answers, self.plan.timers.len(), rows.check()?)?;
        self.each::<true>(rows, now, answers)
    }

    /// Adds rows, and writes their answers where `WRITES` says so.
    fn each<const WRITES: bool>(
        &mut self,
        rows: &Rows<'_>,
        now: Timestamp,
        answers: &mut [TimerColumns<'_>],
    ) -> Result<Vec<RefusedRow>, Error> {
        check_horizon("now", now)?;
        let mut refused = Vec::new();
        let (kinds, now_us) = (self.plan.kinds.len(), now.as_micros().cast_unsigned());
        for row in 0..rows.check()? {
            match rows.milestones(row, kinds, now_us) {
                Ok(milestones) => self.row::<WRITES>(&milestones, now_us, (row, answers))?,
                Err(code) => {
                    refused.push(RefusedRow { row, code });
                    for columns in answers.iter_mut() {
                        columns.write(row, Answer::default());
                    }
                }
            }
        }
        self.aggregate.seen_at(now);
        Ok(refused)
    }

    #[inline]
    fn row<const WRITES: bool>(
        &mut self,
        row: &Milestones,
        now_us: u64,
        (number_of_row, answers): (usize, &mut [TimerColumns<'_>]),
    ) -> Result<(), Error> {
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
            let Some(terms) = terms else {
                write::<WRITES>(answers, number, number_of_row, Answer::default());
                continue;
            };
            if start_us >= NEVER {
                write::<WRITES>(answers, number, number_of_row, Answer::not_started());
                continue;
            }
            let start = Timestamp::from_micros(start_us.cast_signed());
            let by_start;
            let terms = match terms {
                KindTerms::Fixed(terms) => terms,
                KindTerms::ByStart => {
                    let Some(terms) = plan.terms_at(row.kind, timer, start)? else {
                        write::<WRITES>(answers, number, number_of_row, Answer::default());
                        continue;
                    };
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
            if WRITES && let Some(columns) = answers.get_mut(number) {
                let answer = terms.answer_of(start, length, elapsed_us, verdict, columns)?;
                columns.write(number_of_row, answer);
            }
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
                let rest = cell.rest();
                rest.unpromised += 1;
                if is_stopped {
                    rest.unpromised_business.add_micros(elapsed_us.unsigned_abs());
                    rest.unpromised_wall.add_micros(stopped_us - start_us);
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
                        cell.rest().overdue.add_micros((elapsed_us - target.as_micros()).unsigned_abs());
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
    fn cell(&mut self, holder: usize, at_us: u64) -> Result<usize, Error> {
        let key = place_of(self.groups[holder]);
        if let Some(period) = self.periods.known(at_us.cast_signed())
            && let Some(place) = self.places.table.get(period * self.keys.len() + key)
            && *place != NOWHERE
        {
            return Ok(place_of(*place));
        }
        self.find(key, at_us)
    }

    /// Adds the cell of a group, and its period, where they are missing.
    #[cold]
    #[inline(never)]
    fn find(&mut self, key: usize, at_us: u64) -> Result<usize, Error> {
        let period = match self.periods.known(at_us.cast_signed()) {
            Some(period) => period,
            None => self.periods.find(at_us.cast_signed())?,
        };
        let Places { table, map } = &mut self.places;
        let places = self.periods.len() * self.keys.len();
        let most = SMALL_TABLE.max(self.cells.len() * PLACES_A_CELL);
        if map.is_empty() && places <= most {
            table.resize(places, NOWHERE);
        } else if map.is_empty() {
            let numbered = self.cells.iter().zip(0..);
            map.extend(numbered.map(|(cell, place)| ((cell.period, cell.key), place)));
            *table = Vec::new();
        }
        let place = match table.get_mut(period * self.keys.len() + key) {
            Some(place) => place,
            None => map.entry((period, key)).or_insert(NOWHERE),
        };
        if *place == NOWHERE {
            *place = u32::try_from(self.cells.len()).unwrap_or(NOWHERE);
            self.cells.push(GroupCounts { key, period, opened: 0, resolved: 0, open: 0 });
            self.timers.resize_with(self.cells.len() * self.plan.timers.len(), CycleCounts::default);
        }
        Ok(place_of(*place))
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
    pub fn into_aggregate(self) -> Result<Aggregate, Error> {
        let Self { plan, mut aggregate, keys, periods, cells, timers, .. } = self;
        let mut timers = timers.into_iter();
        for cell in cells {
            let mut key = keys[cell.key].clone();
            key.period = periods.start(cell.period);
            let tickets = [(Figure::Opened, cell.opened), (Figure::Resolved, cell.resolved), (Figure::Open, cell.open)];
            for (figure, n) in tickets {
                aggregate.add_counted(&key, None, figure, n)?;
            }
            for (timer, cell) in plan.timers.iter().zip(timers.by_ref()) {
                let timer: &Id = &timer.id;
                let rest = cell.rest.map(|rest| *rest).unwrap_or_default();
                let classes = [
                    (Figure::Met, cell.met),
                    (Figure::BreachedAnswered, cell.breached_answered),
                    (Figure::BreachedOpen, cell.breached_open),
                    (Figure::Running, cell.running),
                    (Figure::Unpromised, rest.unpromised),
                ];
                for (figure, n) in classes {
                    aggregate.add_counted(&key, Some(timer), figure, n)?;
                }
                let durations = [
                    (Figure::BusinessTime, cell.business),
                    (Figure::WallTime, cell.wall),
                    (Figure::UnpromisedBusinessTime, rest.unpromised_business),
                    (Figure::UnpromisedWallTime, rest.unpromised_wall),
                    (Figure::Overdue, rest.overdue),
                ];
                for (figure, histogram) in durations {
                    aggregate.add_durations(&key, timer, figure, histogram)?;
                }
            }
        }
        Ok(aggregate)
    }
}
