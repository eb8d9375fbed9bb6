//! The rows of an aggregate as columns of integers, for hosts to which a text or an object for each value costs much.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::rows::NONE;
use crate::analytics::{Aggregate, Figure, Grouping, Key, Row, Tally};
use crate::error::{Error, ErrorCode, Fault};
use crate::id::Id;
use crate::time::Timestamp;

/// How many columns come before those of the dimensions.
const FIXED: usize = 7;

#[derive(Debug, Clone, thiserror::Error)]
enum FigureRowsFault {
    #[error("{values} numbers do not fill {columns} columns")]
    Length { values: usize, columns: usize },
    #[error("row {row} has {value} in column `{column}`")]
    Number { row: usize, column: &'static str, value: i64 },
    #[error("row {row} has no name with the number {value} in column `{column}`")]
    Name { row: usize, column: &'static str, value: i64 },
}

impl Fault for FigureRowsFault {
    fn code(&self) -> ErrorCode {
        ErrorCode::OutOfRange
    }

    fn help(&self) -> Cow<'static, str> {
        match self {
            Self::Length { .. } => "pass a column for each dimension after the first seven, all of one length".into(),
            Self::Number { .. } => "pass counts and sums of 0 or more, and the bucket of the row".into(),
            Self::Name { .. } => "count names from 0; only a timer and a dimension may be missing".into(),
        }
    }
}

/// The rows of an [`Aggregate`] as columns of numbers, with a list of the names that they refer to.
///
/// The columns are `period` (its first instant in microseconds), `timer`, `outcome`, `bucket`, `n`, `sum_s` and
/// `sum_us_rest`, then one for each dimension of the grouping, in the order of `Dimension::ALL`. Timers, outcomes and
/// dimensions are places in the list of names, from 0. [`NONE`] stands for a missing period, timer or dimension.
///
/// ```
/// # mod doc { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/doc_fixture.rs")); } use doc::*;
/// use sla_core::analytics::{Aggregate, Dimension, Grouping};
/// use sla_core::columns::FigureRows;
/// let (engine, history) = (engine(), closed());
/// let mut aggregate = Aggregate::new(Grouping::by(&[Dimension::Package]));
/// aggregate.add(&engine, &history, &engine.evaluate(history.ticket(), at("2026-03-03T09:00:00Z"))?)?;
/// let rows = FigureRows::of(&aggregate);
/// assert_eq!(rows.values().len(), 8 * rows.len());
/// let again = rows.aggregate(aggregate.grouping().clone(), aggregate.as_of())?;
/// assert_eq!(again, aggregate);
/// # Ok::<(), sla_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureRows<'a> {
    names: Vec<Cow<'a, str>>,
    values: Cow<'a, [i64]>,
    rows: usize,
}

impl<'a> FigureRows<'a> {
    /// Returns the rows of an aggregate, always in the same order.
    ///
    /// ```
    /// use sla_core::analytics::{Aggregate, Dimension, Grouping};
    /// use sla_core::columns::FigureRows;
    /// let rows = Aggregate::new(Grouping::by(&[Dimension::Package]));
    /// assert!(FigureRows::of(&rows).is_empty());
    /// ```
    #[must_use]
    pub fn of(aggregate: &Aggregate) -> Self {
        let rows: Vec<Row> = aggregate.rows().collect();
        let dimensions = aggregate.grouping().dimensions();
        let mut names = Names::default();
        // INVARIANT: there are seven dimensions at most, and what is in memory has a size that fits.
        let mut values = vec![NONE; rows.len().saturating_mul(FIXED.saturating_add(dimensions.len()))];
        let mut columns = values.chunks_exact_mut(rows.len().max(1));
        let mut fill = |each: &mut dyn FnMut(&Row) -> i64| {
            for (place, row) in columns.next().into_iter().flatten().zip(&rows) {
                *place = each(row);
            }
        };
        fill(&mut |row| row.key.period.map_or(NONE, Timestamp::as_micros));
        fill(&mut |row| row.timer.as_ref().map_or(NONE, |timer| names.place(timer.as_str())));
        fill(&mut |row| names.place(row.outcome.as_str()));
        fill(&mut |row| row.bucket.into());
        fill(&mut |row| number(row.tally.n));
        fill(&mut |row| number(row.tally.sum_s));
        fill(&mut |row| number(row.tally.sum_us_rest));
        for dimension in dimensions {
            fill(&mut |row| row.key.get(*dimension).map_or(NONE, |id| names.place(id.as_str())));
        }
        Self { names: names.list.into_iter().map(Cow::Owned).collect(), values: values.into(), rows: rows.len() }
    }

    /// Takes names and columns, one column after another, with as many numbers each as there are rows.
    #[must_use]
    pub fn new(names: Vec<&'a str>, values: &'a [i64], rows: usize) -> Self {
        Self { names: names.into_iter().map(Cow::Borrowed).collect(), values: values.into(), rows }
    }

    /// Returns the names that the columns refer to.
    #[must_use]
    pub fn names(&self) -> &[Cow<'a, str>] {
        &self.names
    }

    /// Returns the columns, one after another.
    #[must_use]
    pub fn values(&self) -> &[i64] {
        &self.values
    }

    /// Returns how many rows each column has.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows
    }

    /// Returns whether there are no rows.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Returns the aggregate of rows in any order, for example rows that a database merged, as [`Aggregate::from_rows`]
    /// does. The name `unassigned` stands for a missing agent or team.
    ///
    /// # Errors
    ///
    /// - `out_of_range` when the numbers do not fill the columns, for a name that is not in the list, and for a negative
    ///   bucket, count or sum;
    /// - `unknown_word` for an outcome, `invalid_id` for a name;
    /// - those of [`Aggregate::from_rows`].
    ///
    /// ```
    /// use sla_core::analytics::{Dimension, Figure, Grouping};
    /// use sla_core::columns::{FigureRows, NONE};
    /// // Two tickets of one package were opened: period, timer, outcome, bucket, n, sum_s, sum_us_rest, package.
    /// let columns = [NONE, NONE, 0, 0, 2, 0, 0, 1];
    /// let rows = FigureRows::new(vec!["opened", "starter"], &columns, 1);
    /// let aggregate = rows.aggregate(Grouping::by(&[Dimension::Package]), None)?;
    /// assert_eq!(aggregate.rows().next().map(|row| (row.outcome, row.tally.n)), Some((Figure::Opened, 2)));
    /// # Ok::<(), sla_core::Error>(())
    /// ```
    pub fn aggregate(&self, grouping: Grouping, as_of: Option<Timestamp>) -> Result<Aggregate, Error> {
        // INVARIANT: there are seven dimensions at most.
        let columns = FIXED.saturating_add(grouping.dimensions().len());
        if self.rows.checked_mul(columns) != Some(self.values.len()) {
            return Err(FigureRowsFault::Length { values: self.values.len(), columns }.into());
        }
        let mut known = Known { names: &self.names, ids: BTreeMap::new(), figures: BTreeMap::new() };
        let mut rows = Vec::with_capacity(self.rows);
        for row in 0..self.rows {
            rows.push(self.row(row, &grouping, &mut known)?);
        }
        Aggregate::from_rows(grouping, as_of, rows)
    }

    fn row(&self, row: usize, grouping: &Grouping, known: &mut Known<'_>) -> Result<Row, Error> {
        // INVARIANT: the columns are full, so each place is there.
        let value = |column: usize| {
            let place = column.saturating_mul(self.rows).saturating_add(row);
            self.values.get(place).copied().unwrap_or(NONE)
        };
        let period = Some(value(0)).filter(|at| *at != NONE).map(Timestamp::from_micros);
        let timer = known.id(row, "timer", value(1))?;
        let outcome = known.figure(row, value(2))?;
        let count = |column: usize, name: &'static str| {
            let value = value(column);
            u64::try_from(value).map_err(|_| FigureRowsFault::Number { row, column: name, value })
        };
        let bucket = u32::try_from(value(3));
        let bucket = bucket.map_err(|_| FigureRowsFault::Number { row, column: "bucket", value: value(3) })?;
        let tally = Tally { n: count(4, "n")?, sum_s: count(5, "sum_s")?, sum_us_rest: count(6, "sum_us_rest")? };
        let mut key = Key { period, ..Key::default() };
        for (column, dimension) in (FIXED..).zip(grouping.dimensions()) {
            let id = known.id(row, dimension.as_str(), value(column))?;
            key.set(*dimension, id.filter(|id| dimension.without_value() != Some(id.as_str())));
        }
        Ok(Row { key, timer, outcome, bucket, tally })
    }
}

/// INVARIANT: sums of an aggregate fit a signed number of 64 bits.
fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The names that were met so far, with their places.
#[derive(Default)]
struct Names {
    list: Vec<String>,
    places: BTreeMap<String, i64>,
    /// Rows are in the order of their keys, so that a column repeats its last name.
    last: i64,
}

impl Names {
    fn place(&mut self, name: &str) -> i64 {
        let last = usize::try_from(self.last).ok().and_then(|place| self.list.get(place));
        if last.is_none_or(|last| last != name) {
            self.last = match self.places.get(name) {
                Some(place) => *place,
                None => self.add(name),
            };
        }
        self.last
    }

    fn add(&mut self, name: &str) -> i64 {
        // INVARIANT: what is in memory has a size that fits.
        let place = i64::try_from(self.list.len()).unwrap_or(i64::MAX);
        self.list.push(name.to_owned());
        self.places.insert(name.to_owned(), place);
        place
    }
}

/// Names, and what those that rows refer to were read as.
struct Known<'a> {
    names: &'a [Cow<'a, str>],
    ids: BTreeMap<i64, Id>,
    figures: BTreeMap<i64, Figure>,
}

impl Known<'_> {
    fn name(&self, row: usize, column: &'static str, value: i64) -> Result<&str, Error> {
        let name = usize::try_from(value).ok().and_then(|place| self.names.get(place));
        name.map(AsRef::as_ref).ok_or_else(|| FigureRowsFault::Name { row, column, value }.into())
    }

    fn id(&mut self, row: usize, column: &'static str, value: i64) -> Result<Option<Id>, Error> {
        if value == NONE {
            return Ok(None);
        }
        if let Some(id) = self.ids.get(&value) {
            return Ok(Some(id.clone()));
        }
        let id = Id::new(self.name(row, column, value)?)?;
        self.ids.insert(value, id.clone());
        Ok(Some(id))
    }

    fn figure(&mut self, row: usize, value: i64) -> Result<Figure, Error> {
        if let Some(figure) = self.figures.get(&value) {
            return Ok(*figure);
        }
        let figure = self.name(row, "outcome", value)?.parse()?;
        self.figures.insert(value, figure);
        Ok(figure)
    }
}
