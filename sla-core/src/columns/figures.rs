//! Figures of rows: each cycle is counted at the instant that decides it, as from a history.

#![expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: keys are two a kind, places and periods come from where they are made, a plan has as many terms \
              and cells as timers; counts grow by one"
)]

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::iter::Peekable;
use std::vec::IntoIter;

use super::durations::Durations;
use super::evaluate::{Answer, TimerColumns, check_answers};
use super::plan::{KindTerms, Plan};
use super::rows::{BLOCK, Block, Milestones, NEVER, RefusedRow, Rows};
use crate::analytics::{Aggregate, Figure, Grouping, Histogram, Key, PeriodTable, TicketProperties};
use crate::calendar::check_horizon;
use crate::error::Error;
use crate::id::Id;
use crate::ticket::{Activity, Outcome, State, Verdict};
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
    durations: AllDurations,
    has_durations: bool,
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
    key: u32,
    period: u32,
    opened: u64,
    resolved: u64,
    open: u64,
}

#[derive(Debug, Default)]
struct CycleCounts {
    /// By [`class`]: met, running, breached and answered, breached and open.
    classes: [u64; 4],
    unpromised: u64,
}

/// The durations of stopped cycles, by the place of their counts.
#[derive(Debug, Default)]
struct AllDurations {
    /// Business and wall time of those that were promised.
    promised: Durations<2>,
    /// The same of those that were not.
    unpromised: Durations<2>,
    overdue: Durations<1>,
}

/// The verdicts of the classes.
const VERDICTS: [Verdict; 4] = [
    Verdict { outcome: Outcome::Met, activity: Activity::Stopped, promised: true },
    Verdict { outcome: Outcome::None, activity: Activity::Running, promised: true },
    Verdict { outcome: Outcome::Breached, activity: Activity::Stopped, promised: true },
    Verdict { outcome: Outcome::Breached, activity: Activity::Running, promised: true },
];
const STATES: [State; 4] = [VERDICTS[0].state(), VERDICTS[1].state(), VERDICTS[2].state(), VERDICTS[3].state()];

/// Returns the place of a promised cycle among the classes: which it belongs to is no branch.
#[inline]
fn class(is_breached: bool, is_stopped: bool) -> usize {
    usize::from(is_breached) * 2 + usize::from(!is_stopped)
}

#[inline]
fn place_of(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
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
        let (aggregate, durations) = (Aggregate::new(grouping), AllDurations::default());
        Self { plan, aggregate, keys, groups, periods, places, cells, timers, durations, has_durations: true }
    }

    /// Leaves out all durations: tickets and cycles are counted, and for how long a cycle lasted or was overdue is not computed.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::Id;
    /// use sla_core::analytics::{Grouping, Report};
    /// use sla_core::columns::{Column, Kind, NONE, Plan, Rows};
    /// let plan = Plan::new(&engine(), &["first_response"], &[Kind::new(Id::new("starter")?, Id::new("email")?)])?;
    /// let opened = [at("2026-03-02T09:00:00Z").as_micros()];
    /// let (replied, never) = ([at("2026-03-02T10:00:00Z").as_micros()], [NONE]);
    /// let rows = Rows {
    ///     kinds: &[0],
    ///     opened_us: Column::of(&opened),
    ///     assigned_us: Column::of(&never),
    ///     first_reply_us: Column::of(&replied),
    ///     resolved_us: Column::of(&never),
    /// };
    /// let mut figures = plan.figures(Grouping::all()).without_durations();
    /// figures.add(&rows, at("2026-03-02T17:00:00Z"))?;
    /// let report = Report::of(&figures.into_aggregate()?)?;
    /// let first_response = report.total.timer("first_response").unwrap();
    /// assert_eq!((first_response.met, first_response.business_time.mean), (1, None));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub fn without_durations(self) -> Self {
        Self { has_durations: false, ..self }
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
        self.each(rows, now, &mut [])
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
        self.each(rows, now, answers)
    }

    /// Adds rows, and writes their answers.
    fn each(
        &mut self,
        rows: &Rows<'_>,
        now: Timestamp,
        answers: &mut [TimerColumns<'_>],
    ) -> Result<Vec<RefusedRow>, Error> {
        check_horizon("now", now)?;
        let (mut refused, mut block) = (Vec::new(), Block::default());
        let (kinds, now_us) = (self.plan.kinds.len(), now.as_micros().cast_unsigned());
        for first in (0..rows.check()?).step_by(BLOCK) {
            rows.read(first, kinds, now_us, &mut block);
            refused.extend(block.refuse(answers));
            self.count_tickets(&block.rows, now_us)?;
            for number in 0..self.plan.timers.len() {
                let mut nothing = TimerColumns::default();
                let columns = answers.get_mut(number).unwrap_or(&mut nothing);
                if self.has_durations {
                    self.count_cycles::<true>(number, &block.rows, now_us, columns)?;
                } else {
                    self.count_cycles::<false>(number, &block.rows, now_us, columns)?;
                }
            }
        }
        self.aggregate.seen_at(now);
        Ok(refused)
    }

    fn count_tickets(&mut self, rows: &[Milestones], now_us: u64) -> Result<(), Error> {
        for row in rows {
            // A ticket is unassigned when it is opened.
            let opened = self.cell(row.kind * 2, row.opened_us)?;
            self.cells[opened].opened += 1;
            let end_us = row.resolved_us.min(now_us);
            let ended = self.cell(row.kind * 2 + usize::from(row.assigned_us <= end_us), end_us)?;
            let cell = &mut self.cells[ended];
            let is_resolved = row.resolved_us < NEVER;
            cell.resolved += u64::from(is_resolved);
            cell.open += u64::from(!is_resolved);
        }
        Ok(())
    }

    /// Counts the cycles of one timer, adds their durations where `DURATIONS` says so, and writes their answers.
    fn count_cycles<const DURATIONS: bool>(
        &mut self,
        number: usize,
        rows: &[Milestones],
        now_us: u64,
        columns: &mut TimerColumns<'_>,
    ) -> Result<(), Error> {
        let plan = self.plan;
        let (timers, timer) = (plan.timers.len(), &plan.timers[number]);
        let measures = DURATIONS || columns.ask_lengths();
        let asks_due = !columns.due_us.is_empty();
        let asks_more = columns.ask_lengths() || !columns.warn_us.is_empty();
        for row in rows {
            let (start_us, stop_us) = timer.span(row);
            let by_start;
            let terms = match &plan.terms[row.kind * timers + number] {
                None => {
                    columns.write(row.row, Answer::default());
                    continue;
                }
                _ if start_us >= NEVER => {
                    columns.write(row.row, Answer::not_started());
                    continue;
                }
                Some(KindTerms::Fixed(terms)) => terms,
                Some(KindTerms::ByStart) => {
                    let start = Timestamp::from_micros(start_us.cast_signed());
                    let Some(terms) = plan.terms_at(row.kind, timer, start)? else {
                        columns.write(row.row, Answer::default());
                        continue;
                    };
                    by_start = terms;
                    &by_start
                }
            };
            let start = Timestamp::from_micros(start_us.cast_signed());
            let stopped_us = stop_us.min(now_us);
            let is_stopped = stop_us < NEVER;
            let elapsed_us =
                if measures { terms.calendar.open_us(start_us.cast_signed(), stopped_us.cast_signed())? } else { 0 };
            let both = [elapsed_us.unsigned_abs(), stopped_us - start_us];
            // A stop belongs to the holder before it, so the assignment's to none.
            let is_by_assignment = is_stopped & timer.is_stopped_by_assignment(row, stop_us);
            let stopped_holder = usize::from(row.assigned_us <= stopped_us && !is_by_assignment);
            let stopped = (row.kind * 2 + stopped_holder, stopped_us);
            let Some(target) = terms.length(start)? else {
                let place = self.timer(stopped, number)?;
                self.timers[place_of(place)].unpromised += 1;
                if DURATIONS && is_stopped {
                    self.durations.unpromised.add(place, both);
                }
                let verdict = Verdict::of_span(None, Timestamp::from_micros(stopped_us.cast_signed()), is_stopped);
                columns.write(row.row, terms.answer_of((start, None), None, elapsed_us, verdict, columns)?);
                continue;
            };
            // Less than the target elapsed, so the due is later than `stopped_us`, whenever it is: computing it costs more than
            // `open_us`, and most cycles do not need it.
            let due_us = if measures && !asks_due && elapsed_us < target.as_micros() {
                NEVER
            } else {
                terms.due_us(start, target)?
            };
            let is_breached = stopped_us > due_us;
            let class = class(is_breached, is_stopped);
            if asks_more {
                let due = Some(due_us).filter(|due_us| *due_us < NEVER);
                let due = due.map(|due_us| Timestamp::from_micros(due_us.cast_signed()));
                let answer = terms.answer_of((start, due), Some(target), elapsed_us, VERDICTS[class], columns)?;
                columns.write(row.row, answer);
            } else {
                columns.write_due(row.row, due_us, STATES[class]);
            }
            if DURATIONS && is_stopped {
                let place = self.timer(stopped, number)?;
                self.durations.promised.add(place, both);
                if !is_breached {
                    self.timers[place_of(place)].classes[class] += 1;
                    continue;
                }
                // The open time after the due: the target was used up at it.
                self.durations.overdue.add(place, [(elapsed_us - target.as_micros()).unsigned_abs()]);
            }
            // A breach belongs to its due, and to whoever held the ticket before it.
            let due_holder = usize::from(row.assigned_us < due_us);
            let holder = std::hint::select_unpredictable(is_breached, due_holder, stopped_holder);
            let decided_us = std::hint::select_unpredictable(is_breached, due_us, stopped_us);
            let place = self.timer((row.kind * 2 + holder, decided_us), number)?;
            self.timers[place_of(place)].classes[class] += 1;
        }
        Ok(())
    }

    /// Returns the place of the counts of a timer in a ticket's group at an instant.
    #[inline]
    fn timer(&mut self, (holder, at_us): (usize, u64), number: usize) -> Result<u32, Error> {
        let place = self.cell(holder, at_us)? * self.plan.timers.len() + number;
        // INVARIANT: as many cells as 32 bits can name take more memory than there is.
        Ok(u32::try_from(place).unwrap_or(u32::MAX))
    }

    /// Returns the cell of a ticket's group at an instant, for a kind and whether its holder has it.
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
        Ok(self.place(key, period))
    }

    /// Returns the cell of a group, added where it is missing.
    fn place(&mut self, key: usize, period: usize) -> usize {
        let Places { table, map } = &mut self.places;
        let places = self.periods.len() * self.keys.len();
        let most = SMALL_TABLE.max(self.cells.len() * PLACES_A_CELL);
        if map.is_empty() && places <= most {
            table.resize(places, NOWHERE);
        } else if map.is_empty() {
            let numbered = self.cells.iter().zip(0..);
            map.extend(numbered.map(|(cell, place)| ((place_of(cell.period), place_of(cell.key)), place)));
            *table = Vec::new();
        }
        let place = match table.get_mut(period * self.keys.len() + key) {
            Some(place) => place,
            None => map.entry((period, key)).or_insert(NOWHERE),
        };
        if *place == NOWHERE {
            *place = u32::try_from(self.cells.len()).unwrap_or(NOWHERE);
            let [key, period] = [key, period].map(|number| u32::try_from(number).unwrap_or(u32::MAX));
            self.cells.push(GroupCounts { key, period, opened: 0, resolved: 0, open: 0 });
            self.timers.resize_with(self.cells.len() * self.plan.timers.len(), CycleCounts::default);
        }
        place_of(*place)
    }

    /// Returns so many parts, each with the figures of some of the groups. The same groups are in the same part of all figures
    /// of a plan and a grouping, so that threads can add up one part each: [`Figures::append`], [`Figures::into_aggregate`].
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::Id;
    /// use sla_core::analytics::{Aggregate, Grouping};
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
    /// let mut figures = [plan.figures(Grouping::all()), plan.figures(Grouping::all())];
    /// let mut all = Aggregate::new(Grouping::all());
    /// for figures in &mut figures {
    ///     figures.add(&rows, at("2026-03-02T17:00:00Z"))?;
    /// }
    /// let [mut one, other] = figures.map(|figures| figures.split(2).into_iter());
    /// for other in other {
    ///     let mut part = one.next().unwrap();
    ///     part.append(other)?;
    ///     all.append(part.into_aggregate()?)?;
    /// }
    /// assert_eq!(all.rows().next().map(|row| row.tally.n), Some(2));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    #[must_use]
    pub fn split(self, parts: usize) -> Vec<Self> {
        if parts <= 1 {
            return vec![self];
        }
        let Self { plan, aggregate, keys, groups, periods, cells, timers: counts, durations, has_durations, .. } = self;
        let grouping = aggregate.grouping().clone();
        let mut rest = Some(aggregate);
        let mut split: Vec<Self> = std::iter::repeat_with(|| Self {
            plan,
            aggregate: rest.take().unwrap_or_else(|| Aggregate::new(grouping.clone())),
            keys: keys.clone(),
            groups: groups.clone(),
            periods: periods.clone(),
            places: Places::default(),
            cells: Vec::new(),
            timers: Vec::new(),
            durations: AllDurations::default(),
            has_durations,
        })
        .take(parts)
        .collect();
        let timers = plan.timers.len();
        let mut counts = counts.into_iter();
        let mut moved = Vec::with_capacity(cells.len() * timers);
        for cell in cells {
            let (key, period) = (place_of(cell.key), place_of(cell.period));
            let mut hasher = DefaultHasher::new();
            (key, periods.start(period)).hash(&mut hasher);
            let number = usize::try_from(hasher.finish() % u64::try_from(parts).unwrap_or(1)).unwrap_or_default();
            let part = &mut split[number];
            let place = part.place(key, period);
            part.cells[place] = cell;
            part.timers[place * timers..]
                .iter_mut()
                .zip(counts.by_ref().take(timers))
                .for_each(|(to, from)| *to = from);
            moved.extend(
                (place * timers..).take(timers).map(|place| (number, u32::try_from(place).unwrap_or(u32::MAX))),
            );
        }
        let to = |place: u32| moved[place_of(place)];
        let AllDurations { promised, unpromised, overdue } = durations;
        let promised = promised.split(parts, to).into_iter();
        let unpromised = unpromised.split(parts, to).into_iter();
        let overdue = overdue.split(parts, to).into_iter();
        for (part, ((promised, unpromised), overdue)) in split.iter_mut().zip(promised.zip(unpromised).zip(overdue)) {
            part.durations = AllDurations { promised, unpromised, overdue };
        }
        split
    }

    /// Adds figures of other rows, for example a part of [`Figures::split`].
    ///
    /// # Errors
    ///
    /// - `conflicting_fields` when the groupings differ;
    /// - `out_of_range` when a sum does not fit a signed number of 64 bits.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::Id;
    /// use sla_core::analytics::Grouping;
    /// use sla_core::columns::{Kind, Plan};
    /// let plan = Plan::new(&engine(), &["first_response"], &[Kind::new(Id::new("starter")?, Id::new("email")?)])?;
    /// let mut all = plan.figures(Grouping::all());
    /// all.append(plan.figures(Grouping::all()))?;
    /// assert!(all.into_aggregate()?.rows().next().is_none());
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    pub fn append(&mut self, other: Self) -> Result<(), Error> {
        if !std::ptr::eq(self.plan, other.plan) || self.aggregate.grouping() != other.aggregate.grouping() {
            return self.aggregate.append(other.into_aggregate()?);
        }
        let Self { plan, aggregate, periods, cells, timers: counts, durations, .. } = other;
        self.aggregate.append(aggregate)?;
        let timers = plan.timers.len();
        let mut counts = counts.into_iter();
        let mut moved = Vec::with_capacity(cells.len() * timers);
        for GroupCounts { key, period, opened, resolved, open } in cells {
            // INVARIANT: figures of one plan and one grouping number the same keys.
            let period = self.periods.number_of(periods.start(place_of(period)));
            let place = self.place(place_of(key), period);
            let cell = &mut self.cells[place];
            cell.opened += opened;
            cell.resolved += resolved;
            cell.open += open;
            for (to, from) in self.timers[place * timers..].iter_mut().zip(counts.by_ref().take(timers)) {
                to.classes.iter_mut().zip(from.classes).for_each(|(to, from)| *to += from);
                to.unpromised += from.unpromised;
            }
            moved.extend((place * timers..).take(timers).map(|place| u32::try_from(place).unwrap_or(u32::MAX)));
        }
        let to = |place: u32| moved[place_of(place)];
        self.durations.promised.append(durations.promised, to)?;
        self.durations.unpromised.append(durations.unpromised, to)?;
        self.durations.overdue.append(durations.overdue, to)
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
        let Self { plan, mut aggregate, keys, periods, places, cells, timers, durations, .. } = self;
        drop(places);
        let AllDurations { promised, unpromised, overdue } = durations;
        let mut promised = promised.into_histograms();
        let mut unpromised = unpromised.into_histograms();
        let mut overdue = overdue.into_histograms();
        let mut timers = (0..).zip(timers);
        for cell in cells {
            let mut key = keys[place_of(cell.key)].clone();
            key.period = periods.start(place_of(cell.period));
            let tickets = [(Figure::Opened, cell.opened), (Figure::Resolved, cell.resolved), (Figure::Open, cell.open)];
            let group = aggregate.group(&key);
            group.add_counts(None, tickets)?;
            for (timer, (place, counts)) in plan.timers.iter().zip(timers.by_ref()) {
                let timer: &Id = &timer.id;
                let [met, running, breached_answered, breached_open] = counts.classes;
                let classes = [
                    (Figure::Met, met),
                    (Figure::BreachedAnswered, breached_answered),
                    (Figure::BreachedOpen, breached_open),
                    (Figure::Running, running),
                    (Figure::Unpromised, counts.unpromised),
                ];
                group.add_counts(Some(timer), classes)?;
                let [business, wall] = at_place(&mut promised, place);
                let [unpromised_business, unpromised_wall] = at_place(&mut unpromised, place);
                let [overdue] = at_place(&mut overdue, place);
                let durations = [
                    (Figure::BusinessTime, business),
                    (Figure::WallTime, wall),
                    (Figure::UnpromisedBusinessTime, unpromised_business),
                    (Figure::UnpromisedWallTime, unpromised_wall),
                    (Figure::Overdue, overdue),
                ];
                group.add_durations(timer, durations)?;
            }
        }
        Ok(aggregate)
    }
}

/// Takes the histograms of a place, which is the next one or has none.
fn at_place<const N: usize>(histograms: &mut Peekable<IntoIter<(u32, [Histogram; N])>>, place: u32) -> [Histogram; N] {
    histograms.next_if(|(next, _)| *next == place).map_or([const { Histogram::new() }; N], |(_, found)| found)
}
