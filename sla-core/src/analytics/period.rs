//! Periods in a time zone, and which period an instant lies in.
//!
//! Two caches answer that for many instants. [`LastPeriod`] remembers one period: the events of a ticket lie near each other.
//! [`PeriodTable`] reads a period from a table, without a branch that depends on how far instants lie apart: rows of columns
//! come in any order, and the lookup is most of what counting one costs.

// INVARIANT: instants are checked to lie within the horizon, 1970 to 2200, so that seconds and days of local time, and the
// numbers of a table's entries (microseconds divided by at least 2^30), are far below the limits of their types.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Datelike, FixedOffset, Months, NaiveDate};

use serde::Serialize;

use crate::calendar::{ZoneTable, check_horizon};
use crate::error::{Error, ErrorCode};
use crate::string_enum::string_enum;
use crate::time::{MICROS_PER_SECOND, SECONDS_PER_DAY, Timestamp};

const HOUR_S: i64 = 3_600;

string_enum! {
    /// The length of a period.
    PeriodUnit {
        /// An hour of local time. One that clocks show twice is two periods.
        Hour => "hour",
        /// A local date.
        Day => "day",
        /// A week by ISO 8601: Monday to Sunday, numbered by the year that holds its Thursday.
        Week => "week",
        /// A month.
        Month => "month",
    }
}

crate::unknown::from_str!(PeriodUnit, UnknownWord, "period");

/// Periods of one length in one zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Period"))]
pub(super) struct Periods {
    pub(super) unit: PeriodUnit,
    pub(super) time_zone: String,
    #[serde(skip)]
    pub(super) zone: Arc<ZoneTable>,
}

/// A period, and an interval of instants that lie in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    /// The first instant of the period, which names it.
    pub(super) start: Timestamp,
    /// The start of the interval.
    from: Timestamp,
    /// Its end, exclusive.
    to: Timestamp,
}

impl Span {
    fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}

impl Periods {
    /// Returns the instant in local time.
    pub(super) fn local(&self, at: Timestamp) -> Option<DateTime<FixedOffset>> {
        let at_s = at.as_micros().div_euclid(MICROS_PER_SECOND);
        let offset = FixedOffset::east_opt(self.zone.offset_at(at_s))?;
        Some(DateTime::from_timestamp_micros(at.as_micros())?.with_timezone(&offset))
    }

    /// Returns the period that holds `at`.
    pub(super) fn span(&self, at: Timestamp) -> Result<Span, Error> {
        self.unit.span(&self.zone, at)
    }
}

impl PeriodUnit {
    /// Returns the period of this length in a zone that holds `at`.
    pub(super) fn span(self, zone: &ZoneTable, at: Timestamp) -> Result<Span, Error> {
        check_horizon("period", at)?;
        self.find(zone, at.as_micros().div_euclid(MICROS_PER_SECOND)).ok_or_else(|| no_date(at))
    }

    fn find(self, zone: &ZoneTable, at_s: i64) -> Option<Span> {
        let stretch = zone.stretch(at_s);
        let local_s = at_s.checked_add(stretch.offset_s)?;
        let day = local_s.div_euclid(SECONDS_PER_DAY);
        let (local_start_s, local_end_s) = match self {
            Self::Hour => {
                let start_s = local_s.checked_sub(local_s.rem_euclid(HOUR_S))?;
                (start_s, start_s.checked_add(HOUR_S)?)
            }
            Self::Day => days(day, day.checked_add(1)?)?,
            Self::Week => {
                let monday = monday_of(day)?;
                days(monday, monday.checked_add(7)?)?
            }
            Self::Month => {
                let date = DateTime::from_timestamp(local_s, 0)?.date_naive();
                let first = NaiveDate::from_ymd_opt(date.year(), date.month(), 1)?;
                let next = first.checked_add_months(Months::new(1))?;
                let number = |date: NaiveDate| i64::from(date.to_epoch_days());
                days(number(first), number(next))?
            }
        };
        // Between two changes of the zone's offset, local time runs as UTC does.
        let from_s = local_start_s.checked_sub(stretch.offset_s)?.max(stretch.seconds.start);
        let to_s = local_end_s.checked_sub(stretch.offset_s)?.min(stretch.seconds.end);
        let start_s = match self {
            Self::Hour => from_s,
            // Shortly after a change of the offset, local midnight may have been before it.
            _ if from_s.checked_sub(stretch.seconds.start).is_some_and(|since| since < SECONDS_PER_DAY) => {
                zone.first_second(local_start_s)
            }
            _ => from_s,
        };
        Some(Span { start: seconds(start_s), from: seconds(from_s), to: seconds(to_s) })
    }
}

#[cold]
fn no_date(at: Timestamp) -> Error {
    Error::new(ErrorCode::OutOfHorizon, format!("the period of {at} does not begin on any calendar date"))
}

/// Returns the Monday of a day's week, both in days since 1970-01-01.
fn monday_of(day: i64) -> Option<i64> {
    // 1970-01-01 was a Thursday, the third day after a Monday.
    day.checked_sub(day.checked_add(3)?.rem_euclid(7))
}

fn days(first: i64, end: i64) -> Option<(i64, i64)> {
    Some((first.checked_mul(SECONDS_PER_DAY)?, end.checked_mul(SECONDS_PER_DAY)?))
}

fn seconds(at_s: i64) -> Timestamp {
    // The first and the last interval of a zone have no end: they reach as far as instants do.
    Timestamp::from_micros(at_s.saturating_mul(MICROS_PER_SECOND))
}

/// The periods of each length that hold an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PeriodsAt {
    /// The first instants of the hour, day, week and month.
    pub(super) starts: [Timestamp; 4],
    /// The first dates of the day, week and month.
    pub(super) dates: [NaiveDate; 3],
}

/// The periods of the instants that were asked about last.
#[derive(Debug)]
pub(super) struct LastPeriods {
    zone: Arc<ZoneTable>,
    last: [Option<Span>; 4],
}

impl LastPeriods {
    pub(super) const fn new(zone: Arc<ZoneTable>) -> Self {
        Self { zone, last: [None; 4] }
    }

    /// Returns the periods that hold `at`.
    pub(super) fn at(&mut self, at: Timestamp) -> Result<PeriodsAt, Error> {
        let mut starts = [at; 4];
        let units = [PeriodUnit::Hour, PeriodUnit::Day, PeriodUnit::Week, PeriodUnit::Month];
        for ((unit, start), last) in units.into_iter().zip(&mut starts).zip(&mut self.last) {
            let span = match *last {
                Some(span) if span.holds(at) => span,
                _ => unit.span(&self.zone, at)?,
            };
            (*start, *last) = (span.start, Some(span));
        }
        let dates = self.dates(at).ok_or_else(|| no_date(at))?;
        Ok(PeriodsAt { starts, dates })
    }

    fn dates(&self, at: Timestamp) -> Option<[NaiveDate; 3]> {
        let at_s = at.as_micros().div_euclid(MICROS_PER_SECOND);
        let day = at_s.checked_add(self.zone.stretch(at_s).offset_s)?.div_euclid(SECONDS_PER_DAY);
        let date = |day: i64| NaiveDate::from_epoch_days(i32::try_from(day).ok()?);
        let first = date(day)?;
        Some([first, date(monday_of(day)?)?, first.with_day(1)?])
    }
}

/// The period of the instant that was asked about last.
#[derive(Debug, Clone, Default)]
pub(super) struct LastPeriod(Option<Span>);

impl LastPeriod {
    /// Returns the first instant of the period that holds `at`; `None` when periods are not kept apart.
    pub(super) fn start(&mut self, periods: Option<&Periods>, at: Timestamp) -> Result<Option<Timestamp>, Error> {
        if !self.0.is_some_and(|span| span.holds(at)) {
            self.0 = periods.map(|periods| periods.span(at)).transpose()?;
        }
        Ok(self.0.map(|span| span.start))
    }
}

/// The periods seen so far, and a table that leads from an instant to its period.
#[derive(Debug, Clone)]
pub(crate) struct PeriodTable {
    periods: Option<Periods>,
    /// An entry of the table covers two to this power microseconds: less than any period, so that at most one begins in
    /// it.
    shift: u32,
    /// The number of the first entry.
    first: i64,
    table: Vec<Entry>,
    /// The first instant of each period.
    starts: Vec<Option<Timestamp>>,
    /// The number of each period by its first instant.
    numbers: BTreeMap<Timestamp, usize>,
}

/// One entry of a [`PeriodTable`]: at most two periods.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// The first instant of the second period; `i64::MAX` where there is one only.
    boundary_us: i64,
    /// The periods before and from the boundary on; [`UNKNOWN`] where they are not looked up yet, or change repeatedly.
    periods: [u32; 2],
}

const UNKNOWN: u32 = u32::MAX;

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "INVARIANT: instants lie within the horizon; numbers of periods come from `number`"
)]
impl PeriodTable {
    /// Returns a table without periods.
    pub(super) fn new(periods: Option<&Periods>) -> Self {
        use PeriodUnit::{Day, Hour, Month, Week};
        let (shift, table, starts) = match periods.map(|periods| periods.unit) {
            // One entry for the whole horizon.
            None => (62, vec![Entry { boundary_us: i64::MAX, periods: [0; 2] }], vec![None]),
            Some(Hour) => (30, Vec::new(), Vec::new()),
            Some(Day) => (35, Vec::new(), Vec::new()),
            Some(Week) => (38, Vec::new(), Vec::new()),
            Some(Month) => (40, Vec::new(), Vec::new()),
        };
        Self { periods: periods.cloned(), shift, first: 0, table, starts, numbers: BTreeMap::new() }
    }

    /// Returns how many periods have been seen.
    pub(crate) fn len(&self) -> usize {
        self.starts.len()
    }

    /// Returns the first instant of a period; `None` when periods are not kept apart.
    pub(crate) fn start(&self, number: usize) -> Option<Timestamp> {
        self.starts.get(number).copied().flatten()
    }

    /// Returns the number of the period that holds an instant, if the table has it.
    #[inline]
    pub(crate) fn known(&self, at_us: i64) -> Option<usize> {
        let at = usize::try_from((at_us >> self.shift) - self.first).ok()?;
        let Entry { boundary_us, periods: [before, after] } = *self.table.get(at)?;
        // Rows in no order lie on either side.
        let period = std::hint::select_unpredictable(at_us < boundary_us, before, after);
        if period == UNKNOWN { None } else { usize::try_from(period).ok() }
    }

    /// Returns the number of the period that holds an instant, and enters it into the table.
    pub(crate) fn find(&mut self, at_us: i64) -> Result<usize, Error> {
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
        let before = self.number(from_us)?;
        let found = self.number(at_us)?;
        // The last entry may reach beyond the horizon.
        let Ok(after) = self.number(to_us) else { return Ok(found) };
        let start_us = self.starts[after].map_or(i64::MIN, Timestamp::as_micros);
        let boundary_us = if before == after { i64::MAX } else { start_us };
        // The last microsecond before the boundary is in the period before, unless the local date is repeated.
        if before == after || (start_us > from_us && self.number(start_us - 1)? == before) {
            let number = |period: usize| u32::try_from(period).unwrap_or(UNKNOWN);
            self.table[place] = Entry { boundary_us, periods: [number(before), number(after)] };
        }
        Ok(found)
    }

    /// Returns the number of the period that holds an instant.
    fn number(&mut self, at_us: i64) -> Result<usize, Error> {
        let Some(periods) = &self.periods else { return Ok(0) };
        let start = periods.span(Timestamp::from_micros(at_us))?.start;
        Ok(self.number_of(Some(start)))
    }

    /// Returns the number of the period with a first instant.
    pub(crate) fn number_of(&mut self, start: Option<Timestamp>) -> usize {
        let Some(first) = start else { return 0 };
        let period = *self.numbers.entry(first).or_insert(self.starts.len());
        if period == self.starts.len() {
            self.starts.push(start);
        }
        period
    }
}
