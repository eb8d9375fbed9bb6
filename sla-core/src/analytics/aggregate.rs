//! Counts and durations by group, merged in any order.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::figure::Figure;
use super::grouping::{Grouping, Key};
use super::histogram::{Bucket, Histogram, Tally};
use super::period::LastPeriod;
use crate::error::{Error, ErrorCode, Fault};
use crate::id::Id;
use crate::time::{BusinessDuration, Timestamp};

#[derive(Debug, Clone, thiserror::Error)]
enum AggregateFault {
    #[error("the aggregates have different groupings")]
    DifferentGroupings,
    #[error("the aggregate is not grouped by all of that")]
    NotGrouped,
    #[error("a row has a key that the grouping does not include")]
    KeyNotGrouped,
    #[error("a row of figures by period names no period")]
    MissingPeriod,
    #[error("no period begins at {0}")]
    NoSuchPeriod(Timestamp),
    #[error("a row of `{}` has a timer", .0.as_str())]
    ExtraTimer(Figure),
    #[error("a row of `{}` has no timer", .0.as_str())]
    MissingTimer(Figure),
    #[error("`{}` has no bucket {bucket}", .figure.as_str())]
    NoSuchBucket { figure: Figure, bucket: u32 },
    #[error("a row of `{}` has a sum", .0.as_str())]
    ExtraSum(Figure),
    #[error("`sum_us_rest` is more than `n` durations have beyond their whole seconds")]
    RestTooLarge,
}

impl Fault for AggregateFault {
    fn code(&self) -> ErrorCode {
        match self {
            Self::DifferentGroupings
            | Self::NotGrouped
            | Self::KeyNotGrouped
            | Self::MissingPeriod
            | Self::ExtraTimer(_)
            | Self::MissingTimer(_) => ErrorCode::ConflictingFields,
            Self::NoSuchPeriod(_) | Self::NoSuchBucket { .. } | Self::ExtraSum(_) | Self::RestTooLarge => {
                ErrorCode::OutOfRange
            }
        }
    }

    fn help(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::DifferentGroupings => "bring the finer one to the grouping of the other with `regroup`",
            Self::NotGrouped => "ask only for dimensions, and for the period, that the aggregate was made with",
            Self::KeyNotGrouped => "state every dimension of the rows, and the period, in the grouping",
            Self::MissingPeriod | Self::NoSuchPeriod(_) => "name a period by its first instant",
            Self::ExtraTimer(_) | Self::MissingTimer(_) => {
                "figures of whole tickets have no timer, the others have one"
            }
            Self::NoSuchBucket { .. } => "",
            Self::RestTooLarge => "each duration has at most 999999 microseconds beyond its whole seconds",
            Self::ExtraSum(_) => "only durations have sums, and only with a count above 0",
        })
    }
}

/// Figures over many tickets, by group.
///
/// Merging is associative and commutative, an empty aggregate changes nothing, and any split of the tickets gives an
/// equal one, with equal rows. Figures as of an instant (open, paused, running, breached and open) are counted as of the
/// evaluation that was added: add evaluations of one instant to compare them.
#[derive(Debug, Clone)]
pub struct Aggregate {
    grouping: Arc<Grouping>,
    as_of: Option<Timestamp>,
    /// The place of each group's figures.
    places: BTreeMap<Key, usize>,
    /// INVARIANT: as many as there are places.
    cells: Vec<Cell>,
    last_period: LastPeriod,
}

impl PartialEq for Aggregate {
    fn eq(&self, other: &Self) -> bool {
        self.grouping == other.grouping && self.as_of == other.as_of && self.groups().eq(other.groups())
    }
}

impl Eq for Aggregate {}

/// The figures of one group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Cell {
    pub(super) tickets: Counted,
    /// INVARIANT: by timer id, each once.
    pub(super) timers: Vec<(Id, Counted)>,
}

/// The figures of whole tickets, or of one timer, in one group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Counted {
    pub(super) counts: Counts,
    /// INVARIANT: in the order of [`Figure::ALL`], each once. Most groups have few of them, so a search costs little.
    durations: Vec<(Figure, Histogram)>,
}

/// Counts by figure and, where it has any, bucket (a level or a score). Only what was counted takes memory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Counts {
    /// INVARIANT: by place, each once. Most groups have few of them, so a search from the first costs little.
    counts: Vec<(CountPlace, u64)>,
}

/// A figure and its bucket as one number, which is compared faster: figures without buckets come first, in the order of
/// [`Figure::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct CountPlace(u64);

impl CountPlace {
    fn new(figure: Figure, bucket: u32) -> Self {
        // A figure of levels or scores never has bucket 0, and there are fewer than 256 figures.
        Self(u64::from(bucket != 0) << 40 | u64::from(figure.number()) << 32 | u64::from(bucket))
    }

    fn figure(self) -> Option<Figure> {
        Figure::from_number(u32::try_from(self.0 >> 32 & 0xff).ok()?)
    }

    fn bucket(self) -> u32 {
        u32::try_from(self.0 & u64::from(u32::MAX)).unwrap_or_default()
    }
}

impl Counts {
    /// Returns the count of a figure without buckets.
    pub(super) fn get(&self, figure: Figure) -> u64 {
        let place = CountPlace::new(figure, 0);
        self.counts.iter().find(|(known, _)| *known == place).map_or(0, |(_, n)| *n)
    }

    /// Returns the buckets of a figure with their counts.
    pub(super) fn buckets(&self, figure: Figure) -> impl Iterator<Item = (u32, u64)> {
        self.all().filter(move |(known, bucket, _)| *known == figure && *bucket != 0).map(|(_, bucket, n)| (bucket, n))
    }

    /// Returns a count, added where it is missing.
    #[expect(clippy::indexing_slicing, reason = "INVARIANT: the place was found or made just now")]
    fn count_mut(&mut self, figure: Figure, bucket: u32) -> &mut u64 {
        let place = CountPlace::new(figure, bucket);
        let at = self.counts.iter().position(|(known, _)| *known >= place).unwrap_or(self.counts.len());
        if self.counts.get(at).is_none_or(|(known, _)| *known != place) {
            self.counts.insert(at, (place, 0));
        }
        &mut self.counts[at].1
    }

    /// Counts one.
    pub(super) fn count(&mut self, figure: Figure, bucket: u32) {
        let count = self.count_mut(figure, bucket);
        // Counting one at a time, 64 bits last for longer than anyone counts; `add`, which adds many, checks.
        *count = count.wrapping_add(1);
    }

    /// Adds to a count.
    pub(super) fn add(&mut self, figure: Figure, bucket: u32, n: u64) -> Result<(), Error> {
        let count = self.count_mut(figure, bucket);
        let mut tally = Tally::of(*count);
        tally.merge(Tally::of(n))?;
        *count = tally.n;
        Ok(())
    }

    pub(super) fn merge(&mut self, other: &Self) -> Result<(), Error> {
        other.all().try_for_each(|(figure, bucket, n)| self.add(figure, bucket, n))
    }

    /// Returns the counts that are not zero, by figure and bucket.
    fn all(&self) -> impl Iterator<Item = (Figure, u32, u64)> {
        let counts = self.counts.iter().filter(|(_, n)| *n > 0);
        counts.filter_map(|(place, n)| Some((place.figure()?, place.bucket(), *n)))
    }
}

/// One row of an aggregate. A database merges aggregates by grouping by everything but the counts and sums of `tally`, and
/// adding those up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The group.
    pub key: Key,
    /// The timer; `None` for figures of whole tickets.
    pub timer: Option<Id>,
    /// The figure that is counted.
    pub outcome: Figure,
    /// The bucket of a duration, the level of an escalation, the score of a rating; 0 for everything else.
    pub bucket: u32,
    /// The count, and for durations their sum.
    pub tally: Tally,
}

impl Aggregate {
    /// Returns an aggregate without tickets.
    #[must_use]
    pub fn new(grouping: Grouping) -> Self {
        Self::of(grouping, None)
    }

    /// Returns what its figures are grouped by.
    #[must_use]
    pub fn grouping(&self) -> &Grouping {
        &self.grouping
    }

    /// Returns the latest instant as of which a ticket was evaluated; `None` without tickets.
    #[must_use]
    pub const fn as_of(&self) -> Option<Timestamp> {
        self.as_of
    }

    /// Adds the figures of another aggregate, which must be of other tickets.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::analytics::{Aggregate, Grouping};
    /// let (engine, history) = (engine(), closed());
    /// let mut monday = Aggregate::new(Grouping::all());
    /// monday.add(&engine, &history, &engine.evaluate(history.ticket(), at("2026-03-03T09:00:00Z"))?)?;
    /// let mut all = Aggregate::new(Grouping::all());
    /// all.merge(&monday)?;
    /// assert_eq!(all, monday);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `conflicting_fields` when the groupings differ;
    /// - `out_of_range` when a sum does not fit a signed number of 64 bits. The aggregate must then be discarded.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        if self.grouping != other.grouping {
            return Err(AggregateFault::DifferentGroupings.into());
        }
        self.as_of = self.as_of.max(other.as_of);
        other.groups().try_for_each(|(key, cell)| self.group(key).merge(cell))
    }

    /// Adds the figures of another aggregate as [`Aggregate::merge`] does, and releases its memory group by group: both
    /// together need little more than they did before.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::analytics::{Aggregate, Grouping};
    /// let (engine, history) = (engine(), closed());
    /// let mut monday = Aggregate::new(Grouping::all());
    /// monday.add(&engine, &history, &engine.evaluate(history.ticket(), at("2026-03-03T09:00:00Z"))?)?;
    /// let mut all = Aggregate::new(Grouping::all());
    /// all.append(monday.clone())?;
    /// assert_eq!(all, monday);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Aggregate::merge`].
    pub fn append(&mut self, other: Self) -> Result<(), Error> {
        if self.grouping != other.grouping {
            return Err(AggregateFault::DifferentGroupings.into());
        }
        self.as_of = self.as_of.max(other.as_of);
        let mut cells = other.cells;
        for (key, place) in other.places {
            if let Some(cell) = cells.get_mut(place) {
                self.group(&key).append(std::mem::take(cell))?;
            }
        }
        Ok(())
    }

    /// Returns the same figures in fewer groups.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::analytics::{Aggregate, Dimension, Grouping};
    /// let (engine, history) = (engine(), closed());
    /// let mut fine = Aggregate::new(Grouping::by(&[Dimension::Package, Dimension::Agent]));
    /// fine.add(&engine, &history, &engine.evaluate(history.ticket(), at("2026-03-03T09:00:00Z"))?)?;
    /// let coarse = fine.regroup(Grouping::by(&[Dimension::Package]))?;
    /// assert!(coarse.rows().count() <= fine.rows().count());
    /// assert!(coarse.regroup(Grouping::by(&[Dimension::Agent])).is_err());
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `conflicting_fields` when `grouping` has a dimension that this aggregate does not have, or other periods;
    /// - `out_of_range` when a sum does not fit a signed number of 64 bits.
    pub fn regroup(&self, grouping: Grouping) -> Result<Self, Error> {
        if !self.grouping.refines(&grouping) {
            return Err(AggregateFault::NotGrouped.into());
        }
        let mut coarser = Self::of(grouping, self.as_of);
        for (key, cell) in self.groups() {
            let key = coarser.grouping.of(key);
            coarser.group(&key).merge(cell)?;
        }
        Ok(coarser)
    }

    /// Returns everything as rows, always in the same order: by key, figures of whole tickets before those of timers.
    pub fn rows(&self) -> impl Iterator<Item = Row> {
        self.groups().flat_map(|(key, cell)| {
            let tickets = cell.tickets.all().map(|(outcome, bucket, tally)| (None, outcome, bucket, tally));
            let timers = cell.timers.iter().flat_map(|(timer, counted)| {
                counted.all().map(|(outcome, bucket, tally)| (Some(timer.clone()), outcome, bucket, tally))
            });
            tickets.chain(timers).map(|(timer, outcome, bucket, tally)| Row {
                key: key.clone(),
                timer,
                outcome,
                bucket,
                tally,
            })
        })
    }

    /// Returns the aggregate of rows in any order, for example rows that a database merged. Rows of equal key, timer, outcome
    /// and bucket are added up.
    ///
    /// ```
    /// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
    /// use sla_core::analytics::{Aggregate, Grouping};
    /// let (engine, history) = (engine(), closed());
    /// let mut aggregate = Aggregate::new(Grouping::all());
    /// aggregate.add(&engine, &history, &engine.evaluate(history.ticket(), at("2026-03-03T09:00:00Z"))?)?;
    /// let again = Aggregate::from_rows(Grouping::all(), aggregate.as_of(), aggregate.rows())?;
    /// assert_eq!(again, aggregate);
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - `conflicting_fields` for a row with a key that the grouping does not include, or without the period that it includes,
    ///   and for a figure of timers without a timer, or of tickets with one;
    /// - `out_of_range` for a bucket that the figure does not have, a sum without a count of durations, a `sum_us_rest` above
    ///   999,999 for each of them, a period that does not begin at that instant, and when a sum does not fit a signed number
    ///   of 64 bits.
    pub fn from_rows(
        grouping: Grouping,
        as_of: Option<Timestamp>,
        rows: impl IntoIterator<Item = Row>,
    ) -> Result<Self, Error> {
        let mut aggregate = Self::of(grouping, as_of);
        for row in rows {
            aggregate.check(&row)?;
            if !row.tally.is_empty() {
                let cell = aggregate.group(&row.key);
                cell.add_row(row.timer.as_ref(), row.outcome, row.bucket, row.tally)?;
            }
        }
        Ok(aggregate)
    }

    fn check(&mut self, row: &Row) -> Result<(), Error> {
        let Row { key, timer, outcome, bucket, tally } = row;
        if self.grouping.of(key) != *key {
            return Err(AggregateFault::KeyNotGrouped.into());
        }
        if key.period.is_none() && self.grouping.periods().is_some() {
            return Err(AggregateFault::MissingPeriod.into());
        }
        // The first period of the horizon may begin before it.
        if let Some(period) = key.period
            && self.period_of(period.max(Timestamp::EPOCH))? != Some(period)
        {
            return Err(AggregateFault::NoSuchPeriod(period).into());
        }
        if timer.is_some() != outcome.has_timer(timer.is_some()) {
            let fault = if timer.is_some() { AggregateFault::ExtraTimer } else { AggregateFault::MissingTimer };
            return Err(fault(*outcome).into());
        }
        if !outcome.has_bucket(*bucket) {
            return Err(AggregateFault::NoSuchBucket { figure: *outcome, bucket: *bucket }.into());
        }
        let Tally { n, sum_s, sum_us_rest } = *tally;
        if (n == 0 || !outcome.has_duration()) && (sum_s > 0 || sum_us_rest > 0) {
            return Err(AggregateFault::ExtraSum(*outcome).into());
        }
        if u128::from(sum_us_rest) > u128::from(n) * 999_999 {
            return Err(AggregateFault::RestTooLarge.into());
        }
        Ok(())
    }

    fn of(grouping: Grouping, as_of: Option<Timestamp>) -> Self {
        Self {
            grouping: Arc::new(grouping),
            as_of,
            places: BTreeMap::new(),
            cells: Vec::new(),
            last_period: LastPeriod::default(),
        }
    }

    /// Returns the groups with their figures, by key.
    pub(super) fn groups(&self) -> impl Iterator<Item = (&Key, &Cell)> {
        self.places.iter().filter_map(|(key, place)| Some((key, self.cells.get(*place)?)))
    }

    /// Returns the place of a group's figures, added where it is missing.
    pub(super) fn place(&mut self, key: &Key) -> usize {
        if let Some(place) = self.places.get(key) {
            return *place;
        }
        let place = self.cells.len();
        self.places.insert(key.clone(), place);
        self.cells.push(Cell::default());
        place
    }

    #[expect(clippy::indexing_slicing, reason = "INVARIANT: places come from `place`")]
    pub(super) fn cell(&mut self, place: usize) -> &mut Cell {
        &mut self.cells[place]
    }

    /// Returns the figures of a group, added where they are missing.
    pub(crate) fn group(&mut self, key: &Key) -> &mut Cell {
        let place = self.place(key);
        self.cell(place)
    }

    /// Returns the first instant of the period that holds `at`.
    pub(super) fn period_of(&mut self, at: Timestamp) -> Result<Option<Timestamp>, Error> {
        self.last_period.start(self.grouping.periods(), at)
    }

    pub(crate) fn seen_at(&mut self, now: Timestamp) {
        self.as_of = self.as_of.max(Some(now));
    }
}

impl Cell {
    /// Returns the figures of a timer, or of whole tickets, added where they are missing.
    #[expect(clippy::indexing_slicing, reason = "INVARIANT: the place was found or made just now")]
    pub(super) fn figures(&mut self, timer: Option<&Id>) -> &mut Counted {
        let Some(timer) = timer else { return &mut self.tickets };
        let at = match self.timers.binary_search_by(|(known, _)| known.cmp(timer)) {
            Ok(at) => at,
            Err(at) => {
                // Groups are many and timers few: what would be kept for more of them is never used.
                self.timers.reserve_exact(1);
                self.timers.insert(at, (timer.clone(), Counted::default()));
                at
            }
        };
        &mut self.timers[at].1
    }

    /// Counts one.
    pub(super) fn count(&mut self, timer: Option<&Id>, figure: Figure, bucket: u32) {
        self.figures(timer).counts.count(figure, bucket);
    }

    /// Adds to counts.
    pub(crate) fn add_counts<const N: usize>(
        &mut self,
        timer: Option<&Id>,
        counts: [(Figure, u64); N],
    ) -> Result<(), Error> {
        let mut counted = counts.into_iter().filter(|(_, n)| *n > 0).peekable();
        if counted.peek().is_none() {
            return Ok(());
        }
        let known = &mut self.figures(timer).counts;
        counted.try_for_each(|(figure, n)| known.add(figure, 0, n))
    }

    /// Adds durations of cycles of a timer.
    pub(crate) fn add_durations<const N: usize>(
        &mut self,
        timer: &Id,
        durations: [(Figure, Histogram); N],
    ) -> Result<(), Error> {
        let mut added = durations.into_iter().filter(|(_, histogram)| !histogram.is_empty()).peekable();
        if added.peek().is_none() {
            return Ok(());
        }
        let known = self.figures(Some(timer));
        added.try_for_each(|(figure, histogram)| known.durations_mut(figure).append(histogram.into_settled()))
    }

    fn add_row(&mut self, timer: Option<&Id>, figure: Figure, bucket: u32, tally: Tally) -> Result<(), Error> {
        let counted = self.figures(timer);
        if !figure.has_duration() {
            return counted.counts.add(figure, bucket, tally.n);
        }
        // INVARIANT: `Figure::has_bucket` refused a larger bucket when the row was read.
        let bucket = Bucket { number: u16::try_from(bucket).unwrap_or(u16::MAX), tally };
        counted.durations_mut(figure).add_bucket(bucket)
    }

    /// Returns the sum of all counts, durations included.
    pub(super) fn all_counts(&self) -> u128 {
        let counted = || self.timers.iter().map(|(_, counted)| counted).chain([&self.tickets]);
        let counts = counted().flat_map(|counted| counted.counts.all()).map(|(_, _, n)| u128::from(n)).sum();
        let durations = counted().flat_map(|counted| &counted.durations).map(|(_, histogram)| histogram.count_all());
        durations.max().unwrap_or_default().max(counts)
    }

    pub(super) fn merge(&mut self, other: &Self) -> Result<(), Error> {
        self.tickets.merge(&other.tickets)?;
        other.timers.iter().try_for_each(|(timer, counted)| self.figures(Some(timer)).merge(counted))
    }

    fn append(&mut self, other: Self) -> Result<(), Error> {
        self.tickets.append(other.tickets)?;
        other.timers.into_iter().try_for_each(|(timer, counted)| self.figures(Some(&timer)).append(counted))
    }
}

impl Counted {
    /// Returns the durations of a figure; `None` without any.
    pub(super) fn durations(&self, figure: Figure) -> Option<&Histogram> {
        self.durations.iter().find(|(known, _)| *known == figure).map(|(_, histogram)| histogram)
    }

    /// Returns the durations of a figure, added where they are missing.
    #[expect(clippy::indexing_slicing, reason = "INVARIANT: the place was found or made just now")]
    fn durations_mut(&mut self, figure: Figure) -> &mut Histogram {
        let at = match self.durations.binary_search_by_key(&figure, |(known, _)| *known) {
            Ok(at) => at,
            Err(at) => {
                self.durations.reserve_exact(1);
                self.durations.insert(at, (figure, Histogram::new()));
                at
            }
        };
        &mut self.durations[at].1
    }

    /// Adds one duration.
    pub(super) fn add_duration(&mut self, figure: Figure, duration: BusinessDuration) {
        self.durations_mut(figure).add(duration);
    }

    /// Returns everything, counts before durations, each by figure and bucket.
    fn all(&self) -> impl Iterator<Item = (Figure, u32, Tally)> {
        let counts = self.counts.all().map(|(figure, bucket, n)| (figure, bucket, Tally::of(n)));
        let durations = self.durations.iter().flat_map(|(figure, histogram)| {
            histogram.buckets().map(|Bucket { number, tally }| (*figure, u32::from(number), tally))
        });
        counts.chain(durations)
    }

    fn merge(&mut self, other: &Self) -> Result<(), Error> {
        self.counts.merge(&other.counts)?;
        other.durations.iter().try_for_each(|(figure, histogram)| self.durations_mut(*figure).merge(histogram))
    }

    fn append(&mut self, other: Self) -> Result<(), Error> {
        self.counts.merge(&other.counts)?;
        other.durations.into_iter().try_for_each(|(figure, histogram)| self.durations_mut(figure).append(histogram))
    }
}
