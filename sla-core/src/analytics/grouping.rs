//! What figures are kept apart by.

use std::sync::Arc;

use chrono::{DateTime, Datelike, FixedOffset, Months, NaiveDate};

use crate::calendar::{ZoneDatabase, ZoneTable, check_horizon};
use crate::error::{Error, ErrorCode};
use crate::id::Id;
use crate::string_enum::string_enum;
use crate::time::{MICROS_PER_SECOND, Timestamp};

const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 86_400;

/// The key of tickets that nobody holds. An agent of this name is counted with them.
pub const UNASSIGNED: &str = "unassigned";

string_enum! {
    /// A property of tickets that figures are kept apart by, besides the period.
    Dimension {
        /// The package.
        Package => "package",
        /// The channel: of a cycle, that of the event that started it; of a reply, its own; else the opening's.
        Channel => "channel",
        /// Who holds the ticket; of a reply and of work on a ticket, who did it.
        Agent => "agent",
        /// The priority label of the package.
        Priority => "priority",
        /// The severity.
        Severity => "severity",
        /// The category.
        Category => "category",
    }
}

string_enum! {
    /// How long a period is.
    PeriodUnit {
        /// An hour on the clock. One that the clock shows twice is two periods.
        Hour => "hour",
        /// A local date.
        Day => "day",
        /// A week by ISO 8601: Monday to Sunday, numbered by the year that holds its Thursday.
        Week => "week",
        /// A month.
        Month => "month",
    }
}

/// What figures are kept apart by: any dimensions, and a period in a time zone.
///
/// ```
/// use sla_core::analytics::{Dimension, Grouping, PeriodUnit};
/// use sla_core::calendar::ZoneDatabase;
/// use sla_core::time::Timestamp;
/// let weekly = Grouping::by(&[Dimension::Package]).with_period(PeriodUnit::Week, "Asia/Jakarta", &ZoneDatabase::embedded())?;
/// let period = weekly.period_of(Timestamp::parse("2027-01-02T12:00:00Z")?)?.unwrap();
/// // The first days of 2027 belong to the last week of 2026.
/// assert_eq!(weekly.label(period).unwrap(), "2026-W53");
/// assert_eq!(period.to_string(), "2026-12-27T17:00:00Z");
/// # Ok::<(), sla_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouping {
    /// INVARIANT: in the order of [`Dimension::ALL`], each once.
    dimensions: Vec<Dimension>,
    period: Option<Periods>,
}

/// Periods of one length in one zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Periods {
    pub(super) unit: PeriodUnit,
    pub(super) time_zone: String,
    zone: Arc<ZoneTable>,
}

/// A period, and a stretch of instants that lie in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    /// The first instant of the period, which stands for it.
    pub(crate) start: Timestamp,
    /// The first instant of the stretch.
    pub(crate) from: Timestamp,
    /// The end of the stretch, exclusive.
    pub(crate) to: Timestamp,
}

impl Span {
    pub(super) fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}

/// One group. What a grouping does not keep apart, and what a ticket does not have, is `None`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Key {
    /// The first instant of the period.
    pub period: Option<Timestamp>,
    /// The package.
    pub package: Option<Id>,
    /// The channel.
    pub channel: Option<Id>,
    /// The agent; `None` is [`UNASSIGNED`].
    pub agent: Option<Id>,
    /// The package's priority label.
    pub priority: Option<Id>,
    /// The severity.
    pub severity: Option<Id>,
    /// The category.
    pub category: Option<Id>,
}

impl Key {
    /// Returns the value of a dimension.
    #[must_use]
    pub const fn get(&self, dimension: Dimension) -> Option<&Id> {
        match dimension {
            Dimension::Package => self.package.as_ref(),
            Dimension::Channel => self.channel.as_ref(),
            Dimension::Agent => self.agent.as_ref(),
            Dimension::Priority => self.priority.as_ref(),
            Dimension::Severity => self.severity.as_ref(),
            Dimension::Category => self.category.as_ref(),
        }
    }

    pub(crate) fn set(&mut self, dimension: Dimension, value: Option<Id>) {
        let place = match dimension {
            Dimension::Package => &mut self.package,
            Dimension::Channel => &mut self.channel,
            Dimension::Agent => &mut self.agent,
            Dimension::Priority => &mut self.priority,
            Dimension::Severity => &mut self.severity,
            Dimension::Category => &mut self.category,
        };
        *place = value;
    }
}

impl Grouping {
    /// Returns the grouping that keeps nothing apart.
    #[must_use]
    pub const fn all() -> Self {
        Self { dimensions: Vec::new(), period: None }
    }

    /// Returns the grouping by these dimensions; their order does not matter.
    #[must_use]
    pub fn by(dimensions: &[Dimension]) -> Self {
        let dimensions = Dimension::ALL.iter().copied().filter(|known| dimensions.contains(known)).collect();
        Self { dimensions, period: None }
    }

    /// Returns this grouping, by period in a time zone too.
    ///
    /// # Errors
    ///
    /// `unknown_time_zone` or `invalid_time_zone_data` when the zone cannot be had.
    pub fn with_period(mut self, unit: PeriodUnit, time_zone: &str, zones: &ZoneDatabase) -> Result<Self, Error> {
        self.period = Some(Periods { unit, time_zone: time_zone.to_owned(), zone: Arc::new(zones.zone(time_zone)?) });
        Ok(self)
    }

    /// Returns this grouping, by the periods of another one, if it has any.
    #[must_use]
    pub fn with_periods_of(mut self, other: &Self) -> Self {
        self.period.clone_from(&other.period);
        self
    }

    /// Returns the dimensions, in the order of [`Dimension::ALL`].
    #[must_use]
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// Returns the length of periods and their time zone; `None` when they are not kept apart.
    #[must_use]
    pub fn period(&self) -> Option<(PeriodUnit, &str)> {
        self.period.as_ref().map(|periods| (periods.unit, periods.time_zone.as_str()))
    }

    /// Returns the first instant of the period that holds `at`; `None` when periods are not kept apart.
    ///
    /// # Errors
    ///
    /// `out_of_horizon` for an instant outside 1970-01-01 to 2200-01-01.
    pub fn period_of(&self, at: Timestamp) -> Result<Option<Timestamp>, Error> {
        Ok(self.span_of(at)?.map(|span| span.start))
    }

    /// Returns the period that holds `at`, with instants around it that the same period holds.
    pub(crate) fn span_of(&self, at: Timestamp) -> Result<Option<Span>, Error> {
        self.period.as_ref().map(|periods| periods.span(at)).transpose()
    }

    /// Returns what people call the period that begins at `start`: `2026-11-24T13+07:00`, `2026-11-24`, `2026-W48` or
    /// `2026-11`. `None` when periods are not kept apart, or none begins then.
    #[must_use]
    pub fn label(&self, start: Timestamp) -> Option<String> {
        let periods = self.period.as_ref()?;
        if periods.span(start).ok()?.start != start {
            return None;
        }
        let local = periods.local(start)?;
        Some(match periods.unit {
            PeriodUnit::Hour => local.format("%Y-%m-%dT%H%:z").to_string(),
            PeriodUnit::Day => local.format("%Y-%m-%d").to_string(),
            PeriodUnit::Week => local.format("%G-W%V").to_string(),
            PeriodUnit::Month => local.format("%Y-%m").to_string(),
        })
    }

    /// Returns whether groups of this grouping can be put together to groups of `coarser`.
    pub(super) fn refines(&self, coarser: &Self) -> bool {
        let same_period = coarser.period.is_none() || coarser.period == self.period;
        same_period && coarser.dimensions.iter().all(|wanted| self.dimensions.contains(wanted))
    }

    /// Returns the key with only what this grouping keeps apart.
    pub(super) fn of(&self, key: &Key) -> Key {
        let mut kept = Key { period: key.period.filter(|_| self.period.is_some()), ..Key::default() };
        for dimension in &self.dimensions {
            kept.set(*dimension, key.get(*dimension).cloned());
        }
        kept
    }
}

impl Periods {
    /// Returns the instant in local time.
    fn local(&self, at: Timestamp) -> Option<DateTime<FixedOffset>> {
        let at_s = at.as_micros().div_euclid(MICROS_PER_SECOND);
        let offset = FixedOffset::east_opt(self.zone.offset_at(at_s))?;
        Some(DateTime::from_timestamp_micros(at.as_micros())?.with_timezone(&offset))
    }

    fn span(&self, at: Timestamp) -> Result<Span, Error> {
        check_horizon("period", at)?;
        self.find(at.as_micros().div_euclid(MICROS_PER_SECOND)).ok_or_else(|| {
            Error::new(ErrorCode::OutOfHorizon, format!("the period of {at} does not begin on any calendar date"))
        })
    }

    fn find(&self, at_s: i64) -> Option<Span> {
        let stretch = self.zone.stretch(at_s);
        let local_s = at_s.checked_add(stretch.offset_s)?;
        let day = local_s.div_euclid(DAY_S);
        let (local_start_s, local_end_s) = match self.unit {
            PeriodUnit::Hour => {
                let start_s = local_s.checked_sub(local_s.rem_euclid(HOUR_S))?;
                (start_s, start_s.checked_add(HOUR_S)?)
            }
            PeriodUnit::Day => days(day, day.checked_add(1)?)?,
            PeriodUnit::Week => {
                // 1970-01-01 was a Thursday, the third day after a Monday.
                let monday = day.checked_sub(day.checked_add(3)?.rem_euclid(7))?;
                days(monday, monday.checked_add(7)?)?
            }
            PeriodUnit::Month => {
                let date = DateTime::from_timestamp(local_s, 0)?.date_naive();
                let first = NaiveDate::from_ymd_opt(date.year(), date.month(), 1)?;
                let next = first.checked_add_months(Months::new(1))?;
                let number = |date: NaiveDate| i64::from(date.to_epoch_days());
                days(number(first), number(next))?
            }
        };
        // Within one stretch of the zone local time runs as UTC does.
        let from_s = local_start_s.checked_sub(stretch.offset_s)?.max(stretch.seconds.start);
        let to_s = local_end_s.checked_sub(stretch.offset_s)?.min(stretch.seconds.end);
        let start_s = match self.unit {
            PeriodUnit::Hour => from_s,
            // Near a change of the clocks, local midnight may have been before it too.
            _ if from_s.checked_sub(stretch.seconds.start).is_some_and(|since| since < DAY_S) => {
                self.zone.first_second(local_start_s)
            }
            _ => from_s,
        };
        Some(Span { start: seconds(start_s), from: seconds(from_s), to: seconds(to_s) })
    }
}

fn days(first: i64, end: i64) -> Option<(i64, i64)> {
    Some((first.checked_mul(DAY_S)?, end.checked_mul(DAY_S)?))
}

fn seconds(at_s: i64) -> Timestamp {
    Timestamp::from_micros(at_s.saturating_mul(MICROS_PER_SECOND))
}
